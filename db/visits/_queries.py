"""Reading the sums: of days and hours, of pages, referrers and programs, all of it for an export. One statement each.

The days of a period are read with both of its ends. What is asked of one `kind` goes by the index on it, so that a
year of many pages costs no more than its own rows.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime, timedelta

import asyncpg

from db.store import Conn

from ._periods import Period, Step, hour_steps, steps
from ._sums import Day, Hour, Row, Sum, Totals

CURRENT = timedelta(minutes=5)
EXPORTED = 2000  # rows at once
SUMS = "sum(views)::bigint as views, sum(visitors)::bigint as visitors"


async def totals(conn: Conn, first: date, last: date) -> Totals:
    row = await conn.fetchrow(
        """/* visits.totals */ select
            coalesce(sum(views) filter (where kind = 'total'), 0)::bigint as views,
            coalesce(sum(visitors) filter (where kind = 'total'), 0)::bigint as visitors,
            coalesce(sum(confirmed) filter (where kind = 'total'), 0)::bigint as confirmed,
            coalesce(sum(views) filter (where kind = 'bot'), 0)::bigint as bots
        from visit_days where kind in ('total', 'bot') and day between $1 and $2""",
        first,
        last,
    )
    return Totals(**row) if row else Totals()


async def path_totals(conn: Conn, path: str, first: date, last: date) -> Totals:
    """The same of one page."""
    row = await conn.fetchrow(
        """/* visits.path_totals */ select coalesce(sum(views), 0)::bigint as views,
            coalesce(sum(visitors), 0)::bigint as visitors, coalesce(sum(confirmed), 0)::bigint as confirmed
        from visit_days where kind = 'path' and key = $1 and day between $2 and $3""",
        path,
        first,
        last,
    )
    return Totals(**row) if row else Totals()


async def days(conn: Conn, first: date, last: date, path: str = "") -> list[Day]:
    """Those on which somebody came, to this page if one is named; the first day first."""
    rows = await conn.fetch(
        """/* visits.days */ select day, sum(views)::bigint as views, sum(visitors)::bigint as visitors,
            sum(confirmed)::bigint as confirmed
        from visit_days where kind = $3 and key = $4 and day between $1 and $2 group by day order by day""",
        first,
        last,
        "path" if path else "total",
        path,
    )
    return [Day(**row) for row in rows]


async def hours(conn: Conn, day: date) -> list[Hour]:
    """Those of this day in which somebody came."""
    rows = await conn.fetch(
        "/* visits.hours */ select key::integer as hour, views, visitors from visit_days "
        "where kind = 'hour' and day = $1 order by hour",
        day,
    )
    return [Hour(**row) for row in rows]


async def over_time(conn: Conn, period: Period, path: str = "") -> list[Step]:
    """The steps of its chart: hours, if it is a single day and all pages."""
    if period.days == 1 and not path:
        return hour_steps(await hours(conn, period.first))
    return steps(period, await days(conn, period.first, period.last, path))


async def top(conn: Conn, kind: str, first: date, last: date, limit: int, offset: int = 0) -> tuple[list[Row], int]:
    """A page of the keys of this kind, those with most visitors first, and how many keys there are in all; that is 0
    for a page behind the last one.
    """
    rows = await conn.fetch(
        f"""/* visits.top */ select key, {SUMS}, count(*) over () as total
        from visit_days where kind = $1 and day between $2 and $3 group by key
        order by visitors desc, views desc, key limit $4 offset $5""",
        kind,
        first,
        last,
        limit,
        offset,
    )
    return [_row(row) for row in rows], rows[0]["total"] if rows else 0


async def tops(
    conn: Conn, kinds: Sequence[str], first: date, last: date, limit: int
) -> dict[str, tuple[list[Row], int]]:
    """The first page of each of these kinds at once."""
    rows = await conn.fetch(
        f"""/* visits.tops */ with summed as (
            select kind, key, {SUMS} from visit_days where kind = any($1) and day between $2 and $3 group by kind, key
        ), ranked as (
            select kind, key, views, visitors, count(*) over (partition by kind) as total,
                row_number() over (partition by kind order by visitors desc, views desc, key) as place
            from summed
        ) select kind, key, views, visitors, total from ranked where place <= $4 order by kind, place""",
        kinds,
        first,
        last,
        limit,
    )
    found: dict[str, tuple[list[Row], int]] = {kind: ([], 0) for kind in kinds}
    for row in rows:
        found[row["kind"]] = ([*found[row["kind"]][0], _row(row)], row["total"])
    return found


def _row(row: asyncpg.Record) -> Row:
    return Row(row["key"], row["views"], row["visitors"])


async def current(conn: Conn, now: datetime) -> int:
    """How many visitors opened a page within the last five minutes."""
    count: int = await conn.fetchval(
        "/* visits.current */ select count(distinct visitor) from visits where at > $1 and at <= $2",
        now - CURRENT,
        now,
    )
    return count


async def of_path(conn: Conn, paths: Sequence[str]) -> int:
    """How often these paths were opened, from the first day on."""
    views: int = await conn.fetchval(
        "/* visits.of_path */ select coalesce(sum(views), 0)::bigint from visit_days "
        "where kind = 'path' and key = any($1)",
        paths,
    )
    return views


async def is_excluded(conn: Conn, person_id: int) -> bool:
    """Whether this member said that their own visits are not to be counted."""
    found: bool = await conn.fetchval(
        "/* visits.is_excluded */ select exists (select from visit_exclusions where person_id = $1)", person_id
    )
    return found


async def span(conn: Conn) -> tuple[date, date] | None:
    """The first and the last day of which there are numbers."""
    row = await conn.fetchrow("/* visits.span */ select min(day) as first, max(day) as last from visit_days")
    return (row["first"], row["last"]) if row and row["first"] else None


async def export(conn: Conn, first: date, last: date) -> AsyncIterator[Sum]:
    """Every sum of these days, in their order. Read in pieces, so that no connection waits for a slow reader."""
    place: tuple[date, str, str] = (first, "", "")
    while True:
        rows = await conn.fetch(
            """/* visits.export */ select day, kind, key, views, visitors, confirmed from visit_days
            where day <= $1 and (day, kind, key) > ($2, $3, $4) order by day, kind, key limit $5""",
            last,
            *place,
            EXPORTED,
        )
        for row in rows:
            yield Sum(**row)
        if len(rows) < EXPORTED:
            return
        place = (rows[-1]["day"], rows[-1]["kind"], rows[-1]["key"])
