"""The porch lamp: the owner's status in Discord, live, when the Presence Intent is on. Without it the lamp is dark."""

import logging

import aiohttp
import discord
from discord.ext import commands

from cogs import Bot
from db.events import PresenceChanged

log = logging.getLogger(__name__)
STATUSES = {"online", "idle", "dnd"}


class Lamp(commands.Cog):
    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.store = bot.store

    async def cog_unload(self) -> None:
        self._show("offline")

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Asks how the owner is now; from here on changes come by themselves."""
        if not self.bot.intents.presences:
            return
        try:
            await self._ask()
        except (TimeoutError, ConnectionError, discord.DiscordException, aiohttp.ClientError) as error:
            log.info("The owner's status is not known yet (%s)", type(error).__name__)

    async def _ask(self) -> None:
        for guild in self.bot.guilds:
            for member in await guild.query_members(user_ids=[self.store.owner_id], presences=True, cache=False):
                self._show(member.raw_status)
                return

    @commands.Cog.listener()
    async def on_raw_presence_update(self, update: discord.RawPresenceUpdateEvent) -> None:
        if update.user_id == self.store.owner_id:
            self._show(update.client_status.raw_status)

    def _show(self, status: str) -> None:
        shown = status if status in STATUSES else "offline"
        if self.store.presence.owner != shown:
            self.store.presence.owner = shown
            self.store.live.announce(PresenceChanged())


async def setup(bot: Bot) -> None:
    await bot.add_cog(Lamp(bot))
