"""Headings: whatever the first level in a text, on the page they begin at h2, for h1 is the post's title."""

import re
from collections.abc import Iterator
from html import unescape
from itertools import islice
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from db.markdown._shape import Heading
from db.markdown._wall import anchor

HEADING = re.compile("h([1-6])")
FIRST, LAST, DEEPEST = 2, 6, 4  # levels: on the page, and in the table of contents
CONTENTS_MAX = 500


class HeadingsExtension(Extension):
    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the library's name
        md.treeprocessors.register(Levels(md), "levels", 5.5)  # before toc, after what sets their ids


class Levels(Treeprocessor):
    """Shifts all levels alike, and leaves none out, so that the page's outline has no holes."""

    def run(self, root: Element) -> None:
        above: list[int] = []  # the written levels of this heading and of those it stands under
        for element in root.iter():
            if match := HEADING.fullmatch(str(element.tag)):
                written = int(match[1])
                while above and above[-1] >= written:
                    above.pop()
                above.append(written)
                element.tag = f"h{min(LAST, FIRST + len(above) - 1)}"


def contents_of(parser: Markdown) -> tuple[Heading, ...]:
    """The first headings down to h4, as the toc extension found them."""
    return tuple(islice(_flat(getattr(parser, "toc_tokens", [])), CONTENTS_MAX))


def _flat(tokens: list[dict[str, Any]]) -> Iterator[Heading]:
    for token in tokens:
        if token["level"] <= DEEPEST:
            yield Heading(token["level"], anchor(token["id"]), unescape(token["name"]))
        yield from _flat(token["children"])
