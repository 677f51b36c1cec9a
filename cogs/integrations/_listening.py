"""Listening: a source that tells by itself what changes is listened to for as long as it speaks, and again."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from db.cards import Snapshot
from db.limits import Bucket
from db.loops import pause

log = logging.getLogger(__name__)
Put = Callable[[Snapshot], Awaitable[None]]
GRACE = 5.0  # seconds in which it may have its first word
SHORT, LONG = 1.0, 300.0  # seconds between two tries
BURST, RATE = 10, 1.0  # cards at once, and a second: each is a row in the database and a frame to every open page


class Listener:
    """Runs `listen(put)` in a task. `fell` is called when it ends, for then the source is to be asked."""

    def __init__(self, name: str, listen: Callable[[Put], Awaitable[None]], put: Put, fell: Callable[[], None]) -> None:
        self._name = name
        self._listen = listen
        self._put = put
        self._fell = fell
        self._task: asyncio.Task[None] | None = None
        self._graced_until = 0.0
        self._pace = Bucket()
        self.is_well = False

    @property
    def is_expected(self) -> bool:
        """It has just begun, and may have its first word any moment."""
        return not self.is_well and time.monotonic() < self._graced_until

    def start(self) -> None:
        if self._task is None or self._task.done():
            self._graced_until = time.monotonic() + GRACE
            self._task = asyncio.create_task(self._run(), name=f"listening to {self._name}")

    async def stop(self) -> None:
        self.is_well = False
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.wait([self._task])
            self._task = None

    async def _run(self) -> None:
        wait = SHORT
        while True:
            reason = "it ended"
            try:
                await self._listen(self._hear)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is listened to again; its words may hold a key
                reason = type(error).__name__
            log.info("Nobody listens to %s just now (%s)", self._name, reason)
            wait = SHORT if self.is_well else min(wait * 2, LONG)
            self.is_well, self._graced_until = False, 0.0
            self._fell()
            await pause(wait)

    async def _hear(self, snapshot: Snapshot) -> None:
        """One that tells too much is heard more slowly: what it says meanwhile waits in its socket."""
        while wait := self._pace.take("", time.monotonic(), RATE, BURST):
            await pause(wait)
        await self._put(snapshot)
        self.is_well = True
