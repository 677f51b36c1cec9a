"""Frames around what may be wider than the page, and scrolls in them: tables, and code that is indented."""

from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor


class FramesExtension(Extension):
    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the library's name
        md.treeprocessors.register(Frames(md), "frames", 6.5)


class Frames(Treeprocessor):
    """Who has no mouse reaches each by the tab key, to scroll. How columns are aligned becomes a class."""

    def run(self, root: Element) -> None:
        for parent in list(root.iter()):
            for at, child in enumerate(parent):
                if child.tag == "table":
                    parent[at] = _framed(child, "div", {"class": "table", "role": "group", "aria-label": "Table"})
                    parent[at].set("tabindex", "0")
                elif child.tag == "pre":
                    child.set("tabindex", "0")
                    parent[at] = _framed(child, "figure", {"class": "code"})
                elif child.tag in {"td", "th"} and (side := child.attrib.pop("align", "")):
                    child.set("class", side)


def _framed(inner: Element, tag: str, attributes: dict[str, str]) -> Element:
    frame = Element(tag, attributes)
    frame.tail, inner.tail = inner.tail, None
    frame.append(inner)
    return frame
