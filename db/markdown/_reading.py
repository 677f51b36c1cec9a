"""What readers, lists and the search find in a text once it is drawn: its words, its beginning, how many there are."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser

EXCERPT_MAX = 300
VOID = {"br", "hr", "img", "wbr"}
WITHIN_LINES = {
    *("a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "s", "samp"),
    *("small", "span", "strong", "sub", "sup", "time", "u", "var", "ruby", "wbr"),
}
WORD = re.compile(r"[^\W_]+(?:['\u2019.-][^\W_]+)*+")
DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # scripts without spaces: two characters, one word


@dataclass(frozen=True, slots=True)
class Reading:
    words: int
    excerpt: str
    plain: str


def read(html: str) -> Reading:
    """`html` as the wall let it through, for it is taken to be well formed."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    plain = " ".join("".join(reader.all).split())
    beginning = " ".join("".join(reader.beginning).split()) or plain
    return Reading(count("".join(reader.prose)), shortened(beginning), plain)


def count(words: str) -> int:
    dense, rest = DENSE.subn(" ", words)
    return len(WORD.findall(dense)) + (rest + 1) // 2


def shortened(words: str, most: int = EXCERPT_MAX) -> str:
    """At most so many characters, cut between words where there is a place to."""
    if len(words) <= most:
        return words
    cut = words[:most]
    return (cut[: cut.rfind(" ")] if " " in cut[most // 2 :] else cut[:-1]).rstrip(" ,;:.-\u2013\u2014") + "…"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.unread = 0  # how deep within something that is no part of the text
        self.all: list[str] = []
        self.prose: list[str] = []
        self.beginning: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._part(tag)
        if tag in VOID:
            return
        self.open.append(tag)
        if self.unread or _is_mark(tag, dict(attrs)):
            self.unread += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID or not self.open:
            return
        self.open.pop()
        self.unread = max(0, self.unread - 1)
        self._part(tag)

    def handle_data(self, data: str) -> None:
        if self.unread:
            return
        self.all.append(data)
        if "pre" not in self.open:
            self.prose.append(data)
        if self.open[:1] == ["p"] and sum(map(len, self.beginning)) <= EXCERPT_MAX:
            self.beginning.append(data)

    def _part(self, tag: str) -> None:
        """What ends a line, ends a word."""
        if tag not in WITHIN_LINES:
            for words in (self.all, self.prose, self.beginning):
                if words:
                    words.append(" ")


def _is_mark(tag: str, attributes: dict[str, str | None]) -> bool:
    """Numbers of notes and the ways back from them, and a table of contents, which says all headings again."""
    is_note = tag == "sup" and (attributes.get("id") or "").startswith("s-fnref")
    return is_note or (tag, attributes.get("class")) in {("a", "footnote-backref"), ("div", "toc")}
