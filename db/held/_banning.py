"""Showing the door to whoever wrote what waits."""

from datetime import datetime

from db import moderators, sanctions
from db.cases import Subject
from db.errors import NotFound
from db.events import ModNoticeDue
from db.held import _queries as queries
from db.held._deciding import GONE, drop_of
from db.held._shape import Waiting, evidence
from db.moderators import By
from db.store import Store


async def ban(
    store: Store, by: By, held_id: int, now: datetime, *, until: datetime | None = None, reason: str = ""
) -> Waiting:
    """Bans its author, and nothing of theirs that waits is ever said. As often as one likes. Returns it as it is then.

    Raises Forbidden (`forbidden`), NotFound, and Refused (`cannot_ban`, `too_long`, `bad_time`).
    """
    async with store.pool.acquire() as conn, conn.transaction():
        await moderators.check(conn, by)
        one = await queries.get(conn, held_id)
        if one is None:
            raise NotFound(GONE)
        words = evidence(one, one.content, one.created_at, one.media) if one.state == "waiting" else None
        await sanctions.put(
            conn, "ban", by, one.author_id, now,
            until=until, reason=reason, about=Subject(one.author_id, one.room_id, one.message_id), evidence=words,
        )  # fmt: skip
        await drop_of(conn, [one.author_id], now, by.person.id if by else None)
        banned = await queries.get(conn, held_id)
    await sanctions.tell(store)
    store.live.announce(ModNoticeDue())
    assert banned, "it was there just now"
    return banned
