"""Until the press is there: paragraphs only."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass

from db.posts._shape import Heading

NAME = "stand-in"
MEDIA = re.compile(r"/media/([A-Za-z0-9_-]{22})/")


@dataclass(frozen=True, slots=True)
class Picture:
    media: str
    ext: str
    width: int
    height: int
    widths: tuple[int, ...]
    alt: str


@dataclass(frozen=True, slots=True)
class Printed:
    html: str
    contents: tuple[Heading, ...]
    words: int
    excerpt: str
    pictures: tuple[str, ...]
    plain: str


def pictures_in(body: str) -> list[str]:
    return list(dict.fromkeys(MEDIA.findall(body)))


def print_plainly(body: str, pictures: Mapping[str, Picture]) -> Printed:
    whole = "".join(f"<p>{html.escape(part)}</p>\n" for part in body.split("\n\n"))
    plain = " ".join(body.split())
    return Printed(
        whole, (), len(plain.split()), plain[:300], tuple(one for one in pictures_in(body) if one in pictures), plain
    )
