"""Fenced code, between lines of ``` or ~~~: also in lists and quotes, which the library's own does not do.

It is taken out before anything else is looked at, line by line, so each line is read once.
"""

import re

from markdown import Markdown
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

from db.markdown._code import drawn, read_info

OPENING = re.compile(r"(?P<before>(?: {0,3}> ?)*+ *+)(?P<fence>`{3,}+|~{3,}+)[ ]*(?P<info>[^`]*)")
HOLDER = re.compile(r" *(?:[-*+]|\d{1,9}\.|:|\[\^[^\]]*\]:|!!!)[ \t]")  # what may hold blocks that are indented
INDENT = 4  # spaces by which Markdown's parser knows what belongs to a list's item


class FencesExtension(Extension):
    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the library's name
        md.registerExtension(self)
        md.preprocessors.register(Fences(md), "fences", 25)  # before raw HTML is looked for


class Fences(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        kept: list[str] = []
        at, is_held, was_blank = 0, False, True
        while at < len(lines):
            line = lines[at]
            opening = OPENING.fullmatch(line)
            if opening and _may_open(opening["before"], is_held=is_held):
                at, code = _inside(lines, at + 1, opening)
                self._keep(kept, opening, code, is_held=is_held)
                was_blank = True
                continue
            if HOLDER.match(line):
                is_held = True
            elif was_blank and line and not line.startswith(" "):
                is_held = False
            was_blank = not line.strip()
            kept.append(line)
            at += 1
        return kept

    def _keep(self, kept: list[str], opening: re.Match[str], code: str, *, is_held: bool) -> None:
        before = opening["before"]
        if is_held and not before.strip() and 2 <= len(before) < INDENT:
            before = " " * INDENT
        blank = before.rstrip()
        html = drawn(code, read_info(opening["info"]))
        kept += [blank, before + self.md.htmlStash.store(html), blank]


def _may_open(before: str, *, is_held: bool) -> bool:
    """Four spaces in front make an indented block of code, but in a list."""
    return is_held or len(before) - len(before.rstrip(" ")) < INDENT


def _inside(lines: list[str], at: int, opening: re.Match[str]) -> tuple[int, str]:
    """The line after the closing fence, and what stands between; without one, all to the end of the text or quote."""
    fence, quotes, indent = opening["fence"], opening["before"].count(">"), _indent(opening["before"])
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
    bare = words.rpartition(">")[2] if not words.strip(" >") else words
    return len(bare) - len(bare.lstrip(" "))


def _unquoted(line: str, quotes: int) -> str | None:
    """The line without the marks of so many quotes; None where it does not stand in them."""
    for _ in range(quotes):
        line = line.lstrip(" ")
        if not line.startswith(">"):
            return None
        line = line[1:].removeprefix(" ")
    return line
