"""One step with the message about one comment in the moderators' channel. Called by cogs/reviews.

The requests are the courier's, made once each: what became of them is known, or it is known that it is not. Then the
message is looked for, by its buttons, before it is sent again.
"""

import asyncio
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import discord

from cogs._courier import Courier, Delivered, Letter, NotNow, Outcome, Rejected, Unknown
from cogs._pages import newest_after
from cogs._review_words import is_about, shown
from db import comments
from db.comments import Notice

if TYPE_CHECKING:
    from cogs import Bot

log = logging.getLogger(__name__)
LANE = "review"
SETTLE = 1.5  # seconds; a request whose connection broke may still be at work in Discord
SEARCH_MAX = 500  # messages looked through for one whose outcome is unknown
UNKNOWN_MESSAGE = 10008
THE_OWNERS = {50001, 50013, 10003}  # the owner can mend it: access, permissions, the channel
UNUSABLE = "Comments cannot be shown in [discord] mod_channel_id (%d): %s. They wait on the site, too."


class Reviewer:
    def __init__(self, bot: "Bot") -> None:
        self.bot = bot
        self.store = bot.store
        self._courier = Courier(bot.outbound, bot.store.config.discord.api_base)
        self._is_told = False

    def wait(self) -> float:
        """Seconds until Discord takes a request of this kind again."""
        return self._courier.wait(LANE)

    async def step(self, notice: Notice) -> None:
        """Moves the message one step on its way."""
        if notice.after is not None:
            await self._settle(notice, notice.after)
        elif notice.message_id is None:
            await self._send(notice)
        else:
            await self._change(notice)

    async def _send(self, notice: Notice) -> None:
        channel_id, term = self.store.config.discord.mod_channel_id, self.bot.lease.term
        after = await self._newest(channel_id)
        if not await comments.claim_notice(self.store, notice, channel_id, after, term):
            return  # another leads, or somebody has decided just now
        if not self.bot.lease.is_sure:  # PostgreSQL may have let another lead while we waited: it is looked for then
            return
        payload = shown(self.store.config, notice)
        payload |= {"nonce": f"comment {notice.comment.id}", "enforce_nonce": True}
        outcome = await self._carry("POST", f"/channels/{channel_id}/messages", payload)
        match outcome:
            case Delivered(message_id):
                self._is_told = False
                await comments.record_notice(self.store, notice, message_id)
            case Unknown(reason):
                log.warning("It is unknown whether a comment reached the moderators (%s): looking for it", reason)
                await asyncio.sleep(SETTLE)
            case _:
                await self._not_taken(notice, outcome)

    async def _newest(self, channel_id: int) -> int:
        """The newest message that is known in the channel: what we send comes after it."""
        channel = self.bot.get_channel(channel_id)
        last = getattr(channel, "last_message_id", None) or 0
        return max(last, await comments.newest_notice(self.store.pool, channel_id))

    async def _settle(self, notice: Notice, after: int) -> None:
        """A send was begun and its outcome is not recorded: looks for the message."""
        channel_id = notice.channel_id or self.store.config.discord.mod_channel_id
        found = await self._find(channel_id, notice.comment.id, after)
        if found:
            await comments.record_notice(self.store, notice, found, is_current=False)
        else:
            await comments.put_off_notice(self.store, notice, datetime.now(UTC), at_once=True)

    async def _find(self, channel_id: int, comment_id: int, after: int) -> int | None:
        channel = await self.bot.fetch_channel(channel_id)
        if not isinstance(channel, discord.abc.Messageable):
            return None
        me = self.bot.user.id if self.bot.user else 0
        history = await newest_after(channel, after, SEARCH_MAX)
        return next((one.id for one in history if one.author.id == me and is_about(one, comment_id)), None)

    async def _change(self, notice: Notice) -> None:
        path = f"/channels/{notice.channel_id}/messages/{notice.message_id}"
        outcome = await self._carry("PATCH", path, shown(self.store.config, notice))
        if isinstance(outcome, Delivered):
            await comments.record_notice(self.store, notice, notice.message_id or 0)
        else:
            await self._not_taken(notice, outcome)

    async def _carry(self, method: str, path: str, payload: dict[str, Any]) -> Outcome:
        token = self.store.config.discord.token
        return await self._courier.carry(Letter(LANE, method, path, payload, bot_token=token))

    async def _not_taken(self, notice: Notice, outcome: Outcome) -> None:
        """Somebody removed it from the channel; or Discord does not take it now, or never will."""
        match outcome:
            case NotNow(seconds, _):
                self._courier.hold(LANE, seconds)
                await comments.put_off_notice(self.store, notice, datetime.now(UTC), at_once=True)
                return
            case Rejected(status, code, reason) if code in THE_OWNERS or (
                status in {401, 403, 404} and notice.message_id is None
            ):
                if not self._is_told:
                    log.warning(UNUSABLE, self.store.config.discord.mod_channel_id, reason)
                self._is_told = True
            case Rejected(_, code, reason):
                if code != UNKNOWN_MESSAGE:
                    log.warning("Discord refuses to show comment %d for good: %s", notice.comment.id, reason)
                await comments.drop_notice(self.store, notice)
                return
            case Unknown(reason):
                log.info("A comment's message could not be changed (%s)", reason)
            case Delivered():
                return
        await comments.put_off_notice(self.store, notice, datetime.now(UTC))
