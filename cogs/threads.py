"""Threads: each post that comes out gets one in Discord, where its comments are a conversation; kept like the post, and
locked when that is gone. db/threads.py says what there is to do. One at a time, by the process that leads.
"""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

from cogs import Bot
from cogs._chores import Chore
from cogs._courier import Courier
from cogs._outages import DISCORD_FAILED
from cogs._thread_making import Making
from cogs._thread_showing import Showing
from cogs._thread_words import Later
from db import threads
from db.events import DiscordChanged, NoticeDue
from db.threads import Thread

log = logging.getLogger(__name__)
LOOK_EVERY = 15.0  # seconds; another process may have published something
PATIENCE = 60.0  # seconds for one thread
FIRST, LONGEST = 2.0, 3600.0  # seconds until the next try, twice as long each time


class Threads(Chore):
    name = "threads"
    nudged_by = (NoticeDue, DiscordChanged)

    def __init__(self, bot: Bot) -> None:
        super().__init__(bot)
        courier = Courier(bot.outbound, bot.store.config.discord.api_base)
        self._making = Making(bot, courier)
        self._showing = Showing(bot, courier)
        self._told: set[str] = set()

    async def rest(self) -> float:
        next_at = await threads.next_time(self.store.pool)
        until = (next_at - datetime.now(UTC)).total_seconds() if next_at else LOOK_EVERY
        return min(LOOK_EVERY, max(0.05, until))

    async def do_next(self) -> bool:
        """Does what is due for one thread. False when nothing is."""
        thread = await threads.next_due(self.store.pool, datetime.now(UTC))
        if thread is None:
            return False
        try:
            async with asyncio.timeout(PATIENCE):
                await self._keep(thread)
        except Later as later:
            await self._put_off(thread, later.reason, later.seconds)
        except DISCORD_FAILED as error:
            await self._put_off(thread, f"Discord did not answer as it should ({type(error).__name__}).")
        except Exception as error:
            await self._put_off(thread, f"It is our fault ({type(error).__name__}).", LONGEST)
            raise
        return True

    async def _keep(self, thread: Thread) -> None:
        if thread.state == "due" and thread.thread_id:
            await threads.take_up(self.store, thread)
        elif thread.state == "due":
            await self._making.make(thread)
        elif thread.state == "sending":
            await self._making.find(thread)
        else:
            await self._showing.show(thread)

    async def _put_off(self, thread: Thread, reason: str, seconds: float | None = None) -> None:
        """A reason is logged once, not at every try."""
        if reason and reason not in self._told:
            self._told.add(reason)
            log.warning("The thread of a post waits: %s", reason)
        wait = min(LONGEST, FIRST * 2.0 ** min(thread.tries, 20)) if seconds is None else seconds
        await threads.put_off(self.store, thread, datetime.now(UTC) + timedelta(seconds=wait), reason)


async def setup(bot: Bot) -> None:
    await bot.add_cog(Threads(bot))
