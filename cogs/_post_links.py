"""Links of a text to files that came with it: `![A lamp](pictures/lamp.png)` leads to the picture as it is kept here.

Rules only, and linear: what is read is whatever somebody attached.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

TARGET = r"\(\s{0,3}(?:<(?P<angled>[^<>\n]{1,300})>|(?P<bare>[^\s()<>]{1,300}))"
LINK = re.compile(rf"\]{TARGET}")
PICTURE = re.compile(rf"!\[(?P<alt>[^\[\]\n]{{0,1000}})\]{TARGET}")
DEFINED = re.compile(r"^ {0,3}\[[^\[\]\n]{1,200}\]:\s{1,5}<?(?P<bare>[^\s<>]{1,300})")
IN_HTML = re.compile(r"<img\b[^<>]{0,500}?\bsrc\s?=\s?[\"'](?P<bare>[^\"'<>\n]{1,300})", re.IGNORECASE)
FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
ELSEWHERE = re.compile(r"^(?:[a-z][a-z0-9+.-]*:|/|#|\?)", re.IGNORECASE)
UNSAFE = re.compile(r"[^\w.\-]+", re.ASCII)
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg", ".bmp", ".tiff")


@dataclass(frozen=True, slots=True)
class Linked:
    """A text whose links lead where the files are. `missing`: pictures that it names and that nobody attached."""

    text: str
    missing: tuple[str, ...]


def key_of(name: str) -> str:
    """A file's name as Discord leaves it, without the folders before it, whatever its letters' case."""
    last = unquote(name.partition("?")[0].partition("#")[0]).replace("\\", "/").rpartition("/")[2]
    return UNSAFE.sub("_", last).strip("_").lower()


def is_near(target: str) -> bool:
    """Whether the target is a file beside the text, and no address."""
    return not ELSEWHERE.match(target)


def alts_in(text: str) -> dict[str, str]:
    """What the text says that its pictures show, by their keys."""
    found: dict[str, str] = {}
    for is_code, line in _lines(text):
        for match in () if is_code else PICTURE.finditer(line):
            found.setdefault(key_of(_target(match)), match["alt"].strip())
    return found


def linked(text: str, addresses: Mapping[str, str]) -> Linked:
    """The text with every link to one of these files, given by their keys, leading to its address. What stands in a
    fence of code stays.
    """
    missing: dict[str, None] = {}

    def lead(match: re.Match[str]) -> str:
        target = _target(match)
        if not is_near(target):
            return match[0]
        address = addresses.get(key_of(target))
        if address is None:
            if target.lower().endswith(PICTURES):
                missing[target] = None
            return match[0]
        group = "angled" if match.groupdict().get("angled") else "bare"
        start, end = match.start(group) - match.start(), match.end(group) - match.start()
        return match[0][:start] + address + match[0][end:]

    lines = [line if is_code else _each(line, lead) for is_code, line in _lines(text)]
    return Linked("".join(lines), tuple(missing))


def _each(line: str, lead: Callable[[re.Match[str]], str]) -> str:
    for pattern in (LINK, DEFINED, IN_HTML):
        line = pattern.sub(lead, line)
    return line


def _target(match: re.Match[str]) -> str:
    return match.groupdict().get("angled") or match["bare"]


def _lines(text: str) -> Iterator[tuple[bool, str]]:
    """Each line with its end, and whether it is code."""
    fence = ""
    for line in text.splitlines(keepends=True):
        mark = FENCE.match(line)
        if fence:
            yield True, line
            if mark and mark[1][0] == fence[0] and len(mark[1]) >= len(fence) and not line.strip(" `~\r\n"):
                fence = ""
        else:
            fence = mark[1] if mark else ""
            yield bool(mark), line
