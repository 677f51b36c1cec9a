"""Chores: what the process that leads does step by step for as long as there is something to do, and again when it is
nudged or some seconds have passed. The base of the cogs for announcements, letters, reviews and threads.
"""

import asyncio
import logging
from contextlib import suppress

from discord.ext import commands

from cogs import Bot
from cogs._outages import TRY_AGAIN
from db.loops import pause

log = logging.getLogger(__name__)
REST, LONG_REST = 2.0, 5.0  # seconds after what may go better soon, and after what nobody foresaw
CALM = 0.2  # seconds in which what changes together is taken together


class Chore(commands.Cog):
    """`name` is what the log calls it; `nudged_by` are the events after which there may be something to do."""

    name = ""
    nudged_by: tuple[type, ...] = ()

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.store = bot.store
        self._nudge = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def do_next(self) -> bool:
        """Does one step. False when there is none for now."""
        raise NotImplementedError

    async def rest(self) -> float:
        """Seconds until it is time to look again, if nothing happens."""
        raise NotImplementedError

    async def begin(self) -> None:
        """What is done once, before the first step."""

    def is_nudged(self) -> None:
        """One of those events has come."""

    async def cog_load(self) -> None:
        self.store.live.add(self._on_event)
        self._task = asyncio.create_task(self._work(), name=self.name)

    async def cog_unload(self) -> None:
        self.store.live.remove(self._on_event)
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])

    def _on_event(self, event: object) -> None:
        if isinstance(event, self.nudged_by):
            self.is_nudged()
            self._nudge.set()

    async def _work(self) -> None:
        await self.bot.wait_until_ready()
        has_begun = False
        while True:
            self._nudge.clear()
            try:
                if not has_begun:
                    await self.begin()
                    has_begun = True
                while self.bot.lease.is_sure and await self.do_next():
                    pass
                await self._wait(await self.rest())
            except TRY_AGAIN as error:
                log.warning("The %s wait (%s)", self.name, type(error).__name__)
                await pause(REST)
            except Exception:  # it must outlive whatever happens in it
                log.exception("The %s stumbled and go on", self.name)
                await pause(LONG_REST)

    async def _wait(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._nudge.wait()
        await asyncio.sleep(CALM)
