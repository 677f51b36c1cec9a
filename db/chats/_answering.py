"""Answering a request: accepting makes the room, with the words of the request as what was said first in it."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import get_args

from asyncpg.pool import PoolConnectionProxy

from db import sanctions
from db.chats._asking import lock_two
from db.chats._leaving import shut_out
from db.chats._shape import Answer
from db.errors import NotFound, Refused
from db.events import LetterPut, ModNoticeDue, Noted
from db.people import Person
from db.reports import Found
from db.reports import add as add_report
from db.reports import words as shown
from db.sanctions import Caller
from db.store import Conn, Store
from db.writer import NewMessage, commit

GONE = "This request is not here any more."


@dataclass(frozen=True, slots=True)
class Asked:
    id: int
    from_id: int
    to_id: int
    words: str
    state: str
    room_id: int | None
    created_at: datetime


# Queries


async def _request(conn: Conn, request_id: int, person_id: int) -> Asked:
    """The request, if it was made to this person. Raises NotFound."""
    row = await conn.fetchrow(
        """/* chats.request */ select id, from_id, to_id, words, state, room_id, created_at from chat_requests
        where id = $1 and to_id = $2""",
        request_id,
        person_id,
    )
    if row is None:
        raise NotFound(GONE)
    return Asked(**row)


async def _is_in(conn: Conn, room_id: int, person_id: int) -> bool:
    found: bool = await conn.fetchval(
        """/* chats.is_in */ select exists (
            select from members where room_id = $1 and person_id = $2 and left_at is null)""",
        room_id,
        person_id,
    )
    return found


async def _settle(conn: Conn, asked: Asked, state: str, room_id: int | None, now: datetime) -> None:
    """What waits between the two, whichever way, has its answer. Once they talk, what was declined or never shown is
    over too: it would go on looking as if it waited.
    """
    await conn.execute(
        """/* chats.settle */ update chat_requests set state = $3, room_id = $4, answered_at = $5
        where (state = 'waiting' or ($3 = 'accepted' and state <> 'accepted'))
            and (from_id, to_id) in (($1, $2), ($2, $1))""",
        asked.from_id,
        asked.to_id,
        state,
        room_id,
        now,
    )


async def _open_room(conn: Conn, one_id: int, other_id: int, now: datetime) -> int:
    """A new room of these two, who have none that is open."""
    room_id: int = await conn.fetchval(
        """/* chats.open_room */ with room as (
            insert into rooms (kind, low_id, high_id) values ('chat', least($1::bigint, $2::bigint), greatest($1, $2))
            returning id
        ), seated as (
            insert into members (room_id, person_id, joined_at)
            select room.id, person_id, $3 from room, unnest(array[$1, $2]) as person_id
        ) select id from room""",
        one_id,
        other_id,
        now,
    )
    return room_id


# Acts


async def answer(
    store: Store,
    person: Person,
    request_id: int,
    answer: str,
    now: datetime,
    *,
    network: str = "",
    session_id: int | None = None,
) -> int | None:
    """Answers a request that was made to this person: `accept`, `decline`, `block`, or `report`, which blocks as well.

    Who is kept out accepts nothing, and may do all the rest. Returns the room's id for `accept`, also when that was
    done before. Raises NotFound, Forbidden (`banned`, `muted`), and Refused (`bad_parameter`).
    """
    if answer not in get_args(Answer):
        raise Refused("A request is accepted or declined, or its sender blocked or reported.", "bad_parameter")
    if answer == "accept":
        sanctions.check(store, Caller(person, network, session_id), now)
    oldest = now - timedelta(days=store.config.chat.request_days)
    async with store.pool.acquire() as conn, conn.transaction():
        asked = await _request(conn, request_id, person.id)
        await lock_two(conn, asked.from_id, person.id)
        asked = await _request(conn, request_id, person.id)
        if asked.room_id and answer == "accept" and await _is_in(conn, asked.room_id, person.id):
            return asked.room_id
        if asked.state != "waiting" or asked.created_at <= oldest:
            raise NotFound(GONE)
        has_channel = bool(store.config.discord.mod_channel_id)
        room_id, events = await _done(conn, asked, answer, now, has_channel=has_channel)
    for event in (*events, Noted(person.id)):
        store.live.announce(event)
    return room_id


async def _done(
    conn: PoolConnectionProxy, asked: Asked, answer: str, now: datetime, *, has_channel: bool
) -> tuple[int | None, list[object]]:
    """The room if there is one now, and what is to be announced after the commit."""
    if answer == "accept":
        return await _accept(conn, asked, now)
    if answer == "decline":
        await _settle(conn, asked, "declined", None, now)
        return None, []
    events = await shut_out(conn, asked.to_id, asked.from_id, now)
    if answer == "report":
        found = Found("chat", None, asked.from_id, None, [shown(asked.words, asked.created_at, asked.from_id)])
        await add_report(conn, found, asked.to_id, None, "", now, has_channel=has_channel)
        events += [LetterPut(), ModNoticeDue()]
    return None, events


async def _accept(conn: PoolConnectionProxy, asked: Asked, now: datetime) -> tuple[int, list[object]]:
    room_id = await _open_room(conn, asked.from_id, asked.to_id, now)
    await _settle(conn, asked, "accepted", room_id, now)
    nonce = secrets.token_hex(16)  # nobody could have used it before
    first = NewMessage(asked.from_id, "web", asked.words, asked.created_at, nonce=nonce, let_in=True)
    committed = await commit(conn, room_id, [first])
    if isinstance(committed.results[0], Refused):
        raise committed.results[0]
    return room_id, [*committed.events, Noted(asked.from_id)]
