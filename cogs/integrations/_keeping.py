"""What a source answered is kept: its words within a second, and pictures that take longer when they are there."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import ModuleType

from db import cards
from db.cards import Card, Picture, Snapshot
from db.config import Source
from db.errors import Refused
from db.store import Store

from ._covers import Covers
from ._outbound import Outbound

log = logging.getLogger(__name__)
Bringing = asyncio.Task[dict[str, Picture]]
QUICK = 0.7  # seconds in which a picture may come along with the words


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked: the module `name` of this package, with its section of config.toml."""

    name: str
    module: ModuleType
    settings: Source
    outbound: Outbound


class Broken(Exception):
    """Our own side failed, and not the source: the database is away, or the like."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(type(cause).__name__)
        self.cause = cause


class Keeper:
    def __init__(self, store: Store, asked: Asked, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._name = asked.name
        self._clock = clock
        self._covers = Covers(store, asked.name, asked.outbound)
        self._settle: Callable[..., Snapshot] | None = getattr(asked.module, "settled", None)
        self._later: asyncio.Task[None] | None = None

    async def keep(self, snapshot: Snapshot, wait: float | None = None) -> None:
        """With `wait` the source is let go for so many seconds. Raises Refused for what no card can hold, and Broken.
        A module's `settled(snapshot, before, now)` may add what only the last card knows.
        """
        await self.rest()
        if self._settle:
            snapshot = self._settle(snapshot, self._store.cards.current.get(self._name), self._clock())
        bringing = asyncio.create_task(self._covers.of(snapshot), name=f"pictures of {self._name}")
        try:
            await asyncio.wait([bringing], timeout=QUICK)
            card = await self._keep(snapshot, bringing, wait)
        except BaseException:
            bringing.cancel()
            raise
        if not bringing.done():
            self._later = asyncio.create_task(self._add(bringing, snapshot, card), name=f"pictures of {self._name}")

    async def rest(self) -> None:
        """Pictures that are still on their way are not waited for."""
        if self._later:
            self._later.cancel()
            await asyncio.wait([self._later])
            self._later = None

    async def _keep(self, snapshot: Snapshot, bringing: Bringing, wait: float | None = None) -> Card:
        try:
            covers = bringing.result() if bringing.done() else {}
            now = self._clock()
            next_at = None if wait is None else now + timedelta(seconds=wait)
            return await cards.keep(self._store, self._name, snapshot, now, covers, next_at=next_at)
        except Refused:
            raise
        except Exception as error:
            raise Broken(error) from error

    async def _add(self, bringing: Bringing, snapshot: Snapshot, card: Card) -> None:
        try:
            covers = await bringing
            there = self._store.cards.current.get(self._name)
            if covers and there and there.version == card.version:
                await self._keep(snapshot, bringing)
        except Exception as error:  # noqa: BLE001 - the card is there without them
            log.warning("The pictures of the card %s could not be kept (%s)", self._name, type(error).__name__)
