"""What of a single visit stays once its day is past: not who it was, nor the minute, nor in which order they came. So
the pages that somebody opened do not hang together any more, and no comment can be matched with them by its time.
Queries, for a transaction of _rolling.py.

The rows are written anew in an order made by chance, because their ids would tell the way otherwise.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from db.store import Conn

COLUMNS = "day, hour, is_confirmed, path, referrer, browser, system, device, language, country"


def first_clear(now: datetime, zone: ZoneInfo) -> date:
    """Yesterday: whoever came before may be confirmed no more, and no salt of theirs is left."""
    return now.astimezone(zone).date() - timedelta(days=1)


async def clear_days(conn: Conn, before: date) -> list[date]:
    """Days before that one in which visits still have their visitors, and are in sums."""
    rows = await conn.fetch(
        """/* blurring.clear_days */ select distinct day from visits v where visitor is not null and day < $1
            and not exists (select from visit_days_open o where o.day = v.day) order by day""",
        before,
    )
    return [row["day"] for row in rows]


async def is_any_clear(conn: Conn, before: date) -> bool:
    clear: bool = await conn.fetchval(
        "/* blurring.is_any_clear */ select exists (select from visits where visitor is not null and day < $1)", before
    )
    return clear


async def blur(conn: Conn, day: date, zone: str, patience: float) -> None:
    await conn.execute(
        f"""/* blurring.blur */ with gone as (
            delete from visits where day = $1 and visitor is not null returning at, {COLUMNS}
        ) insert into visits (at, {COLUMNS})
        select date_trunc('hour', at, $2), {COLUMNS} from gone order by random()""",
        day,
        zone,
        timeout=patience,
    )
