"""One batch under the lock of its room, in the order in which it came: new messages by the run, the rest singly."""

from itertools import groupby
from typing import TYPE_CHECKING

import asyncpg

from db.errors import Refused
from db.events import Changed
from db.writer._changing import Change, change, is_writing
from db.writer._keeping import NewMessage, keep

if TYPE_CHECKING:  # the noun's acts use the writer, the writer its queries
    from db.messages import Message

Work = NewMessage | Change


async def commit(
    conn: "asyncpg.pool.PoolConnectionProxy", room_id: int, batch: list[Work]
) -> tuple[list["Message | Refused | None"], list[Changed], bool]:
    """An answer for each, the changes to be announced once the transaction is through, and whether Discord has to hear
    of any. To be called inside a transaction.
    """
    results: list[Message | Refused | None] = []
    changes: list[Changed] = []
    for is_new, run in groupby(batch, lambda one: isinstance(one, NewMessage)):
        room = await _lock(conn, room_id)
        if is_new:
            answers, fresh = await keep(conn, room_id, room, [one for one in run if isinstance(one, NewMessage)])
            results += answers
            changes += [Changed(room_id, message.seq, "create", message) for message in fresh]
            continue
        for one in run:
            assert not isinstance(one, NewMessage)
            if room["locked"] and is_writing(one):
                results.append(
                    Refused("The hangout is closed for writing right now. You can still read.", "room_locked")
                )
                continue
            result, made = await change(conn, room_id, one)
            results.append(result)
            changes += made
    is_queued = any(one.kind != "create" or one.message.relay == "pending" for one in changes)
    return results, changes, is_queued


async def _lock(conn: "asyncpg.pool.PoolConnectionProxy", room_id: int) -> asyncpg.Record:
    room = await conn.fetchrow(
        "/* writer.lock */ select seq, locked, channel_id from rooms where id = $1 for no key update", room_id
    )
    assert room, "a writer is only made for a room that exists"
    return room
