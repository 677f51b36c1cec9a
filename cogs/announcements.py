"""Announcements: what came out on the blog is told in a channel of Discord, once; edits follow, and what is taken back
goes. One step at a time, by the process that leads; how a step is made is in cogs/_announcing.
"""

import asyncio
import logging
import time
from contextlib import suppress
from datetime import UTC, datetime

import aiohttp
import discord
from discord.ext import commands

from cogs import Bot
from cogs._announcing import KIND, Announcer
from db import notices
from db.errors import AWAY
from db.events import Missed, NoticeDue
from db.loops import pause
from db.notices import Notice

log = logging.getLogger(__name__)
TRY_AGAIN: tuple[type[Exception], ...] = (*AWAY, discord.HTTPException, aiohttp.ClientError)
LOOK_EVERY = 5.0  # seconds; another process may have published
LOOK_AGAIN = 30.0  # seconds between two looks at all that was announced, when nobody said that something changed
CALM = 0.2  # seconds in which what changes together is taken together


class Announcements(commands.Cog):
    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.store = bot.store
        self._announcer = Announcer(bot)
        self._nudge = asyncio.Event()
        self._look_at = 0.0  # monotonic time at which all that was announced is compared again
        self._task: asyncio.Task[None] | None = None

    async def cog_load(self) -> None:
        self.store.live.add(self._on_event)
        self._task = asyncio.create_task(self._tell_all(), name="announcements")

    async def cog_unload(self) -> None:
        self.store.live.remove(self._on_event)
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])

    def _on_event(self, event: object) -> None:
        if isinstance(event, NoticeDue | Missed):
            self._look_at = 0.0
            self._nudge.set()

    async def _tell_all(self) -> None:
        await self.bot.wait_until_ready()
        while True:
            self._nudge.clear()
            try:
                while self.bot.lease.is_sure and await self._tell_next():
                    pass
            except TRY_AGAIN as error:
                log.warning("The announcements wait (%s)", type(error).__name__)
                await pause(2)
            except Exception:  # the loop must outlive whatever happens in it
                log.exception("The announcements stumbled and go on")
                await pause(5)
            with suppress(TimeoutError):
                async with asyncio.timeout(min(LOOK_EVERY, self._announcer.wait() or LOOK_EVERY)):
                    await self._nudge.wait()
            await asyncio.sleep(CALM)

    async def _tell_next(self) -> bool:
        """Does one step. False when there is none, or Discord wants a rest."""
        if self._announcer.wait() > 0:
            return False
        notice = await self._next()
        if notice is None:
            return False
        await self._announcer.step(notice)
        self._look_at = 0.0  # while it was made, the post may have changed again
        return True

    async def _next(self) -> Notice | None:
        now, pool = datetime.now(UTC), self.store.pool
        notice = await notices.next_open(pool, KIND, now, sends=bool(self.store.config.discord.announce_channel_id))
        if notice or time.monotonic() < self._look_at:
            return notice
        stale = await notices.next_stale(pool, KIND, now)
        if stale is None:
            self._look_at = time.monotonic() + LOOK_AGAIN
        return stale


async def setup(bot: Bot) -> None:
    await bot.add_cog(Announcements(bot))
