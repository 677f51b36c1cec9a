"""The shape of a message, as every page, socket and relay sees it."""

from dataclasses import dataclass
from datetime import datetime

import asyncpg
import msgspec

from db.markup import Mentions

# One list for every query; `m` is the message, `p` its author, `r` what it replies to and `q` who said that.
COLUMNS = """m.id, m.room_id, m.seq, m.author_id, p.name, p.owner, m.source, m.content, m.mentions, m.attachments,
    m.created_at, m.edited_at, m.deleted_at is not null as deleted, m.discord_id, m.relay, m.relay_reason,
    r.id as reply_id, q.name as reply_name, case when r.deleted_at is null then r.content end as reply_content"""
TABLES = """messages m join people p on p.id = m.author_id
    left join messages r on r.id = m.reply_to_id left join people q on q.id = r.author_id"""
PUBLIC_RELAY = {"sending": "pending"}  # that a send is under way is the relay's own matter


class Attachment(msgspec.Struct, frozen=True):
    """A file that came with a message. `url` is where a person can see it; width and height in pixels, size in
    bytes.
    """

    name: str
    url: str
    content_type: str = "application/octet-stream"
    size: int = 0
    width: int | None = None
    height: int | None = None
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Author:
    id: int
    name: str
    owner: bool


@dataclass(frozen=True, slots=True)
class Quote:
    """What a message replies to; `content` is None when that was deleted."""

    id: int
    author_name: str
    content: str | None


@dataclass(frozen=True, slots=True)
class Message:
    """`seq` is that of its last change. `source` is `web` or `discord`; `relay` is `none`, `pending`, `sent` or
    `failed`.
    """

    id: int
    room_id: int
    seq: int
    author: Author
    source: str
    content: str
    mentions: Mentions
    attachments: tuple[Attachment, ...]
    reply_to: Quote | None
    created_at: datetime
    edited_at: datetime | None
    deleted: bool
    discord_id: int | None
    relay: str
    relay_reason: str | None


def from_row(row: asyncpg.Record) -> Message:
    quote = Quote(row["reply_id"], row["reply_name"], row["reply_content"]) if row["reply_id"] else None
    deleted = row["deleted"]
    return Message(
        id=row["id"],
        room_id=row["room_id"],
        seq=row["seq"],
        author=Author(row["author_id"], row["name"], row["owner"]),
        source=row["source"],
        content="" if deleted else row["content"],
        mentions=Mentions(**row["mentions"]),
        attachments=() if deleted else tuple(msgspec.convert(row["attachments"], list[Attachment])),
        reply_to=quote,
        created_at=row["created_at"],
        edited_at=row["edited_at"],
        deleted=deleted,
        discord_id=row["discord_id"],
        relay=PUBLIC_RELAY.get(row["relay"], row["relay"]),
        relay_reason=row["relay_reason"],
    )
