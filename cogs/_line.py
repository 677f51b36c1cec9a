"""A line: the way of what is said on the site to Discord, through one webhook at one pace. The hangout has one, and all
threads share another. Used by cogs/relay.py and cogs/_rounds.py.

Before a message leaves, that is committed; if its outcome then stays unknown (a crash, a cut connection, an answer of
5xx), it is looked for in the channel and in what the gateway told before it is sent again.
"""

import asyncio
import logging
import time
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import discord

from cogs._channels import Lost, Shut, open_channel
from cogs._courier import Courier, Delivered, NotNow, Outcome, Rejected, Unknown
from cogs._doors import Doors
from cogs._echoes import Echoes
from cogs._joining import choose, is_crowded
from cogs._outages import TRY_AGAIN
from cogs._pace import Pace
from cogs._posting import Post, Poster
from cogs._revising import Reviser
from db import outbox, people
from db.messages import Message
from db.outbox import NEAR, Parcel, Sender
from db.rooms import Bridge

if TYPE_CHECKING:
    from cogs import Bot

log = logging.getLogger(__name__)
PASSES: tuple[type[Exception], ...] = (*TRY_AGAIN, Shut)  # and is no fault of what was to be sent
LOOK_EVERY = 5.0  # seconds; should a nudge get lost, the queue is looked at anyway
SETTLE = 1.5  # seconds; a request whose connection broke may still be at work in Discord
STUMBLES_MAX = 5
SEARCH_MAX = 1_000  # messages looked through for one whose outcome is unknown


class Line:
    def __init__(self, bot: "Bot", echoes: Echoes) -> None:
        self._bot = bot
        self._store = bot.store
        self._echoes = echoes
        self._courier = Courier(bot.outbound, bot.store.config.discord.api_base)
        self._poster = Poster(bot, self._courier)
        self._doors = Doors(bot, self._courier)
        self._reviser = Reviser(bot, self._courier, self._poster, self._doors)
        self._pace = Pace(bot.store.config.discord.messages_per_minute)
        self._stumbles: Counter[int] = Counter()

    def forget_webhook(self) -> None:
        self._poster.forget_webhook()

    async def step(self, bridge: Bridge) -> float:
        """Does the next thing: a message or a revision, in turns. Returns 0 when something was done, else the seconds
        until there is something to be done again.
        """
        try:
            send = await self._deliver_next(bridge)
            revise = await self._reviser.revise_next(bridge)
        except Lost:
            await self._doors.let_go(bridge)
            raise
        return min(send, revise)

    async def _deliver_next(self, bridge: Bridge) -> float:
        """Moves the oldest messages one step on their way; returns as `step` does."""
        queue = await outbox.queue(self._store.pool, bridge.room_id)
        now = time.monotonic()
        crowded = bridge.is_hangout and is_crowded(queue, self._pace, now, datetime.now(UTC))
        most = NEAR if crowded else 1
        parcel = await outbox.next_parcel(self._store.pool, bridge.room_id, most) if queue.count else None
        if parcel is None or not parcel.messages:
            return LOOK_EVERY
        if parcel.after is not None:
            await self._settle(bridge, parcel, parcel.after)
            return 0
        wait = max(self._courier.wait("post"), self._courier.wait("bot post"), self._pace.wait(time.monotonic()))
        if wait > 0:
            return wait
        lines = choose(parcel.messages, self._poster.link, crowded=crowded)
        try:
            return await self._send(bridge, lines)
        except PASSES:
            raise
        except Exception:
            await self._stumble(lines)
            raise

    async def _stumble(self, lines: tuple[Message, ...]) -> None:
        """What nobody foresaw must not keep all that comes after it waiting for ever."""
        self._stumbles[lines[0].id] += 1
        if self._stumbles[lines[0].id] >= STUMBLES_MAX:
            await outbox.record_failed(self._store, lines, "It could not be sent, and it is our fault.")

    async def _send(self, bridge: Bridge, lines: tuple[Message, ...]) -> float:
        post = await self._poster.prepare(bridge, lines, await self._mentionable(bridge, lines))
        channel = await outbox.channel(self._store.pool, bridge.room_id)
        after, term = channel.newest_id if channel else 0, self._bot.lease.term
        if not await outbox.claim(self._store, lines, after, post.said, Sender(bridge.channel_id, post.webhook), term):
            return 0 if self._bot.lease.is_sure else LOOK_EVERY
        if not self._bot.lease.is_sure:  # PostgreSQL may have let another lead while we waited
            return LOOK_EVERY
        await self._note(bridge, lines, post, await self._poster.send(post.letter))
        return 0

    async def _mentionable(self, bridge: Bridge, lines: tuple[Message, ...]) -> dict[str, int]:
        """Who may be pinged from the site: nobody, unless the owner wants it; then who took part in the last day."""
        is_wanted = self._store.config.hangout.mentions == "users" and len(lines) == 1 and "@" in lines[0].content
        return await people.mentionable(self._store.pool, bridge.room_id) if is_wanted and bridge.is_hangout else {}

    async def _note(self, bridge: Bridge, lines: tuple[Message, ...], post: Post, outcome: Outcome) -> None:
        term = self._bot.lease.term
        if not isinstance(outcome, NotNow):
            self._pace.note(time.monotonic())
        if self._doors.is_shut(bridge, outcome):
            await outbox.put_back(self._store, lines, term)
            await self._doors.open(bridge, outcome)
            return
        match outcome:
            case Delivered(discord_id):
                await outbox.record_sent(self._store, lines, discord_id)
            case NotNow(seconds, reason):
                await outbox.put_back(self._store, lines, term)
                log.info("Discord takes no message just now (%s); again in %.1f s", reason, seconds)
                self._courier.hold(post.letter.lane, seconds)
            case Unknown(reason):
                log.warning("It is unknown whether a message reached Discord (%s): looking for it there", reason)
                self._poster.doubt(post, lines)
                await asyncio.sleep(SETTLE)
            case Rejected() if self._poster.can_do_otherwise(post, outcome, lines):
                await outbox.put_back(self._store, lines, term)
            case Rejected(_, _, reason):
                log.warning("Discord refuses message %d for good: %s", lines[0].id, reason)
                await outbox.record_failed(self._store, lines, f"Discord did not take this message: {reason}.")

    async def _settle(self, bridge: Bridge, parcel: Parcel, after: int) -> None:
        """A send was begun and its outcome is not recorded: looks for the message."""
        found = await self._find(bridge, parcel.said, after)
        if found:
            await outbox.record_sent(self._store, parcel.messages, found)
        else:
            await outbox.put_back(self._store, parcel.messages, self._bot.lease.term)

    async def _find(self, bridge: Bridge, said: str, after: int) -> int | None:
        ours = await outbox.our_webhooks(self._store.pool)
        channel = await open_channel(self._bot, bridge)
        history = channel.history(limit=SEARCH_MAX, after=discord.Object(after), oldest_first=True)
        echoes = self._echoes.after(bridge.channel_id, after)
        seen = {one.id: one for one in [*echoes, *[one async for one in history]]}
        alike = sorted(number for number, one in seen.items() if self._poster.is_of(one, said, ours))
        recorded = await outbox.recorded(self._store.pool, alike)
        return next((discord_id for discord_id in alike if discord_id not in recorded), None)
