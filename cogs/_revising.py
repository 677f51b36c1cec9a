"""Revising: what stands in Discord is brought up to date after an edit, a deletion or a reaction on the site.

Each step may be repeated without harm, so an unknown outcome is simply tried again.
"""

import asyncio
import logging
from typing import TYPE_CHECKING

from cogs._courier import Courier, Delivered, Letter, NotNow, Outcome, Rejected, Unknown
from cogs._posting import Poster
from db import outbox
from db.emoji import key_of
from db.outbox import Mirror, Overdue

if TYPE_CHECKING:
    from cogs import Bot

log = logging.getLogger(__name__)
IDLE = 5.0  # seconds until it is looked again
SETTLE = 1.5  # seconds; a request whose connection broke may still be at work in Discord
UNKNOWN_MESSAGE = 10008
NO_WEBHOOK = "Its webhook is gone"


class Reviser:
    def __init__(self, bot: "Bot", courier: Courier, poster: Poster) -> None:
        self._bot = bot
        self._store = bot.store
        self._courier = courier
        self._poster = poster
        self._in_doubt: Mirror | None = None

    async def revise_next(self, room_id: int, channel_id: int) -> float:
        """Does one revision. Returns 0 when something was done, else the seconds until there may be something."""
        return min(await self._change_next(room_id, channel_id), await self._mirror_next(room_id, channel_id))

    async def _change_next(self, room_id: int, channel_id: int) -> float:
        overdue = await outbox.next_overdue(self._store.pool, room_id)
        if overdue is None:
            return IDLE
        wait = self._courier.wait("edit" if overdue.lines else "delete")
        if wait > 0 or not self._bot.lease.is_sure:
            return wait or IDLE
        letter = await self._poster.change(channel_id, overdue)
        if letter is None:
            await self._give_up(overdue, NO_WEBHOOK)
        else:
            await self._note_change(overdue, letter, await self._courier.carry(letter))
        return 0

    async def _note_change(self, overdue: Overdue, letter: Letter, outcome: Outcome) -> None:
        match outcome:
            case Delivered() | Rejected(_, 10008):  # what is gone there needs no change any more
                await outbox.record_changed(self._store, overdue.lines, overdue.gone)
            case Rejected() if outcome.webhook_is_gone:
                self._poster.forget_webhook()
                await self._give_up(overdue, NO_WEBHOOK)
            case Rejected(_, _, reason):
                await self._give_up(overdue, reason)
            case NotNow(seconds, _):
                self._courier.hold(letter.lane, seconds)
            case Unknown():
                await asyncio.sleep(SETTLE)

    async def _give_up(self, overdue: Overdue, reason: str) -> None:
        """Discord keeps what it has. The site does not: there it is as its author wants it."""
        log.warning("Discord message %d cannot be brought up to date: %s", overdue.discord_id, reason)
        await outbox.record_changed(self._store, overdue.lines, overdue.gone)

    async def _mirror_next(self, room_id: int, channel_id: int) -> float:
        # What may have happened or not is done again first, even if nobody wants it any more: then it is known.
        mirror = self._in_doubt or await outbox.next_mirror(self._store.pool, room_id)
        if mirror is None:
            return IDLE
        wait = self._courier.wait("react")
        if wait > 0 or not self._bot.lease.is_sure:
            return wait or IDLE
        if not mirror.wanted:  # so that hearing knows it for our own doing
            self._store.discord.unmirroring.add((mirror.discord_id, key_of(mirror.emoji)))
        letter = self._poster.reaction(channel_id, mirror)
        await self._note_mirror(mirror, await self._courier.carry(letter))
        return 0

    async def _note_mirror(self, mirror: Mirror, outcome: Outcome) -> None:
        if not isinstance(outcome, NotNow):
            self._in_doubt = mirror if isinstance(outcome, Unknown) else None
        match outcome:
            case Delivered():
                await outbox.record_mirrored(self._store, mirror)
            case Rejected(_, _, reason):
                log.warning("Discord does not take a reaction of the site's: %s", reason)
                await outbox.forget_mirror(self._store, mirror)
            case NotNow(seconds, _):
                self._courier.hold("react", seconds)
            case Unknown():
                await asyncio.sleep(SETTLE)
