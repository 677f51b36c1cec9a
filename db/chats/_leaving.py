"""The ways out of a chat: leaving it, and blocking the other. To the other the two look the same."""

from datetime import datetime, timedelta

from db.chats._asking import forget, lock_two, member
from db.errors import NotFound, Refused
from db.events import Noted, Parted
from db.people import Person
from db.store import Conn, Store
from db.usernames import as_typed

NO_CHAT = "There is nothing here."
AT_ONCE = 1000  # messages that are deleted in one statement


# Queries


async def leave_room(conn: Conn, room_id: int, person_id: int, now: datetime) -> int:
    """Closes the room and takes this member out of it, under its lock. Returns the other's id. Raises NotFound."""
    other_id: int | None = await conn.fetchval(
        """/* chats.lock_room */ select case low_id when $2 then high_id else low_id end from rooms
        where id = $1 and kind = 'chat' and $2 in (low_id, high_id) for no key update""",
        room_id,
        person_id,
    )
    left = await conn.fetchval(
        """/* chats.leave_room */ with closed as (
            update rooms set closed_at = coalesce(closed_at, $3) where id = $1 and exists (
                select from members where room_id = $1 and person_id = $2 and left_at is null)
        ) update members set left_at = $3, unread = 0
        where room_id = $1 and person_id = $2 and left_at is null returning true""",
        room_id,
        person_id,
        now,
    )
    if other_id is None or not left:
        raise NotFound(NO_CHAT)
    return other_id


async def release_pictures(conn: Conn, room_id: int, now: datetime) -> bool:
    """When nobody is in this room any more, nobody sees its pictures either. Whether that is so."""
    empty: bool = await conn.fetchval(
        """/* chats.release_pictures */ with empty as (
            select id from rooms where id = $1 and kind = 'chat' and not exists (
                select from members where room_id = $1 and left_at is null)
        ), released as (
            update media set released_at = $2 where room_id in (select id from empty) and released_at is null
        ) select exists (select from empty)""",
        room_id,
        now,
    )
    return empty


async def _lock_open_room(conn: Conn, one_id: int, other_id: int) -> None:
    """Rooms before people, as whoever deletes an account takes them: then nobody waits for each other."""
    await conn.execute(
        """/* chats.lock_open_room */ select from rooms where low_id = least($1::bigint, $2::bigint)
            and high_id = greatest($1, $2) and closed_at is null for no key update""",
        one_id,
        other_id,
    )


async def shut_out(conn: Conn, person_id: int, other_id: int, now: datetime) -> list[object]:
    """Blocks the other: what waits between the two is settled unseen, and their chat is left. To be called under
    `lock_two`. Returns what is to be announced.
    """
    room_id = await conn.fetchval(
        """/* chats.shut_out */ with blocked as (
            insert into blocks (blocker_id, blocked_id, created_at) values ($1, $2, $3) on conflict do nothing
        ), settled as (
            update chat_requests set state = 'unseen', answered_at = $3
            where state = 'waiting' and (from_id, to_id) in (($1, $2), ($2, $1))
        ) select id from rooms where low_id = least($1::bigint, $2::bigint) and high_id = greatest($1, $2)
            and closed_at is null""",
        person_id,
        other_id,
        now,
    )
    if room_id is None:
        return []
    await leave_room(conn, room_id, person_id, now)
    return [Parted(room_id), Noted(other_id)]


async def _empty_rooms(conn: Conn) -> list[int]:
    rows = await conn.fetch(
        """/* chats.empty_rooms */ select id from rooms where kind = 'chat' and closed_at is not null
            and not exists (select from members where room_id = rooms.id and left_at is null)"""
    )
    return [row["id"] for row in rows]


# Acts


async def leave(store: Store, person: Person, room_id: int, now: datetime) -> None:
    """Leaves a chat, which is then closed for the other as well; the last one out takes everything along.

    Raises NotFound for whoever is not in it.
    """
    async with store.pool.acquire() as conn, conn.transaction():
        other_id = await leave_room(conn, room_id, person.id, now)
        is_empty = await release_pictures(conn, room_id, now)
    for event in (Parted(room_id), Noted(person.id), Noted(other_id)):
        store.live.announce(event)
    if is_empty:
        await _remove(store, room_id)


async def block(store: Store, person: Person, username: str, now: datetime) -> None:
    """Keeps the member with this username away for good: their chat is left, and what they ask is never seen.

    Raises NotFound when there is no such member, and Refused (`cannot_ask`) for oneself.
    """
    async with store.pool.acquire() as conn, conn.transaction():
        other = await member(conn, username)
        if other.id == person.id:
            raise Refused("That is you.", "cannot_ask")
        await _lock_open_room(conn, person.id, other.id)
        await lock_two(conn, person.id, other.id)
        events = await shut_out(conn, person.id, other.id, now)
    for event in (*events, Noted(person.id)):
        store.live.announce(event)


async def unblock(store: Store, person: Person, username: str) -> None:
    """What they asked meanwhile stays unseen. Raises NotFound for whom this person has not blocked."""
    gone = await store.pool.fetchval(
        """/* chats.unblock */ delete from blocks b using people p
        where b.blocker_id = $1 and p.id = b.blocked_id and p.username = $2 returning true""",
        person.id,
        as_typed(username),
    )
    if not gone:
        raise NotFound("You have blocked nobody of that name.")


async def remove_left(store: Store, now: datetime) -> None:
    """Clears away what is over: rooms that nobody is in (as a rule they are gone already), and old requests."""
    await forget(store.pool, now - timedelta(days=store.config.chat.request_days))
    for room_id in await _empty_rooms(store.pool):
        if await release_pictures(store.pool, room_id, now):
            await _remove(store, room_id)


async def _remove(store: Store, room_id: int) -> None:
    """A long talk goes piece by piece, for one statement has only so much time."""
    gone = AT_ONCE
    while gone == AT_ONCE:
        gone = len(
            await store.pool.fetch(
                """/* chats.remove_messages */ delete from messages where id in (
                    select id from messages where room_id = $1 order by id desc limit $2) returning 1""",
                room_id,
                AT_ONCE,
            )
        )
    await store.pool.execute("/* chats.remove */ delete from rooms where id = $1 and kind = 'chat'", room_id)
