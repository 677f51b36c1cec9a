"""Looking after a raid: its numbers in the moderators' channel are kept up to date, and it ends by itself."""

import asyncio
from datetime import UTC, datetime, timedelta

from db.loops import again_and_again
from db.raids._acts import end, renew
from db.raids._noticing import newcomers_since
from db.store import Conn, Store

LOOK_EVERY = 5.0  # seconds
QUIET = timedelta(minutes=30)
STALE = timedelta(days=1)  # after which what became of an old raid is not looked at any more


async def watch(store: Store) -> None:
    """Runs until it is cancelled, in every process; several at once do no harm."""
    await again_and_again("Looking after raids", lambda: _look_again(store))


async def _look_again(store: Store) -> None:
    await look(store, datetime.now(UTC))
    await asyncio.sleep(LOOK_EVERY)


async def look(store: Store, now: datetime) -> None:
    for raid_id in await recent(store.pool, now):
        if raid_id == store.alarms.raid_id and await is_quiet(store.pool, raid_id, now, store.config.mod.raid_names):
            await end(store, None, now, raid_id=raid_id)
        await renew(store, raid_id, now)


# Queries


async def recent(conn: Conn, now: datetime) -> list[int]:
    """The raid that goes on, and those that ended lately: of theirs still something is decided."""
    rows = await conn.fetch(
        "/* raids.recent */ select id from raids where ended_at is null or ended_at > $1 order by id", now - STALE
    )
    return [row["id"] for row in rows]


async def is_quiet(conn: Conn, raid_id: int, now: datetime, few: int) -> bool:
    """Whether in the last half hour fewer people came, or had to wait with what they wrote, than make a raid."""
    since = now - QUIET
    row = await conn.fetchrow(
        """/* raids.is_quiet */ select r.started_at < $2 as is_old,
            (select count(*) from held where rule = 'raid' and created_at > $2) as waited
        from raids r where r.id = $1""",
        raid_id,
        since,
    )
    if row is None or not row["is_old"]:
        return False
    waited: int = row["waited"]
    return waited + await newcomers_since(conn, now, QUIET) < few
