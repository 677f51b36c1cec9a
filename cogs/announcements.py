"""Announcements: what came out on the blog is told in a channel of Discord, once; edits follow, and what is taken back
goes. One step at a time, by the process that leads; how a step is made is in cogs/_announcing.
"""

import time
from datetime import UTC, datetime

from cogs import Bot
from cogs._announcing import KIND, Announcer
from cogs._chores import Chore
from db import notices
from db.events import Missed, NoticeDue
from db.notices import Notice

LOOK_EVERY = 5.0  # seconds; another process may have published
LOOK_AGAIN = 30.0  # seconds between two looks at all that was announced, when nobody said that something changed


class Announcements(Chore):
    name = "announcements"
    nudged_by = (NoticeDue, Missed)

    def __init__(self, bot: Bot) -> None:
        super().__init__(bot)
        self._announcer = Announcer(bot)
        self._look_at = 0.0  # monotonic time at which all that was announced is compared again

    def is_nudged(self) -> None:
        self._look_at = 0.0

    async def rest(self) -> float:
        return min(LOOK_EVERY, self._announcer.wait() or LOOK_EVERY)

    async def do_next(self) -> bool:
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
