"""Notices about live cards: the moderators' channel is told once that a source has failed for an hour, and once that
it is back. By the process that leads.

The channel is looked through before anything is sent, so that what a killed process had said is not said again.
"""

import asyncio
import hashlib
import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import discord

from cogs import Bot
from cogs._chores import Chore
from cogs._courier import Courier, Delivered, Letter, NotNow, Rejected, Unknown
from cogs._pages import newest_after
from db import cards
from db.cards import State
from db.events import CardsDue
from db.markup import escape

log = logging.getLogger(__name__)
LANE = "card"
LOOK_EVERY = 15.0  # seconds
SETTLE = 1.5  # seconds; a request whose connection broke may still be at work in Discord
SHUT = 600.0  # seconds until a channel that cannot be used is tried again
SEARCH_MAX = 300  # messages looked through
UNUSABLE = "The moderators cannot be told about live cards in [discord] mod_channel_id (%d): %s."


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told: it begins in a way by which it is found again among the messages after `after`."""

    beginning: str
    words: str
    after: int


def notice_of(state: State) -> Notice:
    if state.failing_since is None:
        back = f"The {state.name} card is back."
        return Notice(back, back, state.told_id or 0)
    beginning = f"The {state.name} card has had no answer for an hour"
    after = discord.utils.time_snowflake(state.failing_since)
    return Notice(beginning, f"{beginning}: {escape(state.last_error)}", after)


class CardNotices(Chore):
    name = "notices about live cards"
    nudged_by = (CardsDue,)

    def __init__(self, bot: Bot) -> None:
        super().__init__(bot)
        self._courier = Courier(bot.outbound, bot.store.config.discord.api_base)
        self._shut_until = 0.0
        self._channel_id = bot.store.config.discord.mod_channel_id
        self._on = [name for name, section in bot.store.config.sources.items() if not section.off]

    async def rest(self) -> float:
        return min(LOOK_EVERY, self._courier.wait(LANE) or LOOK_EVERY)

    async def do_next(self) -> bool:
        """Tells of one source. False when there is none, or it cannot be told now."""
        if not self._channel_id or time.monotonic() < self._shut_until or self._courier.wait(LANE) > 0:
            return False
        state = await cards.untold(self.store.pool, self._on, datetime.now(UTC))
        if state is None:
            return False
        try:
            told = await self._find(notice_of(state)) or await self._send(notice_of(state))
        except (discord.Forbidden, discord.NotFound, discord.InvalidData) as error:
            self._shut(str(error))
            return False
        if told:
            await cards.record_told(self.store, state, told)
        return True

    async def _find(self, notice: Notice) -> int:
        """The message that says so already, 0 for none."""
        channel = await self.bot.fetch_channel(self._channel_id)
        if not isinstance(channel, discord.abc.Messageable):
            return 0
        me = self.bot.user.id if self.bot.user else 0
        history = await newest_after(channel, notice.after, SEARCH_MAX)
        said = (one.id for one in history if one.author.id == me and one.content.startswith(notice.beginning))
        return next(said, 0)

    async def _send(self, notice: Notice) -> int:
        """Its id, 0 when it is not sure that it is there."""
        if not self.bot.lease.is_sure:
            return 0
        nonce = hashlib.sha256(f"{notice.beginning} {notice.after}".encode()).hexdigest()[:20]
        payload: dict[str, Any] = {"content": notice.words, "allowed_mentions": {"parse": []}}
        payload |= {"nonce": nonce, "enforce_nonce": True}
        path, token = f"/channels/{self._channel_id}/messages", self.store.config.discord.token
        match await self._courier.carry(Letter(LANE, "POST", path, payload, bot_token=token)):
            case Delivered(message_id):
                return message_id
            case NotNow(seconds, _):
                self._courier.hold(LANE, seconds)
            case Unknown(reason):
                log.warning("It is unknown whether the moderators were told about a card (%s): looking for it", reason)
                await asyncio.sleep(SETTLE)
            case Rejected(_, _, reason):
                self._shut(reason)
        return 0

    def _shut(self, reason: str) -> None:
        log.warning(UNUSABLE, self._channel_id, reason)
        self._shut_until = time.monotonic() + SHUT


async def setup(bot: Bot) -> None:
    await bot.add_cog(CardNotices(bot))
