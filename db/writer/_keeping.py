"""What a writer does inside its transaction: finds what is known already, numbers the rest, and inserts it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import asyncpg
import msgspec

from db.errors import Refused
from db.writer._pacing import hold_apart

if TYPE_CHECKING:  # the noun's acts use the writer, the writer its queries
    from db.messages import Message

INSERT = """/* writer.insert */
    with fresh as (
        insert into messages (room_id, seq, author_id, source, nonce, content, mentions, attachments, reply_to_id,
            created_at, discord_id, relay, kind, extras, edited_at, channel_id)
        select $1, $2 + n.place,
            (select coalesce(merged_into, id) from people where id = n.author_id),
            n.source, n.nonce, n.content, n.mentions::jsonb, n.attachments::jsonb,
            (select id from messages where room_id = $1 and (id = n.reply_to_id or discord_id = n.reply_to_discord_id)
                order by part limit 1),
            n.created_at, n.discord_id, n.relay, n.kind, n.extras::jsonb, n.edited_at,
            case when n.discord_id is not null
                then coalesce(n.channel_id, (select channel_id from rooms where id = $1)) end
        from unnest($3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bigint[],
            $10::bigint[], $11::timestamptz[], $12::bigint[], $13::text[], $14::text[], $15::text[],
            $16::timestamptz[], $17::bigint[]) with ordinality
            as n (author_id, source, nonce, content, mentions, attachments, reply_to_id, reply_to_discord_id,
                created_at, discord_id, relay, kind, extras, edited_at, channel_id, place)
        order by n.place
        returning id, seq
    ), logged as (
        insert into changes (room_id, seq, kind, message_id) select $1, seq, 'create', id from fresh
    ), counted as (
        update rooms set seq = seq + cardinality($3::bigint[]),
            said = said + (select count(*) from unnest($14::text[]) as kind where kind = 'said') where id = $1
    )
    select id from fresh order by seq"""


Key = tuple[int, str | int | None]


@dataclass(slots=True)
class NewMessage:
    """A message to be kept. Web messages carry a nonce, Discord's a discord_id: each makes a second copy harmless.
    `apart`: seconds that have to lie between its author's last message in the room and this one, or as many as the
    room's slow mode says; -1 where no slow mode is asked for. What
    a moderator or whom it is for has `let_in` is said even if its author may not write any more.
    """

    author_id: int
    source: str
    content: str
    created_at: datetime
    nonce: str | None = None
    discord_id: int | None = None
    mentions: dict[str, Any] = field(default_factory=dict)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    reply_to_id: int | None = None
    reply_to_discord_id: int | None = None
    kind: str = "said"
    extras: dict[str, Any] = field(default_factory=dict)
    edited_at: datetime | None = None
    channel_id: int | None = None
    apart: int = -1
    let_in: bool = False

    @property
    def key(self) -> Key:
        return (self.author_id, self.nonce) if self.nonce is not None else (0, self.discord_id)


async def keep(
    conn: "asyncpg.pool.PoolConnectionProxy",
    room_id: int,
    room: asyncpg.Record,
    batch: list[NewMessage],
    closed: Refused,
) -> tuple[list["Message | Refused"], list["Message"]]:
    """Keeps what is new of a run of messages, under the lock of the room, of which `room` has `seq`, `locked`, `kind`,
    `channel_id` and `slowmode`; `closed` is the answer where it is locked. Returns an answer for each, and the fresh
    messages in the order of their `seq`.
    """
    from db import messages  # noqa: PLC0415 - the noun's acts use the writer, the writer its queries

    known = await _known(conn, batch)
    fresh: dict[Key, NewMessage] = {}
    for new in batch:
        if new.key not in known and not (room["locked"] and new.source == "web"):
            fresh.setdefault(new.key, new)
    too_soon = await hold_apart(conn, room_id, room["slowmode"], fresh)
    await _use_uploads(conn, fresh, room_id if room["kind"] == "chat" else None)
    relay = "pending" if room["channel_id"] else "none"
    ids = await _insert(conn, room_id, room["seq"], list(fresh.values()), relay)
    await _advance(conn, room["channel_id"], batch)
    known.update(zip(fresh, ids, strict=True))
    kept = {message.id: message for message in await messages.get(conn, room_id, list(set(known.values())))}
    refusal = closed if room["locked"] else None
    answers = [_answer(new, known, kept, too_soon.get(new.key) or refusal) for new in batch]
    return answers, [kept[one] for one in ids]


async def _use_uploads(
    conn: "asyncpg.pool.PoolConnectionProxy", fresh: dict[Key, NewMessage], chat_id: int | None
) -> None:
    """Takes the uploads of new messages into use, in a chat for its members only. A message whose upload another has
    taken first is left out.
    """
    for key, new in list(fresh.items()):
        wanted = [file["media"] for file in new.attachments if file.get("media")]
        if not wanted:
            continue
        free = await conn.fetch(
            "/* writer.free_uploads */ select id from media where id = any($1) and not used for update", wanted
        )
        if len(free) < len(wanted):
            del fresh[key]
        else:
            await conn.execute(
                "/* writer.use_uploads */ update media set used = true, room_id = $2 where id = any($1)",
                wanted,
                chat_id,
            )


async def _known(conn: "asyncpg.pool.PoolConnectionProxy", batch: list[NewMessage]) -> dict[Key, int]:
    rows = await conn.fetch(
        """/* writer.known */
        select m.author_id, m.nonce, null::bigint as discord_id, m.id
        from messages m join unnest($1::bigint[], $2::text[]) as n (author_id, nonce) using (author_id, nonce)
        union all select 0, null, discord_id, id from messages where discord_id = any($3) and part = 0""",
        [new.author_id for new in batch if new.nonce is not None],
        [new.nonce for new in batch if new.nonce is not None],
        [new.discord_id for new in batch if new.nonce is None],
    )
    return {(row["author_id"], row["nonce"] or row["discord_id"]): row["id"] for row in rows}


async def _insert(
    conn: "asyncpg.pool.PoolConnectionProxy", room_id: int, seq: int, fresh: list[NewMessage], relay: str
) -> list[int]:
    if not fresh:
        return []
    rows = await conn.fetch(
        INSERT,
        room_id,
        seq,
        [new.author_id for new in fresh],
        [new.source for new in fresh],
        [new.nonce for new in fresh],
        [new.content for new in fresh],
        [_json(new.mentions) for new in fresh],
        [_json(new.attachments) for new in fresh],
        [new.reply_to_id for new in fresh],
        [new.reply_to_discord_id for new in fresh],
        [new.created_at for new in fresh],
        [new.discord_id for new in fresh],
        [relay if new.source == "web" else "none" for new in fresh],
        [new.kind for new in fresh],
        [_json(new.extras) for new in fresh],
        [new.edited_at for new in fresh],
        [new.channel_id for new in fresh],
    )
    ids = [row["id"] for row in rows]
    await _join_replies(conn, ids, fresh)
    return ids


async def _join_replies(conn: "asyncpg.pool.PoolConnectionProxy", ids: list[int], fresh: list[NewMessage]) -> None:
    """A reply to a message of the same batch: the insert could not see it yet."""
    if any(new.reply_to_discord_id for new in fresh):
        await conn.execute(
            """/* writer.join_replies */ update messages m set reply_to_id = t.id
            from unnest($1::bigint[], $2::bigint[]) as n (id, reply_to_discord_id)
            join messages t on t.discord_id = n.reply_to_discord_id and t.part = 0
            where m.id = n.id and m.reply_to_id is null and t.room_id = m.room_id""",
            ids,
            [new.reply_to_discord_id for new in fresh],
        )


def _json(value: object) -> str:
    """As text: in an array of jsonb the driver would take a list for a further dimension."""
    return msgspec.json.encode(value).decode()


async def _advance(conn: "asyncpg.pool.PoolConnectionProxy", channel_id: int | None, batch: list[NewMessage]) -> None:
    """Remembers up to where the channel has been heard, in the transaction that keeps what was heard."""
    heard: dict[int, int] = {}
    for new in batch:
        channel = new.channel_id or channel_id
        if channel and new.discord_id is not None:
            heard[channel] = max(new.discord_id, heard.get(channel, 0))
    for channel, newest in heard.items():
        await conn.execute(
            "/* writer.advance */ update channels set heard_id = greatest(heard_id, $2) where id = $1", channel, newest
        )


def _answer(
    new: NewMessage, known: dict[Key, int], kept: dict[int, "Message"], closed: Refused | None
) -> "Message | Refused":
    if new.key not in known:
        return closed or Refused("One of the pictures is not here any more. Please add it again.", "not_found")
    message = kept.get(known[new.key])
    said_otherwise = message and message.content != new.content and not message.deleted and not message.edited_at
    if message is None or (new.nonce is not None and said_otherwise):
        return Refused("This message was already sent with other words.", "nonce_conflict")
    return message
