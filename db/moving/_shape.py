"""What stands beside the Markdown of an exported post, as JSON: all that front matter has no word for."""

from datetime import datetime
from typing import Annotated, Any

import msgspec

FORMAT = 1
MARK = "porchlight.json"
HISTORY, COMMENTS, GONE, TEXT = "history.json", "comments.json", "gone.json", "index.md"
FOLDERS = {"post": "posts", "page": "pages"}


Id = Annotated[int, msgspec.Meta(ge=1, le=2**53)]  # whatever a folder says, there is room for more posts after it


class Mark(msgspec.Struct, frozen=True):
    """By which a folder is known as an export of ours."""

    format: int


class Address(msgspec.Struct, frozen=True):
    slug: str
    created_at: datetime


class Saved(msgspec.Struct, frozen=True):
    """A revision. Its pictures are named as the site names them."""

    number: int
    slug: str
    title: str
    summary: str
    body: str
    tags: list[str]
    cover: str | None
    cover_alt: str
    by: str
    source: str
    created_at: datetime


class Kept(msgspec.Struct, frozen=True):
    """A picture, which lies beside as `id.ext`."""

    id: str
    ext: str
    alt: str
    created_at: datetime


class History(msgspec.Struct, frozen=True):
    """`is_relative`: the text names its pictures as the files beside it."""

    id: Id
    state: str
    author: str
    created_at: datetime
    published_at: datetime | None
    updated_at: datetime
    likes: int
    is_relative: bool
    addresses: list[Address]
    pictures: list[Kept]
    revisions: list[Saved]


class Held(msgspec.Struct, frozen=True):
    """Who holds one emoji on a comment, through one door."""

    emoji: str
    source: str
    by: list[str]


class Comment(msgspec.Struct, frozen=True):
    """One that was let in. `reply_to` counts from 0 in this file. One that is deleted is there for its replies."""

    author: str
    source: str
    content: str
    created_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    reply_to: int | None
    mentions: Any
    attachments: Any
    extras: Any
    reactions: Any
    held: list[Held]


class Waiting(msgspec.Struct, frozen=True):
    """A comment that nobody has decided about yet."""

    author: str
    content: str
    created_at: datetime
    reply_to: int | None
    held_for: str | None


class Thread(msgspec.Struct, frozen=True):
    locked: bool
    comments: list[Comment]
    waiting: list[Waiting]


class Gone(msgspec.Struct, frozen=True):
    """The addresses of a deleted post, which say so still."""

    id: Id
    kind: str
    slug: str
    published_at: datetime | None
    deleted_at: datetime
    addresses: list[Address]


def encode(value: object) -> bytes:
    """The same for the same, whoever writes it."""
    return msgspec.json.format(msgspec.json.encode(value, order="deterministic"), indent=1) + b"\n"
