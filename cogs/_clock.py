"""Shows on the site how the relay is: on, off (Discord is away) or delayed (messages wait for long)."""

import asyncio
import logging
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from db import outbox, rooms
from db.errors import AWAY
from db.events import PresenceChanged
from db.store import Store

log = logging.getLogger(__name__)
DELAYED = timedelta(seconds=15)
EVERY = 2.0  # seconds


class RelayClock:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._look = asyncio.Event()

    def look(self) -> None:
        """Something has changed: look now."""
        self._look.set()

    async def watch(self) -> None:
        while True:
            try:
                await self._show_state()
            except AWAY:
                pass
            except Exception:
                log.exception("The state of the relay cannot be told")
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY):
                    await self._look.wait()
            self._look.clear()

    async def _show_state(self) -> None:
        room = await rooms.by_slug(self._store.pool, rooms.HANGOUT)
        if self._store.discord.state != "on" or room.channel_id is None:
            self.show("off")
            return
        oldest = await outbox.oldest_waiting(self._store.pool, room.id)
        late = oldest and datetime.now(UTC) - oldest > DELAYED
        self.show("delayed" if late else "on")

    def show(self, state: str) -> None:
        if self._store.presence.relay != state:
            self._store.presence.relay = state
            self._store.live.announce(PresenceChanged())
