"""What moderators do with the rules: make one, take one away, and see what one would have done."""

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import Any

from db import cases, moderators
from db.cases import Subject
from db.errors import NotFound, Refused
from db.events import FiltersChanged, ModNoticeDue
from db.filters import _memory as memory
from db.filters import _namesakes as namesakes
from db.filters import _queries as queries
from db.filters._kinds import Asked, fitting, made_ready
from db.filters._letters import Reading
from db.filters._links import host_of
from db.filters._namesakes import Namesakes
from db.filters._repeating import Repeats
from db.filters._shape import KINDS, SETTINGS, WEIGHTS, Filter, Match, Tried
from db.moderators import By
from db.people import Person
from db.store import Conn, Store

MOST = 200  # rules
MINUTES = 60  # of a mute, where nobody says
MINUTES_MAX = 525_600  # a year
PATTERN_MAX = 500  # characters


# Rules


def draft(kind: str, pattern: str = "", action: str = "hold", minutes: int | None = None) -> Filter:
    """A rule that is none yet, without an id. Raises Refused (`bad_parameter`) with what is wrong with it."""
    if kind not in KINDS:
        raise Refused(f"A filter is about one of these: {', '.join(KINDS)}.", "bad_parameter")
    if action not in WEIGHTS:
        raise Refused(f"A filter does one of these: {', '.join(WEIGHTS)}.", "bad_parameter")
    if len(pattern) > PATTERN_MAX or "\0" in pattern:
        raise Refused(f"A pattern has at most {PATTERN_MAX} characters.", "bad_parameter")
    lasting = (minutes if minutes is not None else MINUTES) if action == "mute" else None
    if lasting is not None and not 1 <= lasting <= MINUTES_MAX:
        raise Refused("A mute lasts from one minute to a year.", "bad_parameter")
    one = Filter(0, kind, fitting(kind, pattern), action, lasting)
    made_ready(one)
    return one


def in_words(one: Filter) -> str:
    """A rule on one line, such as `mentions 5: hold`."""
    what = f"{one.kind} {one.pattern}" if one.pattern else one.kind
    return f"{what}: {one.action}{f' for {one.minutes} min' if one.minutes else ''}"


# Acts


async def add(store: Store, by: By, kind: str, pattern: str, action: str, minutes: int | None, now: datetime) -> Filter:
    """Makes a rule, or gives the one with this kind and pattern another action. Of kinds that are one setting it takes
    the place of the one there was. `minutes` are those of a mute.

    Raises Forbidden (`forbidden`) and Refused (`bad_parameter`).
    """
    wanted = draft(kind, pattern, action, minutes)
    async with store.pool.acquire() as conn, conn.transaction():
        await moderators.check(conn, by)
        await conn.execute("/* filters.lock */ lock table filters in share row exclusive mode")
        rules = await queries.listing(conn)
        former = [one for one in rules if one.kind == wanted.kind and (one.kind in SETTINGS or _is_of(one, wanted))]
        if len(former) == 1 and replace(former[0], id=0) == wanted:
            return former[0]
        if not former and len(rules) >= MOST:
            raise Refused(f"There are {MOST} filters already. Please remove one first.", "bad_parameter")
        await _clear(conn, [one.id for one in former if not _is_of(one, wanted)])
        kept = replace(wanted, id=await _keep(conn, wanted, by, now), instead_of=tuple(former))
        await _open_case(conn, by, kept, "add", now)
    await _tell(store)
    return kept


def _is_of(one: Filter, wanted: Filter) -> bool:
    return one.pattern == wanted.pattern


async def _clear(conn: Conn, ids: list[int]) -> None:
    await conn.execute("/* filters.clear */ delete from filters where id = any($1)", ids)


async def _keep(conn: Conn, one: Filter, by: By, now: datetime) -> int:
    filter_id: int = await conn.fetchval(
        """/* filters.keep */ insert into filters (kind, pattern, action, minutes, added_by, added_at)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (kind, pattern) do update set action = excluded.action, minutes = excluded.minutes,
            added_by = excluded.added_by, added_at = excluded.added_at returning id""",
        one.kind,
        one.pattern,
        one.action,
        one.minutes,
        by.person.id if by else None,
        now,
    )
    return filter_id


async def remove(store: Store, by: By, filter_id: int, now: datetime) -> Filter:
    """Takes a rule away, and returns what it was. Raises Forbidden (`forbidden`) and NotFound."""
    async with store.pool.acquire() as conn, conn.transaction():
        await moderators.check(conn, by)
        row = await conn.fetchrow(
            f"/* filters.remove */ delete from filters where id = $1 returning {queries.COLUMNS}", filter_id
        )
        if row is None:
            raise NotFound(f"There is no filter {filter_id}. Perhaps it has been removed already.")
        await _open_case(conn, by, Filter(*row), "remove", now)
    await _tell(store)
    return Filter(*row)


async def _open_case(conn: Any, by: By, one: Filter, change: str, now: datetime) -> None:
    details: dict[str, Any] = {"change": change, "filter": one.id, "kind": one.kind, "pattern": one.pattern}
    details["action"] = one.action
    details |= {"minutes": one.minutes} if one.minutes else {}
    if one.instead_of:
        details |= {"change": "replace", "instead_of": "; ".join(map(in_words, one.instead_of))}
    await cases.open_case(conn, "filter", by, now, about=Subject(), details=details, hidden=True)


async def _tell(store: Store) -> None:
    """It counts from here in this process; the others hear of it."""
    store.live.announce(FiltersChanged())
    store.live.announce(ModNoticeDue())
    await memory.renew(store)


async def matches(store: Store, one: Filter, limit: int = 1000) -> Tried:
    """What of the last messages in the hangout and among comments the rule would have been about, the oldest first,
    had all of them been by people who are new. A `draft` will do. Looked through in a thread.
    """
    rows = await queries.said_lately(store.pool, limit)
    if one.kind == "names":
        await namesakes.renew(store, datetime.now().astimezone().timestamp())
    own_host, names = host_of(store.config.public_url), store.filters.namesakes
    return Tried(await asyncio.to_thread(_matches, one, rows, own_host, names), len(rows))


def _matches(one: Filter, rows: list[dict[str, Any]], own_host: str, names: Namesakes) -> list[Match]:
    rule, repeats, found = made_ready(one, own_host), Repeats(), []
    for row in rows:
        reading, author = Reading(row["content"]), Person(row["author_id"], row["name"], row["discord_id"])
        at = row["created_at"]
        times = repeats.count(author.id, "", reading.letters, "", at.timestamp()) if one.kind == "repeats" else 1
        if said := rule.ask(Asked(reading, times, names.of(author))):
            found.append(Match(row["id"], row["room_id"], author.name, row["content"], at, said))
    return found
