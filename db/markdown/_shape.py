"""The shapes that go into the press's child and come out of it, and which pictures a text names."""

import re
from collections.abc import Mapping

import msgspec

# A picture of ours as texts name it (web/routes.py, media.show).
MEDIA = re.compile(r"/media/([A-Za-z0-9_-]{22})/(?:full|\d{1,5})\.(?:png|jpg|webp|gif)")


class Heading(msgspec.Struct, frozen=True):
    """A line of the table of contents. `level` is 2 to 4, `id` the anchor, `text` plain."""

    level: int
    id: str
    text: str


class Picture(msgspec.Struct, frozen=True):
    """A picture that a text may show: `media` its id, `widths` those of its narrower copies, all in pixels."""

    media: str
    ext: str
    width: int
    height: int
    widths: tuple[int, ...] = ()
    alt: str = ""


class Printed(msgspec.Struct, frozen=True):
    """What a text became. `excerpt` is its beginning, plain, at most 300 characters; `pictures` the ids of those in it;
    `plain` all its words, for the search.
    """

    html: str
    contents: tuple[Heading, ...]
    words: int
    excerpt: str
    pictures: tuple[str, ...]
    plain: str


class Printing(msgspec.Struct, frozen=True, tag="print"):
    """Asks for a text to be drawn."""

    body: str
    pictures: Mapping[str, Picture]


class Lettering(msgspec.Struct, frozen=True, tag="card"):
    """Asks for the picture that stands for a post where it is linked."""

    title: str
    by: str
    site: str


Job = Printing | Lettering


class Answer(msgspec.Struct, frozen=True):
    """One of `printed` and `card`, or a sentence that says why there is neither; `fault` names an error of ours."""

    printed: Printed | None = None
    card: bytes | None = None
    refused: str = ""
    fault: str = ""


def pictures_in(body: str) -> list[str]:
    """The ids of our pictures that a text names, each once, in their order. Linear."""
    return list(dict.fromkeys(MEDIA.findall(body)))
