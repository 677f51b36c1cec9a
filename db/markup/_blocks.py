"""What takes whole lines: quotes, headings, lists. The rest are paragraphs, drawn by _inline.py."""

import re
from collections.abc import Iterator

from db.markup._inline import inline
from db.markup._pen import Item, Pen
from db.markup._tokens import fence_close

LINE = re.compile(
    r"""
    (?P<marks>\#{1,3}|-\#)[ ]++(?P<title>\S.*)
    |(?P<indent>[ ]*+)(?:[-*]|(?P<number>[0-9]{1,9})\.)[ ]++(?P<item>\S.*)
    """,
    re.VERBOSE | re.DOTALL,
)
# Code blocks and spoilers run over the ends of lines. Escapes and inline code are only named to be stepped over.
SPAN = re.compile(r"\\.|```|`[^`\n]*+`|\|\|", re.DOTALL)


def draw(text: str, pen: Pen, quotes: bool = True) -> str:
    """The text, with lines separated by \\n, as `pen` draws it; a quote cannot be in a quote."""
    if "\n" not in text and text[:1] not in {"#", "-", "*", ">", " "} and not text[:1].isdigit():
        return inline(text, pen)
    return "".join(_Lines(text, pen, quotes).drawn())


class _Lines:
    def __init__(self, text: str, pen: Pen, quotes: bool) -> None:
        self.text = text
        self.pen = pen
        self.quotes = quotes
        self.items: list[Item] = []
        self.paragraph: int | None = None  # where the lines that are nothing else began

    def drawn(self) -> Iterator[str]:
        start = 0
        while start <= len(self.text):
            if self.quotes and self.text.startswith((">>> ", "> "), start):
                yield from self._before(start)
                quoted, start = self._quoted(start)
                yield self.pen.quote(draw(quoted, self.pen, quotes=False))
                continue
            end = self._line_end(start)
            found = LINE.match(self.text, start, end)
            if not found:
                yield from self._drawn_items()
                self.paragraph = start if self.paragraph is None else self.paragraph
            elif found["marks"]:
                yield from self._before(start)
                yield self.pen.heading(found["marks"], inline(found["title"], self.pen))
            else:
                yield from self._drawn_paragraph(start)
                number = int(found["number"]) if found["number"] else None
                self.items.append(Item(len(found["indent"]), number, inline(found["item"], self.pen)))
            start = end + 1
        yield from self._before(start)

    def _before(self, end: int) -> Iterator[str]:
        yield from self._drawn_paragraph(end)
        yield from self._drawn_items()

    def _drawn_paragraph(self, end: int) -> Iterator[str]:
        if self.paragraph is not None:
            lines = self.text[self.paragraph : end].strip("\n")
            self.paragraph = None
            if lines:
                yield inline(lines, self.pen)

    def _drawn_items(self) -> Iterator[str]:
        if self.items:
            yield self.pen.items(self.items)
            self.items = []

    def _quoted(self, start: int) -> tuple[str, int]:
        """The text of the quote that begins here, and where the next line after it starts."""
        if self.text.startswith(">>> ", start):
            return self.text[start + 4 :], len(self.text) + 1
        lines = []
        while self.text.startswith("> ", start):
            end = self._newline(start)
            lines.append(self.text[start + 2 : end])
            start = end + 1
        return "\n".join(lines), start

    def _newline(self, start: int) -> int:
        end = self.text.find("\n", start)
        return end if end >= 0 else len(self.text)

    def _line_end(self, start: int) -> int:
        """Where the line ends, further down when a code block or a spoiler in it does: their lines are not blocks."""
        end = self._newline(start)
        while found := SPAN.search(self.text, start, end):
            start = found.end()
            if found[0] not in {"```", "||"}:
                continue
            closing = fence_close(self.text, start) if found[0] == "```" else self.text.find("||", start)
            if closing < 0:  # then this mark was the last of its kind: no later one searches in vain again
                continue
            start = closing + len(found[0])
            if start > end:
                end = self._newline(start)
        return end
