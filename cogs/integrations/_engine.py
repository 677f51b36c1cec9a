"""The engine: a loop for each source of a live card, which asks it when it is time. Run by bot.py, with Discord or
without. What a source does is its own matter: nothing it may raise ends its loop or another's.
"""

import asyncio
import importlib
import logging
import pkgutil
import random
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from types import ModuleType

import aiohttp
from discord.ext import tasks

import cogs.integrations
from db import cards
from db.events import CardsDue, CardsLookedAt
from db.loops import again_and_again
from db.store import Store

from . import _schedule as schedule
from ._asking import Asker
from ._keeping import Asked
from ._outbound import Outbound, agent_of

log = logging.getLogger(__name__)
FIRST = 2.0  # seconds over which the first looks are spread
SHORT, LONG = 2.0, 60.0  # seconds between two tries while the database is away
FAREWELL = 0.5  # seconds to let go of what was taken

Make = Callable[[aiohttp.ClientSession, str, str], Outbound]


async def refreshing(store: Store, session: aiohttp.ClientSession, *, outbound: Make = Outbound) -> None:
    """Asks all sources that are on, and keeps what they answer. Runs until it is cancelled."""
    await again_and_again("Live cards", lambda: Engine(store, session, sources(), outbound=outbound).run())


def sources() -> dict[str, ModuleType]:
    """The modules of this package that are sources; one that cannot be loaded is none."""
    found = {}
    for module in pkgutil.iter_modules(cogs.integrations.__path__):
        if not module.name.startswith("_"):
            try:
                found[module.name] = importlib.import_module(f"{cogs.integrations.__name__}.{module.name}")
            except Exception:
                log.exception("The source %s cannot be loaded", module.name)
    return found


class Engine:
    def __init__(
        self,
        store: Store,
        session: aiohttp.ClientSession,
        modules: Mapping[str, ModuleType],
        *,
        outbound: Make = Outbound,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._store = store
        self._by = secrets.token_hex(8)
        agent = agent_of(store.config.public_url)
        self.rounds: list[Round] = []
        for name, settings in store.config.sources.items():
            if name not in modules or settings.off:
                continue
            asked = Asked(name, modules[name], settings, outbound(session, settings.base_url, agent))
            self.rounds.append(Round(store, asked, self._by, clock=clock, chance=chance))

    async def run(self) -> None:
        """Until it is cancelled."""
        with self._store.live.listening(self._hear):
            try:
                for one in self.rounds:
                    one.begin()
                await asyncio.Event().wait()
            finally:
                await asyncio.gather(*(one.end() for one in self.rounds))
                with suppress(Exception):
                    async with asyncio.timeout(FAREWELL):
                        await cards.let_go(self._store, self._by)

    def _hear(self, event: object) -> None:
        if isinstance(event, CardsLookedAt):
            self._store.cards.looked_at = asyncio.get_running_loop().time()
            for one in self.rounds:
                one.nudge(only_slow=True)
        elif isinstance(event, CardsDue):
            for one in self.rounds:
                one.nudge()


class Round:
    """The loop of one source: it looks, does what is due, and sleeps until it is time to look again."""

    def __init__(
        self, store: Store, asked: Asked, by: str, *, clock: Callable[[], datetime], chance: Callable[[], float]
    ) -> None:
        self._store = store
        self._name = asked.name
        self._chance = chance
        self._asker = Asker(store, asked, by, clock=clock, chance=chance, fell=self.nudge)
        self._loop = tasks.loop(seconds=0, name=f"card {asked.name}")(self._look)
        self._is_first = True
        self._is_nudged = False
        self._is_slow = False  # the last look was one at which nobody watched
        self._trouble = SHORT

    def begin(self) -> None:
        self._loop.start()

    async def end(self) -> None:
        task = self._loop.get_task()
        self._loop.cancel()
        if task:
            await asyncio.wait([task])
        await self._asker.rest()

    def nudge(self, *, only_slow: bool = False) -> None:
        """It is to look at once: something was changed, or somebody looks again after a while without anybody."""
        if self._is_slow or not only_slow:
            self._is_nudged = True
            if not self._is_first:
                self._loop.change_interval(seconds=0)

    async def _look(self) -> None:
        if self._is_first:
            self._is_first = False
            self._sleep(FIRST * self._chance())
            return
        self._is_nudged = False
        is_watched = schedule.is_watched(self._store.cards.looked_at, asyncio.get_running_loop().time())
        self._is_slow = not is_watched
        try:
            wait = await self._asker.turn(is_watched=is_watched)
            self._trouble = SHORT
        except Exception as error:  # noqa: BLE001 - the loop must outlive whatever happens in it
            log.warning("The card %s has to wait (%s)", self._name, type(error).__name__)
            wait, self._trouble = self._trouble, min(self._trouble * 2, LONG)
        self._sleep(0.0 if self._is_nudged else wait)

    def _sleep(self, seconds: float) -> None:
        """From now on; the loop itself counts from when it began to look."""
        began = self._loop.next_iteration
        interval = timedelta(seconds=self._loop.seconds or 0.0)
        since = datetime.now(UTC) - (began - interval) if began else timedelta(0)
        self._loop.change_interval(seconds=max(0.0, seconds + since.total_seconds()))
