"""What is different between two texts, line by line, for whoever compares revisions. Called by the editor's pages.

Looking for the lines that two texts share takes the square of their number, so it is done beside the loop, and for what
is too long only roughly.
"""

import asyncio
import re
import time
from dataclasses import dataclass
from difflib import SequenceMatcher

LINES_MAX = 1500  # different lines on either side; with more of them, all of the middle is different
WORDS_MAX = 400  # of a line, for its words to be compared
PATIENCE = (
    0.5  # seconds, after which lines are shown whole: few words said often enough would keep a thread for minutes
)
SHOWN_MAX = 2000  # lines; a page with more of them is no help
AROUND = 2  # lines that are shown before and after a difference
PARTS = re.compile(r"\w+|\s+|[^\w\s]")

Pieces = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """`kind` is `same`, `gone`, `new`, `skipped` for so many lines that are the same, or `more` for so many that there
    is no room for. `pieces` are its words, with whether just these are different.
    """

    kind: str
    pieces: Pieces = ()
    skipped: int = 0


async def compared(before: str, after: str) -> list[Line]:
    """Empty for two that are the same."""
    return await asyncio.to_thread(differences, before, after)


def differences(before: str, after: str) -> list[Line]:
    if before == after:
        return []
    old, new = before.split("\n"), after.split("\n")
    start, end = _shared(old, new)
    lines = [_line("same", line) for line in old[:start]]
    lines += _middle(old[start : len(old) - end], new[start : len(new) - end])
    lines += [_line("same", line) for line in old[len(old) - end :]]
    return _shortened(lines)


def _shared(old: list[str], new: list[str]) -> tuple[int, int]:
    """How many lines are the same at the beginning of both, and then at their end."""
    most = min(len(old), len(new))
    start = next((place for place in range(most) if old[place] != new[place]), most)
    rest = most - start
    return start, next((place for place in range(rest) if old[-1 - place] != new[-1 - place]), rest)


def _middle(old: list[str], new: list[str]) -> list[Line]:
    if max(len(old), len(new)) > LINES_MAX:
        return [*(_line("gone", line) for line in old), *(_line("new", line) for line in new)]
    lines: list[Line] = []
    until = time.monotonic() + PATIENCE
    for kind, i, j, k, m in SequenceMatcher(None, old, new).get_opcodes():
        if kind == "equal":
            lines += [_line("same", line) for line in old[i:j]]
        else:
            lines += _changed(old[i:j], new[k:m], until)
    return lines


def _changed(old: list[str], new: list[str], until: float) -> list[Line]:
    """Lines in place of others; where there are as many, each with the one that it was."""
    if len(old) != len(new):
        return [*(_line("gone", line) for line in old), *(_line("new", line) for line in new)]
    pairs = [_words(before, after, until) for before, after in zip(old, new, strict=True)]
    return [*(Line("gone", before) for before, _ in pairs), *(Line("new", after) for _, after in pairs)]


def _words(before: str, after: str, until: float) -> tuple[Pieces, Pieces]:
    old, new = PARTS.findall(before), PARTS.findall(after)
    if max(len(old), len(new)) > WORDS_MAX or time.monotonic() > until:
        return ((before, False),), ((after, False),)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < 0.4:
        return ((before, False),), ((after, False),)  # hardly anything stayed: marks would only confuse
    codes = matcher.get_opcodes()
    gone = tuple(("".join(old[i:j]), kind != "equal") for kind, i, j, _, _ in codes if i < j)
    come = tuple(("".join(new[k:m]), kind != "equal") for kind, _, _, k, m in codes if k < m)
    return gone, come


def _line(kind: str, text: str) -> Line:
    return Line(kind, ((text, False),))


def _shortened(lines: list[Line]) -> list[Line]:
    """Without what is the same far from any difference."""
    near: set[int] = set()
    for place, line in enumerate(lines):
        if line.kind != "same":
            near.update(range(place - AROUND, place + AROUND + 1))
    shown: list[Line] = []
    for place, line in enumerate(lines):
        if place in near:
            shown.append(line)
        elif shown and shown[-1].kind == "skipped":
            shown[-1] = Line("skipped", skipped=shown[-1].skipped + 1)
        else:
            shown.append(Line("skipped", skipped=1))
    return shown if len(shown) <= SHOWN_MAX else [*shown[:SHOWN_MAX], Line("more", skipped=len(shown) - SHOWN_MAX)]
