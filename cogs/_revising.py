"""Revising: what stands in Discord is brought up to date after an edit, a deletion or a reaction on the site.

Each step may be repeated without harm, so an unknown outcome is simply tried again.
"""

import logging
import time
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from cogs._courier import Courier, Delivered, Letter, NotNow, Outcome, Rejected, Unknown
from cogs._doors import Doors
from cogs._posting import Poster
from cogs._webhooks import Later
from db import outbox
from db.emoji import key_of
from db.outbox import Mirror, Overdue
from db.rooms import Bridge

if TYPE_CHECKING:
    from cogs import Bot

log = logging.getLogger(__name__)
IDLE = 5.0  # seconds until it is looked again
SETTLE = 1.5  # seconds; a request whose connection broke may still be at work in Discord
LONGEST, OWNERS_TURN = 60.0, 300.0
NEVER = {10008, 10014, 30010, 90001}  # no such message, no such emoji, too many different ones, blocked by its author
UNKNOWN_MESSAGE = 10008
NO_WEBHOOK = "Its webhook is gone"


class Reviser:
    def __init__(self, bot: "Bot", courier: Courier, poster: Poster, doors: Doors) -> None:
        self._bot = bot
        self._store = bot.store
        self._courier = courier
        self._poster = poster
        self._doors = doors
        self._in_doubt: Mirror | None = None
        self._doubts = Doubts()

    async def revise_next(self, bridge: Bridge) -> float:
        """Does one revision. Returns 0 when something was done, else the seconds until there may be something."""
        return min(await self._change_next(bridge), await self._mirror_next(bridge))

    async def _change_next(self, bridge: Bridge) -> float:
        overdue = await outbox.next_overdue(self._store.pool, bridge.room_id, self._doubts.later())
        if overdue is None:
            return min(IDLE, self._doubts.wait())
        wait = self._courier.wait("edit" if overdue.lines else "delete")
        if wait > 0 or not self._bot.lease.is_sure:
            return wait or IDLE
        try:
            letter = await self._poster.change(bridge, overdue)
        except Later as later:
            self._doubts.put_off(overdue.discord_id, later.seconds)
            return 0
        if letter is None:
            await self._give_up(overdue, NO_WEBHOOK)
        else:
            await self._note_change(bridge, overdue, letter, await self._courier.carry(letter))
        return 0

    async def _note_change(self, bridge: Bridge, overdue: Overdue, letter: Letter, outcome: Outcome) -> None:
        if self._doors.is_shut(bridge, outcome):
            await self._doors.open(replace(bridge, channel_id=overdue.channel_id), outcome)
            return
        match outcome:
            case Delivered() | Rejected(_, 10008):  # what is gone there needs no change any more
                self._doubts.settle(overdue.discord_id)
                await outbox.record_changed(self._store, overdue.lines, overdue.gone)
            case Rejected() if outcome.webhook_is_gone and overdue.webhook is not None:
                self._poster.lose_webhook(overdue.webhook)  # the next look tells who can do it instead
            case Rejected(_, _, reason):
                await self._give_up(overdue, reason)
            case NotNow(seconds, _):
                self._courier.hold(letter.lane, seconds)
            case Unknown():
                self._doubts.doubt(overdue.discord_id)

    async def _give_up(self, overdue: Overdue, reason: str) -> None:
        """Discord keeps what it has. The site does not: there it is as its author wants it."""
        log.warning("Discord message %d cannot be brought up to date: %s", overdue.discord_id, reason)
        self._doubts.settle(overdue.discord_id)
        await outbox.record_changed(self._store, overdue.lines, overdue.gone)

    async def _mirror_next(self, bridge: Bridge) -> float:
        # What may have happened or not is done again first, even if nobody wants it any more: then it is known.
        mirror = self._in_doubt or await outbox.next_mirror(self._store.pool, bridge.room_id)
        if mirror is None:
            return IDLE
        wait = self._courier.wait("react")
        if wait > 0 or not self._bot.lease.is_sure:
            return wait or IDLE
        if not mirror.wanted:  # so that hearing knows it for our own doing
            self._store.discord.unmirroring.add((mirror.discord_id, key_of(mirror.emoji)))
        await self._note_mirror(bridge, mirror, await self._courier.carry(self._poster.reaction(mirror)))
        return 0

    async def _note_mirror(self, bridge: Bridge, mirror: Mirror, outcome: Outcome) -> None:
        if not isinstance(outcome, NotNow):
            self._in_doubt = mirror if isinstance(outcome, Unknown) else None
        if self._doors.is_shut(bridge, outcome):
            await self._doors.open(replace(bridge, channel_id=mirror.channel_id), outcome)
            return
        match outcome:
            case Delivered():
                self._doubts.settle(mirror.discord_id)
                await outbox.record_mirrored(self._store, mirror)
            case Rejected(_, code, reason) if code in NEVER:
                log.warning("Discord does not take a reaction of the site's: %s", reason)
                await outbox.forget_mirror(self._store, mirror)
            case Rejected(_, _, reason):
                log.warning("The bot may not react in Discord: %s (give it Add Reactions)", reason)
                self._courier.hold("react", OWNERS_TURN)
            case NotNow(seconds, _):
                self._courier.hold("react", seconds)
            case Unknown():
                self._courier.hold("react", self._doubts.doubt(mirror.discord_id))


class Doubts:
    """What has an unknown outcome is tried again after a pause that grows, and keeps nothing else waiting."""

    def __init__(self) -> None:
        self._until: dict[int, float] = {}
        self._times: Counter[int] = Counter()

    def later(self) -> list[int]:
        """Those whose time has not come yet."""
        now = time.monotonic()
        self._until = {one: until for one, until in self._until.items() if until > now}
        return list(self._until)

    def wait(self) -> float:
        """Seconds until the first of them may be tried again."""
        return max(0.05, min(self._until.values()) - time.monotonic()) if self._until else LONGEST

    def put_off(self, discord_id: int, seconds: float) -> None:
        self._until[discord_id] = time.monotonic() + seconds

    def doubt(self, discord_id: int) -> float:
        """Returns the seconds until it is tried again."""
        self._times[discord_id] += 1
        seconds = min(LONGEST, SETTLE * 2.0 ** (self._times[discord_id] - 1))
        self.put_off(discord_id, seconds)
        return seconds

    def settle(self, discord_id: int) -> None:
        self._until.pop(discord_id, None)
        del self._times[discord_id]
