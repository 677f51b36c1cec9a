"""WebSub: when the feed has changed, the hub of [blog] hub is told, and it tells who follows by it.

Never on the way of a page: a loop of its own waits for changes, looks whether the feed is another one since, and asks
the hub to fetch it (W3C WebSub, section 5.1 and the form that hubs take for it).
"""

import asyncio
import logging
from collections.abc import AsyncIterator

import aiohttp
from aiohttp import web

from db.events import PostsChanged
from db.loops import again_and_again, doing, taken

from . import feeds, keys

log = logging.getLogger(__name__)

CALM = 2.0  # seconds in which more may change, before the hub is told once
PATIENCE = aiohttp.ClientTimeout(total=10)
FORMS = ("atom", "rss", "json")


class Crier:
    """Remembers what the hub was told last."""

    def __init__(self, app: web.Application, session: aiohttp.ClientSession, calm: float = CALM) -> None:
        self._app = app
        self._session = session
        self._calm = calm
        self._told = ""
        self._look = asyncio.Event()

    def hear(self, event: object) -> None:
        if isinstance(event, PostsChanged):
            self._look.set()

    async def cry(self) -> None:
        """One round; again_and_again comes back later when the hub does not answer, and the feed is told then."""
        if not self._told:
            self._told = await self._newest()
        async with taken(self._look, self._calm):
            newest = await self._newest()
            if newest != self._told:
                await self._tell()
                self._told = newest

    async def _newest(self) -> str:
        return (await feeds.sheet(self._app, "atom")).etag

    async def _tell(self) -> None:
        config = self._app[keys.CONFIG]
        topics = [config.public_url + str(self._app.router[f"feeds.{form}"].url_for()) for form in FORMS]
        form = [("hub.mode", "publish"), *(("hub.url", topic) for topic in topics)]
        async with self._session.post(config.blog.hub, data=form, timeout=PATIENCE, allow_redirects=False) as answer:
            if answer.status >= 500:
                raise ConnectionError(f"The hub answers {answer.status}")
            if answer.status >= 300:
                log.warning("The hub at %s does not want to hear of our feed: %d", config.blog.hub, answer.status)


async def told(app: web.Application) -> AsyncIterator[None]:
    """cleanup_ctx: where there is a hub, and this is the process that speaks for the site."""
    config = app[keys.CONFIG]
    if not config.blog.hub or keys.OUTBOUND not in app or config.process.role == "web":
        yield
        return
    crier = Crier(app, app[keys.OUTBOUND])
    with app[keys.STORE].live.listening(crier.hear):
        async with doing(again_and_again("The hub", crier.cry), "hub"):
            yield
