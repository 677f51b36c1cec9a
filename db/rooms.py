"""Rooms: where messages are. The hangout is the room that everyone may enter and that Discord hears; the comments of a
post are one that Discord hears in a thread.

Called by the doors to find a room, and by db/writer, which alone moves a room's `seq`.
"""

from dataclasses import dataclass
from datetime import datetime

import asyncpg

from db import cases, moderators
from db.cases import Case, Subject
from db.errors import Forbidden, NotFound, Refused
from db.events import Bridged, ModNoticeDue, Queued, RoomChanged
from db.moderators import By
from db.store import Conn, Store
from db.writer import COMMENTS_SHUT

HANGOUT = "hangout"
COLUMNS = "id, slug, seq, locked, channel_id, slowmode"
NO_ROOM = "There is no such room."
SLOWEST = 21_600  # seconds


@dataclass(frozen=True, slots=True)
class Room:
    id: int
    slug: str | None
    seq: int
    locked: bool
    channel_id: int | None
    slowmode: int = 0


@dataclass(frozen=True, slots=True)
class Bridge:
    """A room that is one with a channel of Discord's: the hangout, or comments, whose channel is a thread."""

    room_id: int
    channel_id: int
    is_hangout: bool


@dataclass(frozen=True, slots=True)
class Manner:
    """How one may speak in a room: not at all where it is `locked`, else once in `slowmode` seconds unless it is 0."""

    locked: bool = False
    slowmode: int = 0


# Queries


def from_row(row: asyncpg.Record) -> Room:
    return Room(*row)


async def by_slug(conn: Conn, slug: str) -> Room:
    """Raises NotFound."""
    row = await conn.fetchrow(f"/* rooms.by_slug */ select {COLUMNS} from rooms where slug = $1", slug)
    if row is None:
        raise NotFound(NO_ROOM)
    return from_row(row)


async def hangout_bridge(conn: Conn) -> Bridge | None:
    """The hangout and its channel, once it has one."""
    room = await by_slug(conn, HANGOUT)
    return Bridge(room.id, room.channel_id, is_hangout=True) if room.channel_id else None


async def by_channel(conn: Conn, channel_id: int) -> Bridge | None:
    """The room that is one with this channel of Discord's."""
    row = await conn.fetchrow(
        "/* rooms.by_channel */ select id, channel_id, kind = 'public' as is_hangout from rooms where channel_id = $1",
        channel_id,
    )
    return Bridge(*row) if row else None


async def current_seq(conn: Conn, room_id: int) -> int:
    seq: int | None = await conn.fetchval("/* rooms.current_seq */ select seq from rooms where id = $1", room_id)
    return seq or 0


async def manner_of(conn: Conn, room_id: int) -> Manner:
    row = await conn.fetchrow("/* rooms.manner_of */ select locked, slowmode from rooms where id = $1", room_id)
    return Manner(*row) if row else Manner()


async def check_comments(conn: Conn, room_id: int | None) -> None:
    """Raises Forbidden (`room_locked`) where a moderator has closed the comments of a post."""
    if room_id is not None and (await manner_of(conn, room_id)).locked:
        raise Forbidden(COMMENTS_SHUT, "room_locked")


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
        await _know_channel(conn, channel_id, 0)
        row = await conn.fetchrow(
            f"/* rooms.bridge */ update rooms set channel_id = $2 where slug = $1 returning {COLUMNS}", slug, channel_id
        )
    if row is None:
        raise NotFound(NO_ROOM)
    store.live.announce(Bridged(row["id"], channel_id, is_hangout=slug == HANGOUT))
    return from_row(row)


async def bridge_room(store: Store, room_id: int, channel_id: int, heard_id: int = 0) -> None:
    """From now on the comments of this room are one with that thread in Discord; all up to `heard_id` is known of it.
    What was said in the room before goes there too, once, in order.
    """
    async with store.pool.acquire() as conn, conn.transaction():
        await _know_channel(conn, channel_id, heard_id)
        is_new = await conn.fetchval(
            """/* rooms.bridge_room */ update rooms set channel_id = $2
            where id = $1 and channel_id is distinct from $2 returning true""",
            room_id,
            channel_id,
        )
        if is_new:  # the room's row is held, so nobody says anything in between
            await conn.execute(
                """/* rooms.relay_earlier */ update messages set relay = 'pending'
                where room_id = $1 and relay = 'none' and source = 'web' and kind = 'said'
                    and deleted_at is null and discord_id is null""",
                room_id,
            )
    if is_new:
        store.live.announce(Bridged(room_id, channel_id))
        store.live.announce(Queued())


async def unbridge(store: Store, room_id: int, channel_id: int) -> None:
    """The thread is no more: what is said in the room stays on the site, and so does what waits for Discord."""
    async with store.pool.acquire() as conn, conn.transaction():
        is_done = await conn.fetchval(
            """/* rooms.unbridge */ update rooms set channel_id = null
            where id = $1 and channel_id = $2 and kind = 'comments' returning true""",
            room_id,
            channel_id,
        )
        if is_done:
            await conn.execute(
                """/* rooms.call_off */ update messages
                set relay = 'none', relay_after = null, relay_said = null, part = 0
                where room_id = $1 and relay in ('pending', 'sending')""",
                room_id,
            )
    if is_done:
        store.live.announce(Bridged(room_id, 0))


async def lock(store: Store, by: By, room_id: int, now: datetime, *, on: bool, reason: str = "") -> Case:
    """Nobody on the site writes in the hangout, or below a post, until it is opened again; reading goes on. Raises
    Forbidden, NotFound, and Refused (`too_long`).
    """
    reason, kind = cases.check_reason(reason), "lock" if on else "unlock"
    async with store.pool.acquire() as conn, conn.transaction():
        room = await _ordered(conn, by, room_id)
        await conn.execute("/* rooms.lock */ update rooms set locked = $2 where id = $1", room_id, on)
        case = await _on_record(conn, kind, by, room_id, now, is_new=room.locked != on, reason=reason)
    return _told(store, room_id, case)


async def slow(store: Store, by: By, room_id: int, seconds: int, now: datetime, *, reason: str = "") -> Case:
    """Whoever has said something on the site waits so many seconds before the next; 0 for as quick as ever. Raises
    Forbidden, NotFound, and Refused (`bad_parameter`, `too_long`).
    """
    reason = cases.check_reason(reason)
    if not 0 <= seconds <= SLOWEST:
        raise Refused(f"Slow mode takes 0 to {SLOWEST} seconds, which are six hours.", "bad_parameter")
    async with store.pool.acquire() as conn, conn.transaction():
        room = await _ordered(conn, by, room_id)
        await conn.execute("/* rooms.slow */ update rooms set slowmode = $2 where id = $1", room_id, seconds)
        case = await _on_record(
            conn, "slowmode", by, room_id, now, is_new=room.slowmode != seconds, reason=reason, seconds=seconds
        )
    return _told(store, room_id, case)


async def _ordered(conn: Conn, by: By, room_id: int) -> Room:
    """The room, held until the transaction ends: one that is for everybody, and a moderator."""
    await moderators.check(conn, by)
    row = await conn.fetchrow(
        f"""/* rooms.ordered */ select {COLUMNS} from rooms where id = $1 and kind in ('public', 'comments')
        for no key update""",
        room_id,
    )
    if row is None:
        raise NotFound(NO_ROOM)
    return from_row(row)


async def _on_record(
    conn: Conn, kind: str, by: By, room_id: int, now: datetime, *, is_new: bool, reason: str, **details: int
) -> Case:
    """A new case, or the last one where it was so already."""
    known = None if is_new else await cases.latest_of(conn, kind, room_id=room_id)
    if known:
        return known
    about = Subject(room_id=room_id)
    number = await cases.open_case(conn, kind, by, now, about=about, reason=reason, details=details)
    case = await cases.get(conn, number)
    assert case
    return case


def _told(store: Store, room_id: int, case: Case) -> Case:
    for event in (RoomChanged(room_id), ModNoticeDue()):
        store.live.announce(event)
    return case


async def _know_channel(conn: Conn, channel_id: int, heard_id: int) -> None:
    await conn.execute(
        """/* rooms.know_channel */ insert into channels (id, heard_id) values ($1, $2) on conflict (id) do nothing""",
        channel_id,
        heard_id,
    )
