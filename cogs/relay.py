"""The relay: what is said, changed and taken back on the site goes to Discord, once and in order: what belongs to the
hangout to its channel, comments to the threads of their posts.

The database is the queue (db/outbox); events only wake the loops, one for the hangout and one for all threads, so that
neither waits for the other. Each has one request on its way at a time. Edits, deletions and reactions may be repeated
without harm, and are.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

import discord
from discord.ext import commands

from cogs import Bot, _rounds
from cogs._channels import Shut
from cogs._clock import RelayClock
from cogs._echoes import Echoes
from cogs._line import LOOK_EVERY, Line
from cogs._outages import TRY_AGAIN
from cogs._rounds import Rounds
from db import rooms
from db.events import Bridged, DiscordChanged, Queued
from db.loops import pause

log = logging.getLogger(__name__)
OWNERS_TURN = 60.0  # seconds between tries that only the owner can make succeed
DRAIN = 2.0  # seconds for the message that is on its way when the bot stops


class Relay(commands.Cog):
    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.store = bot.store
        self._echoes = Echoes()
        self._hangout = Line(bot, self._echoes)
        self._rounds = Rounds(bot, self._echoes)
        self._nudges = (asyncio.Event(), asyncio.Event())
        self._is_stopping = False
        self._clock = RelayClock(bot.store)
        self._tasks: list[asyncio.Task[None]] = []

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        self._echoes.hear(message)

    @commands.Cog.listener()
    async def on_raw_thread_update(self, event: discord.RawThreadUpdateEvent) -> None:
        self._rounds.try_again(event.thread_id)
        self._nudges[1].set()

    @commands.Cog.listener("on_guild_role_update")
    @commands.Cog.listener("on_guild_channel_update")
    async def on_permissions(self, *_: object) -> None:
        self._rounds.try_again()
        self._nudges[1].set()

    async def cog_load(self) -> None:
        self.store.live.add(self._on_event)
        hangout, threads = self._nudges
        self._tasks = [
            asyncio.create_task(self._deliver_all(self._step, hangout), name="relay"),
            asyncio.create_task(self._deliver_all(self._go_round, threads), name="relay of threads"),
            asyncio.create_task(self._clock.watch(), name="relay's clock"),
        ]

    async def cog_unload(self) -> None:
        self.store.live.remove(self._on_event)
        await self._finish_sending()
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)
        self._clock.show("off")

    async def _finish_sending(self) -> None:
        """Lets what is on its way arrive, within bounds: else the next start has to look for it."""
        self._is_stopping = True
        self._nudge()
        if self.bot.is_ready():
            await asyncio.wait(self._tasks[:2], timeout=DRAIN)

    def _nudge(self) -> None:
        for nudge in self._nudges:
            nudge.set()

    def _on_event(self, event: object) -> None:
        if isinstance(event, (Queued, DiscordChanged, Bridged)):
            self._rounds.look_again()
            self._nudge()
        if isinstance(event, (DiscordChanged, Bridged)):
            self._clock.look()
        if isinstance(event, Bridged) and event.is_hangout:
            self._hangout.forget_webhook()

    def _may_go_on(self) -> bool:
        return self.bot.lease.is_sure and not self._is_stopping

    async def _deliver_all(self, step: Callable[[], Awaitable[float]], nudge: asyncio.Event) -> None:
        await self.bot.wait_until_ready()
        while not self._is_stopping:
            nudge.clear()
            wait = LOOK_EVERY if self.bot.lease.is_sure else 0.5
            try:
                while self._may_go_on() and (wait := await step()) == 0:
                    pass
            except (Shut, discord.Forbidden, discord.NotFound):
                wait = OWNERS_TURN
            except TRY_AGAIN as error:
                log.warning("The relay waits (%s)", type(error).__name__)
                await pause(1)
                continue
            except Exception:
                log.exception("The relay stumbled and goes on")
                await pause(5)
                continue
            await self._wait(wait, nudge)

    async def _wait(self, seconds: float, nudge: asyncio.Event) -> None:
        if self._is_stopping:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await nudge.wait()

    async def _step(self) -> float:
        bridge = await rooms.hangout_bridge(self.store.pool)
        return await self._hangout.step(bridge) if bridge else LOOK_EVERY

    async def _go_round(self) -> float:
        if not self._is_stopping:
            await asyncio.sleep(_rounds.CALM)
        return await self._rounds.go(self._may_go_on)


async def setup(bot: Bot) -> None:
    await bot.add_cog(Relay(bot))
