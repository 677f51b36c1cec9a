"""What the templates of /stats are given: figures beside those of the period before, a chart, and lists."""

from asyncio import gather
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from aiohttp import web

from db import posts, visits
from db.errors import NotFound
from db.visits import Beside, Period, Row

from . import _charts, _stats_words, keys, pages
from ._blog_pages import paging
from .days import MONTHS

SHOWN, LISTED = 10, 50  # lines of a list among others, and of one on a page of its own


@dataclass(frozen=True, slots=True)
class Kind:
    """One list. `column` heads what is counted, `nothing` is said while there is none; `people`: visitors count."""

    name: str
    title: str
    column: str
    nothing: str
    people: bool = True


KINDS = (
    Kind("path", "Posts and pages", "Page", "Which of your pages are read, the most visited first."),
    Kind("referrer", "Where visitors come from", "Site", "The sites that have a link which somebody followed."),
    Kind("link", "Pages that lead here", "Page", "The same page by page: who wrote about you, and where."),
    Kind("browser", "Browsers", "Browser", "Which browsers visitors use."),
    Kind("system", "Systems", "System", "What these browsers run on."),
    Kind("device", "Devices", "Device", "Whether they are held in the hand or stand on a desk."),
    Kind("language", "Languages", "Language", "Which language their browsers ask for first."),
    Kind("country", "Countries", "Country", "Which countries they come from."),
    Kind("missing", "Not found", "Address", "Addresses that were asked for and are not here: broken links.", False),
    Kind("bot", "Bots", "Name", "Programs that came by. They count nowhere else.", False),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list. `name` is what its key is called, empty for the key alone; `numbers` leads to
    those of this page; `share` of 100 is its bar's.
    """

    key: str
    name: str
    address: str
    numbers: str
    views: int
    visitors: int
    share: int


@dataclass(frozen=True, slots=True)
class Figure:
    """`sign` and `words` compare it with the period before."""

    name: str
    count: int
    sign: str
    words: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    kind: Kind
    lines: Sequence[Line]
    total: int


def today(app: web.Application, now: datetime) -> date:
    return visits.today(now, app[keys.CONFIG].site.timezone)


def said(period: Period) -> str:
    """2 June 2026, or 4 May to 2 June 2026."""
    first, last = period.first, period.last
    ends = f"{last.day} {MONTHS[last.month - 1]} {last.year}"
    if first == last:
        return ends
    year = f" {first.year}" if first.year != last.year else ""
    month = f" {MONTHS[first.month - 1]}" if year or first.month != last.month else ""
    return f"{first.day}{month}{year} to {ends}"


def kinds(app: web.Application) -> list[Kind]:
    """Countries are among them only when there is a file to know them by."""
    has_countries = bool(app[keys.CONFIG].analytics.country_database)
    return [kind for kind in KINDS if has_countries or kind.name != "country"]


async def overview(app: web.Application, period: Period, now: datetime, slugs: Collection[str]) -> dict[str, Any]:
    """The whole page of a period. `slugs` are those of posts that the reader is not told of."""
    pool, shown, zone = app[keys.STORE].pool, kinds(app), app[keys.CONFIG].site.timezone
    first, last = period.first, period.last
    people, programs = ([kind.name for kind in shown if kind.people == are_people] for are_people in (True, False))
    beside, current, tops, others, steps = await gather(
        visits.beside(pool, period, now, zone),
        visits.current(pool, now),
        visits.tops(pool, people, first, last, SHOWN),
        visits.tops(pool, programs, first, last, SHOWN),  # beside the others: programs ask for very many addresses
        visits.over_time(pool, period),
    )
    tops |= others
    tops = {kind: (_without(kind, rows, slugs), total) for kind, (rows, total) in tops.items()}
    titles = await _titles(app, [row.key for row in tops["path"][0]], now)
    totals, ways = beside.shown, numbers(app, period, now)
    is_empty = not (totals.views or totals.bots or tops["missing"][1])
    return {
        "figures": [*_figures(beside, today(app, now)), _figure(beside, "bots", "Bot requests", today(app, now))],
        "until": beside.until,
        "current": current,
        "chart": _charts.chart(steps) if totals.views else None,
        "lists": [Listing(kind, _lines(kind, tops[kind.name][0], titles, ways), tops[kind.name][1]) for kind in shown],
        "is_empty": is_empty,
        "is_new": is_empty and not await _was_counted(app, now),
        "kinds": shown,
    }


async def _was_counted(app: web.Application, now: datetime) -> bool:
    """Whether anybody ever came."""
    ever = await visits.totals(app[keys.STORE].pool, visits.EARLIEST, today(app, now) + timedelta(days=1))
    return ever.views + ever.bots > 0


async def page(
    app: web.Application, period: Period, path: str, now: datetime, slugs: Collection[str]
) -> dict[str, Any]:
    """One page of the site: its figures and its chart. Raises NotFound for one that nobody ever opened, or that the
    reader is not told of.
    """
    pool, is_told = app[keys.STORE].pool, path.isprintable() and not _stats_words.is_kept_back("path", path, slugs)
    if not is_told or not await visits.of_path(pool, [path]):
        raise NotFound("Nobody has opened this page yet, as far as was counted.")
    beside, steps, titles = await gather(
        visits.path_beside(pool, path, period, today(app, now)),
        visits.over_time(pool, period, path),
        _titles(app, [path], now),
    )
    return {
        "figures": _figures(beside, today(app, now)),
        "until": None,
        "chart": _charts.chart(steps) if beside.shown.views else None,
        "title": titles.get(path) or _stats_words.name_of("path", path) or visits.readable(path),
        "key": visits.readable(path),
        "address": _stats_words.address_of("path", path),
    }


def _figures(beside: Beside, today: date) -> list[Figure]:
    shown = beside.shown
    share = f"{round(100 * shown.confirmed / shown.visitors)} % of the visitors" if shown.visitors else ""
    return [
        _figure(beside, "visitors", "Visitors", today),
        _figure(beside, "views", "Views", today),
        _figure(beside, "confirmed", "Confirmed", today, share),
    ]


def _figure(beside: Beside, name: str, title: str, today: date, note: str = "") -> Figure:
    return Figure(title, getattr(beside.shown, name), *beside.words(name, today), note)


async def listing(
    app: web.Application, period: Period, name: str, page: int, now: datetime, slugs: Collection[str]
) -> dict[str, Any]:
    """One page of one list, in full. Raises NotFound for a list or a page that is not there."""
    kind = next((one for one in kinds(app) if one.name == name), None)
    if kind is None:
        raise NotFound("There is no such list of visitor numbers.")
    pool = app[keys.STORE].pool
    (start, total), (rows, _) = await gather(
        visits.top(pool, name, period.first, period.last, 1),
        visits.top(pool, name, period.first, period.last, LISTED, (page - 1) * LISTED),
    )
    rows = _without(name, rows, slugs)
    there = paging(app, "stats.show", page, LISTED, total, **query(period, today(app, now)), list=name)
    titles = await _titles(app, [row.key for row in rows] if name == "path" else [], now)
    lines = _lines(kind, rows, titles, numbers(app, period, now), _count(kind, start))
    return {"listing": Listing(kind, lines, total), "paging": there}


def _without(kind: str, rows: Iterable[Row], slugs: Collection[str]) -> list[Row]:
    is_kept_back = _stats_words.is_kept_back
    return [replace(row, key=_stats_words.KEPT_BACK) if is_kept_back(kind, row.key, slugs) else row for row in rows]


def query(period: Period, today: date) -> dict[str, object]:
    """How an address names the period."""
    if period.last == today and period.days <= visits.LATELY_MAX:
        return {"days": period.days}
    return {"first": period.first.isoformat(), "last": period.last.isoformat()}


def numbers(app: web.Application, period: Period, now: datetime) -> Callable[[str], str]:
    """Where the numbers of one page stand, by its path."""
    asked = query(period, today(app, now))
    return lambda path: pages.url_for(app, "stats.show", {"path": path, **asked})


async def _titles(app: web.Application, paths: Iterable[str], now: datetime) -> dict[str, str]:
    """What the posts and pages at these paths are called, by path."""
    slugs = {path: path.removeprefix("/blog/").removeprefix("/") for path in paths}
    fitting = [slug for slug in slugs.values() if slug.isascii() and "/" not in slug and slug]
    found = await posts.titles(app[keys.STORE].pool, fitting, now) if fitting else {}
    return {path: found[slug] for path, slug in slugs.items() if slug in found}


def _lines(
    kind: Kind, rows: Sequence[Row], titles: dict[str, str], numbers: Callable[[str], str], most: int = 0
) -> list[Line]:
    most = most or _count(kind, rows)
    return [
        Line(
            visits.readable(row.key),
            titles.get(row.key, "") if row.key in titles else _stats_words.name_of(kind.name, row.key),
            _stats_words.address_of(kind.name, row.key),
            numbers(row.key) if kind.name == "path" and row.key.startswith("/") else "",
            row.views,
            row.visitors,
            round(100 * (row.visitors if kind.people else row.views) / most) if most else 0,
        )
        for row in rows
    ]


def _count(kind: Kind, rows: Sequence[Row]) -> int:
    """What the longest bar stands for."""
    return max((row.visitors if kind.people else row.views for row in rows), default=0)
