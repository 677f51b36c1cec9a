"""The search: /search?q=. Posts for everybody; for members also what was said in the hangout."""

import time
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from markupsafe import Markup

from db import messages, posts
from db.errors import NotFound, TooOften
from db.names import UNSAYABLE
from db.people import Person

from . import _blog_pages, _head, keys, pages
from .blog import PAGE
from .proxies import client_address, network_key
from .sessions import current_person

WORDS_MAX = 200  # characters of what is looked for that count
FOUND_PAGE, SAID_MAX = 10, 10
RATE, BURST = 1.0, 20  # searches a second of one network, and at once


async def show(request: web.Request) -> web.Response:
    """GET /search?q=&page="""
    asked = " ".join(UNSAYABLE.sub(" ", request.query.get("q", "")).split())[:WORDS_MAX]
    person = await current_person(request)
    context = {
        "head": _head.of_page(request.app, "Search", ""),
        "asked": asked,
        "found": [],
        "said": [],
        "total": 0,
        "suggestion": None,
        "paging": None,
    }
    if asked:
        _slow_down(request, person)
        context |= await _found(request, asked, person)
    response = await pages.render(request, "search/show.html", context)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _slow_down(request: web.Request, person: Person | None) -> None:
    key = str(person.id) if person else network_key(client_address(request))
    wait = request.app[keys.STORE].limits.searches.take(key, time.monotonic(), RATE, BURST)
    if wait:
        raise TooOften("You are looking for many things at once. Please wait a moment.", wait)


async def _found(request: web.Request, asked: str, person: Person | None) -> dict[str, Any]:
    pool, now = request.app[keys.STORE].pool, datetime.now(UTC)
    language = request.app[keys.CONFIG].site.language
    number = request.query.get("page", "1")
    if not PAGE.fullmatch(number):
        raise NotFound(_blog_pages.NO_PAGE)
    page = int(number)
    total = await posts.search_count(pool, asked, now, language)
    paging = _blog_pages.paging(request.app, "search.show", page, FOUND_PAGE, total, q=asked)
    found = await posts.search(pool, asked, now, FOUND_PAGE, (page - 1) * FOUND_PAGE, language) if total else []
    said = await messages.search_messages(pool, asked, SAID_MAX) if person and person.is_member and page == 1 else []
    return {
        "total": total,
        "paging": paging,
        "found": [(hit.entry, _marked(hit.snippet_html)) for hit in found],
        "said": [_said(one) for one in said],
        "suggestion": None if total else await posts.nearest_title(pool, asked, now),
    }


def _marked(snippet: str) -> Markup:
    return Markup(snippet)  # noqa: S704 - escaped by db/posts, which puts its marks in


def _said(hit: messages.MessageHit) -> dict[str, Any]:
    return {
        "id": hit.message.id,
        "name": hit.message.author.name,
        "at": hit.message.created_at,
        "html": _marked(hit.snippet_html),
    }
