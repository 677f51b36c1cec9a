"""Lists of things to do: `- [ ] to do` and `- [x] done`. The box is a character, so that a feed shows it as well."""

import re
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

BOX = re.compile(r"\s*\[([ xX])\]\s+")


class TasksExtension(Extension):
    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the library's name
        md.treeprocessors.register(Tasks(md), "tasks", 6)


class Tasks(Treeprocessor):
    def run(self, root: Element) -> None:
        for item in root.iter("li"):
            first = item[0] if len(item) and item[0].tag == "p" and not (item.text or "").strip() else item
            if match := BOX.match(first.text or ""):
                _tick(item, first, match)


def _tick(item: Element, words: Element, match: re.Match[str]) -> None:
    is_done = match[1] != " "
    item.set("class", "task done" if is_done else "task")
    box = Element("span", {"class": "box", "role": "img", "aria-label": "Done" if is_done else "To do"})
    box.text = "☑" if is_done else "☐"
    box.tail = f" {(words.text or '')[match.end() :]}"
    words.text = ""
    words.insert(0, box)
