"""The relay: what is said on the site goes to the Discord channel, once and in order.

The database is the queue (db/outbox.py); events only wake the loop. One message is on its way at a time. Before it
leaves, that is committed; if its outcome then stays unknown (a crash, a cut connection, an answer of 5xx), the channel
is searched for it before it is sent again.
"""

import asyncio
import logging
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import aiohttp
import discord
from discord.ext import commands

from cogs import Bot
from cogs._channels import Shut, open_channel
from cogs._courier import Courier, Delivered, NotNow, Outcome, Rejected, Unknown
from cogs._posting import Post, Poster
from db import outbox, rooms
from db.errors import AWAY
from db.events import Bridged, DiscordChanged, PresenceChanged, Queued
from db.loops import pause
from db.messages import Message

log = logging.getLogger(__name__)
# A request that breaks off (ServerDisconnectedError and its like) is no OSError, and discord.py repeats few of them.
TRY_AGAIN: tuple[type[Exception], ...] = (*AWAY, discord.HTTPException, aiohttp.ClientError)
LOOK_EVERY = 5.0  # seconds; should a nudge get lost, the queue is looked at anyway
DELAYED = timedelta(seconds=15)
OWNERS_TURN = 60.0  # seconds between tries that only the owner can make succeed
DRAIN = 2.0  # seconds for the message that is on its way when the bot stops
SETTLE = 1.5  # seconds; a request whose connection broke may still be at work in Discord
SEARCH_MAX = 1_000  # messages looked through for one whose outcome is unknown


class Relay(commands.Cog):
    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.store = bot.store
        self._nudge = asyncio.Event()
        self._look = asyncio.Event()
        self._is_stopping = False
        self._poster = Poster(bot, Courier(bot.outbound, bot.store.config.discord.api_base))
        self._tasks: list[asyncio.Task[None]] = []

    async def cog_load(self) -> None:
        self.store.live.add(self._on_event)
        self._tasks = [
            asyncio.create_task(self._deliver_all(), name="relay"),
            asyncio.create_task(self._watch_delay(), name="relay's clock"),
        ]

    async def cog_unload(self) -> None:
        self.store.live.remove(self._on_event)
        await self._finish_sending()
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)
        self._show("off")

    async def _finish_sending(self) -> None:
        """Lets the message that is on its way arrive, within bounds: else the next start has to look for it."""
        self._is_stopping = True
        self._nudge.set()
        if self.bot.is_ready():
            await asyncio.wait(self._tasks[:1], timeout=DRAIN)

    def _on_event(self, event: object) -> None:
        if isinstance(event, (Queued, DiscordChanged, Bridged)):
            self._nudge.set()
        if isinstance(event, (DiscordChanged, Bridged)):
            self._look.set()
        if isinstance(event, Bridged):
            self._poster.forget_webhook()

    async def _deliver_all(self) -> None:
        await self.bot.wait_until_ready()
        while not self._is_stopping:
            self._nudge.clear()
            try:
                while self.bot.lease.is_sure and not self._is_stopping and await self._deliver_next():
                    pass
            except (Shut, discord.Forbidden, discord.NotFound):
                await self._wait(OWNERS_TURN)
            except TRY_AGAIN as error:
                log.warning("The relay waits (%s)", type(error).__name__)
                await pause(1)
            except Exception:
                log.exception("The relay stumbled and goes on")
                await pause(5)
            else:
                await self._wait(LOOK_EVERY if self.bot.lease.is_sure else 0.5)

    async def _wait(self, seconds: float) -> None:
        if self._is_stopping:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._nudge.wait()

    async def _deliver_next(self) -> bool:
        """Moves the oldest message one step on its way. False when there is none, or it is not ours to send."""
        room = await rooms.by_slug(self.store.pool, rooms.HANGOUT)
        parcel = await outbox.next_parcel(self.store.pool, room.id) if room.channel_id else None
        if parcel is None or room.channel_id is None:
            return False
        if parcel.after is not None:
            return await self._settle(parcel.message, room.channel_id, parcel.after)
        await self._poster.may_send()
        post = await self._poster.prepare(room.channel_id, parcel.message)
        channel = await outbox.channel(self.store.pool, room.id)
        newest_id = channel.newest_id if channel else 0
        if not await outbox.claim(self.store, parcel.message.id, newest_id, self.bot.lease.term):
            return False
        if not self.bot.lease.is_sure:  # PostgreSQL may have let another lead while we waited
            return False
        await self._note(parcel.message, post, await self._poster.send(post))
        return True

    async def _note(self, message: Message, post: Post, outcome: Outcome) -> None:
        match outcome:
            case Delivered(discord_id):
                await outbox.record_sent(self.store, message, discord_id)
            case NotNow(seconds, reason):
                await outbox.put_back(self.store, message.id, self.bot.lease.term)
                log.info("Discord takes no message just now (%s); again in %.1f s", reason, seconds)
                await asyncio.sleep(seconds)
            case Unknown(reason):
                log.warning("It is unknown whether a message reached Discord (%s): looking for it there", reason)
                await asyncio.sleep(SETTLE)
            case Rejected() if self._poster.can_do_otherwise(post, outcome):
                await outbox.put_back(self.store, message.id, self.bot.lease.term)
            case Rejected(_, _, reason):
                log.warning("Discord refuses message %d for good: %s", message.id, reason)
                await outbox.record_failed(self.store, message, f"Discord did not take this message: {reason}.")

    async def _settle(self, message: Message, channel_id: int, after: int) -> bool:
        """A send was begun and its outcome is not recorded: looks for the message in the channel."""
        found = await self._find(message, channel_id, after)
        if found:
            await outbox.record_sent(self.store, message, found)
        else:
            await outbox.put_back(self.store, message.id, self.bot.lease.term)
        return True

    async def _find(self, message: Message, channel_id: int, after: int) -> int | None:
        ours = await outbox.our_webhooks(self.store.pool)
        channel = await open_channel(self.bot, channel_id)
        history = channel.history(limit=SEARCH_MAX, after=discord.Object(after), oldest_first=True)
        alike = [one.id async for one in history if self._poster.is_of(one, message, ours)]
        recorded = await outbox.recorded(self.store.pool, alike)
        return next((discord_id for discord_id in alike if discord_id not in recorded), None)

    async def _watch_delay(self) -> None:
        """Shows on the site how the relay is: on, off (Discord is away) or delayed (messages wait for long)."""
        while True:
            try:
                await self._show_state()
            except AWAY:
                pass
            except Exception:
                log.exception("The state of the relay cannot be told")
            with suppress(TimeoutError):
                async with asyncio.timeout(2):
                    await self._look.wait()
            self._look.clear()

    async def _show_state(self) -> None:
        room = await rooms.by_slug(self.store.pool, rooms.HANGOUT)
        if self.store.discord.state != "on" or room.channel_id is None:
            self._show("off")
            return
        oldest = await outbox.oldest_waiting(self.store.pool, room.id)
        late = oldest and datetime.now(UTC) - oldest > DELAYED
        self._show("delayed" if late else "on")

    def _show(self, state: str) -> None:
        if self.store.presence.relay != state:
            self.store.presence.relay = state
            self.store.live.announce(PresenceChanged())


async def setup(bot: Bot) -> None:
    await bot.add_cog(Relay(bot))
