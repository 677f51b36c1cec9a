"""Who the members are: a page for each, which everybody may see, and the search for them, which is for members."""

import time
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from markupsafe import Markup

from db import accounts, people, posts
from db.accounts import Account
from db.errors import NotFound, TooOften
from db.usernames import USERNAME

from . import extras, frames, keys, pages
from ._asking import asking
from ._members import member
from .sessions import current_person

FOUND_MAX = 30
WRITTEN_MAX = 10
RATE, BURST = 1.0, 20  # searches a second of one person, and at once
NOBODY = "Nobody of that name lives here."


async def search(request: web.Request) -> web.Response:
    """GET /people?q=: members by username and name. An empty search lists nobody."""
    person = await member(request)
    store, asked = request.app[keys.STORE], request.query.get("q", "")
    wait = store.limits.searches.take(str(person.id), time.monotonic(), RATE, BURST)
    if wait:
        raise TooOften("You are looking for many people at once. Please wait a moment.", wait)
    found = await people.search(store.pool, asked, FOUND_MAX)
    context = {"asked": asked[: people.SEARCH_MAX], "found": [frames.person(one) for one in found]}
    return await pages.render(request, "people/search.html", context)


async def show(request: web.Request) -> web.Response:
    """GET /people/{username}"""
    return await profile_page(request, request.match_info["username"])


async def profile_page(request: web.Request, username: str, status: int = 200, **more: Any) -> web.Response:
    """The page of a member; `more` goes to its template. Raises NotFound, the same for who is disabled and who never
    was.
    """
    store = request.app[keys.STORE]
    account = None
    if USERNAME.fullmatch(username.lower()):  # what is none may hold what PostgreSQL does not take
        account = await accounts.by_username(store.pool, username.lower())
    if account is None or account.disabled_at:
        raise NotFound(NOBODY)
    you = await current_person(request)
    context = {
        **_shown(account),
        **await _written(request.app, account),
        "is_you": you is not None and you.id == account.person.id,
        "is_here": account.shows_online and store.presence.is_here(account.person.id),
        "asked": more.pop("asked", None) or await asking(request, account.person),
    }
    return await pages.render(request, "people/show.html", {**context, **more}, status)


def _shown(account: Account) -> dict[str, Any]:
    return {
        "person": frames.person(account.person),
        "role": "owner" if account.person.owner else account.person.role,
        "about": Markup(extras.drawn(account.about)),  # noqa: S704 - drawn by db/markup.py, as what is said is
        "links": account.links,
        "since": frames.time(account.created_at),
    }


async def _written(app: web.Application, account: Account) -> dict[str, Any]:
    """The newest of their posts, and how many there are."""
    pool, now = app[keys.STORE].pool, datetime.now(UTC)
    count = await posts.count(pool, now, author_id=account.person.id)
    found = await posts.listed(pool, now, WRITTEN_MAX, author_id=account.person.id) if count else []
    return {"written": found, "written_count": count}
