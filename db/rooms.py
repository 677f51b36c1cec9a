"""Rooms: where messages are. The hangout is the room that everyone may enter and that Discord hears.

Called by the doors to find a room, and by db/writer, which alone moves a room's `seq`.
"""

from dataclasses import dataclass

import asyncpg

from db.errors import NotFound
from db.events import Bridged
from db.store import Conn, Store

HANGOUT = "hangout"
COLUMNS = "id, slug, seq, locked, channel_id"


@dataclass(frozen=True, slots=True)
class Room:
    id: int
    slug: str | None
    seq: int
    locked: bool
    channel_id: int | None


# Queries


def from_row(row: asyncpg.Record) -> Room:
    return Room(*row)


async def by_slug(conn: Conn, slug: str) -> Room:
    """Raises NotFound."""
    row = await conn.fetchrow(f"/* rooms.by_slug */ select {COLUMNS} from rooms where slug = $1", slug)
    if row is None:
        raise NotFound("There is no such room.")
    return from_row(row)


async def current_seq(conn: Conn, room_id: int) -> int:
    seq: int | None = await conn.fetchval("/* rooms.current_seq */ select seq from rooms where id = $1", room_id)
    return seq or 0


async def holding_comments(conn: Conn, room_ids: list[int]) -> set[int]:
    """Those of these rooms that hold the comments of a post."""
    rows = await conn.fetch(
        "/* rooms.holding_comments */ select id from rooms where id = any($1) and kind = 'comments'", room_ids
    )
    return {row["id"] for row in rows}


# Acts


async def bridge(store: Store, slug: str, channel_id: int) -> Room:
    """From now on what is said in this room goes to that Discord channel. What was said before stays where it is."""
    async with store.pool.acquire() as conn, conn.transaction():
        await conn.execute(
            "/* rooms.bridge_channel */ insert into channels (id) values ($1) on conflict do nothing", channel_id
        )
        row = await conn.fetchrow(
            f"/* rooms.bridge */ update rooms set channel_id = $2 where slug = $1 returning {COLUMNS}", slug, channel_id
        )
    if row is None:
        raise NotFound("There is no such room.")
    store.live.announce(Bridged(row["id"], channel_id))
    return from_row(row)
