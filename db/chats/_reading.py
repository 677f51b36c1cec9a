"""How far a member has read a chat, and with it how many messages wait there."""

import asyncpg

from db.chats._leaving import NO_CHAT
from db.errors import NotFound
from db.events import Noted, Read
from db.people import Person
from db.store import Conn, Store

# Queries


async def _place(conn: Conn, room_id: int, person_id: int) -> asyncpg.Record:
    """Where this member is, under the room's lock. Raises NotFound."""
    row = await conn.fetchrow(
        """/* chats.place */ select r.seq, m.read_seq, m.read_id, m.unread, a.shows_reading
        from rooms r join members m on m.room_id = r.id join accounts a on a.person_id = m.person_id
        where r.id = $1 and r.kind = 'chat' and m.person_id = $2 and m.left_at is null for no key update of r""",
        room_id,
        person_id,
    )
    if row is None:
        raise NotFound(NO_CHAT)
    return row


async def _said_by(conn: Conn, room_id: int, seq: int) -> int:
    """The newest message that had been said when the room was at this seq; an edit does not make it a new one."""
    found: int | None = await conn.fetchval(
        """/* chats.said_by */ select message_id from changes
        where room_id = $1 and seq <= $2 and kind = 'create' order by seq desc limit 1""",
        room_id,
        seq,
    )
    return found or 0


async def _heard_between(conn: Conn, room_id: int, person_id: int, after: int, to: int) -> int:
    """How many messages of the other are newer than `after` and not newer than `to`."""
    count: int = await conn.fetchval(
        """/* chats.heard_between */ select count(*) from messages
        where room_id = $1 and id > $3 and id <= $4 and author_id <> $2 and deleted_at is null""",
        room_id,
        person_id,
        after,
        to,
    )
    return count


async def _keep(conn: Conn, room_id: int, person_id: int, seq: int, read_id: int, unread: int) -> None:
    await conn.execute(
        """/* chats.keep */ update members set read_seq = $3, read_id = $4, unread = $5
        where room_id = $1 and person_id = $2""",
        room_id,
        person_id,
        seq,
        read_id,
        unread,
    )


# Acts


async def read(store: Store, person: Person, room_id: int, seq: int) -> None:
    """This member has read everything up to `seq`; what was read before stays so. Looks at nothing that is older.

    Raises NotFound for whoever is not in the room.
    """
    async with store.pool.acquire() as conn, conn.transaction():
        place = await _place(conn, room_id, person.id)
        seq = min(seq, place["seq"])
        if seq <= place["read_seq"]:
            return
        read_id = max(await _said_by(conn, room_id, seq), place["read_id"])
        unread = 0
        if place["unread"] and seq < place["seq"]:
            heard = await _heard_between(conn, room_id, person.id, place["read_id"], read_id)
            unread = max(0, place["unread"] - heard)
        await _keep(conn, room_id, person.id, seq, read_id, unread)
    if place["shows_reading"]:
        store.live.announce(Read(room_id, person.id, seq))
    if unread != place["unread"]:
        store.live.announce(Noted(person.id))
