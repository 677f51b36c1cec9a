"""Fenced code, between lines of ``` or ~~~: also in lists and quotes, which the library's own does not do.

It is taken out before anything else is looked at, line by line, so each line is read once.
"""

import re

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

from db.markdown._code import drawn, read_info

OPENING = re.compile(r"(?P<quotes>(?: {0,3}> ?)*+)(?P<indent> *+)(?P<fence>`{3,}+|~{3,}+)[ ]*(?P<info>[^`]*)")
HOLDER = re.compile(r" *(?:[-*+]|\d{1,9}\.|:|\[\^[^\]]*\]:|!!!)[ \t]")  # what may hold blocks that are indented
INDENT = 4  # spaces by which Markdown's parser knows what belongs to a list's item


class FencesExtension(Extension):
    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the library's name
        md.registerExtension(self)
        md.preprocessors.register(Fences(md), "fences", 25)  # before raw HTML is looked for


class Fences(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        lines = _without_end(lines)
        kept: list[str] = []
        at, is_held, was_blank = 0, False, True
        while at < len(lines):
            line = lines[at]
            opening = OPENING.fullmatch(line)
            # Four spaces in front make an indented block of code, but in a list.
            if opening and (is_held or len(opening["indent"]) < INDENT):
                at, code = _inside(lines, at + 1, opening)
                kept += self._kept(opening, code, is_held=is_held, was_blank=was_blank)
                kept += [opening["quotes"].rstrip()] if at < len(lines) and lines[at].strip() else []
                was_blank = True
                continue
            if HOLDER.match(line):
                is_held = True
            elif was_blank and line and not line.startswith(" "):
                is_held = False
            was_blank = not line.strip()
            kept.append(line)
            at += 1
        return [*kept, "", ""]

    def _kept(self, opening: re.Match[str], code: str, *, is_held: bool, was_blank: bool) -> list[str]:
        """A block of its own, with one empty line before it, for the library makes much of a second one.

        An item of a list may have its code at two spaces or three, as other programs take it.
        """
        indent = opening["indent"]
        if is_held and 2 <= len(indent) < INDENT:
            indent = " " * INDENT
        blank = opening["quotes"].rstrip()
        html = drawn(code, read_info(opening["info"]))
        before = [blank] if blank or not was_blank else []
        return [*before, opening["quotes"] + indent + self.md.htmlStash.store(html)]


def _without_end(lines: list[str]) -> list[str]:
    """Empty lines at the end are none of the code that goes on to there."""
    last = len(lines)
    while last and not lines[last - 1].strip():
        last -= 1
    return lines[:last]


def _inside(lines: list[str], at: int, opening: re.Match[str]) -> tuple[int, str]:
    """The line after the closing fence, and what stands between; without one, all to the end of the text or quote."""
    fence, quotes, indent = opening["fence"], opening["quotes"].count(">"), len(opening["indent"])
    code: list[str] = []
    while at < len(lines):
        words = _unquoted(lines[at], quotes)
        if words is None:
            break
        at += 1
        stripped = words.strip()
        if len(stripped) >= len(fence) and not stripped.strip(fence[0]) and _indent(words) < indent + INDENT:
            break
        code.append(words[min(indent, _indent(words)) :])
    return at, "\n".join(code)


def _indent(words: str) -> int:
    return len(words) - len(words.lstrip(" "))


def _unquoted(line: str, quotes: int) -> str | None:
    """The line without the marks of so many quotes; None where it does not stand in them."""
    for _ in range(quotes):
        line = line.lstrip(" ")
        if not line.startswith(">"):
            return None
        line = line[1:].removeprefix(" ")
    return line
