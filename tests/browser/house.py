"""The site as it runs, for a browser to visit: it can be restarted, and people say things in it."""

import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta

import aiohttp

from cogs.gateway import name_channel
from db import messages, people
from db.config import Config
from db.messages import Heard, Message
from db.opening import open_store
from db.store import Store
from tests.browser.wire import Wire
from web import make_app, serving

ROOM = 1
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


class House:
    """`url` stays the same over a restart; `wire` is what lies between the browser and the site."""

    def __init__(self, store: Store, outbound: aiohttp.ClientSession, wire: Wire) -> None:
        self.store = store
        self.outbound = outbound
        self.wire = wire
        self.url = f"http://127.0.0.1:{wire.port}"
        self._site = AsyncExitStack()
        self._heard = 0

    async def open(self) -> None:
        app = make_app(self.store, self.outbound)
        self.wire.target = await self._site.enter_async_context(serving(app, "127.0.0.1", 0))

    async def close(self) -> None:
        self.wire.target = None
        await self._site.aclose()

    async def say(self, content: str, name: str = "Ada") -> Message:
        """As a visitor of that name, through another window."""
        pool = self.store.pool
        found = await pool.fetchval("select id from people where name = $1 and discord_id is null", name)
        person = await people.get(pool, found) if found else await people.add_visitor(pool, name)
        assert person
        nonce = secrets.token_hex(8)
        return await messages.say(self.store, ROOM, person, content, nonce, datetime.now(UTC), network=nonce)

    async def hear(self, *contents: str, name: str = "Mika", at: datetime = NOON, apart: float = 0.0) -> None:
        """As a member in Discord; the times are `apart` seconds from each other."""
        heard = []
        for place, content in enumerate(contents):
            self._heard += 1
            moment = at + timedelta(seconds=place * apart)
            heard.append(Heard(self._heard, sum(name.encode()), name, name, content, moment))
        await messages.hear(self.store, ROOM, heard)

    async def lock(self, *, locked: bool) -> None:
        await self.store.pool.execute("update rooms set locked = $1 where id = $2", locked, ROOM)

    async def words(self) -> list[str]:
        """All that the site has kept, in its order."""
        return [one.content for one in (await messages.newest(self.store.pool, ROOM, 1000))[1]]


@asynccontextmanager
async def opened(config: Config, wire: Wire) -> AsyncIterator[House]:
    """A house over a store of its own, open to visitors at the end of this wire."""
    async with open_store(config) as store, aiohttp.ClientSession() as outbound:
        await name_channel(store)
        house = House(store, outbound, wire)
        await house.open()
        try:
            yield house
        finally:
            await house.close()
            await wire.clear()
