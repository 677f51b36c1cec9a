"""Numbers beside those of the time before, of which only as much is looked at as there is of the present time.

A period that ends today is not over. Of its last day, and of the last day before it, the hours that are full count;
what is not counted by the hour is compared without these two days.
"""

from asyncio import gather
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import asyncpg

from db.store import Conn

from ._periods import ONE_DAY, Period
from ._queries import path_totals, span, totals
from ._sums import Totals
from ._words import compared, day_said


@dataclass(frozen=True, slots=True)
class Beside:
    """`shown` are the numbers of the period; `now` and `before` are those of it and of the time before that may be
    compared. `until` is the hour up to which they are, if the last day is not over. `whole`: what is not counted by the
    hour has whole days to be compared. `since` is when counting began, if that was after the time before had begun.
    """

    shown: Totals
    now: Totals
    before: Totals
    until: int | None
    whole: bool
    since: date | None

    def words(self, name: str, today: date) -> tuple[str, str]:
        """A sign and words for one of the totals, `views`, `visitors`, `confirmed` or `bots`."""
        if self.since:
            return "", f"counted since {day_said(self.since, today)}"
        is_by_hour = name != "bots" and self.until is not None
        if self.until == 0 and not self.whole:
            return "", "the day has just begun"
        if not (is_by_hour or self.whole):
            return "", "compared by whole days only"
        return compared(getattr(self.now, name), getattr(self.before, name))


# Queries


async def beside(conn: Conn, period: Period, now: datetime, zone: str) -> Beside:
    here, before = now.astimezone(ZoneInfo(zone)), period.before
    if period.last < here.date():
        shown, former, began = await gather(
            totals(conn, period.first, period.last), totals(conn, before.first, before.last), _began(conn)
        )
        return Beside(shown, shown, former, None, True, _since(began, before))
    shown, present, former, began = await gather(
        totals(conn, period.first, period.last),
        _until(conn, period, here.hour),
        _until(conn, before, here.hour),
        _began(conn),
    )
    return Beside(shown, present, former, here.hour, period.days > 1, _since(began, before))


async def path_beside(conn: Conn, path: str, period: Period, today: date) -> Beside:
    """Of one page, which is counted by whole days."""
    before, is_open = period.before, period.last == today
    last, last_before = (day - ONE_DAY if is_open else day for day in (period.last, before.last))
    shown, present, former, began = await gather(
        path_totals(conn, path, period.first, period.last),
        path_totals(conn, path, period.first, last),
        path_totals(conn, path, before.first, last_before),
        _began(conn),
    )
    return Beside(shown, present, former, None, not is_open or period.days > 1, _since(began, before))


def _since(began: date | None, before: Period) -> date | None:
    return began if began and began >= before.first else None


async def _began(conn: Conn) -> date | None:
    """The first day of which there are any numbers."""
    days = await span(conn)
    return days[0] if days else None


async def _until(conn: Conn, period: Period, hour: int) -> Totals:
    """Of the last day only the hours before this one; of bots nothing, for nobody knows when they came."""
    row: asyncpg.Record | None = await conn.fetchrow(
        """/* comparing.until */ select coalesce(sum(views) filter (where kind = 'hour'), 0)::bigint as views,
            coalesce(sum(visitors) filter (where kind = 'first'), 0)::bigint as visitors,
            coalesce(sum(confirmed) filter (where kind = 'first'), 0)::bigint as confirmed
        from visit_days where day = $1 and kind in ('hour', 'first') and key = any($2)""",
        period.last,
        [str(number) for number in range(hour)],
    )
    begun = Totals(**row) if row else Totals()
    if period.days == 1:
        return begun
    full = await totals(conn, period.first, period.last - ONE_DAY)
    return replace(
        full,
        views=full.views + begun.views,
        visitors=full.visitors + begun.visitors,
        confirmed=full.confirmed + begun.confirmed,
    )
