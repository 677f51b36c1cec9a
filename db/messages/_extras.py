"""What a message can hold besides words: files, and what only Discord has (stickers, forwards, polls, link cards).

All of it is kept as JSON beside the message, in these shapes; fields added later get a default.
"""

import msgspec

from db.markup import Mentions


class Attachment(msgspec.Struct, frozen=True, omit_defaults=True):
    """A file that came with a message; width and height in pixels, size in bytes, duration in seconds.

    `id` is Discord's for what came from there, with `url` the signed link to it, which no visitor is ever shown.
    `media` is set instead for a picture of our own (db/media).
    """

    name: str
    id: str = ""
    url: str = ""
    media: str = ""
    content_type: str = "application/octet-stream"
    size: int = 0
    width: int | None = None
    height: int | None = None
    alt: str = ""
    spoiler: bool = False
    voice: bool = False
    duration: float | None = None
    widths: tuple[int, ...] = ()


class Sticker(msgspec.Struct, frozen=True, omit_defaults=True):
    """`ext` is `png` or `gif`, or empty for one that only has a name here (Lottie)."""

    id: str
    name: str
    ext: str = ""


class Forward(msgspec.Struct, frozen=True, omit_defaults=True):
    """A message passed on from elsewhere. `origin` is the channel's name where it is known; `url` leads there."""

    content: str = ""
    mentions: Mentions = msgspec.field(default_factory=Mentions)
    attachments: tuple[Attachment, ...] = ()
    stickers: tuple[Sticker, ...] = ()
    origin: str = ""
    url: str = ""
    at: str = ""


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """`emoji` as in a reaction, or empty."""

    text: str
    emoji: str = ""
    votes: int = 0


class Poll(msgspec.Struct, frozen=True, omit_defaults=True):
    """`ends_at` is RFC 3339; `is_over` when the results are final."""

    question: str
    answers: tuple[Answer, ...] = ()
    ends_at: str = ""
    multiple: bool = False
    is_over: bool = False


class Card(msgspec.Struct, frozen=True, omit_defaults=True):
    """What Discord tells of a link: plain text and the link, no picture from elsewhere."""

    url: str = ""
    site: str = ""
    title: str = ""
    description: str = ""
    author: str = ""
    fields: tuple[tuple[str, str], ...] = ()


class Thread(msgspec.Struct, frozen=True, omit_defaults=True):
    """A thread that began at this message; `url` leads to it in Discord."""

    name: str
    url: str


class Extras(msgspec.Struct, frozen=True, omit_defaults=True):
    stickers: tuple[Sticker, ...] = ()
    forward: Forward | None = None
    poll: Poll | None = None
    cards: tuple[Card, ...] = ()
    thread: Thread | None = None
