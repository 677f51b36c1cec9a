"""Visitor numbers: /stats as a page, as CSV and as JSON. The owner's, and everybody's with `[analytics] public`."""

import re
import time
from collections.abc import AsyncIterator
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from typing import Any

import msgspec
from aiohttp import web

from db import posts, visits
from db.errors import NotFound, TooOften
from db.visits import BadPeriod, Period, Sum, Totals

from . import _stats_page, _stats_words, keys, pages, streams
from ._members import member
from .allowances import allow
from .blog import PAGE
from .proxies import client_address, network_key
from .sessions import current_person

PERIODS = ((1, "Today"), (7, "7 days"), (30, "30 days"), (90, "90 days"), (365, "365 days"))
USUAL = 30  # days
NUMBER = re.compile(r"[0-9]{1,5}")
RATE, BURST = 1.0, 20  # pages a second of one network that is not the owner's, and at once
TOGETHER = 500  # rows of an export that are sent at once


async def show(request: web.Request) -> web.Response:
    """GET /stats?days=, or ?first=&last=; with `list` one of its lists in full, `page` by page; with `path` one page of
    the site.
    """
    slugs = await _let_in(request)
    app, now, problem = request.app, datetime.now(UTC), None
    today = _stats_page.today(app, now)
    try:
        period = _asked(request, today)
    except BadPeriod as refused:
        period, problem = visits.lately(USUAL, today), refused
    asked, path = (request.query.get(name, "") if problem is None else "" for name in ("list", "path"))
    context = _around(request, period, today, problem, {"path": path} if path else {"list": asked} if asked else {})
    if path:
        context |= await _stats_page.page(app, period, path, now, slugs)
    elif asked:
        page = request.query.get("page", "1")
        if not PAGE.fullmatch(page):
            raise NotFound("There is no such page of this list.")
        context |= await _stats_page.listing(app, period, asked, int(page), now, slugs)
    else:
        context |= await _stats_page.overview(app, period, now, slugs)
    template = f"stats/{'page' if path else 'list' if asked else 'show'}.html"
    response = await pages.render(request, template, context, 422 if problem else 200, is_long=True)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


async def _let_in(request: web.Request) -> set[str]:
    """Whoever may see the numbers; others are asked to log in, and members are told that there is nothing. Returns the
    slugs of posts that they are not told of.
    """
    person, app = await current_person(request), request.app
    if person is not None and person.owner:
        return set()
    if not app[keys.STORE].config.analytics.public:
        await member(request)
        raise NotFound
    key = f"stats {network_key(client_address(request))}"
    wait = app[keys.STORE].limits.searches.take(key, time.monotonic(), RATE, BURST)
    if wait:
        raise TooOften("You are asking for many numbers at once. Please wait a moment.", wait)
    return await posts.kept_back(app[keys.STORE].pool, datetime.now(UTC))


def _asked(request: web.Request, today: date) -> Period:
    """Raises BadPeriod."""
    query = request.query
    if query.get("first", "").strip() or query.get("last", "").strip():
        return visits.between(query.get("first", ""), query.get("last", ""), today)
    days = query.get("days", str(USUAL)).strip()
    return visits.lately(int(days) if NUMBER.fullmatch(days) else 0, today)


def _around(
    request: web.Request, period: Period, today: date, problem: BadPeriod | None, more: dict[str, str]
) -> dict[str, Any]:
    """What all templates need: the period, the ways to others, what was typed. `more` is what stays in those ways."""
    own = not any(period == visits.lately(days, today) for days, _ in PERIODS) or problem is not None

    def address(days: int) -> str:
        return pages.url_for(request.app, "stats.show", {"days": days, **more})

    named = _stats_page.query(period, today)
    return {
        "unit": visits.unit(period) if period.days > 1 or "path" not in more else "day",
        "span": _stats_page.said(period),
        "before": "the day before" if period.days == 1 else f"the {period.days} days before",
        "span_before": _stats_page.said(period.before),
        "periods": [(words, address(days), not own and period.days == days) for days, words in PERIODS],
        "is_own": own and problem is None,
        "named": named,
        "more": more,
        "problems": {problem.field: problem.sentence} if problem else {},
        "typed": {
            "first": request.query.get("first", "") if problem else period.first.isoformat(),
            "last": request.query.get("last", "") if problem else period.last.isoformat(),
        },
        "bounds": (visits.EARLIEST.isoformat(), today.isoformat()),
        "is_public": request.app[keys.STORE].config.analytics.public,
    }


# Exports


@allow(patience=streams.PATIENCE)
async def as_csv(request: web.Request) -> web.StreamResponse:
    """GET /stats.csv: a row for each sum that is kept of these days."""
    try:
        period, _, rows = await _exported(request)
    except BadPeriod as refused:
        return web.Response(text=f"{refused.sentence}\n", status=refused.status)
    return await _download(request, period, "csv", "text/csv; charset=utf-8; header=present", _in_csv(rows))


@allow(patience=streams.PATIENCE)
async def as_json(request: web.Request) -> web.StreamResponse:
    """GET /stats.json: the same, with the totals before it."""
    try:
        period, totals, rows = await _exported(request)
    except BadPeriod as refused:
        told = {"error": {"code": refused.code, "message": refused.sentence}}
        return web.json_response(told, status=refused.status)
    head = {
        "first": period.first,
        "last": period.last,
        "timezone": request.app[keys.STORE].config.site.timezone,
        "totals": asdict(totals),
    }
    return await _download(request, period, "json", "application/json; charset=utf-8", _in_json(head, rows))


async def _exported(request: web.Request) -> tuple[Period, Totals, AsyncIterator[Sum]]:
    """Asks for the totals before anything is sent, so that a database that is away gets an answer of its own."""
    slugs, pool = await _let_in(request), request.app[keys.STORE].pool
    period = _asked(request, _stats_page.today(request.app, datetime.now(UTC)))
    totals = await visits.totals(pool, period.first, period.last)
    return period, totals, _without(visits.export(pool, period.first, period.last), slugs)


async def _without(rows: AsyncIterator[Sum], slugs: set[str]) -> AsyncIterator[Sum]:
    async for row in rows:
        is_kept_back = _stats_words.is_kept_back(row.kind, row.key, slugs)
        yield replace(row, key=_stats_words.KEPT_BACK) if is_kept_back else row


async def _download(
    request: web.Request, period: Period, ending: str, content_type: str, pieces: AsyncIterator[bytes]
) -> web.StreamResponse:
    name = f"visitors-{period.first}-{period.last}.{ending}"
    headers = {
        "Content-Type": content_type,
        "Content-Disposition": streams.disposition("attachment", name),
        "Cache-Control": "no-store",
        "X-Robots-Tag": "noindex",
    }
    return await streams.send(request, 200, headers, pieces)


async def _in_csv(rows: AsyncIterator[Sum]) -> AsyncIterator[bytes]:
    some, head = list[Sum](), visits.CSV_HEAD
    async for row in rows:
        some.append(row)
        if len(some) == TOGETHER:
            yield head + visits.in_csv(some)
            some, head = [], b""
    yield head + visits.in_csv(some)


async def _in_json(head: dict[str, Any], rows: AsyncIterator[Sum]) -> AsyncIterator[bytes]:
    pieces, count = [msgspec.json.encode(head)[:-1] + b',"rows":['], 0
    async for row in rows:
        pieces.append((b"," if count else b"") + b"\n" + msgspec.json.encode(row))
        count += 1
        if count % TOGETHER == 0:
            yield b"".join(pieces)
            pieces = []
    yield b"".join([*pieces, b"\n]}\n"])
