"""The porch lamp and the card of Discord: how the owner is and what they do, live, when the Presence Intent is on.
Without it the lamp is as Lanyard says, or dark.
"""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import aiohttp
import discord
from discord.ext import commands

from cogs import Bot
from cogs.integrations import _presences as presences
from cogs.integrations._covers import Covers
from cogs.integrations._outbound import Outbound, SourceFailed, agent_of
from db import cards
from db.cards import Snapshot
from db.loops import again_and_again

log = logging.getLogger(__name__)
NAME = "lanyard"


class Lamp(commands.Cog):
    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.store = bot.store
        config = self.store.config
        self.period = config.sources[NAME].period
        self.cdn = config.discord.cdn_base
        outbound = Outbound(bot.outbound, self.cdn, agent_of(config.public_url))
        self.covers = Covers(self.store, NAME, outbound)
        self.known: Snapshot | None = None
        self.changed = asyncio.Event()
        self.keeping: asyncio.Task[None] | None = None

    async def cog_load(self) -> None:
        if self.bot.intents.presences:
            self.keeping = asyncio.create_task(again_and_again("The card of Discord", self._keep), name="lamp")

    async def cog_unload(self) -> None:
        if self.keeping:
            self.keeping.cancel()
            with suppress(asyncio.CancelledError):
                await self.keeping
            cards.show(self.store, "offline")

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
                self._hear(member.raw_status, member.activities)
                return

    @commands.Cog.listener()
    async def on_raw_presence_update(self, update: discord.RawPresenceUpdateEvent) -> None:
        if update.user_id == self.store.owner_id:
            self._hear(update.client_status.raw_status, update.activities)

    @commands.Cog.listener()
    async def on_card_resumed(self, name: str) -> None:
        """Said by /card resume."""
        if name == NAME:
            self.changed.set()

    def _hear(self, status: str, activities: Iterable[discord.activity.ActivityTypes | None]) -> None:
        try:
            self.known = presences.presence(status, [told for one in activities if (told := _told(one))], self.cdn)
        except SourceFailed as error:
            log.info("What the owner does is not understood (%s)", error.sentence)
            self.known = presences.presence(status, (), self.cdn)
        cards.show(self.store, self.known.data["status"])
        self.changed.set()

    async def _keep(self) -> None:
        """The card, at once when something has changed; else again after a while, for it is still so."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self.period):
                await self.changed.wait()
        self.changed.clear()
        try:
            await self._put()
        except BaseException:
            self.changed.set()  # it is tried again soon
            raise

    async def _put(self) -> None:
        if self.known is None or not self.bot.is_ready() or self.store.discord.connection != "on":
            return
        state = await cards.state(self.store.pool, NAME)
        if state and state.is_paused:
            return
        before, now = self.store.cards.current.get(NAME), datetime.now(UTC)
        snapshot = presences.remembering(self.known, before, now)
        await cards.keep(self.store, NAME, snapshot, now, is_fed=True)
        if brought := await self.covers.of(snapshot):  # which takes a while, and the words do not wait for it
            await cards.keep(self.store, NAME, snapshot, datetime.now(UTC), brought, is_fed=True)


def _told(activity: discord.activity.ActivityTypes | None) -> Mapping[str, Any] | None:
    """As Discord told it; the library leaves the kind out of some."""
    return {**activity.to_dict(), "type": activity.type.value} if activity else None


async def setup(bot: Bot) -> None:
    await bot.add_cog(Lamp(bot))
