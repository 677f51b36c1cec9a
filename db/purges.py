"""Purges that somebody has seen and not yet confirmed: exactly which messages would go. Called by cogs/mod."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from db import cases, messages, moderators
from db.cases import Case
from db.errors import NotFound, Refused
from db.moderators import By
from db.store import Conn, Store

LIFE = timedelta(days=1)  # after that it is not what one would see now
PATIENCE = timedelta(minutes=1)  # what was begun before that has been given up
GONE = "This was offered too long ago. Ask again, so that you see what would go now."
AT_WORK = "This is being removed just now. Please look again in a moment."


@dataclass(frozen=True, slots=True)
class Purge:
    """What was shown to whoever asked. `case_id` is there once it was done."""

    id: int
    message_ids: tuple[int, ...]
    reason: str
    case_id: int | None


# Queries


async def get(conn: Conn, purge_id: int, now: datetime) -> Purge | None:
    row = await conn.fetchrow(
        "/* purges.get */ select id, message_ids, reason, case_id from purges where id = $1 and asked_at > $2",
        purge_id,
        now - LIFE,
    )
    return Purge(row["id"], tuple(row["message_ids"]), row["reason"], row["case_id"]) if row else None


async def _begin(conn: Conn, purge_id: int, now: datetime) -> bool:
    """One of several at a time may."""
    begun: bool | None = await conn.fetchval(
        """/* purges.begin */ update purges set began_at = $2
        where id = $1 and case_id is null and (began_at is null or began_at < $3) returning true""",
        purge_id,
        now,
        now - PATIENCE,
    )
    return bool(begun)


# Acts


async def offer(store: Store, by: By, message_ids: Sequence[int], reason: str, now: datetime) -> int:
    """Remembers what was shown; what nobody confirmed in a day is forgotten. Raises Forbidden."""
    async with store.pool.acquire() as conn, conn.transaction():
        await moderators.check(conn, by)
        await conn.execute("/* purges.forget */ delete from purges where asked_at < $1", now - LIFE)
        number: int = await conn.fetchval(
            """/* purges.offer */ insert into purges (message_ids, reason, asked_by, asked_at) values ($1, $2, $3, $4)
            returning id""",
            list(message_ids),
            reason,
            by.person.id if by else None,
            now,
        )
    return number


async def confirm(store: Store, by: By, purge_id: int, now: datetime) -> Case:
    """Removes exactly what was shown; confirmed again, it is the same case. Raises Forbidden, NotFound for what was
    offered too long ago, and Refused (`at_once`) while it is being done.
    """
    await moderators.check(store.pool, by)
    purge = await get(store.pool, purge_id, now)
    if purge is None:
        raise NotFound(GONE)
    if purge.case_id and (done := await cases.get(store.pool, purge.case_id)):
        return done
    if not await _begin(store.pool, purge_id, now):
        raise Refused(AT_WORK, "at_once")
    case_id = None
    try:
        case = await messages.purge(store, by, purge.message_ids, now, reason=purge.reason)
        case_id = case.id
    finally:
        await store.pool.execute(
            "/* purges.record */ update purges set case_id = $2, began_at = null where id = $1", purge_id, case_id
        )
    return case
