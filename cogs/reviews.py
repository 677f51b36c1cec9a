"""Reviews: each new comment comes to the moderators' channel, with buttons by which the owner decides. The message then
shows what was decided, from whichever door. One step at a time, by the process that leads; the steps are _reviewing's.
"""

import asyncio
import logging
from contextlib import suppress
from datetime import UTC, datetime

import aiohttp
import discord
from discord.ext import commands

from cogs import Bot
from cogs._review_words import BUTTONS
from cogs._reviewing import Reviewer
from db import comments
from db.errors import AWAY
from db.events import Missed, NoticeDue
from db.loops import pause

log = logging.getLogger(__name__)
TRY_AGAIN: tuple[type[Exception], ...] = (*AWAY, discord.HTTPException, aiohttp.ClientError)
LOOK_EVERY = 5.0  # seconds; another process may have taken a comment


class Reviews(commands.Cog):
    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.store = bot.store
        self._reviewer = Reviewer(bot)
        self._nudge = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def cog_load(self) -> None:
        self.bot.add_dynamic_items(*BUTTONS)
        self.store.live.add(self._on_event)
        if self.store.config.discord.mod_channel_id:
            self._task = asyncio.create_task(self._tell_all(), name="reviews")

    async def cog_unload(self) -> None:
        self.store.live.remove(self._on_event)
        self.bot.remove_dynamic_items(*BUTTONS)
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])

    def _on_event(self, event: object) -> None:
        if isinstance(event, NoticeDue | Missed):
            self._nudge.set()

    async def _tell_all(self) -> None:
        await self.bot.wait_until_ready()
        is_begun = False
        while True:
            self._nudge.clear()
            try:
                if not is_begun:
                    await comments.tell_waiting(self.store)
                    is_begun = True
                while self.bot.lease.is_sure and await self._tell_next():
                    pass
            except TRY_AGAIN as error:
                log.warning("The comments for the moderators wait (%s)", type(error).__name__)
                await pause(2)
            except Exception:  # the loop must outlive whatever happens in it
                log.exception("The comments for the moderators stumbled and go on")
                await pause(5)
            with suppress(TimeoutError):
                async with asyncio.timeout(min(LOOK_EVERY, self._reviewer.wait() or LOOK_EVERY)):
                    await self._nudge.wait()

    async def _tell_next(self) -> bool:
        """Does one step. False when there is none, or Discord wants a rest."""
        if self._reviewer.wait() > 0:
            return False
        notice = await comments.next_notice(self.store.pool, datetime.now(UTC))
        if notice is None:
            return False
        await self._reviewer.step(notice)
        return True


async def setup(bot: Bot) -> None:
    await bot.add_cog(Reviews(bot))
