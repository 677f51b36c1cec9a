"""What a reader sees of a message, whichever way they read: in the frames of the protocol, or on the page as it comes
without JavaScript.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

Frame = dict[str, Any]
GONE = "(this message was deleted)"
VOID = {"img", "input", "br", "meta", "link", "hr", "wbr", "source"}


@dataclass(frozen=True, slots=True)
class Shown:
    """`reply` is the id of what it answers, and whether that is gone; `reactions` are (emoji, how many)."""

    id: str
    author: str
    is_from_discord: bool
    words: str
    is_edited: bool
    reply: tuple[str, bool] | None
    reactions: frozenset[tuple[str, int]]


def of_frame(message: Frame) -> Shown:
    reply = message["reply_to"]
    return Shown(
        message["id"],
        message["author"]["name"],
        message["author"]["source"] == "discord",
        text_of(message["html"]),
        message["edited_at"] is not None,
        (reply["id"], reply["excerpt"] == GONE) if reply else None,
        frozenset((one["emoji"], one["count"]) for one in message["reactions"]),
    )


def of_page(html: str) -> list[Shown]:
    """The messages of GET /hangout, from top to bottom."""
    return [_shown(item) for item in _parsed(html).all("li", "message") if item.attributes["data-id"]]


def text_of(html: str) -> str:
    return _parsed(html).text


def older_of(html: str) -> str | None:
    """Where the page says that older messages are; None on the oldest."""
    link = _parsed(html).first("a", "older")
    edge = next(one for one in _parsed(html).all("p", "edge") if one.first("a", "older"))
    return link.attributes["href"] if link and "hidden" not in edge.attributes else None


@dataclass(slots=True)
class Element:
    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: "list[Element | str]" = field(default_factory=list)

    @property
    def text(self) -> str:
        words = (one if isinstance(one, str) else one.text for one in self.children)
        return " ".join("".join(words).split())

    @property
    def classes(self) -> set[str]:
        return set(self.attributes.get("class", "").split())

    def all(self, tag: str, name: str = "") -> "Iterator[Element]":
        """The elements below it with this tag and class. What is in a template is no part of the page yet."""
        for one in self.children:
            if isinstance(one, Element) and one.tag != "template":
                if one.tag == tag and (not name or name in one.classes):
                    yield one
                yield from one.all(tag, name)

    def first(self, tag: str, name: str) -> "Element | None":
        return next(self.all(tag, name), None)


class _Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [Element("document")]

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attributes})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        while tag not in VOID and len(self.open) > 1 and self.open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def _parsed(html: str) -> Element:
    tree = _Tree()
    tree.feed(html)
    tree.close()
    return tree.open[0]


def _shown(item: Element) -> Shown:
    reply, name, content = item.first("a", "reply"), item.first("b", "name"), item.first("div", "content")
    assert name
    assert content
    excerpt = reply.first("span", "excerpt") if reply else None
    return Shown(
        item.attributes["data-id"],
        name.text,
        item.first("span", "discord") is not None,
        content.text,
        item.first("small", "edited") is not None,
        (reply.attributes["data-to"], excerpt.text == GONE) if reply and excerpt else None,
        frozenset(_reactions(item)),
    )


def _reactions(item: Element) -> Iterator[tuple[str, int]]:
    for listed in item.all("ul", "reactions"):
        for form in listed.all("form"):
            votes = form.first("span", "votes")
            assert votes
            yield next(form.all("input")).attributes["value"], int(votes.text)
