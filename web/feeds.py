"""The feeds: what was written last, with all its text, as RSS 2.0, Atom and JSON Feed; of everything, and of a tag.

They are drawn in a thread and lie on the shelf like the pages. Whoever wants to follow the blog needs nothing else.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from aiohttp import web

from db import posts
from db.errors import NotFound

from . import _feed_forms, keys, pages, sheets
from ._blog_pages import NO_TAG
from ._feed_forms import Feed, Item
from .sheets import Drawn

HEADERS = {
    "Access-Control-Allow-Origin": "*",  # a reader may be a page of somebody else's
    "Cross-Origin-Resource-Policy": "cross-origin",
}

AS_PAGE = "text/xml; charset=utf-8"  # with the type of a feed browsers show it as bare text, without its style
Form = Callable[[Feed], bytes]
TYPES: dict[str, tuple[str, Form]] = {
    "rss": ("application/rss+xml; charset=utf-8", _feed_forms.rss),
    "atom": ("application/atom+xml; charset=utf-8", _feed_forms.atom),
    "json": ("application/feed+json; charset=utf-8", _feed_forms.json_feed),
}


async def rss(request: web.Request) -> web.Response:
    """GET /feed.rss"""
    return await _feed(request, "rss")


async def atom(request: web.Request) -> web.Response:
    """GET /feed.atom"""
    return await _feed(request, "atom")


async def json(request: web.Request) -> web.Response:
    """GET /feed.json"""
    return await _feed(request, "json")


async def tag_rss(request: web.Request) -> web.Response:
    """GET /blog/tags/{tag}/feed.rss"""
    return await _feed(request, "rss", request.match_info["tag"])


async def tag_atom(request: web.Request) -> web.Response:
    """GET /blog/tags/{tag}/feed.atom"""
    return await _feed(request, "atom", request.match_info["tag"])


async def tag_json(request: web.Request) -> web.Response:
    """GET /blog/tags/{tag}/feed.json"""
    return await _feed(request, "json", request.match_info["tag"])


async def _feed(request: web.Request, form: str, tag: str = "") -> web.Response:
    return answer(request, await sheet(request.app, form, tag), form)


def answer(request: web.Request, sheet: sheets.Sheet, form: str) -> web.Response:
    """The feed, as a page where a browser asks for one."""
    response = sheets.answer(request, sheet)
    response.headers["Vary"] = "Accept, Accept-Encoding"
    if "text/html" in request.headers.get("Accept", "") and form != "json" and response.status == 200:
        response.headers["Content-Type"] = AS_PAGE
    return response


async def sheet(app: web.Application, form: str, tag: str = "") -> sheets.Sheet:
    """The feed as it is now. Raises NotFound for a tag that nothing has."""
    content_type, draw = TYPES[form]
    if not tag.isprintable():
        raise NotFound(NO_TAG)

    async def make() -> Drawn:
        feed = await _read(app, form, tag)
        body = await asyncio.to_thread(draw, feed)
        return Drawn(body, content_type, (body,), feed.updated, HEADERS)

    return await app[keys.SHELF].find(("feeds", form, tag), make)


async def _read(app: web.Application, form: str, tag: str) -> Feed:
    config, now = app[keys.CONFIG], datetime.now(UTC)
    found = await posts.for_feed(app[keys.STORE].pool, now, config.blog.feed, tag or None)
    if tag and not found:
        raise NotFound(NO_TAG)
    home = config.public_url
    items = await asyncio.to_thread(lambda: tuple(Item.of(post, home) for post in found))  # their texts may be long
    params = {"tag": tag} if tag else {}
    return Feed(
        title=f"{config.site.name}: {tag}" if tag else config.site.name,
        description=config.site.description,
        language=config.site.language,
        author=config.site.owner_name or config.site.name,
        home=home,
        page=home + pages.url_for(app, "blog.tag" if tag else "blog.list", params),
        address=home + pages.url_for(app, f"feeds.tag_{form}" if tag else f"feeds.{form}", params),
        hub="" if tag else config.blog.hub,  # which is told of the whole blog alone (web/hub.py)
        style=app[keys.STATICS].url("feed.css"),
        updated=max((item.updated for item in items), default=datetime(2020, 1, 1, tzinfo=UTC)),
        items=items,
    )
