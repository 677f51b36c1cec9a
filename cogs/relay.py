"""The relay: what is said, changed and taken back on the site goes to the Discord channel, once and in order.

The database is the queue (db/outbox); events only wake the loop. One request is on its way at a time. Before a message
leaves, that is committed; if its outcome then stays unknown (a crash, a cut connection, an answer of 5xx), it is looked
for in the channel and in what the gateway told before it is sent again. Edits, deletions and reactions may be repeated
without harm, and are.
"""

import asyncio
import logging
import time
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime

import aiohttp
import discord
from discord.ext import commands

from cogs import Bot
from cogs._channels import Shut, open_channel
from cogs._clock import RelayClock
from cogs._courier import Courier, Delivered, NotNow, Outcome, Rejected, Unknown
from cogs._echoes import Echoes
from cogs._joining import choose, is_crowded
from cogs._pace import Pace
from cogs._posting import Post, Poster
from cogs._revising import Reviser
from db import outbox, people, rooms
from db.errors import AWAY, Unavailable
from db.events import Bridged, DiscordChanged, Queued
from db.loops import pause
from db.messages import Message
from db.outbox import NEAR, Parcel, Sender
from db.rooms import Room

log = logging.getLogger(__name__)
# A request that breaks off (ServerDisconnectedError and its like) is no OSError, and discord.py repeats few of them.
TRY_AGAIN: tuple[type[Exception], ...] = (*AWAY, Unavailable, discord.HTTPException, aiohttp.ClientError)
LOOK_EVERY = 5.0  # seconds; should a nudge get lost, the queue is looked at anyway
OWNERS_TURN = 60.0  # seconds between tries that only the owner can make succeed
DRAIN = 2.0  # seconds for the message that is on its way when the bot stops
SETTLE = 1.5  # seconds; a request whose connection broke may still be at work in Discord
STUMBLES_MAX = 5
SEARCH_MAX = 1_000  # messages looked through for one whose outcome is unknown


class Relay(commands.Cog):
    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.store = bot.store
        self._nudge = asyncio.Event()
        self._is_stopping = False
        self._courier = Courier(bot.outbound, bot.store.config.discord.api_base)
        self._poster = Poster(bot, self._courier)
        self._reviser = Reviser(bot, self._courier, self._poster)
        self._pace = Pace(bot.store.config.discord.messages_per_minute)
        self._clock = RelayClock(bot.store)
        self._stumbles: Counter[int] = Counter()
        self._echoes = Echoes()
        self._tasks: list[asyncio.Task[None]] = []

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        self._echoes.hear(message)

    async def cog_load(self) -> None:
        self.store.live.add(self._on_event)
        self._tasks = [
            asyncio.create_task(self._deliver_all(), name="relay"),
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
        """Lets the message that is on its way arrive, within bounds: else the next start has to look for it."""
        self._is_stopping = True
        self._nudge.set()
        if self.bot.is_ready():
            await asyncio.wait(self._tasks[:1], timeout=DRAIN)

    def _on_event(self, event: object) -> None:
        if isinstance(event, (Queued, DiscordChanged, Bridged)):
            self._nudge.set()
        if isinstance(event, (DiscordChanged, Bridged)):
            self._clock.look()
        if isinstance(event, Bridged):
            self._poster.forget_webhook()

    async def _deliver_all(self) -> None:
        await self.bot.wait_until_ready()
        while not self._is_stopping:
            self._nudge.clear()
            wait = LOOK_EVERY if self.bot.lease.is_sure else 0.5
            try:
                while self.bot.lease.is_sure and not self._is_stopping and (wait := await self._step()) == 0:
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
            await self._wait(wait)

    async def _wait(self, seconds: float) -> None:
        if self._is_stopping:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._nudge.wait()

    async def _step(self) -> float:
        """Does the next thing: a message or a revision, in turns. Returns 0 when something was done, else the seconds
        until there is something to be done again.
        """
        room = await rooms.by_slug(self.store.pool, rooms.HANGOUT)
        if room.channel_id is None:
            return LOOK_EVERY
        send = await self._deliver_next(room, room.channel_id)
        revise = await self._reviser.revise_next(room.id, room.channel_id)
        return min(send, revise)

    async def _deliver_next(self, room: Room, channel_id: int) -> float:
        """Moves the oldest messages one step on their way; returns as `_step` does."""
        queue = await outbox.queue(self.store.pool, room.id)
        crowded = is_crowded(queue, self._pace, time.monotonic(), datetime.now(UTC))
        parcel = await outbox.next_parcel(self.store.pool, room.id, NEAR if crowded else 1) if queue.count else None
        if parcel is None or not parcel.messages:
            return LOOK_EVERY
        if parcel.after is not None:
            await self._settle(parcel, channel_id, parcel.after)
            return 0
        wait = max(self._courier.wait("post"), self._courier.wait("bot post"), self._pace.wait(time.monotonic()))
        if wait > 0:
            return wait
        lines = choose(parcel.messages, self._poster.link, crowded=crowded)
        try:
            return await self._send(room.id, channel_id, lines)
        except (*TRY_AGAIN, Shut):  # type: ignore[misc] # a tuple of types
            raise
        except Exception:
            await self._stumble(lines)
            raise

    async def _stumble(self, lines: tuple[Message, ...]) -> None:
        """What nobody foresaw must not keep all that comes after it waiting for ever."""
        self._stumbles[lines[0].id] += 1
        if self._stumbles[lines[0].id] >= STUMBLES_MAX:
            await outbox.record_failed(self.store, lines, "It could not be sent, and it is our fault.")

    async def _send(self, room_id: int, channel_id: int, lines: tuple[Message, ...]) -> float:
        post = await self._poster.prepare(channel_id, lines, await self._mentionable(room_id, lines))
        channel = await outbox.channel(self.store.pool, room_id)
        after, term = channel.newest_id if channel else 0, self.bot.lease.term
        if not await outbox.claim(self.store, lines, after, post.said, Sender(channel_id, post.webhook), term):
            return 0 if self.bot.lease.is_sure else LOOK_EVERY
        if not self.bot.lease.is_sure:  # PostgreSQL may have let another lead while we waited
            return LOOK_EVERY
        await self._note(lines, post, await self._poster.send(post.letter))
        return 0

    async def _mentionable(self, room_id: int, lines: tuple[Message, ...]) -> dict[str, int]:
        """Who may be pinged from the site: nobody, unless the owner wants it; then who took part in the last day."""
        is_wanted = self.store.config.hangout.mentions == "users" and len(lines) == 1 and "@" in lines[0].content
        return await people.mentionable(self.store.pool, room_id) if is_wanted else {}

    async def _note(self, lines: tuple[Message, ...], post: Post, outcome: Outcome) -> None:
        term = self.bot.lease.term
        if not isinstance(outcome, NotNow):
            self._pace.note(time.monotonic())
        match outcome:
            case Delivered(discord_id):
                await outbox.record_sent(self.store, lines, discord_id)
            case NotNow(seconds, reason):
                await outbox.put_back(self.store, lines, term)
                log.info("Discord takes no message just now (%s); again in %.1f s", reason, seconds)
                self._courier.hold(post.letter.lane, seconds)
            case Unknown(reason):
                log.warning("It is unknown whether a message reached Discord (%s): looking for it there", reason)
                self._poster.doubt(post, lines)
                await asyncio.sleep(SETTLE)
            case Rejected() if self._poster.can_do_otherwise(post, outcome, lines):
                await outbox.put_back(self.store, lines, term)
            case Rejected(_, _, reason):
                log.warning("Discord refuses message %d for good: %s", lines[0].id, reason)
                await outbox.record_failed(self.store, lines, f"Discord did not take this message: {reason}.")

    async def _settle(self, parcel: Parcel, channel_id: int, after: int) -> None:
        """A send was begun and its outcome is not recorded: looks for the message."""
        found = await self._find(parcel.said, channel_id, after)
        if found:
            await outbox.record_sent(self.store, parcel.messages, found)
        else:
            await outbox.put_back(self.store, parcel.messages, self.bot.lease.term)

    async def _find(self, said: str, channel_id: int, after: int) -> int | None:
        ours = await outbox.our_webhooks(self.store.pool)
        channel = await open_channel(self.bot, channel_id)
        history = channel.history(limit=SEARCH_MAX, after=discord.Object(after), oldest_first=True)
        seen = {one.id: one for one in [*self._echoes.after(channel_id, after), *[one async for one in history]]}
        alike = sorted(number for number, one in seen.items() if self._poster.is_of(one, said, ours))
        recorded = await outbox.recorded(self.store.pool, alike)
        return next((discord_id for discord_id in alike if discord_id not in recorded), None)


async def setup(bot: Bot) -> None:
    await bot.add_cog(Relay(bot))
