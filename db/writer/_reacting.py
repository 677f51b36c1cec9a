"""What a writer does inside its transaction with reactions: one row for each person, emoji and door, and the counts
kept beside the message.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import asyncpg

from db.emoji import is_custom, same_among
from db.errors import NotFound, Refused
from db.events import Changed, Reaction
from db.writer._numbering import known_as, loaded, next_seq

if TYPE_CHECKING:  # the noun's acts use the writer, the writer its queries
    from db.messages import Message

DIFFERENT_MAX = 20  # emoji on one message: Discord's own limit (error 30010)
Result = tuple["Message | Refused | None", list[Changed]]


@dataclass(frozen=True, slots=True)
class React:
    """Somebody takes up an emoji (`on`) or lays it down. Exactly one of `message_id` and `discord_id` is given."""

    person_id: int
    emoji: str
    on: bool
    source: str
    message_id: int = 0
    discord_id: int = 0


@dataclass(frozen=True, slots=True)
class ClearReactions:
    """A moderator in Discord took away all reactions, or all of one emoji; those from the site too. Or only these,
    with `source` `web`: the bot's one reaction, which stands for them all.
    """

    discord_id: int
    emoji: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class HearReactors:
    """Who holds this emoji in Discord, all of them, as read there."""

    discord_id: int
    emoji: str
    people: Sequence[int]


async def react(conn: "asyncpg.pool.PoolConnectionProxy", room_id: int, one: React) -> Result:
    message_id = one.message_id or await known_as(conn, room_id, one.discord_id)
    message = await loaded(conn, room_id, message_id) if message_id else None
    if message is None or message.deleted:
        if one.source == "discord":
            return None, []
        raise NotFound("This message is not here any more.")
    [person_id] = await _as_now(conn, [one.person_id])
    one = replace(one, person_id=person_id, emoji=same_among(one.emoji, (held.emoji for held in message.reactions)))
    if one.on and one.source == "web":
        _check_room_for(message, one.emoji)
    if not await _toggle(conn, message.id, one):
        return message, []
    if one.source == "web":
        await _mirror(conn, message.id, one.emoji)
    return await _counted(conn, room_id, message.id, one)


async def _as_now(conn: "asyncpg.pool.PoolConnectionProxy", person_ids: Sequence[int]) -> list[int]:
    """Their ids under the room's lock: somebody of Discord's may have become one with a member meanwhile."""
    rows = await conn.fetch(
        "/* writer.as_now */ select coalesce(merged_into, id) as id from people where id = any($1)", list(person_ids)
    )
    return [row["id"] for row in rows]


def _check_room_for(message: "Message", emoji: str) -> None:
    there = {held.emoji for held in message.reactions}
    if emoji in there:
        return
    if is_custom(emoji):
        raise Refused("An emoji of the Discord server can only be joined where it stands already.", "bad_emoji")
    if len(there) >= DIFFERENT_MAX:
        raise Refused(f"There are {DIFFERENT_MAX} different emoji on this message already.", "bad_emoji")


async def _toggle(conn: "asyncpg.pool.PoolConnectionProxy", message_id: int, one: React) -> bool:
    """Whether that changed anything."""
    if one.on:
        done = await conn.fetchval(
            """/* writer.react */ insert into reactions (message_id, emoji, person_id, source) values ($1, $2, $3, $4)
            on conflict do nothing returning true""",
            message_id,
            one.emoji,
            one.person_id,
            one.source,
        )
    else:
        done = await conn.fetchval(
            """/* writer.unreact */ delete from reactions
            where message_id = $1 and emoji = $2 and person_id = $3 and source = $4 returning true""",
            message_id,
            one.emoji,
            one.person_id,
            one.source,
        )
    return bool(done)


async def _mirror(conn: "asyncpg.pool.PoolConnectionProxy", message_id: int, emoji: str) -> None:
    """The bot holds the emoji in Discord for as long as anybody on the site does. Who comes back to one that was to be
    laid down finds it placed or not: that may have begun.
    """
    await conn.execute(
        """/* writer.mirror */ insert into mirrors (message_id, emoji, wanted)
        select $1, $2, exists (select from reactions where message_id = $1 and emoji = $2 and source = 'web')
        from messages m join rooms o on o.id = m.room_id where m.id = $1 and o.kind <> 'chat'
        on conflict (message_id, emoji) do update set wanted = excluded.wanted,
            placed = mirrors.placed and (mirrors.wanted or not excluded.wanted)""",
        message_id,
        emoji,
    )
    await conn.execute(  # lines that share a message share the bot's reaction: where another line holds it, it is there
        """/* writer.share_mirror */ update mirrors r set placed = r.wanted from messages m
        where m.id = r.message_id and r.message_id = $1 and r.emoji = $2 and exists (
            select from messages s join mirrors o on o.message_id = s.id
            where s.discord_id = m.discord_id and s.id <> m.id and o.emoji = $2 and o.wanted and o.placed
        )""",
        message_id,
        emoji,
    )


async def _count(conn: "asyncpg.pool.PoolConnectionProxy", message_id: int, seq: int) -> None:
    await conn.execute(
        """/* writer.count */ update messages set seq = $2, reactions = (
            select coalesce(jsonb_agg(jsonb_build_object('emoji', emoji, 'count', people) order by first, emoji), '[]')
            from (select emoji, count(distinct person_id) as people, min(created_at) as first
                from reactions where message_id = $1 group by emoji) as held
        ) where id = $1""",
        message_id,
        seq,
    )


async def recount(conn: "asyncpg.pool.PoolConnectionProxy", room_id: int, message_id: int) -> None:
    """Two who held reactions on the message have become one. To be called under the room's lock, in a transaction."""
    await _count(conn, message_id, await next_seq(conn, room_id, "update", message_id))


async def _counted(conn: "asyncpg.pool.PoolConnectionProxy", room_id: int, message_id: int, one: React) -> Result:
    kind = "reaction_add" if one.on else "reaction_remove"
    seq = await next_seq(conn, room_id, kind, message_id, one.emoji, one.person_id)
    await _count(conn, message_id, seq)
    message = await loaded(conn, room_id, message_id)
    assert message
    reaction = Reaction(one.emoji, one.person_id)
    return message, [Changed(room_id, seq, "reaction_add" if one.on else "reaction_remove", message, reaction)]


async def clear(conn: "asyncpg.pool.PoolConnectionProxy", room_id: int, one: ClearReactions) -> Result:
    """On all lines that share the message."""
    rows = await conn.fetch(
        """/* writer.lines */ select id from messages
        where room_id = $1 and discord_id = $2 and deleted_at is null order by part""",
        room_id,
        one.discord_id,
    )
    message: Message | Refused | None = None
    changes: list[Changed] = []
    for row in rows:
        message, made = await _clear(conn, room_id, row["id"], one)
        changes += made
    return message, changes


async def _clear(
    conn: "asyncpg.pool.PoolConnectionProxy", room_id: int, message_id: int, one: ClearReactions
) -> Result:
    message = await loaded(conn, room_id, message_id)
    assert message
    emoji = same_among(one.emoji, (held.emoji for held in message.reactions)) if one.emoji else None
    gone = await conn.fetch(
        """/* writer.clear */ with unmirrored as (
            delete from mirrors where message_id = $1 and emoji = coalesce($2, emoji)
        ) delete from reactions
        where message_id = $1 and emoji = coalesce($2, emoji) and source = coalesce($3, source)
        returning emoji, person_id""",
        message_id,
        emoji,
        one.source,
    )
    if one.source is None:
        return await _updated(conn, room_id, message_id, bool(gone))
    changes: list[Changed] = []
    for row in gone:  # some stay: so each is told by whose reaction went
        taken = React(row["person_id"], row["emoji"], on=False, source=one.source, message_id=message_id)
        changes += (await _counted(conn, room_id, message_id, taken))[1]
    return message, changes


async def hear_reactors(conn: "asyncpg.pool.PoolConnectionProxy", room_id: int, one: HearReactors) -> Result:
    message_id = await known_as(conn, room_id, one.discord_id)
    if message_id is None:
        return None, []
    message = await loaded(conn, room_id, message_id)
    assert message
    changed = await conn.fetchval(
        """/* writer.hear_reactors */ with gone as (
            delete from reactions where message_id = $1 and emoji = $2 and source = 'discord'
                and person_id <> all ($3::bigint[]) returning 1
        ), fresh as (
            insert into reactions (message_id, emoji, person_id, source)
            select $1, $2, person_id, 'discord' from unnest($3::bigint[]) as person_id
            on conflict do nothing returning 1
        ) select (select count(*) from gone) + (select count(*) from fresh)""",
        message_id,
        same_among(one.emoji, (held.emoji for held in message.reactions)),
        await _as_now(conn, one.people),
    )
    return await _updated(conn, room_id, message_id, bool(changed))


async def _updated(conn: "asyncpg.pool.PoolConnectionProxy", room_id: int, message_id: int, is_changed: bool) -> Result:
    """One update for however many reactions: they have no single person to be told of."""
    if is_changed:
        await _count(conn, message_id, await next_seq(conn, room_id, "update", message_id))
    message = await loaded(conn, room_id, message_id)
    assert message
    return message, [Changed(room_id, message.seq, "update", message)] if is_changed else []
