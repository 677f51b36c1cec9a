"""What moderators do about a raid, by the three buttons below its notice. Each as often as they like: what is so
already changes nothing. All return the raid as it is then.
"""

from contextlib import suppress
from datetime import datetime
from typing import Any

import asyncpg

from db import cases, floods, messages, mod_notices, moderators, networks, sanctions
from db.errors import NotFound
from db.events import ModNoticeDue, NoticeDue, RoomChanged
from db.moderators import By
from db.raids._shape import THEM, Raid, all_people_of, messages_of, people_of, shown
from db.store import Conn, Store

NONE = "There is no such raid."
TOGETHER = 500  # people banned in one transaction, which takes about a second
REASON = "Came with a raid."
QUIET_RULE = "30 quiet minutes"


async def end(store: Store, by: By, now: datetime, *, raid_id: int | None = None) -> Raid | None:
    """The raid that goes on is over: no slow mode, and nobody waits only because they are new. What waits still does,
    and is told to the moderators one by one. With `raid_id` only if it is that one. None where there never was one.

    Raises Forbidden (`forbidden`).
    """
    async with store.pool.acquire() as conn, conn.transaction():
        await moderators.check(conn, by)
        ended = await _end(conn, by, now, raid_id)
        if ended is not None:
            rule = "" if by else QUIET_RULE
            details = {"raid": ended, "ended": True}
            await cases.open_case(conn, "raid", by, now, rule=rule, details=details, hidden=True)
            await _tell_waiting(conn, now)
    await floods.load(store)
    if ended is not None:
        store.live.announce(RoomChanged())
        store.live.announce(ModNoticeDue())
    which = ended or raid_id or await _latest(store.pool)
    return await renew(store, which, now) if which else None


async def ban_all(store: Store, by: By, raid_id: int, now: datetime, *, up_to: int | None = None) -> Raid:
    """Everybody who came with it is banned for 30 days, but for whom a moderator has let through; with `up_to` only
    who came up to that one of `comers`. Many are banned piece by piece: cut off in between, it goes on where it was
    when it is done again.

    Raises Forbidden (`forbidden`) and NotFound.
    """
    await _check(store.pool, by, raid_id)
    them = await people_of(store.pool, raid_id, up_to)
    for first in range(0, len(them), TOGETHER):
        piece = them[first : first + TOGETHER]
        await sanctions.ban_all(store, by, piece, now, until=now + networks.LIFE, reason=REASON)
    return await _renewed(store, raid_id, now)


async def clean(store: Store, by: By, raid_id: int, now: datetime) -> Raid:
    """All that they wrote is gone, here and in Discord: what waits, and what was said before anybody noticed.

    Raises Forbidden (`forbidden`) and NotFound.
    """
    await _check(store.pool, by, raid_id)
    async with store.pool.acquire() as conn, conn.transaction():
        await moderators.check(conn, by)
        dropped = await _drop_comments(conn, by, raid_id, now)
        if dropped:
            details = {"raid": raid_id, "count": len(dropped)}
            await cases.open_case(conn, "purge", by, now, reason=REASON, details=details, evidence=dropped)
        await conn.execute("/* raids.clean */ update raids set cleaned_at = $2 where id = $1", raid_id, now)
    await _purge(store, by, raid_id, now)
    for event in (ModNoticeDue(), NoticeDue()):
        store.live.announce(event)
    return await _renewed(store, raid_id, now)


async def _purge(store: Store, by: By, raid_id: int, now: datetime) -> None:
    """What waits goes with the first of them. Where there is nothing of either any more, all is done."""
    them, said = await all_people_of(store.pool, raid_id), await messages_of(store.pool, raid_id)
    with suppress(NotFound):
        for first in range(0, max(1, len(said)), messages.SELECTED_MAX):
            await messages.purge(
                store, by, said[first : first + messages.SELECTED_MAX], now, reason=REASON, held_of=them
            )


async def renew(store: Store, raid_id: int, now: datetime) -> Raid | None:
    """The moderators' channel is told the numbers of the raid, if they are others than it was told last."""
    raid = await shown(store.pool, raid_id)
    if raid is None:
        return None
    async with store.pool.acquire() as conn, conn.transaction():
        is_news = await conn.fetchval(
            "/* raids.renew */ update raids set told = $2 where id = $1 and told <> $2 returning true",
            raid_id,
            raid.numbers,
        )
        if is_news:
            await mod_notices.renew(conn, "raid", [raid_id], now)
    if is_news:
        store.live.announce(ModNoticeDue())
    return raid


async def _renewed(store: Store, raid_id: int, now: datetime) -> Raid:
    raid = await renew(store, raid_id, now)
    if raid is None:
        raise NotFound(NONE)
    return raid


async def _check(conn: Conn, by: By, raid_id: int) -> None:
    await moderators.check(conn, by)
    if await shown(conn, raid_id) is None:
        raise NotFound(NONE)


async def _end(conn: Conn, by: By, now: datetime, raid_id: int | None) -> int | None:
    ended: int | None = await conn.fetchval(
        """/* raids.end */ update raids set ended_at = $1, ended_by = $2
        where ended_at is null and ($3::bigint is null or id = $3) returning id""",
        now,
        by.person.id if by else None,
        raid_id,
    )
    return ended


async def _tell_waiting(conn: Conn, now: datetime) -> None:
    """While it went on its own notice spoke for all that waited; what still does gets one of its own, with buttons."""
    await conn.execute(
        """/* raids.tell_waiting */ insert into mod_notices (kind, subject_id, next_at, created_at)
        select 'held', id, $1, $1 from held where state = 'waiting' and rule = 'raid' order by id
        on conflict (kind, subject_id) do nothing""",
        now,
    )


async def _latest(conn: Conn) -> int | None:
    found: int | None = await conn.fetchval("/* raids.latest */ select max(id) from raids")
    return found


async def _drop_comments(conn: Conn, by: By, raid_id: int, now: datetime) -> list[dict[str, Any]]:
    """What of theirs waits under posts, or did until they were banned, is deleted. Returns it as evidence."""
    rows = await conn.fetch(
        f"""/* raids.drop_comments */ with them as ({THEM}), known as (
            select c.id, c.content, p.name from comments c join people p on p.id = c.author_id
            where c.author_id in (select id from them) and c.state in ('waiting', 'spam') for no key update of c
        ) update comments c set state = 'deleted', content = '', digest = null, network = null, decided_at = $2,
            decided_by = $3, notice_wanted = notice_wanted + 1, notice_at = null,
            notice_state = case when notice_state = 'sent' then 'due' else notice_state end
        from known where c.id = known.id returning c.id, known.name, known.content, c.created_at""",
        raid_id,
        now,
        by.person.id if by else None,
    )
    return [_shown(row) for row in rows]


def _shown(row: asyncpg.Record) -> dict[str, Any]:
    at = row["created_at"].isoformat()
    return {"id": row["id"], "name": row["name"], "content": row["content"], "at": at, "pictures": 0}
