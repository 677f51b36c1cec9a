"""The sums of days, made from their visits again and again while somebody comes; and the end of what they are made
from. Acts; run by db/visits/_flushing.py in every process, one of which does it.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from db.store import Conn, Store

from . import _blurring
from ._writing import KEYS_MAX, OTHERS, oldest_day

log = logging.getLogger(__name__)

LOCK = 0x73756D73  # whoever sums; one at a time
CALM = 3.0  # seconds after a visit, in which others come as well
LOOK_EVERY = 60.0  # seconds; a process that died may have left something
REST, LONGEST = 10.0, 600.0  # as many times what it took, and at most so many seconds
PATIENCE = 120  # seconds for a day on which very many came

# What was counted is never less afterwards, though visitors are unknown by then or came from another machine. Only
# the others are, when one of them gets a line of its own, and who came first in an hour, when they came before as well.
SUM = f"""/* rolling.sum */ with came as (
        select visitor, bool_or(is_confirmed) over (partition by visitor) as shown, hour,
            min(hour) over (partition by visitor) as first, path, referrer, browser, system, device, language, country
        from visits where day = $1
    ), told as (
        select visitor, shown, kind, key, count(*) as views from came cross join lateral (values
            ('total', ''), ('hour', hour::text), ('first', first::text), ('path', path),
            ('referrer', split_part(referrer, '/', 1)), ('link', referrer), ('browser', browser), ('system', system),
            ('device', device), ('language', language), ('country', country)) as fact (kind, key)
        where key <> '' or kind = 'total' group by visitor, shown, kind, key
    ), ranked as (
        select kind, key, row_number() over (partition by kind order by sum(views) desc, key) as place
        from told group by kind, key
    ), lumped as (
        select visitor, shown, kind, case when place <= {KEYS_MAX} then key else '{OTHERS}' end as key,
            sum(views) as views
        from told join ranked using (kind, key) group by 1, 2, 3, 4
    ), summed as (
        select kind, key, sum(views) as views, count(*) as visitors, count(*) filter (where shown) as confirmed
        from lumped group by kind, key
    ), past as (
        select exists (select from visits where day = $1 and visitor is null) as is_blurred
    ), gone as (
        delete from visit_days d using past where day = $1
            and (d.kind = 'first' and not is_blurred
                or exists (select from told t where t.kind = d.kind and t.key = d.key))
            and not exists (select from summed s where s.kind = d.kind and s.key = d.key)
    ), before as (
        select kind, key, views, visitors, confirmed from visit_days, past
        where day = $1 and (kind <> 'first' and key <> '{OTHERS}' or is_blurred)
    ) insert into visit_days as d (day, kind, key, views, visitors, confirmed)
    select $1, kind, key, greatest(s.views, b.views), greatest(s.visitors, b.visitors),
        greatest(s.confirmed, b.confirmed)
    from summed s left join before b using (kind, key)
    on conflict (day, kind, key) do update
    set views = excluded.views, visitors = excluded.visitors, confirmed = excluded.confirmed
    where (d.views, d.visitors, d.confirmed) is distinct from (excluded.views, excluded.visitors, excluded.confirmed)"""


# Queries


async def open_days(conn: Conn) -> list[date]:
    rows = await conn.fetch("/* rolling.open_days */ select day from visit_days_open order by day desc")
    return [row["day"] for row in rows]


async def close(conn: Conn, day: date, changes: int) -> None:
    """Unless something has come meanwhile that the sums do not hold."""
    await conn.execute("/* rolling.close */ delete from visit_days_open where day = $1 and changes = $2", day, changes)


async def changes_of(conn: Conn, day: date) -> int | None:
    changes: int | None = await conn.fetchval(
        "/* rolling.changes_of */ select changes from visit_days_open where day = $1", day
    )
    return changes


async def is_ours(conn: Conn) -> bool:
    """Takes the right to sum until the transaction ends, if no other process has it; and the time that it takes."""
    ours: bool = await conn.fetchval(
        """/* rolling.is_ours */ select pg_try_advisory_xact_lock($1)
        from set_config('statement_timeout', $2, true)""",
        LOCK,
        f"{PATIENCE}s",
    )
    return ours


async def outlived(conn: Conn, before: date) -> list[date]:
    """Days before that one whose single visits are still there, and are in sums."""
    rows = await conn.fetch(
        """/* rolling.outlived */ select distinct day from visits v
        where day < $1 and not exists (select from visit_days_open o where o.day = v.day) order by day""",
        before,
    )
    return [row["day"] for row in rows]


async def is_any_left(conn: Conn, before: date) -> bool:
    """Whether there are single visits of days before that one, be they in sums or not."""
    left: bool = await conn.fetchval(
        "/* rolling.is_any_left */ select exists (select from visits where day < $1)", before
    )
    return left


# Acts


async def keep_up(store: Store) -> None:
    """One round: waits for visits, or a minute; sums; rests the longer, the longer that took."""
    opened = store.visits.opened
    with suppress(TimeoutError):
        async with asyncio.timeout(LOOK_EVERY):
            await opened.wait()
            await asyncio.sleep(CALM)
    opened.clear()
    began = time.monotonic()
    failure: Exception | None = None
    try:
        await _round(store)
    except Exception as error:  # noqa: BLE001 - raised below, after the same rest
        opened.set()
        failure = error
    await asyncio.sleep(min(LONGEST, REST * (time.monotonic() - began)))
    if failure:
        raise failure


async def _round(store: Store) -> None:
    """What is promised to be forgotten is, whatever becomes of the sums."""
    try:
        await roll_up(store)
    finally:
        await forget(store, datetime.now(UTC))


async def roll_up(store: Store) -> None:
    """Sums each day whose visits have changed since; today's first. Another process that is at it is left alone."""
    await _each(store, await open_days(store.pool), _sum_day)


async def _each(store: Store, days: Iterable[date], act: Callable[[Store, date], Awaitable[None]]) -> None:
    """One try for each, whatever becomes of the others. Raises what the first failure was, at the end."""
    failure: Exception | None = None
    for day in days:
        try:
            await act(store, day)
        except Exception as error:  # noqa: BLE001 - raised below
            failure = failure or error
    if failure:
        raise failure


async def _sum_day(store: Store, day: date) -> None:
    async with store.pool.acquire() as conn, conn.transaction():
        if not await is_ours(conn):
            return
        changes = await changes_of(conn, day)
        if changes is not None:
            await conn.execute(SUM, day, timeout=PATIENCE)
            await close(conn, day, changes)


async def forget(store: Store, now: datetime) -> None:
    """Deletes the single visits of days long past, and of those that are past who it was: once a day. Those that are in
    no sums yet follow when they are.
    """
    zone = ZoneInfo(store.visits.zone)
    before = oldest_day(now, zone, store.config.analytics.detail_days)
    if before == store.visits.forgotten:
        return
    await _each(store, await outlived(store.pool, before), _forget_day)
    clear = _blurring.first_clear(now, zone)
    await _each(store, await _blurring.clear_days(store.pool, clear), _blur_day)
    if not await is_any_left(store.pool, before) and not await _blurring.is_any_clear(store.pool, clear):
        store.visits.forgotten = before


async def _forget_day(store: Store, day: date) -> None:
    async with store.pool.acquire() as conn, conn.transaction():
        if await is_ours(conn):
            await conn.execute("/* rolling.forget_day */ delete from visits where day = $1", day, timeout=PATIENCE)


async def _blur_day(store: Store, day: date) -> None:
    async with store.pool.acquire() as conn:
        async with conn.transaction():
            if not await is_ours(conn):
                return
            await _blurring.blur(conn, day, store.visits.zone, PATIENCE)
        # Else what it was would lie in the table's file until enough has gone for PostgreSQL to tidy up.
        await conn.execute("/* rolling.tidy */ vacuum visits", timeout=PATIENCE)
