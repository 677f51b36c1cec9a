"""Deciding on what waits: it is said, or never will be. As often as one likes: what is so already changes nothing."""

from collections.abc import Collection
from datetime import datetime

import msgspec
from asyncpg.pool import PoolConnectionProxy

from db import cases, mod_notices, moderators
from db.cases import Subject
from db.errors import Forbidden, NotFound, Refused
from db.events import ModNoticeDue
from db.held import _queries as queries
from db.held._shape import Waiting, evidence
from db.moderators import By
from db.store import Conn, Store
from db.writer import Committed, NewMessage, commit

GONE = "This message does not wait here any more."
KEPT_OUT = "{} is banned or muted just now, so this cannot be said for them."
DECIDED = "It has been deleted already."
PICTURES_GONE = "The pictures of this message are gone, and it has no words."


async def approve(store: Store, by: By, held_id: int, now: datetime) -> Waiting:
    """Says it under the nonce that it came with, so that it is said once. It stands where it is let through, not where
    it was written. Returns it as it is then.

    Raises Forbidden (`forbidden`), NotFound, and Refused (`changed` where it was deleted, or its author is kept out
    just now; `room_locked`, and what else the room refuses).
    """
    async with store.pool.acquire() as conn, conn.transaction():
        one = await _locked(conn, by, held_id)
        if one.state == "deleted":
            raise Refused(DECIDED, "changed")
        if one.state == "approved":
            return one
        committed = await _say(conn, one, now)
        message_id = committed.results[0].id if committed.results[0] else None  # type: ignore[union-attr]
        await _settle(conn, one, "approved", by, now, message_id)
        about = Subject(one.author_id, one.room_id, message_id)
        await cases.open_case(conn, "release", by, now, about=about, rule=one.rule, details={"held": one.id})
    for event in (*committed.events, ModNoticeDue()):
        store.live.announce(event)
    return await _as_now(store, held_id)


async def _say(conn: PoolConnectionProxy, one: Waiting, now: datetime) -> Committed:
    from db.messages._uploads import uploads  # noqa: PLC0415 - what is said goes through the gate, which holds

    files = await uploads(conn, one.author_id, one.nonce, one.media) if one.media else []
    if not files and not one.content:
        raise Refused(PICTURES_GONE, "changed")
    new = NewMessage(
        author_id=one.author_id,
        source="web",
        content=one.content,
        created_at=now,
        nonce=one.nonce,
        reply_to_id=one.reply_to_id,
        attachments=msgspec.to_builtins(files),
    )
    committed = await commit(conn, one.room_id, [new])
    refused = committed.results[0]
    if isinstance(refused, Forbidden):  # its sentence is for its author
        raise Refused(KEPT_OUT.format(one.author_name), "changed")
    if isinstance(refused, Refused):
        raise refused
    return committed


async def delete(store: Store, by: By, held_id: int, now: datetime, *, reason: str = "") -> Waiting:
    """It is never said, and its words go; for a while they are on record. Raises Forbidden (`forbidden`), NotFound, and
    Refused (`changed`) where it was let through.
    """
    async with store.pool.acquire() as conn, conn.transaction():
        one = await _locked(conn, by, held_id)
        if one.state == "approved":
            raise Refused("It has been let through already.", "changed")
        if one.state == "deleted":
            return one
        await _settle(conn, one, "deleted", by, now)
        await cases.open_case(
            conn,
            "remove",
            by,
            now,
            about=Subject(one.author_id, one.room_id),
            rule=one.rule if by is None else "",
            reason=reason,
            details={"held": one.id},
            evidence=evidence(one, one.content, one.created_at, one.media),
        )
    store.live.announce(ModNoticeDue())
    return await _as_now(store, held_id)


async def drop_of(conn: Conn, person_ids: Collection[int], now: datetime, by_id: int | None = None) -> int:
    """What waits of these people is never said, in the transaction of whoever shows them the door or removes what they
    wrote. Returns how many; announce ModNoticeDue after the commit.
    """
    rows = await conn.fetch(
        """/* held.drop_of */ update held
        set state = 'deleted', content = '', media = '{}', decided_at = $2, decided_by = $3
        where author_id = any($1) and state = 'waiting' returning id""",
        list(person_ids),
        now,
        by_id,
    )
    await mod_notices.renew(conn, "held", [row["id"] for row in rows], now)
    return len(rows)


async def _locked(conn: Conn, by: By, held_id: int) -> Waiting:
    """Locks its room before it, as everything does that is said there, and its author, as who bans them does."""
    await moderators.check(conn, by)
    row = await conn.fetchrow("/* held.whose */ select room_id, author_id from held where id = $1", held_id)
    if row is None:
        raise NotFound(GONE)
    await conn.execute("/* held.lock_room */ select from rooms where id = $1 for no key update", row["room_id"])
    await conn.execute("/* held.lock_author */ select from people where id = $1 for key share", row["author_id"])
    await conn.execute("/* held.lock */ select from held where id = $1 for update", held_id)
    one = await queries.get(conn, held_id)
    if one is None:
        raise NotFound(GONE)
    return one


async def _settle(conn: Conn, one: Waiting, state: str, by: By, now: datetime, message_id: int | None = None) -> None:
    await conn.execute(
        """/* held.settle */ update held
        set state = $2, decided_at = $3, decided_by = $4, message_id = $5, content = '', media = '{}' where id = $1""",
        one.id,
        state,
        now,
        by.person.id if by else None,
        message_id,
    )
    await mod_notices.renew(conn, "held", [one.id], now)


async def _as_now(store: Store, held_id: int) -> Waiting:
    one = await queries.get(store.pool, held_id)
    if one is None:
        raise NotFound(GONE)
    return one
