"""The picture that stands for a post where it is linked: /blog/{slug}/card.png, its title in pixel type."""

import asyncio
import hashlib
from collections import OrderedDict
from datetime import UTC, datetime

from aiohttp import web

from db import posts
from db.errors import NotFound, Unavailable
from db.press import Press

from . import keys, streams

KEPT_MAX = 100  # cards of some ten kilobytes each
WAITING_MAX = 20
NO_POST = "There is no such post."
BUSY = "Several cards are being drawn just now. Please try again in a moment."
FOR_A_WHILE = "public, max-age=3600, stale-while-revalidate=86400"


class Cards:
    """What was asked for lately. One is drawn at a time, so that those who write do not wait for those who look."""

    def __init__(self, press: Press) -> None:
        self._press = press
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._door = asyncio.Lock()
        self._waiting = 0

    async def of(self, name: str, title: str, by: str, site: str) -> bytes:
        """`name` changes with the words. Raises Unavailable."""
        if name not in self._kept:
            await self._draw(name, title, by, site)
        self._kept.move_to_end(name)
        return self._kept[name]

    async def _draw(self, name: str, title: str, by: str, site: str) -> None:
        if self._waiting >= WAITING_MAX:
            raise Unavailable(BUSY)
        self._waiting += 1
        try:
            async with self._door:
                if name not in self._kept:  # else somebody asked for the same one
                    self._kept[name] = await self._press.card(title, by, site)
        finally:
            self._waiting -= 1
        while len(self._kept) > KEPT_MAX:
            self._kept.popitem(last=False)


async def show(request: web.Request) -> web.Response:
    """GET /blog/{slug}/card.png, of what readers may read."""
    store = request.app[keys.STORE]
    post = await posts.by_slug(store.pool, request.match_info["slug"])
    if post is None or not posts.is_out(post, datetime.now(UTC)):
        raise NotFound(NO_POST)
    words = (post.title, post.author.name, store.config.site.name)
    name = hashlib.sha256("\0".join(words).encode()).hexdigest()[:32]
    headers = {
        "Cache-Control": FOR_A_WHILE,
        "ETag": f'"{name}"',
        "Cross-Origin-Resource-Policy": "cross-origin",  # it is made to be shown elsewhere
    }
    if streams.is_known(request, f'"{name}"'):
        return web.Response(status=304, headers=headers)
    card = await request.app[keys.CARDS].of(name, *words)
    return web.Response(body=card, content_type="image/png", headers=headers)
