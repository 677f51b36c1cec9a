"""Typing: that somebody is writing, told both ways. Nothing depends on it, so what goes wrong here is passed over."""

import asyncio
import logging
import time

import aiohttp
import discord
from discord.ext import commands

from cogs import Bot
from cogs._reading import name_of
from db import people, rooms
from db.errors import AWAY
from db.events import Typing

log = logging.getLogger(__name__)
AWAY_TOO: tuple[type[Exception], ...] = (*AWAY, discord.HTTPException, aiohttp.ClientError)
PACE = 8.0  # seconds; Discord shows it for ten
PATIENCE = 5.0  # seconds, after which it is old news


class TypingBothWays(commands.Cog):
    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.store = bot.store
        self._next_at = 0.0
        self._task: asyncio.Task[None] | None = None

    async def cog_load(self) -> None:
        self.store.live.add(self._on_event)

    async def cog_unload(self) -> None:
        self.store.live.remove(self._on_event)
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])

    @commands.Cog.listener()
    async def on_raw_typing(self, event: discord.RawTypingEvent) -> None:
        is_person = not (event.user and event.user.bot) and event.user_id != (self.bot.user and self.bot.user.id)
        if not is_person:
            return
        try:
            await self._hear(event)
        except AWAY_TOO as error:
            log.debug("Typing was not told (%s)", type(error).__name__)

    async def _hear(self, event: discord.RawTypingEvent) -> None:
        room = await rooms.by_slug(self.store.pool, rooms.HANGOUT)
        if event.channel_id != room.channel_id:
            return
        known = await people.known_discord_names(self.store.pool, [event.user_id])
        name = name_of(event.user) if event.user else known.get(event.user_id)
        if name:
            kept = await people.keep_discord(self.store.pool, {event.user_id: name}, self.store.owner_id)
            self.store.live.announce(Typing(room.id, kept[event.user_id], name, "discord"))

    def _on_event(self, event: object) -> None:
        if not isinstance(event, Typing) or event.source != "web" or self.store.discord.state != "on":
            return
        now = time.monotonic()
        if now >= self._next_at and (self._task is None or self._task.done()):
            self._next_at = now + PACE
            self._task = asyncio.create_task(self._tell(event.room_id), name="typing")

    async def _tell(self, room_id: int) -> None:
        """Discord shows the bot as writing: it has no word for who it is."""
        try:
            async with asyncio.timeout(PATIENCE):
                room = await rooms.by_slug(self.store.pool, rooms.HANGOUT)
                if room.channel_id and room.id == room_id:
                    await self.bot.get_partial_messageable(room.channel_id).typing()
        except AWAY_TOO as error:
            log.debug("Typing was not told to Discord (%s)", type(error).__name__)


async def setup(bot: Bot) -> None:
    await bot.add_cog(TypingBothWays(bot))
