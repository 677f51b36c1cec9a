"""A batch of visits becomes rows: who is known keeps their number, others get one, and nobody counts twice.

What is called here runs under the one lock of visits and salts, so what was read stays true until it is written.
"""

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from db.store import Conn, Store

from . import _salts
from ._entries import Entry
from ._salts import Marks
from ._visits import Sign

AGAIN = timedelta(minutes=5)  # after which the same visitor counts again on the same page
SHOWN = timedelta(days=1)  # for which a human stays one
KEYS_MAX = 1000  # of a kind and day, and one more for all others
OTHERS = "(others)"
Numbers = dict[bytes, int]


@dataclass(frozen=True, slots=True)
class Numbered:
    visitor: int
    entry: Entry


# Rules


def numbered(
    entries: Iterable[Entry], known: Mapping[bytes, int]
) -> tuple[list[Numbered], dict[bytes, tuple[int, int]]]:
    """The visits with their visitors' numbers, and the hashes that are new, each with its salt's id and its number. A
    hash of the salt before hands its number on.
    """
    numbers, fresh, visits = dict(known), dict[bytes, tuple[int, int]](), list[Numbered]()
    for entry in entries:
        if entry.marks is None:
            continue
        found = (numbers[mark] for mark in entry.marks.both if mark in numbers)
        number = next(found, None) or 1 + secrets.randbits(62)
        if entry.marks.newest not in numbers:
            fresh[entry.marks.newest] = entry.marks.salt_id, number
        numbers[entry.marks.newest] = number
        visits.append(Numbered(number, entry))
    return visits, fresh


def once(visits: Iterable[Numbered]) -> list[Numbered]:
    """Of one visitor on one page within five minutes the first visit."""
    last: dict[tuple[int, str], datetime] = {}
    kept = []
    for visit in sorted(visits, key=lambda one: one.entry.at):
        key = visit.visitor, visit.entry.key
        if key not in last or visit.entry.at - last[key] >= AGAIN:
            last[key] = visit.entry.at
            kept.append(visit)
    return kept


def tallied(entries: Iterable[Entry], zone: ZoneInfo) -> Counter[tuple[date, str, str]]:
    """How often bots came, and what was not found, by day, kind and key."""
    return Counter((one.at.astimezone(zone).date(), one.kind, one.key) for one in entries if one.kind != "visit")


# Queries


async def excluded(conn: Conn, person_ids: Sequence[int]) -> set[int]:
    if not person_ids:
        return set()
    rows = await conn.fetch(
        "/* visits.excluded */ select person_id from visit_exclusions where person_id = any($1)", person_ids
    )
    return {row["person_id"] for row in rows}


async def numbers_of(conn: Conn, marks: Iterable[Marks]) -> Numbers:
    hashes = list({mark for one in marks for mark in one.both})
    if not hashes:
        return {}
    rows = await conn.fetch(
        "/* visits.numbers_of */ select hash, visitor from visit_hashes where hash = any($1)", hashes
    )
    return {row["hash"]: row["visitor"] for row in rows}


async def keep(conn: Conn, visits: Sequence[Numbered], fresh: Mapping[bytes, tuple[int, int]], zone: ZoneInfo) -> None:
    """Leaves out who was on the same page just before, and opens the days of the others. Of fresh hashes those stay
    whose salt is still there.
    """
    times = [visit.entry.at.astimezone(zone) for visit in visits]
    await conn.execute(
        """/* visits.keep */ with fresh as (
            insert into visit_hashes (hash, salt_id, visitor)
            select n.hash, n.salt_id, n.visitor from unnest($14::bytea[], $15::integer[], $16::bigint[])
                as n (hash, salt_id, visitor) join visit_salts s on s.id = n.salt_id
            on conflict (hash) do nothing
        ), came as (
            insert into visits (at, day, hour, visitor, is_confirmed, path, referrer, browser, system, device, language,
                country)
            select n.at, n.day, n.hour, n.visitor,
                exists (select from visits c
                    where c.visitor = n.visitor and c.is_confirmed and c.at > n.at - $13::interval),
                n.path, n.referrer, n.browser, n.system, n.device, n.language, n.country
            from unnest($1::timestamptz[], $2::date[], $3::smallint[], $4::bigint[], $5::text[], $6::text[],
                $7::text[], $8::text[], $9::text[], $10::text[], $11::text[])
                as n (at, day, hour, visitor, path, referrer, browser, system, device, language, country)
            where not exists (select from visits v where v.visitor = n.visitor and v.path = n.path
                and v.at > n.at - $12::interval and v.at < n.at + $12::interval)
            returning day
        ) insert into visit_days_open (day) select distinct day from came
        on conflict (day) do update set changes = visit_days_open.changes + 1""",
        [visit.entry.at for visit in visits],
        [time.date() for time in times],
        [time.hour for time in times],
        [visit.visitor for visit in visits],
        *(
            [getattr(visit.entry, name) for visit in visits]
            for name in ("key", "referrer", "browser", "system", "device", "language", "country")
        ),
        AGAIN,
        SHOWN,
        list(fresh),
        [salt_id for salt_id, _ in fresh.values()],
        [visitor for _, visitor in fresh.values()],
    )


async def show_humans(conn: Conn, visitors: Sequence[int], now: datetime) -> None:
    """The visits of these visitors are confirmed, and their days are open."""
    await conn.execute(
        """/* visits.show_humans */ with shown as (
            update visits set is_confirmed = true where visitor = any($1) and not is_confirmed and at > $2 returning day
        ) insert into visit_days_open (day) select distinct day from shown
        on conflict (day) do update set changes = visit_days_open.changes + 1""",
        visitors,
        now - SHOWN,
    )


async def tally(conn: Conn, counted: Mapping[tuple[date, str, str], int]) -> None:
    """Adds to what is counted without visitors. When a day has enough keys of a kind, further ones are the others."""
    await conn.execute(
        f"""/* visits.tally */ with new as (
            select n.day, n.kind, n.key, n.views, d.key is not null as is_there
            from unnest($1::date[], $2::text[], $3::text[], $4::integer[]) as n (day, kind, key, views)
            left join visit_days d on d.day = n.day and d.kind = n.kind and d.key = n.key
        ), room as (
            select day, kind, count(*) as taken from visit_days
            where (day, kind) in (select day, kind from new) and key <> '{OTHERS}' group by day, kind
        ), placed as (
            select new.day, new.kind, new.key, new.views, is_there or coalesce(taken, 0) +
                row_number() over (partition by new.day, new.kind, is_there order by new.key) <= {KEYS_MAX} as fits
            from new left join room on room.day = new.day and room.kind = new.kind
        ) insert into visit_days (day, kind, key, views)
        select day, kind, case when fits then key else '{OTHERS}' end, sum(views) from placed group by 1, 2, 3
        on conflict (day, kind, key) do update set views = visit_days.views + excluded.views""",
        [day for day, _, _ in counted],
        [kind for _, kind, _ in counted],
        [key for _, _, key in counted],
        list(counted.values()),
    )


# Acts


async def write(store: Store, entries: Sequence[Entry], signs: Sequence[Sign], now: datetime) -> list[Sign]:
    """Returns the signs whose visitor is not known here yet. What is older than the detail that is kept is left out."""
    zone = ZoneInfo(store.visits.zone)
    first = oldest_day(now, zone, store.config.analytics.detail_days)
    entries = [one for one in entries if one.at.astimezone(zone).date() >= first]
    async with store.pool.acquire() as conn, conn.transaction():
        await _salts.lock(conn)
        out = await excluded(conn, list({one.person_id for one in entries if one.person_id}))
        entries = [one for one in entries if one.person_id not in out]
        marks = [*(one.marks for one in entries if one.marks), *(sign.marks for sign in signs)]
        known = await numbers_of(conn, marks)
        visits, fresh = numbered(entries, known)
        if visits:
            await keep(conn, once(visits), fresh, zone)
        if counted := tallied(entries, zone):
            await tally(conn, counted)
        known |= {hash_: number for hash_, (_, number) in fresh.items()}
        found = {known[mark] for sign in signs for mark in sign.marks.both if mark in known}
        if found:
            await show_humans(conn, list(found), now)
    return [sign for sign in signs if not any(mark in known for mark in sign.marks.both)]


def oldest_day(now: datetime, zone: ZoneInfo, days: int) -> date:
    """The first day whose single visits are kept."""
    return now.astimezone(zone).date() - timedelta(days=days)
