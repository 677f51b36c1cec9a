"""The shape of a message, as every page, socket and relay sees it."""

from dataclasses import dataclass, replace
from datetime import datetime

import asyncpg
import msgspec

from db.markup import Mentions
from db.messages._extras import Attachment, Extras

# One list for every query; `m` is the message, `p` its author, `r` what it replies to and `q` who said that.
COLUMNS = """m.id, m.room_id, m.seq, m.author_id, p.name, p.owner, p.username, p.picture,
    p.discord_id is not null as is_linked, m.source, m.kind, m.content, m.mentions,
    m.attachments, m.extras, m.reactions, m.created_at, m.edited_at, m.deleted_at is not null as deleted, m.discord_id,
    m.revision, m.relay, m.relay_reason, r.id as reply_id, q.name as reply_name, r.discord_id as reply_discord_id,
    case when r.deleted_at is null then r.content end as reply_content, r.mentions as reply_mentions,
    case when r.deleted_at is null then r.attachments end as reply_attachments,
    case when r.deleted_at is null then r.extras end as reply_extras"""
TABLES = """messages m join people p on p.id = m.author_id
    left join messages r on r.id = m.reply_to_id left join people q on q.id = r.author_id"""
NOTHING = Extras()
PUBLIC_RELAY = {"sending": "pending", "cancelled": "none", "deleted": "none"}  # the rest is the relay's own matter


class Reaction(msgspec.Struct, frozen=True):
    """How many people hold this emoji on a message. `emoji` is a character, or `name:id` of a custom one."""

    emoji: str
    count: int


@dataclass(frozen=True, slots=True)
class Author:
    """`is_linked`: the name is the one they have in Discord. `username` where they are a member of the site."""

    id: int
    name: str
    owner: bool
    username: str | None = None
    picture: str | None = None
    is_linked: bool = False


@dataclass(frozen=True, slots=True)
class Quote:
    """What a message replies to; `content` is None when that was deleted, `discord_id` when it is not in Discord. What
    it holds is there only where it has no words.
    """

    id: int
    author_name: str
    content: str | None
    mentions: Mentions
    discord_id: int | None
    attachments: tuple[Attachment, ...] = ()
    extras: Extras = NOTHING


@dataclass(frozen=True, slots=True)
class Message:
    """`seq` is that of its last change. `source` is `web` or `discord`; `kind` is `said`, or `system` for what Discord
    or the house tells; `relay` is `none`, `pending`, `sent` or `failed`; `revision` counts its edits.
    """

    id: int
    room_id: int
    seq: int
    author: Author
    source: str
    kind: str
    content: str
    mentions: Mentions
    attachments: tuple[Attachment, ...]
    extras: Extras
    reactions: tuple[Reaction, ...]
    reply_to: Quote | None
    created_at: datetime
    edited_at: datetime | None
    deleted: bool
    discord_id: int | None
    revision: int
    relay: str
    relay_reason: str | None


def from_row(row: asyncpg.Record) -> Message:
    deleted = row["deleted"]
    return Message(
        id=row["id"],
        room_id=row["room_id"],
        seq=row["seq"],
        author=Author(row["author_id"], row["name"], row["owner"], row["username"], row["picture"], row["is_linked"]),
        source=row["source"],
        kind=row["kind"],
        content="" if deleted else row["content"],
        mentions=Mentions(**row["mentions"]),
        attachments=() if deleted else tuple(msgspec.convert(row["attachments"], list[Attachment])),
        extras=Extras() if deleted else msgspec.convert(row["extras"], Extras),
        reactions=() if deleted else tuple(msgspec.convert(row["reactions"], list[Reaction])),
        reply_to=_quote(row) if row["reply_id"] else None,
        created_at=row["created_at"],
        edited_at=row["edited_at"],
        deleted=deleted,
        discord_id=row["discord_id"],
        revision=row["revision"],
        relay=PUBLIC_RELAY.get(row["relay"], row["relay"]),
        relay_reason=row["relay_reason"],
    )


def _quote(row: asyncpg.Record) -> Quote:
    mentions = Mentions(**row["reply_mentions"])
    quote = Quote(row["reply_id"], row["reply_name"], row["reply_content"], mentions, row["reply_discord_id"])
    if quote.content != "":
        return quote
    attachments = tuple(msgspec.convert(row["reply_attachments"], list[Attachment]))
    return replace(quote, attachments=attachments, extras=msgspec.convert(row["reply_extras"], Extras))
