"""The room's next `seq` for a change, and the message that it is about. To be called under the room's lock."""

from typing import TYPE_CHECKING

import asyncpg

from db.errors import Refused
from db.events import Changed, Kind

if TYPE_CHECKING:  # the noun's acts use the writer, the writer its queries
    from db.messages import Message


async def next_seq(
    conn: "asyncpg.pool.PoolConnectionProxy",
    room_id: int,
    kind: str,
    message_id: int,
    emoji: str | None = None,
    person_id: int | None = None,
) -> int:
    """Takes the next number and writes down what it is for."""
    seq: int = await conn.fetchval(
        """/* writer.next_seq */ with taken as (update rooms set seq = seq + 1 where id = $1 returning seq)
        insert into changes (room_id, seq, kind, message_id, emoji, person_id)
        select $1, seq, $2, $3, $4, $5 from taken returning seq""",
        room_id,
        kind,
        message_id,
        emoji,
        person_id,
    )
    return seq


async def next_seqs(
    conn: "asyncpg.pool.PoolConnectionProxy", room_id: int, kind: str, message_ids: list[int]
) -> list[int]:
    """Takes a number for each of these messages, in this order, and writes down what they are for."""
    last: int = await conn.fetchval(
        """/* writer.next_seqs */ with taken as (
            update rooms set seq = seq + cardinality($3::bigint[]) where id = $1 returning seq
        ), logged as (
            insert into changes (room_id, seq, kind, message_id)
            select $1, taken.seq - cardinality($3::bigint[]) + n.place, $2, n.id
            from taken, unnest($3::bigint[]) with ordinality as n (id, place)
        ) select seq from taken""",
        room_id,
        kind,
        message_ids,
    )
    return list(range(last - len(message_ids) + 1, last + 1))


async def told(
    conn: "asyncpg.pool.PoolConnectionProxy", room_id: int, kind: Kind, message_id: int
) -> "tuple[Message | Refused | None, list[Changed]]":
    """The message as it is now, with what is to be told of it."""
    message = await loaded(conn, room_id, message_id)
    assert message
    return message, [Changed(room_id, message.seq, kind, message)]


async def loaded(conn: "asyncpg.pool.PoolConnectionProxy", room_id: int, message_id: int) -> "Message | None":
    from db import messages  # noqa: PLC0415 - the noun's acts use the writer, the writer its queries

    found = await messages.get(conn, room_id, [message_id])
    return found[0] if found else None


async def known_as(conn: "asyncpg.pool.PoolConnectionProxy", room_id: int, discord_id: int) -> int | None:
    """The id here of a message of Discord's that is not deleted; of several lines that share it, the first."""
    found: int | None = await conn.fetchval(
        """/* writer.known_as */ select id from messages
        where room_id = $1 and discord_id = $2 and deleted_at is null order by part limit 1""",
        room_id,
        discord_id,
    )
    return found
