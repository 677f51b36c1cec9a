"""Sums of visits, put into the database as counting leaves them."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from db.store import Store

Sum = tuple[date, str, str, int, int, int]


async def counted(store: Store, sums: Iterable[Sum]) -> None:
    """Each is a day, a kind, a key, and how many views, visitors and confirmed ones."""
    await store.pool.executemany(
        """insert into visit_days (day, kind, key, views, visitors, confirmed) values ($1, $2, $3, $4, $5, $6)""", sums
    )


async def a_visit(store: Store, at: datetime, visitor: int) -> None:
    await store.pool.execute(
        """insert into visits
            (at, day, hour, visitor, is_confirmed, path, referrer, browser, system, device, language, country)
        values ($1, $2, $3, $4, true, '/', '', 'Firefox', 'Linux', 'desktop', 'en', '')""",
        at,
        at.date(),
        at.hour,
        visitor,
    )


def each_day(last: date, days: int) -> list[date]:
    """So many, up to the last one."""
    return [last - timedelta(days=days - 1 - number) for number in range(days)]
