"""Reading messages: pages of history, and what changed since a reader looked last."""

from dataclasses import dataclass

from db.messages._shape import COLUMNS, TABLES, Message, from_row
from db.store import Conn


@dataclass(frozen=True, slots=True)
class Told:
    """A change as it was numbered; `emoji` and `person_id` are set for reactions."""

    seq: int
    kind: str
    message: Message
    emoji: str | None
    person_id: int | None


@dataclass(frozen=True, slots=True)
class Known:
    """A message in Discord as it is known here: how many people of Discord's hold which emoji on it, and which the bot
    holds there for those on the site.
    """

    discord_id: int
    source: str
    reactions: dict[str, int]
    mirrored: frozenset[str]


async def get(conn: Conn, room_id: int, message_ids: list[int]) -> list[Message]:
    """The messages with these ids, in the order in which they were said."""
    rows = await conn.fetch(
        f"/* messages.get */ select {COLUMNS} from {TABLES} where m.room_id = $1 and m.id = any($2) order by m.id",
        room_id,
        message_ids,
    )
    return [from_row(row) for row in rows]


async def newest(conn: Conn, room_id: int, limit: int) -> tuple[int, list[Message]]:
    """The room's `seq` and its newest messages, oldest first, both of one moment."""
    rows = await conn.fetch(
        f"""/* messages.newest */ select o.seq as room_seq, page.* from rooms o left join lateral (
            select {COLUMNS} from {TABLES} where m.room_id = o.id and m.deleted_at is null order by m.id desc limit $2
        ) page on true where o.id = $1 order by page.id""",
        room_id,
        limit,
    )
    seq = rows[0]["room_seq"] if rows else 0
    return seq, [from_row(row) for row in rows if row["id"] is not None]


async def page_before(conn: Conn, room_id: int, before: int, limit: int) -> list[Message]:
    """The page of messages said before the one with id `before`, oldest first."""
    rows = await conn.fetch(
        f"""/* messages.page_before */ select {COLUMNS} from {TABLES}
        where m.room_id = $1 and m.id < $2 and m.deleted_at is null order by m.id desc limit $3""",
        room_id,
        before,
        limit,
    )
    return [from_row(row) for row in reversed(rows)]


async def changed_after(conn: Conn, room_id: int, after: int, limit: int) -> tuple[int, list[Message]]:
    """The room's `seq` and every message that changed after `after`, deleted ones too, in the order of their `seq`.

    At most `limit` + 1: one more than a reader may have tells that they are too far behind.
    """
    rows = await conn.fetch(
        f"""/* messages.changed_after */ select o.seq as room_seq, page.* from rooms o left join lateral (
            select {COLUMNS} from {TABLES} where m.room_id = o.id and m.seq > $2 order by m.seq limit $3 + 1
        ) page on true where o.id = $1 order by page.seq""",
        room_id,
        after,
        limit,
    )
    seq = rows[0]["room_seq"] if rows else 0
    return seq, [from_row(row) for row in rows if row["id"] is not None]


async def told_between(conn: Conn, room_id: int, after: int, limit: int) -> list[Told]:
    """The changes after `after` one by one, at most `limit`, each with the message as it is now."""
    rows = await conn.fetch(
        f"""/* messages.told_between */ select c.seq as change_seq, c.kind as change, c.emoji, c.person_id, {COLUMNS}
        from changes c join ({TABLES}) on m.id = c.message_id
        where c.room_id = $1 and c.seq > $2 order by c.seq limit $3""",
        room_id,
        after,
        limit,
    )
    return [Told(row["change_seq"], row["change"], from_row(row), row["emoji"], row["person_id"]) for row in rows]


async def emoji_held_by(conn: Conn, person_id: int, message_ids: list[int]) -> dict[int, frozenset[str]]:
    """What this person reacted with, by message."""
    rows = await conn.fetch(
        """/* messages.emoji_held_by */ select message_id, array_agg(distinct emoji) as emoji from reactions
        where person_id = $1 and message_id = any($2) group by message_id""",
        person_id,
        message_ids,
    )
    return {row["message_id"]: frozenset(row["emoji"]) for row in rows}


async def heard_lately(conn: Conn, room_id: int, limit: int) -> list[Known]:
    """The newest messages that are in the room's channel as far as is known here, newest first; those of several lines
    once.
    """
    rows = await conn.fetch(
        """/* messages.heard_lately */ with there as (
            select m.discord_id, min(m.source) as source from messages m
            where m.room_id = $1 and m.discord_id > 0 and m.relay <> 'deleted'
                and m.channel_id = (select channel_id from rooms where id = $1)
                and (m.deleted_at is null or m.source = 'web')
            group by m.discord_id order by m.discord_id desc limit $2
        ) select t.discord_id, t.source, (
            select jsonb_object_agg(held.emoji, held.people) from (
                select r.emoji, count(*) as people from reactions r join messages line on line.id = r.message_id
                where line.room_id = $1 and line.discord_id = t.discord_id and r.source = 'discord' group by r.emoji
            ) as held
        ) as reactions, array(
            select r.emoji from mirrors r join messages line on line.id = r.message_id
            where line.room_id = $1 and line.discord_id = t.discord_id and r.wanted and r.placed
        ) as mirrored
        from there t order by t.discord_id desc""",
        room_id,
        limit,
    )
    return [Known(row["discord_id"], row["source"], row["reactions"] or {}, frozenset(row["mirrored"])) for row in rows]


async def is_held(conn: Conn, room_id: int, discord_id: int, emoji: str, user_id: int) -> bool:
    """Whether this user of Discord's holds the emoji on the message, as far as is known here."""
    found: bool = await conn.fetchval(
        """/* messages.is_held */ select exists (select from reactions r join messages m on m.id = r.message_id
            join people p on p.id = r.person_id where m.room_id = $1 and m.discord_id = $2 and r.emoji = $3
            and p.discord_id = $4 and r.source = 'discord')""",
        room_id,
        discord_id,
        emoji,
        user_id,
    )
    return found


async def file_ids(conn: Conn, room_id: int, discord_ids: list[int]) -> list[int]:
    """The ids of Discord's files that came with these messages."""
    rows = await conn.fetch(
        """/* messages.file_ids */ select (file ->> 'id')::bigint as id from messages m, jsonb_array_elements(
            m.attachments || coalesce(m.extras #> '{forward,attachments}', '[]')) as file
        where m.room_id = $1 and m.discord_id = any($2) and m.source = 'discord'""",
        room_id,
        discord_ids,
    )
    return [row["id"] for row in rows]
