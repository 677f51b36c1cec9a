"""Reading messages: pages of history, and what changed since a reader looked last."""

from db.messages._shape import COLUMNS, TABLES, Message, from_row
from db.store import Conn


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


async def told_between(conn: Conn, room_id: int, after: int, limit: int) -> list[tuple[int, str, Message]]:
    """The changes after `after` one by one as (seq, kind, message as it is now), at most `limit`."""
    rows = await conn.fetch(
        f"""/* messages.told_between */ select c.seq as change_seq, c.kind, {COLUMNS}
        from changes c join ({TABLES}) on m.id = c.message_id
        where c.room_id = $1 and c.seq > $2 order by c.seq limit $3""",
        room_id,
        after,
        limit,
    )
    return [(row["change_seq"], row["kind"], from_row(row)) for row in rows]
