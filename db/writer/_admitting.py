"""Whom a writer lets do something in its room, and what it counts for them.

Everybody in the hangout and among the comments of a post, but for who is kept out; in a chat only its members. Both are
looked up in the transaction that keeps what they do, so that who left or was banned a moment ago does nothing more.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import asyncpg

from db.errors import Forbidden, NotFound, Refused
from db.events import Changed, Noted
from db.writer._changing import Change, DeleteOwn, EditOwn, is_writing
from db.writer._keeping import NewMessage
from db.writer._moderating import HideLinks, Remove
from db.writer._reacting import React

if TYPE_CHECKING:  # the noun's acts use the writer, the writer its queries
    from db.messages import Message
    from db.sanctions import Sanction

NO_ROOM = "There is nothing here."
COMMENTS_SHUT = "A moderator has closed the comments here for now. You can still read."


class Admission:
    """`members`: who may act in this chat; None in a room that is for everybody. `barred`: what is on record against
    those who write here now.
    """

    def __init__(
        self, room: asyncpg.Record, members: frozenset[int] | None, barred: "dict[int, list[Sanction]]"
    ) -> None:
        self._room = room
        self._members = members
        self._barred = barred

    def refusal(self, one: "NewMessage | Change") -> Refused | None:
        """What to answer instead of doing it. For a message a locked room is no matter yet: it may be known."""
        is_moderated = isinstance(one, Remove | HideLinks)  # the act that asks for it says who may
        if self._members is not None and not is_moderated and actor_of(one) not in self._members:
            return NotFound(NO_ROOM)
        for kept in self._barred.get(_speaker(one) or 0, ()) if self._barred else ():
            if kept.lasts(_time_of(one)):
                return _kept_out(kept)
        if self._room["locked"] and not isinstance(one, NewMessage) and is_writing(one):
            return closed(self._room)
        return None


def actor_of(one: "NewMessage | Change") -> int | None:
    """Who on the site does this; None for what is heard from Discord."""
    if isinstance(one, EditOwn | DeleteOwn):
        return one.person_id
    if isinstance(one, NewMessage):
        return one.author_id if one.source == "web" else None
    return one.person_id if isinstance(one, React) and one.source == "web" else None


def _speaker(one: "NewMessage | Change") -> int | None:
    """Who on the site says something by it that nobody has let in yet."""
    if isinstance(one, NewMessage):
        return None if one.let_in else actor_of(one)
    return actor_of(one) if is_writing(one) else None


def _time_of(one: "NewMessage | Change") -> datetime:
    if isinstance(one, NewMessage):
        return one.created_at
    return one.at if isinstance(one, EditOwn) else datetime.now(UTC)


def _kept_out(sanction: "Sanction") -> Forbidden:
    """Only for who was kept out in this very moment; everybody else is asked by db/gate, and told more."""
    if sanction.kind == "ban":
        return Forbidden("You are banned from here.", "banned")
    return Forbidden("You can only read here for now.", "muted")


def closed(room: asyncpg.Record) -> Refused:
    if room["kind"] == "chat":
        return Refused("They have left this chat.", "room_locked")
    if room["kind"] == "comments":
        return Forbidden(COMMENTS_SHUT, "room_locked")
    return Refused("The hangout is closed for writing right now. You can still read.", "room_locked")


async def admission(
    conn: "asyncpg.pool.PoolConnectionProxy", room_id: int, room: asyncpg.Record, run: "Sequence[NewMessage | Change]"
) -> Admission:
    barred = await _barred(conn, run)
    if room["kind"] != "chat":
        return Admission(room, None, barred)
    rows = await conn.fetch(
        """/* writer.present */ select m.person_id from members m
        where m.room_id = $1 and m.left_at is null and not exists (
            select from accounts where person_id = m.person_id and disabled_at is not null)""",
        room_id,
    )
    return Admission(room, frozenset(row["person_id"] for row in rows), barred)


async def _barred(
    conn: "asyncpg.pool.PoolConnectionProxy", run: "Sequence[NewMessage | Change]"
) -> "dict[int, list[Sanction]]":
    """What is on record against those who say something here, in force or not any more. Whoever is about to keep one of
    them out has done it before this, or waits until this batch is through.
    """
    from db import sanctions  # noqa: PLC0415 - who is kept out is an act's matter, and acts use the writer

    speakers = {speaker for one in run if (speaker := _speaker(one)) is not None}
    if not speakers:
        return {}
    await conn.execute(
        "/* admitting.hold */ select from people where id = any($1) order by id for key share", list(speakers)
    )
    return await sanctions.of_people(conn, list(speakers))


async def count_said(conn: "asyncpg.pool.PoolConnectionProxy", room_id: int, fresh: "list[Message]") -> "list[Noted]":
    """What somebody said in a chat waits for the other."""
    if not fresh:
        return []
    said = Counter(message.author.id for message in fresh)
    rows = await conn.fetch(
        """/* writer.count_said */ update members m set unread = m.unread + s.count from (
            select o.person_id, sum(a.count)::integer as count
            from members o join unnest($2::bigint[], $3::integer[]) as a (author_id, count)
                on a.author_id <> o.person_id
            where o.room_id = $1 and o.left_at is null group by o.person_id
        ) s where m.room_id = $1 and m.person_id = s.person_id returning m.person_id""",
        room_id,
        list(said),
        list(said.values()),
    )
    return [Noted(row["person_id"], room_id) for row in rows]


async def count_deleted(
    conn: "asyncpg.pool.PoolConnectionProxy", room_id: int, changes: list[Changed]
) -> "list[Noted]":
    """What is gone before anybody read it waits no longer."""
    noted: list[Noted] = []
    for one in changes:
        if one.kind == "delete":
            rows = await conn.fetch(
                """/* writer.count_deleted */ update members set unread = greatest(unread - 1, 0)
                where room_id = $1 and person_id <> $2 and read_id < $3 and unread > 0 and left_at is null
                returning person_id""",
                room_id,
                one.message.author.id,
                one.message.id,
            )
            noted += [Noted(row["person_id"]) for row in rows]
    return noted
