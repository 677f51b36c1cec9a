"""Slow mode, as a writer keeps it: under the lock of the room, so that whoever speaks at two processes at once is asked
by the second what the first has let through.
"""

from datetime import datetime
from typing import TYPE_CHECKING

import asyncpg

from db.errors import Refused
from db.limits import too_soon, wait_for

if TYPE_CHECKING:  # what is kept asks here first
    from db.writer._keeping import Key, NewMessage


async def hold_apart(
    conn: "asyncpg.pool.PoolConnectionProxy", room_id: int, slowmode: int, fresh: "dict[Key, NewMessage]"
) -> "dict[Key, Refused]":
    """Takes out of `fresh` what follows too soon upon its author's last message in this room, and returns the refusals
    by key. `slowmode` in seconds.
    """
    paced = {key: new for key, new in fresh.items() if new.apart >= 0 and max(new.apart, slowmode) > 0}
    refusals: dict[Key, Refused] = {}
    if not paced:
        return refusals
    last = await _last_words(conn, room_id, list({new.author_id for new in paced.values()}))
    for key, new in paced.items():
        most = max(new.apart, slowmode)
        wait = wait_for(last.get(new.author_id), new.created_at, most)
        if wait > 0:
            refusals[key] = too_soon(wait, most)
            del fresh[key]
        else:
            last[new.author_id] = new.created_at
    return refusals


async def _last_words(
    conn: "asyncpg.pool.PoolConnectionProxy", room_id: int, author_ids: list[int]
) -> dict[int, datetime]:
    rows = await conn.fetch(
        """/* writer.last_words */ select a.id, l.created_at from unnest($2::bigint[]) as a (id) join lateral (
            select created_at from messages where author_id = a.id and room_id = $1 and source = 'web'
            order by id desc limit 1
        ) l on true""",
        room_id,
        author_ids,
    )
    return {row["id"]: row["created_at"] for row in rows}
