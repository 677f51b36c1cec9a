"""One step with a message in the moderators' channel, whatever it is about. What it is about, and how it is kept, is
said by those who inherit: _reviewing.py for comments, _channel_telling.py for everything else.

The requests are the courier's, made once each: what became of them is known, or it is known that it is not. Then the
message is looked for before it is sent again.
"""

import asyncio
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

import discord

from cogs._courier import Courier, Delivered, Letter, NotNow, Outcome, Rejected, Unknown
from cogs._pages import newest_after
from db.errors import AWAY

if TYPE_CHECKING:
    from cogs import Bot

log = logging.getLogger(__name__)
SETTLE = 1.5  # seconds; a request whose connection broke may still be at work in Discord
SEARCH_MAX = 500  # messages looked through for one whose outcome is unknown
UNKNOWN_MESSAGE = 10008
THE_OWNERS = {50001, 50013, 10003}  # the owner can mend it: access, permissions, the channel
UNUSABLE = "%s cannot be shown in [discord] mod_channel_id (%d): %s. They wait on the site, too."


class Told(Protocol):
    """`message_id` is the message in `channel_id`, None before there is one; `after` is set for a send that was
    begun.
    """

    @property
    def after(self) -> int | None: ...
    @property
    def message_id(self) -> int | None: ...
    @property
    def channel_id(self) -> int | None: ...


N = TypeVar("N", bound=Told)


class Noticer(Generic[N]):
    """`lane` is the rate limit that its requests count for; `things` is what the log calls what it is about."""

    lane = ""
    things = ""

    def __init__(self, bot: "Bot") -> None:
        self.bot = bot
        self.store = bot.store
        self._courier = Courier(bot.outbound, bot.store.config.discord.api_base)
        self._is_told = False

    # What those who inherit say

    def nonce(self, notice: N) -> str:
        raise NotImplementedError

    def is_about(self, message: discord.Message, notice: N) -> bool:
        """Whether this message of ours shows that, whatever has become of it."""
        raise NotImplementedError

    async def shown(self, notice: N) -> dict[str, Any] | None:
        """The message, as Discord's API takes it; None when there is nothing to show any more."""
        raise NotImplementedError

    async def newest_known(self, channel_id: int) -> int:
        raise NotImplementedError

    async def claim(self, notice: N, channel_id: int, after: int, term: int) -> bool:
        raise NotImplementedError

    async def record(self, notice: N, message_id: int, *, is_current: bool = True) -> None:
        raise NotImplementedError

    async def put_off(self, notice: N, *, at_once: bool = False) -> None:
        raise NotImplementedError

    async def drop(self, notice: N) -> None:
        raise NotImplementedError

    # The steps

    def wait(self) -> float:
        """Seconds until Discord takes a request of this kind again."""
        return self._courier.wait(self.lane)

    async def step(self, notice: N) -> None:
        """Moves the message one step on its way."""
        if notice.after is not None:
            await self._settle(notice, notice.after)
            return
        payload = await self._shown_or_put_off(notice)
        if payload is None:
            await self.drop(notice)
        elif notice.message_id is None:
            await self._send(notice, payload)
        else:
            await self._change(notice, payload)

    async def _shown_or_put_off(self, notice: N) -> dict[str, Any] | None:
        """What cannot be drawn keeps none of the others waiting."""
        try:
            return await self.shown(notice)
        except AWAY:
            raise
        except Exception:
            await self.put_off(notice)
            raise

    async def _send(self, notice: N, payload: dict[str, Any]) -> None:
        channel_id, term = self.store.config.discord.mod_channel_id, self.bot.lease.term
        after = await self._newest(channel_id)
        if not await self.claim(notice, channel_id, after, term):
            return  # another leads, or somebody has decided just now
        if not self.bot.lease.is_sure:  # PostgreSQL may have let another lead while we waited: it is looked for then
            return
        payload = payload | {"nonce": self.nonce(notice), "enforce_nonce": True}
        outcome = await self._carry("POST", f"/channels/{channel_id}/messages", payload)
        match outcome:
            case Delivered(message_id):
                self._is_told = False
                await self.record(notice, message_id)
            case Unknown(reason):
                log.warning("It is unknown whether the moderators got a message (%s): looking for it", reason)
                await asyncio.sleep(SETTLE)
            case _:
                await self._not_taken(notice, outcome)

    async def _newest(self, channel_id: int) -> int:
        """The newest message that is known in the channel: what we send comes after it."""
        channel = self.bot.get_channel(channel_id)
        last = getattr(channel, "last_message_id", None) or 0
        return max(last, await self.newest_known(channel_id))

    async def _settle(self, notice: N, after: int) -> None:
        """A send was begun and its outcome is not recorded: looks for the message."""
        found = await self._find(notice.channel_id or self.store.config.discord.mod_channel_id, notice, after)
        if found:
            await self.record(notice, found, is_current=False)
        else:
            await self.put_off(notice, at_once=True)

    async def _find(self, channel_id: int, notice: N, after: int) -> int | None:
        channel = await self.bot.fetch_channel(channel_id)
        if not isinstance(channel, discord.abc.Messageable):
            return None
        me = self.bot.user.id if self.bot.user else 0
        history = await newest_after(channel, after, SEARCH_MAX)
        return next((one.id for one in history if one.author.id == me and self.is_about(one, notice)), None)

    async def _change(self, notice: N, payload: dict[str, Any]) -> None:
        path = f"/channels/{notice.channel_id}/messages/{notice.message_id}"
        outcome = await self._carry("PATCH", path, payload)
        if isinstance(outcome, Delivered):
            await self.record(notice, notice.message_id or 0)
        else:
            await self._not_taken(notice, outcome)

    async def _carry(self, method: str, path: str, payload: dict[str, Any]) -> Outcome:
        token = self.store.config.discord.token
        return await self._courier.carry(Letter(self.lane, method, path, payload, bot_token=token))

    async def _not_taken(self, notice: N, outcome: Outcome) -> None:
        """Somebody removed it from the channel; or Discord does not take it now, or never will."""
        match outcome:
            case NotNow(seconds, _):
                self._courier.hold(self.lane, seconds)
                await self.put_off(notice, at_once=True)
                return
            case Rejected(status, code, reason) if code in THE_OWNERS or (
                status in {401, 403, 404} and notice.message_id is None
            ):
                if not self._is_told:
                    log.warning(UNUSABLE, self.things, self.store.config.discord.mod_channel_id, reason)
                self._is_told = True
            case Rejected(_, code, reason):
                if code != UNKNOWN_MESSAGE:
                    log.warning("Discord refuses to show this to the moderators for good (%s): %s", self.things, reason)
                await self.drop(notice)
                return
            case Unknown(reason):
                log.info("A message of the moderators' channel could not be changed (%s)", reason)
            case Delivered():
                return
        await self.put_off(notice)


def now() -> datetime:
    return datetime.now(UTC)
