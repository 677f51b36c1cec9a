"""What Discord has yet to hear of messages that it has: edits, deletions, and the bot's one reaction for the site's.

Nothing is a queue here: what Discord should show and what it was told last are compared, so that doing it twice, or
several edits at once, comes to the same.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from db import messages
from db.events import Queued
from db.messages import Message
from db.store import Conn, Store


@dataclass(frozen=True, slots=True)
class Overdue:
    """A message of ours in Discord that is out of date: the lines that should stand in it (none: it should be gone),
    and those to be taken out. `webhook` sent it, or the bot itself when that is None. `is_joined` when it was made of
    several lines, however many are left.
    """

    discord_id: int
    channel_id: int
    webhook: int | None
    lines: tuple[Message, ...]
    gone: tuple[int, ...]
    is_joined: bool


@dataclass(frozen=True, slots=True)
class Mirror:
    """The bot should hold this emoji on the message in Discord, or let it go. Of lines that share the message,
    `message_id` is the first that has to do with it.
    """

    message_id: int
    discord_id: int
    channel_id: int
    emoji: str
    wanted: bool


# Queries


async def next_overdue(conn: Conn, room_id: int, later: Collection[int] = ()) -> Overdue | None:
    """The oldest of our messages in Discord that is not as it should be, deletions first. Those of `later`, by their
    ids there, are passed over for now.
    """
    discord_id = await conn.fetchval(
        """/* outbox.next_overdue */ select discord_id from messages
        where room_id = $1 and relay = 'sent' and source = 'web' and discord_id is not null
            and discord_id <> all ($2::bigint[]) and (revision <> relayed_revision or deleted_at is not null)
        order by deleted_at is null, id limit 1""",
        room_id,
        list(later),
    )
    if discord_id is None:
        return None
    rows = await conn.fetch(
        """/* outbox.lines */ select id, relay, channel_id, relay_webhook, deleted_at is not null as deleted
        from messages where room_id = $1 and discord_id = $2 order by part""",
        room_id,
        discord_id,
    )
    kept = await messages.get(conn, room_id, [row["id"] for row in rows if not row["deleted"]])
    gone = tuple(row["id"] for row in rows if row["deleted"] and row["relay"] == "sent")
    channel_id, webhook = rows[0]["channel_id"], rows[0]["relay_webhook"]
    return Overdue(discord_id, channel_id, webhook, tuple(kept), gone, len(rows) > 1)


async def next_mirror(conn: Conn, room_id: int) -> Mirror | None:
    row = await conn.fetchrow(
        """/* outbox.next_mirror */ with due as (
            select distinct m.discord_id, r.emoji from mirrors r join messages m on m.id = r.message_id
            where r.wanted <> r.placed and m.room_id = $1 and m.discord_id > 0 and m.channel_id is not null
        ) select min(r.message_id) as message_id, m.discord_id, m.channel_id, r.emoji, bool_or(r.wanted) as wanted
        from due d join messages m on m.discord_id = d.discord_id
            join mirrors r on r.message_id = m.id and r.emoji = d.emoji
        where m.relay <> 'deleted' and (m.source = 'web' or m.deleted_at is null)
        group by m.discord_id, m.channel_id, r.emoji
        having bool_or(r.wanted) <> bool_or(r.placed) order by 1 limit 1""",
        room_id,
    )
    return Mirror(**row) if row else None


async def is_placed(conn: Conn, room_id: int, discord_id: int, emoji: str) -> bool | None:
    """Whether the bot holds an emoji that it should, as far as is known here; None for one that it should not."""
    found: bool | None = await conn.fetchval(
        """/* outbox.is_placed */ select bool_or(r.placed) from mirrors r join messages m on m.id = r.message_id
        where m.room_id = $1 and m.discord_id = $2 and r.emoji = $3 and r.wanted""",
        room_id,
        discord_id,
        emoji,
    )
    return found


# Acts


async def record_changed(store: Store, lines: Sequence[Message], gone: Sequence[int]) -> None:
    """Discord shows these lines as they were read, and no longer those that are gone."""
    async with store.pool.acquire() as conn, conn.transaction():
        await conn.execute(
            """/* outbox.record_changed */ update messages m set relayed_revision = n.revision
            from unnest($1::bigint[], $2::integer[]) as n (id, revision) where m.id = n.id""",
            [one.id for one in lines],
            [one.revision for one in lines],
        )
        await conn.execute(
            "/* outbox.record_gone */ update messages set relay = 'deleted' where id = any($1)", list(gone)
        )


async def record_mirrored(store: Store, mirror: Mirror) -> None:
    """The bot holds the emoji now, or holds it no more, for all lines that share the message. Where a moderator has
    cleared it meanwhile, it has to let it go again.
    """
    await store.pool.execute(
        """/* outbox.record_mirrored */ with lines as (
            update mirrors r set placed = $4 from messages m
            where m.id = r.message_id and m.discord_id = $2 and r.emoji = $3 returning 1
        ) insert into mirrors (message_id, emoji, wanted, placed)
        select $1, $3, false, true where $4 and not exists (select from lines)
        on conflict (message_id, emoji) do nothing""",
        mirror.message_id,
        mirror.discord_id,
        mirror.emoji,
        mirror.wanted,
    )


async def forget_mirror(store: Store, mirror: Mirror) -> None:
    """Discord refuses it for good; the reaction stays on the site."""
    await store.pool.execute(
        """/* outbox.forget_mirror */ delete from mirrors r using messages m
        where m.id = r.message_id and m.discord_id = $1 and r.emoji = $2""",
        mirror.discord_id,
        mirror.emoji,
    )


async def see_mirrors(store: Store, room_id: int, held: Mapping[int, Collection[str]]) -> None:
    """What the bot really holds on these messages, given as {Discord's id: emoji}. What it should hold and does not is
    placed, what it holds for nobody is taken back.
    """
    pairs = [(discord_id, emoji) for discord_id, emojis in held.items() for emoji in emojis]
    changed = await store.pool.fetchval(
        """/* outbox.see_mirrors */ with seen as (
            select m.id, m.discord_id, m.part, h.emoji from unnest($3::bigint[], $4::text[]) as h (discord_id, emoji)
            join messages m on m.room_id = $1 and m.discord_id = h.discord_id and m.deleted_at is null
        ), lost as (
            update mirrors r set placed = false from messages m
            where m.id = r.message_id and m.room_id = $1 and m.discord_id = any($2) and r.placed
                and not exists (select from seen s where s.id = r.message_id and s.emoji = r.emoji) returning 1
        ), kept as (
            update mirrors r set placed = true from seen s
            where s.id = r.message_id and s.emoji = r.emoji and not r.placed returning 1
        ), stray as (
            insert into mirrors (message_id, emoji, wanted, placed)
            select s.id, s.emoji, false, true from seen s where s.part = 0 and not exists (
                select from mirrors r join messages m on m.id = r.message_id
                where m.room_id = $1 and m.discord_id = s.discord_id and r.emoji = s.emoji
            ) on conflict do nothing returning 1
        ) select (select count(*) from lost) + (select count(*) from kept) + (select count(*) from stray)""",
        room_id,
        list(held),
        [discord_id for discord_id, _ in pairs],
        [emoji for _, emoji in pairs],
    )
    if changed:
        store.live.announce(Queued())
