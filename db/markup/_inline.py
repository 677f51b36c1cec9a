"""What stands within a paragraph: emphasis, code, links, mentions, emoji, times. One pass, with a stack of open marks.

A mark that is opened and never closed stays text; one that is closed takes the still open marks inside with it as text.
A kind is open at most once, so nothing nests deeper than there are kinds.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime

from db.markup._pen import Pen
from db.markup._tokens import ADDRESS, FENCE_LANGUAGE, TICKS, TOKEN, fence_close, trim_address

Match = re.Match[str]
PAIRS = {"~~": "strike", "||": "spoiler"}


def inline(text: str, pen: Pen, links: bool = True) -> str:
    """The text as `pen` draws it; with `links` False every address stays text (a link cannot be in a link)."""
    return _Line(text, pen, links).draw()


class _Line:
    def __init__(self, text: str, pen: Pen, links: bool) -> None:
        self.text = text
        self.pen = pen
        self.links = links
        self.pieces: list[str] = []
        self.open: dict[str, int] = {}  # kind: index of its mark in pieces; the innermost is the last
        self.ticks: dict[int, list[int]] | None = None  # length of a run of backticks: where such runs start

    def draw(self) -> str:
        text, pieces, position = self.text, self.pieces, 0
        while found := TOKEN.search(text, position):
            if found.start() > position:
                pieces.append(self.pen.text(text[position : found.start()]))
            assert found.lastgroup
            position = HANDLERS[found.lastgroup](self, found)
        if position < len(text):
            pieces.append(self.pen.text(text[position:]))
        return "".join(pieces)

    def literal(self, found: Match) -> int:
        self.pieces.append(self.pen.text(found[0]))
        return found.end()

    def escaped(self, found: Match) -> int:
        self.pieces.append(self.pen.text(found["escaped"]))
        return found.end()

    # Emphasis

    def close(self, kind: str) -> bool:
        """Wraps all since the kind's mark; False when it is not open or there is nothing inside."""
        start = self.open.get(kind)
        if start is None or start == len(self.pieces) - 1:
            return False
        while self.open.popitem()[0] != kind:
            pass
        self.pen.wrap(kind, self.pieces, start)
        return True

    def start(self, kind: str, mark: str) -> None:
        if kind not in self.open:
            self.open[kind] = len(self.pieces)
        self.pieces.append(self.pen.text(mark))

    def pair(self, found: Match) -> int:
        if not self.close(PAIRS[found[0]]):
            self.start(PAIRS[found[0]], found[0])
        return found.end()

    def stars(self, found: Match) -> int:
        before, after = self._around(found)
        self._run(found, ("em*", "strong"), not after.isspace(), not before.isspace())
        return found.end()

    def lines(self, found: Match) -> int:
        before, after = self._around(found)
        opens = not after.isspace() and not before.isalnum()  # snake_case_names stay as they are
        self._run(found, ("em_", "underline"), opens, not before.isspace() and not after.isalnum())
        return found.end()

    def _around(self, found: Match) -> tuple[str, str]:
        """The characters before and after; at an end a space."""
        start, end = found.span()
        return self.text[start - 1] if start else " ", self.text[end] if end < len(self.text) else " "

    def _run(self, found: Match, kinds: tuple[str, str], opens: bool, closes: bool) -> None:
        """A run of the same sign: first it closes what it can, then one, two or three that are left open again."""
        single, double = kinds
        left = len(found[0])
        while left:
            inner_is_double = self.open.get(double, -1) > self.open.get(single, -1)
            if left >= 2 and (inner_is_double or left == 2) and self.close(double):
                left -= 2
            elif left != 2 and closes and self.close(single):
                left -= 1
            else:
                break
        sign = found[0][0]
        if left in {2, 3}:
            self.start(double, sign * 2)
            left -= 2
        if left == 1 and opens:
            self.start(single, sign)
        elif left:
            self.pieces.append(self.pen.text(sign * left))

    # Code

    def fence(self, found: Match) -> int:
        start = found.end()
        end = fence_close(self.text, start)
        body = self.text[start : max(start, end)]
        if not body.strip():
            return self.literal(found)
        language = FENCE_LANGUAGE.match(body)
        if self.pieces:
            self.pieces[-1] = self.pieces[-1].removesuffix(self.pen.newline)
        raw = body[language.end() :] if language and body[language.end() :].strip() else body
        self.pieces.append(self.pen.fence(language[1] if language else "", raw.strip("\n")))
        return end + 3 + self.text.startswith("\n", end + 3)

    def code(self, found: Match) -> int:
        """Ends at the next run of backticks of the same length; the runs are listed once for the whole text."""
        if self.ticks is None:
            self.ticks = defaultdict(list)
            for run in TICKS.finditer(self.text):
                self.ticks[len(run[0])].append(run.start())
        starts = self.ticks.get(len(found[0]), [])
        at = bisect_left(starts, found.end())
        body = self.text[found.end() : starts[at]] if at < len(starts) else ""
        if not body.strip():
            return self.literal(found)
        padded = body[0] == body[-1] == " "
        self.pieces.append(self.pen.code(body[1:-1] if padded else body))
        return starts[at] + len(found[0])

    # Links

    def masked(self, found: Match) -> int:
        label, url = found["label"], found["masked"]
        address = ADDRESS.fullmatch(url)
        if not (self.links and address and label.strip()):
            return self._only_bracket(found)
        words = inline(label, self.pen, links=False)
        shown = label.strip().partition("://")[2] or label.strip()
        host = _ascii_host(address["host"])
        honest = shown.lower().startswith(host) and shown[len(host) :][:1] in {"", "/", "?", "#", ":"}
        self.pieces.append(self.pen.link(url, words, "" if honest else host))
        return found.end()

    def _only_bracket(self, found: Match) -> int:
        self.pieces.append(self.pen.text("["))
        return found.start() + 1

    def angled(self, found: Match) -> int:
        return found.end() if self._link(found["angled"]) else self.literal(found)

    def bare(self, found: Match) -> int:
        url = trim_address(found[0])
        return found.start() + len(url) if self._link(url) else self.literal(found)

    def _link(self, url: str) -> bool:
        if not (self.links and ADDRESS.fullmatch(url)):
            return False
        self.pieces.append(self.pen.link(url, self.pen.text(url), ""))
        return True

    # Discord's own

    def mention(self, found: Match) -> int:
        self.pieces.append(self.pen.mention(found["mark"], found["mentioned"]))
        return found.end()

    def command(self, found: Match) -> int:
        self.pieces.append(self.pen.command(found["command"]))
        return found.end()

    def emoji(self, found: Match) -> int:
        self.pieces.append(self.pen.emoji(found["emoji"], found["emoji_id"], bool(found["animated"])))
        return found.end()

    def moment(self, found: Match) -> int:
        try:
            when = datetime.fromtimestamp(int(found["moment"]), UTC)
        except (ValueError, OverflowError, OSError):
            return self.literal(found)
        self.pieces.append(self.pen.moment(when, found["style"] or "f"))
        return found.end()


def _ascii_host(host: str) -> str:
    """The host as the browser's address line would show it: letters of other scripts cannot pass for Latin ones."""
    try:
        return host.lower().encode("idna").decode()
    except UnicodeError:
        return host.lower()


HANDLERS: dict[str, Callable[[_Line, Match], int]] = {  # by the last group that matched
    "shrug": _Line.literal,
    "escaped": _Line.escaped,
    "fence": _Line.fence,
    "ticks": _Line.code,
    "stars": _Line.stars,
    "lines": _Line.lines,
    "pair": _Line.pair,
    "masked": _Line.masked,
    "angled": _Line.angled,
    "mentioned": _Line.mention,
    "command": _Line.command,
    "emoji_id": _Line.emoji,
    "moment": _Line.moment,
    "style": _Line.moment,
    "bare": _Line.bare,
}
