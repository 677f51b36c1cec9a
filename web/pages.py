"""Pages: the templates' environment, what every page knows, and the reader's choice of theme.

Handlers end in `return await pages.render(request, "hangout/show.html", {...})`, or in `pages.shelved(...)` where the
page is the same for all its readers.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from string import Formatter
from typing import Any

import aiohttp_jinja2
import jinja2
from aiohttp import web

from db import chats, posts
from db.errors import AWAY
from db.people import Person, avatar_path
from db.version import VERSION

from . import _card_values, _kept_out, _oauth, barred, days, frames, keys, sheets
from .sessions import caller, current_person
from .sheets import Drawn

THEMES = ("system", "light", "dark")
YEAR = 365 * 24 * 3600
Context = Mapping[str, Any]


def set_up(app: web.Application, templates: Path) -> None:
    """Gives the templates their globals: `static(path)`, `url(name, **params)`, `site`, `version`, `has_discord` and
    `shows_stats`.
    """
    environment = aiohttp_jinja2.setup(
        app,
        loader=jinja2.FileSystemLoader(templates),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        default_helpers=False,
    )

    def url(name: str, **params: object) -> str:
        return url_for(app, name, params)

    environment.globals["has_discord"] = _oauth.is_set_up(app)
    environment.globals.update(own=sheets.own, avatar=avatar_path)
    environment.filters.update(days.filters(app[keys.CONFIG].site.timezone))
    environment.filters.update(_card_values.filters())
    environment.filters.update(kept_out=_kept_out.drawn, linked=_kept_out.linked)
    environment.globals.update(static=app[keys.STATICS].url, url=url, site=app[keys.CONFIG].site, version=VERSION)


def url_for(app: web.Application, name: str, params: Mapping[str, object]) -> str:
    """The path of a route by its name; parameters that its path has no place for become the query."""
    resource = app.router[name]
    formatter = resource.get_info().get("formatter", "")
    places = {place for _, place, _, _ in Formatter().parse(formatter) if place}
    url = resource.url_for(**{key: str(value) for key, value in params.items() if key in places})
    query = {key: str(value) for key, value in params.items() if key not in places}
    return str(url.with_query(query)) if query else str(url)


async def render(
    request: web.Request, template: str, context: Mapping[str, Any], status: int = 200, *, is_long: bool = False
) -> web.Response:
    """A page, with what every page knows. Kept by nobody when it is somebody's own. One that may be long is drawn
    beside the loop.
    """
    person = await current_person(request)
    known = {**common(request, person), "standing": await _standing(request.app), **context}
    if person and person.is_member and "unread" not in context:
        known["unread"] = (await chats.totals(request.app[keys.STORE].pool, person.id)).all
    if is_long:
        return await asyncio.to_thread(draw, request, template, known, status)
    return draw(request, template, known, status)


async def shelved(
    request: web.Request,
    name: tuple[object, ...],
    template: str,
    read: Callable[[], Awaitable[Context]],
    own: Callable[[], Awaitable[Context]] | None = None,
) -> web.Response:
    """The same for a page of the blog, which is drawn once and kept under its name: see web/shelf.py. `read` gives its
    context as a stranger sees it; `own` what its own parts need for who has come in, besides what every page knows.
    """
    person = await current_person(request)
    stranger = common(request, None)
    key = (*name, stranger["theme"], stranger["owner_status"])
    environment = aiohttp_jinja2.get_env(request.app)

    async def make() -> Drawn:
        known = {**stranger, "standing": await _standing(request.app), **await read()}
        return await asyncio.to_thread(whole, environment, template, known)

    sheet = await request.app[keys.SHELF].find(key, make)
    if person is None and not (own and barred.hinders(request.app[keys.STORE], await caller(request))):
        return sheets.answer(request, sheet)
    known = {**common(request, person), **(await own() if own else {})}
    if person and person.is_member:
        known["unread"] = (await chats.totals(request.app[keys.STORE].pool, person.id)).all
    pieces = [piece.decode() for piece in sheet.pieces]
    text = await asyncio.to_thread(filled, environment, pieces, known)  # a thread may be long
    headers = {"Cache-Control": "no-store", "Vary": "Cookie"}
    return web.Response(text=text, content_type="text/html", headers=headers)


async def _standing(app: web.Application) -> list[posts.Standing]:
    """What the foot of every page leads to besides."""
    pool, now = app[keys.STORE].pool, datetime.now(UTC)
    try:
        return await app[keys.SHELF].recall("standing", lambda: posts.standing(pool, now))
    except AWAY:
        return []


def whole(environment: jinja2.Environment, template: str, known: Context) -> Drawn:
    """A page as strangers see it, and the pieces of it around what is anybody's own."""
    pieces = sheets.MARK.split(environment.get_template(template).render({**known, "shelved": True}))
    body = filled(environment, pieces, known).encode()
    kept = tuple(piece.encode() for piece in pieces)
    return Drawn(body, sheets.HTML, kept, headers={"Vary": "Cookie, Accept-Encoding"})


def filled(environment: jinja2.Environment, pieces: list[str], known: Context) -> str:
    """The pieces of a page, with the templates that are named between them drawn."""
    return "".join(
        environment.get_template(piece).render(known) if place % 2 else piece for place, piece in enumerate(pieces)
    )


def draw(request: web.Request, template: str, context: Mapping[str, Any], status: int) -> web.Response:
    response = aiohttp_jinja2.render_template(template, request, context, status=status)
    response.headers["Cache-Control"] = "no-store" if context["you"] or status >= 400 else "no-cache"
    response.headers["Vary"] = "Cookie"
    return response


def common(request: web.Request, person: Person | None) -> dict[str, Any]:
    """What every template may use besides its own context; asks nobody."""
    store = request.app[keys.STORE]
    return {
        "theme": theme_of(request),
        "path": request.path,
        "you": frames.person(person) if person else None,
        "may_write": person is not None and person.may_write_posts,
        "owner_status": store.presence.owner,
        "unread": 0,
        "banner": store.discord.sentence if person and person.owner else "",
        "notice": store.house.notice,
        "shows_stats": store.config.analytics.public,
    }


def theme_of(request: web.Request) -> str:
    theme = request.cookies.get("theme", "")
    return theme if theme in THEMES else "system"


async def choose_theme(request: web.Request) -> web.Response:
    """POST /theme: keeps the reader's theme in a cookie of its own, and goes back to where they were."""
    form = await request.post()
    theme = str(form.get("theme", ""))
    response = web.Response(status=303, headers={"Location": local_path(str(form.get("next", "/")))})
    if theme in THEMES[1:]:
        is_https = request.app[keys.CONFIG].public_url.startswith("https:")
        response.set_cookie("theme", theme, max_age=YEAR, secure=is_https, samesite="Lax", httponly=True)
    else:
        response.del_cookie("theme")
    return response


def local_path(path: str) -> str:
    """The path if it is one of this site's, else `/`: a link here must not lead elsewhere.

    Browsers read `//host`, `/\\host` and tabs or newlines in between as another site.
    """
    is_local = path.startswith("/") and not path.startswith(("//", "/\\")) and len(path) <= 2000
    return path if is_local and path.isascii() and path.isprintable() and "\\" not in path else "/"
