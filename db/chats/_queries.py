"""Looking chats up, each on behalf of one member: what is not theirs is not there."""

from datetime import datetime, timedelta

import asyncpg

from db import people
from db.chats._shape import Chat, Request, Standing, Totals, Waiting, chat_from, request_from
from db.errors import NotFound
from db.people import Person
from db.presence import Presence
from db.store import Conn

NO_CHAT = "There is nothing here."
# `m` is the member who looks, `p` the other of the two, whose own membership `o` is gone when their account is.
CHATS = f"""select {people.OF_P}, r.id as room_id, m.unread, m.read_seq, r.closed_at is not null as closed, m.joined_at,
        coalesce(a.shows_online and a.disabled_at is null and o.left_at is null and o.person_id is not null, false)
            as shows_online,
        case when a.shows_reading then coalesce(o.read_seq, 0) else 0 end as other_read_seq,
        case when a.shows_reading then coalesce(o.read_id, 0) else 0 end as other_read_id,
        l.id as last_id, l.author_id, l.content, l.created_at as said_at
    from members m join rooms r on r.id = m.room_id
        join people p on p.id = case r.low_id when m.person_id then r.high_id else r.low_id end
        left join accounts a on a.person_id = p.id
        left join members o on o.room_id = r.id and o.person_id = p.id
        left join lateral (
            select id, author_id, content, created_at from messages
            where room_id = r.id and deleted_at is null order by id desc limit 1
        ) l on true
    where m.person_id = $1 and m.left_at is null and r.kind = 'chat'"""
ENABLED = f"p.username is not null and {people.IS_OPEN}"


async def of_person(conn: Conn, person_id: int, presence: Presence | None = None) -> list[Chat]:
    """Every chat that this member is in, the one with the latest words first. `presence` tells who is here now."""
    rows = await conn.fetch(
        f"/* chats.of_person */ {CHATS} order by coalesce(l.created_at, m.joined_at) desc, r.id desc", person_id
    )
    return [chat_from(row, presence) for row in rows]


async def enter(conn: Conn, room_id: int, person_id: int, presence: Presence | None = None) -> Chat:
    """The chat with this id. Raises NotFound for any room that this person is not in, as for one that is not there."""
    row = await conn.fetchrow(f"/* chats.enter */ {CHATS} and m.room_id = $2", person_id, room_id)
    if row is None:
        raise NotFound(NO_CHAT)
    return chat_from(row, presence)


async def requests_to(conn: Conn, person_id: int, now: datetime, days: int) -> list[Request]:
    """What this member was asked and has not answered, the newest first. `days`: for how long a request lives."""
    rows = await conn.fetch(
        f"""/* chats.requests_to */ select {people.OF_P}, q.id as request_id, q.words, q.created_at as asked_at
        from chat_requests q join people p on p.id = q.from_id
        where q.to_id = $1 and q.state = 'waiting' and q.created_at > $2 and {ENABLED} order by q.id desc""",
        person_id,
        now - timedelta(days=days),
    )
    return [request_from(row) for row in rows]


async def requests_from(conn: Conn, person_id: int, now: datetime, days: int) -> list[Request]:
    """Whom this member has asked and is waiting for, as far as they can tell: declined ones are among them."""
    rows = await conn.fetch(
        f"""/* chats.requests_from */ select {people.OF_P}, q.id as request_id, q.words, q.created_at as asked_at
        from chat_requests q join people p on p.id = q.to_id
        where q.from_id = $1 and q.state <> 'accepted' and q.created_at > $2 and {ENABLED}
            and not exists (select from blocks where blocker_id = q.from_id and blocked_id = q.to_id)
        order by q.id desc""",
        person_id,
        now - timedelta(days=days),
    )
    return [request_from(row) for row in rows]


async def totals(conn: Conn, person_id: int) -> Totals:
    """Nothing is counted but a member's own chats and requests: how many messages wait is kept with each chat."""
    row = await conn.fetchrow(
        f"""/* chats.totals */ select
            (select coalesce(sum(unread), 0)::bigint from members where person_id = $1 and left_at is null) as unread,
            (select count(*) from chat_requests q join people p on p.id = q.from_id
                where q.to_id = $1 and q.state = 'waiting' and {ENABLED}) as requests""",
        person_id,
    )
    assert row
    return Totals(row["unread"], row["requests"])


async def waiting(conn: Conn, person_id: int) -> Waiting:
    """The same, chat by chat."""
    rows = await conn.fetch(
        f"""/* chats.waiting */ select m.room_id, m.unread, p.name, r.closed_at is not null as closed,
            0::bigint as asked
        from members m join rooms r on r.id = m.room_id
            join people p on p.id = case r.low_id when m.person_id then r.high_id else r.low_id end
        where m.person_id = $1 and m.left_at is null
        union all select null, 0, p.name, false, q.id from chat_requests q join people p on p.id = q.from_id
        where q.to_id = $1 and q.state = 'waiting' and {ENABLED}""",
        person_id,
    )
    asked = sorted((row["asked"], row["name"]) for row in rows if row["room_id"] is None)
    rooms = {row["room_id"]: (row["unread"], row["name"], row["closed"]) for row in rows if row["room_id"] is not None}
    return Waiting(rooms, len(asked), asked[-1][1] if asked else None)


async def standing(conn: Conn, from_id: int, to_id: int, now: datetime, days: int) -> Standing:
    """What the first of the two may do about the second. Whether the second has blocked the first does not show."""
    if from_id == to_id:
        return Standing("self")
    row = await conn.fetchrow(
        """/* chats.standing */ select
            (select id from rooms where low_id = least($1::bigint, $2::bigint) and high_id = greatest($1, $2)
                and closed_at is null) as room_id,
            (select id from chat_requests where from_id = $2 and to_id = $1 and state = 'waiting' and created_at > $3
                limit 1) as request_id,
            exists (select from chat_requests where from_id = $1 and to_id = $2 and state <> 'accepted'
                and created_at > $3) as is_waiting,
            exists (select from blocks where blocker_id = $1 and blocked_id = $2) as is_blocked,
            case a.may_ask when 'everyone' then true when 'nobody' then false else exists (
                select from messages m join messages r on r.id = m.reply_to_id join rooms o on o.id = m.room_id
                where m.author_id = $2 and r.author_id = $1 and o.kind = 'public') end as takes
        from accounts a where a.person_id = $2 and a.disabled_at is null""",
        from_id,
        to_id,
        now - timedelta(days=days),
    )
    return _standing(row)


def _standing(row: asyncpg.Record | None) -> Standing:
    if row is None:
        return Standing("takes_none")
    if row["room_id"]:
        return Standing("chat", room_id=row["room_id"])
    if row["is_blocked"]:
        return Standing("blocked")
    if row["request_id"]:
        return Standing("asked_you", request_id=row["request_id"])
    if row["is_waiting"]:
        return Standing("waiting")
    return Standing("may_ask" if row["takes"] else "takes_none")


async def blocked_by(conn: Conn, person_id: int) -> list[Person]:
    """Whom this member has blocked, the latest first."""
    rows = await conn.fetch(
        f"""/* chats.blocked_by */ select {people.OF_P} from blocks b join people p on p.id = b.blocked_id
        where b.blocker_id = $1 and p.username is not null order by b.created_at desc, p.id""",
        person_id,
    )
    return [people.from_row(row) for row in rows]


async def may_show_typing(conn: Conn, room_id: int, person_id: int) -> bool:
    """Whether this member is in the chat, it is open, and they let others see that they read and write."""
    may: bool = await conn.fetchval(
        """/* chats.may_show_typing */ select exists (
            select from members m join rooms r on r.id = m.room_id join accounts a on a.person_id = m.person_id
            where m.room_id = $1 and m.person_id = $2 and m.left_at is null and r.closed_at is null
                and a.shows_reading and a.disabled_at is null)""",
        room_id,
        person_id,
    )
    return may


async def showing_online(conn: Conn, room_id: int) -> list[int]:
    """The members of this chat who let the other see when they are here."""
    rows = await conn.fetch(
        """/* chats.showing_online */ select m.person_id from members m join accounts a on a.person_id = m.person_id
        where m.room_id = $1 and m.left_at is null and a.shows_online and a.disabled_at is null order by m.person_id""",
        room_id,
    )
    return [row["person_id"] for row in rows]


async def present(conn: Conn, room_id: int) -> tuple[set[int], bool]:
    """Who is in this chat, and whether it is closed; one that is not there any more is."""
    rows = await conn.fetch(
        """/* chats.present */ select m.person_id, r.closed_at is not null as closed
        from rooms r join members m on m.room_id = r.id
        where r.id = $1 and r.kind = 'chat' and m.left_at is null and not exists (
            select from accounts where person_id = m.person_id and disabled_at is not null)""",
        room_id,
    )
    return {row["person_id"] for row in rows}, not rows or rows[0]["closed"]
