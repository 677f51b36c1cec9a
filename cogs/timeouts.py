"""Timeouts: with [mod] sync_timeouts, whom the site bans or mutes is timed out in the Discord server, if they are known
there, and let speak again when it ends. By the process that leads, as db/timeouts has it.

What the bot does there itself it is told of as well, and passes over (cogs/discipline.py).
"""

import logging
from datetime import UTC, datetime, timedelta

import discord

from cogs import Bot
from cogs._chores import Chore
from db import timeouts
from db.events import ConfigChanged, DiscordChanged, SanctionsChanged
from db.timeouts import Timeout

log = logging.getLogger(__name__)
LOOK_EVERY = 30.0  # seconds; what ends by its time is told by nobody
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=10)
NOBODY_THERE = timedelta(hours=6)  # until it is looked again whether they have come
NOT_ALLOWED = timedelta(days=1)
NOT_NOW = {401, 408, 429}  # answers below 500 after which another try makes sense
REASON = "As on the site"


class Timeouts(Chore):
    name = "timeouts"
    nudged_by = (SanctionsChanged, DiscordChanged, ConfigChanged)

    def __init__(self, bot: Bot) -> None:
        super().__init__(bot)
        self._is_reckoned = False

    def is_nudged(self) -> None:
        self._is_reckoned = False

    async def rest(self) -> float:
        self._is_reckoned = False
        return LOOK_EVERY

    async def do_next(self) -> bool:
        """Tells Discord of one of them. False when it knows of all."""
        guild = self.bot.get_guild(self.store.config.discord.guild_id) or next(iter(self.bot.guilds), None)
        if guild is None or not self.store.config.mod.sync_timeouts:
            return False
        now = datetime.now(UTC)
        if not self._is_reckoned:
            self._is_reckoned = True
            await timeouts.reckon(self.store, now)
        one = await timeouts.next_due(self.store.pool, now)
        if one is None:
            return False
        # Put off before it is tried: what stumbles every time must not be tried every time.
        await timeouts.put_off(self.store, one, now + min(FIRST_WAIT * (1 << min(one.tries, 20)), LONGEST_WAIT))
        try:
            until = one.until.isoformat() if one.until else None
            await self.bot.http.edit_member(guild.id, one.discord_id, reason=REASON, communication_disabled_until=until)
        except discord.HTTPException as error:
            await self._note(one, error, now)
        else:
            await timeouts.record_told(self.store, one, now)
        return True

    async def _note(self, one: Timeout, error: discord.HTTPException, now: datetime) -> None:
        if not 400 <= error.status < 500 or error.status in NOT_NOW:
            raise error
        if one.until is None:
            await timeouts.record_told(self.store, one, now)
        elif isinstance(error, discord.NotFound):
            await timeouts.put_off(self.store, one, now + NOBODY_THERE)
        else:
            log.warning("The bot may not time somebody out in Discord: %s (give it Moderate Members)", error.text)
            await timeouts.put_off(self.store, one, now + NOT_ALLOWED)


async def setup(bot: Bot) -> None:
    await bot.add_cog(Timeouts(bot))
