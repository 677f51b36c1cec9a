"""Members who are not here when somebody writes to them: those who want it are told in Discord that something waits.

Which of them db/letters decides; here is only who hears of it. Opened with the application by web/__init__.py.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

from aiohttp import web

from db import letters
from db.events import Noted
from db.loops import again_and_again, doing
from db.store import Store

from . import keys


class Absent:
    """Each member once, however much is said to them before there was time to look."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._written_to: dict[int, None] = {}
        self._look = asyncio.Event()

    def hear(self, event: object) -> None:
        if isinstance(event, Noted) and event.room_id:
            self._written_to[event.person_id] = None
            self._look.set()

    async def tell(self) -> None:
        await self._look.wait()
        while self._written_to:
            person_id = next(iter(self._written_to))
            await letters.tell_of_chats(self._store, person_id, datetime.now(UTC))
            self._written_to.pop(person_id, None)
        self._look.clear()


async def told(app: web.Application) -> AsyncIterator[None]:
    """cleanup_ctx: where there is a bot to tell them."""
    store = app[keys.STORE]
    if not store.config.discord.token and store.config.process.role != "web":
        yield
        return
    absent = Absent(store)
    with store.live.listening(absent.hear):
        async with doing(again_and_again("Telling the absent", absent.tell), "the absent"):
            yield
