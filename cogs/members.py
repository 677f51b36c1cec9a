"""Members: how many are online in the Discord server, asked once a minute, when the Presence Intent is on."""

import logging

import aiohttp
import discord
from discord.ext import commands, tasks

from cogs import Bot
from db.events import PresenceChanged

log = logging.getLogger(__name__)
EVERY = 60.0  # seconds


class Members(commands.Cog):
    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.store = bot.store

    async def cog_load(self) -> None:
        if self.bot.intents.presences:
            self.count.start()

    async def cog_unload(self) -> None:
        self.count.cancel()
        self._show(None)

    @tasks.loop(seconds=EVERY)
    async def count(self) -> None:
        try:
            self._show(await self._ask())
        except (TimeoutError, OSError, discord.DiscordException, aiohttp.ClientError) as error:
            log.info("How many are online in Discord is not known just now (%s)", type(error).__name__)
        except Exception:
            log.exception("How many are online in Discord cannot be counted")

    @count.before_loop
    async def when_ready(self) -> None:
        await self.bot.wait_until_ready()

    async def _ask(self) -> int | None:
        home = self.bot.get_guild(self.store.config.discord.guild_id) or next(iter(self.bot.guilds), None)
        if home is None:
            return None
        guild = await self.bot.fetch_guild(home.id, with_counts=True)
        return guild.approximate_presence_count

    def _show(self, members: int | None) -> None:
        if self.store.presence.members != members:
            self.store.presence.members = members
            self.store.live.announce(PresenceChanged())


async def setup(bot: Bot) -> None:
    await bot.add_cog(Members(bot))
