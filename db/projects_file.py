"""The cards of the portfolio as they stand in projects.toml; those added from Discord are in db/projects.py.

Each is a `[[project]]` with `name`, `text`, and where wanted `picture` (a file beside, with `alt`) and `links`.
"""

import tomllib
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

PICTURES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".gif": "image/gif",
}
PICTURE_MAX = 4 * 1024 * 1024  # bytes


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`picture` is a path that counts from the folder of the file; `links` are addresses by what is written on them."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    text: Annotated[str, Meta(max_length=1000)] = ""
    picture: Annotated[str, Meta(max_length=200)] = ""
    alt: Annotated[str, Meta(max_length=1000)] = ""
    links: dict[str, Annotated[str, Meta(pattern=r"^(https?://|/(?!/))[^\s\\]*$", max_length=2000)]] = {}


class _File(msgspec.Struct, forbid_unknown_fields=True):
    project: list[Card] = []


class Unreadable(Exception):
    """The file is not what it should be; the message says why."""


def read(path: Path) -> list[Card]:
    """The cards in their order; none where there is no such file. Raises Unreadable."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"{path.name} cannot be read: {error}") from error
    try:
        return msgspec.convert(tomllib.loads(text), _File).project
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise Unreadable(f"{path.name}: {error}") from error


def picture_path(path: Path, picture: str) -> Path | None:
    """Where the file of a picture is; None for one that is not beside projects.toml, or no picture."""
    folder = path.parent.resolve()
    found = (folder / picture).resolve()
    is_inside = found.is_relative_to(folder) and found.suffix.lower() in PICTURES
    return found if is_inside and found.is_file() and found.stat().st_size <= PICTURE_MAX else None
