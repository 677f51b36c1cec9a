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
from db.posts import Found

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
    number = request.query.get("page", "1")
    if not PAGE.fullmatch(number):
        raise NotFound(_blog_pages.NO_PAGE)
    page, pool = int(number), request.app[keys.STORE].pool
    found, suggestion = await _posts(request.app, asked, page)
    said = await messages.search_messages(pool, asked, SAID_MAX) if person and person.is_member and page == 1 else []
    return {
        "total": found.total,
        "paging": _blog_pages.paging(request.app, "search.show", page, FOUND_PAGE, found.total, q=asked),
        "found": [(hit.entry, _marked(hit.snippet_html)) for hit in found.hits],
        "said": [_said(one) for one in said],
        "suggestion": suggestion,
    }


async def _posts(app: web.Application, asked: str, page: int) -> tuple[Found, str | None]:
    """A page of them, with a title that was perhaps meant where there are none. The same for everybody, so the shelf
    remembers it until something changes.
    """
    pool, language = app[keys.STORE].pool, app[keys.CONFIG].site.language

    async def read() -> tuple[Found, str | None]:
        now = datetime.now(UTC)
        found = await posts.search(pool, asked, now, FOUND_PAGE, (page - 1) * FOUND_PAGE, language)
        return found, None if found.total else await posts.nearest_title(pool, asked, now)

    return await app[keys.SHELF].recall(f"search {page} {asked}", read)


def _marked(snippet: str) -> Markup:
    return Markup(snippet)  # noqa: S704 - escaped by db/posts, which puts its marks in


def _said(hit: messages.MessageHit) -> dict[str, Any]:
    return {
        "id": hit.message.id,
        "name": hit.message.author.name,
        "at": hit.message.created_at,
        "html": _marked(hit.snippet_html),
    }
