"""Announcing: one step with one post's announcement in its channel. Called by cogs/announcements.

The requests are the courier's, made once each: what became of them is known, or it is known that it is not. Then the
announcement is looked for before it is sent again; its nonce makes Discord answer a second send within minutes with the
first message.
"""

import asyncio
import logging
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import discord

from cogs._channels import NotToldYet
from cogs._courier import Courier, Delivered, Letter, NotNow, Outcome, Rejected, Unknown
from cogs._pages import newest_after
from cogs._post_embeds import address, embed_of
from db import notices, posts
from db.notices import Notice

if TYPE_CHECKING:
    from cogs import Bot

log = logging.getLogger(__name__)
KIND: notices.Kind = "announcement"
LANE = "announcement"
SETTLE = 1.5  # seconds; a request whose connection broke may still be at work in Discord
A_MOMENT = 0.2  # seconds
SEARCH_MAX = 500  # messages looked through for one whose outcome is unknown
GONE = {10003, 10008}  # unknown channel, unknown message
THE_OWNERS = {50001, 50013, 10003, 401}  # the owner can mend it: access, permissions, the channel, the token
NO_CHANNEL = "Posts cannot be announced: the bot does not see [discord] announce_channel_id (%d)."
NO_RIGHTS = (
    "Posts cannot be announced: the bot needs View Channel, Send Messages, Embed Links and Read Message History in "
    "[discord] announce_channel_id (%d)."
)


class Closed(Exception):
    """The channel cannot be used until the owner does something; the sentence says what."""


class Announcer:
    def __init__(self, bot: "Bot") -> None:
        self.bot = bot
        self.store = bot.store
        self._courier = Courier(bot.outbound, bot.store.config.discord.api_base)

    def wait(self) -> float:
        """Seconds until Discord takes a request of this kind again."""
        return self._courier.wait(LANE)

    async def step(self, notice: Notice) -> None:
        """Moves the announcement one step on its way."""
        try:
            if notice.state == "sending":
                await self._settle(notice)
            elif notice.state == "due":
                await self._send(notice)
            elif notice.wanted:
                await self._edit(notice)
            else:
                await self._remove(notice)
        except Closed as closed:
            await self._put_off(notice, str(closed))

    async def _send(self, notice: Notice) -> None:
        post = await posts.get(self.store.pool, notice.post_id)
        if post is None or post.revision != notice.revision:
            return  # it changed since it was read: the next look sees it as it is
        channel = await self._open(self.store.config.discord.announce_channel_id)
        after, term = channel.last_message_id or 0, self.bot.lease.term
        if not await notices.claim(self.store, KIND, notice, channel.id, after, term):
            await asyncio.sleep(A_MOMENT)  # another leads, or the post has just been saved
            return
        if not self.bot.lease.is_sure:  # PostgreSQL may have let another lead while we waited: it is looked for then
            return
        payload = {
            "embeds": [embed_of(self.store.config, post)],
            "allowed_mentions": {"parse": []},
            "nonce": f"post {post.id} {notice.round}",
            "enforce_nonce": True,
        }
        outcome = await self._carry("POST", f"/channels/{channel.id}/messages", payload)
        match outcome:
            case Delivered(message_id):
                await notices.record_sent(self.store, KIND, notice.post_id, message_id)
            case Unknown(reason):
                log.warning("It is unknown whether an announcement reached Discord (%s): looking for it", reason)
                await asyncio.sleep(SETTLE)
            case _:
                await notices.put_back(self.store, KIND, notice.post_id, term)
                await self._not_taken(notice, outcome)

    async def _settle(self, notice: Notice) -> None:
        """A send was begun and its outcome is not recorded: looks for the announcement."""
        found = await self._find(notice)
        if found:
            await notices.record_sent(self.store, KIND, notice.post_id, found)
        else:
            await notices.put_back(self.store, KIND, notice.post_id, self.bot.lease.term)

    async def _find(self, notice: Notice) -> int | None:
        """Our own message since then whose embed leads to the post, under any address it ever had."""
        channel = await self._open(notice.channel_id)
        ours = {address(self.store.config, slug) for slug in await posts.addresses(self.store.pool, notice.post_id)}
        history = await newest_after(channel, notice.after_id, SEARCH_MAX)
        mine = (one for one in history if self.bot.user and one.author.id == self.bot.user.id)
        return next((one.id for one in mine if ours.intersection(_links(one.embeds))), None)

    async def _edit(self, notice: Notice) -> None:
        post = await posts.get(self.store.pool, notice.post_id)
        if post is None:
            return
        payload = {"embeds": [embed_of(self.store.config, post)], "allowed_mentions": {"parse": []}}
        outcome = await self._carry("PATCH", _path(notice), payload)
        if isinstance(outcome, Delivered):
            await notices.record_shown(self.store, KIND, notice.post_id, post.revision)
        else:
            await self._not_taken(notice, outcome)

    async def _remove(self, notice: Notice) -> None:
        if notice.state == "failed":
            await notices.conclude(self.store, KIND, notice.post_id, "gone", None)
            return
        outcome = await self._carry("DELETE", _path(notice))
        if isinstance(outcome, Delivered):
            await notices.conclude(self.store, KIND, notice.post_id, "gone", None)
        else:
            await self._not_taken(notice, outcome)

    async def _carry(self, method: str, path: str, payload: dict[str, Any] | None = None) -> Outcome:
        token = self.store.config.discord.token
        return await self._courier.carry(Letter(LANE, method, path, payload, bot_token=token))

    async def _not_taken(self, notice: Notice, outcome: Outcome) -> None:
        """Somebody took it out of the channel; or Discord does not take it now, or never will."""
        match outcome:
            case Rejected(_, code, reason) if notice.state == "sent" and code in GONE:
                await notices.conclude(self.store, KIND, notice.post_id, "gone", f"Discord says: {reason}.")
            case Rejected(status, code, reason) if code in THE_OWNERS or status in (401, 403):
                await self._put_off(notice, f"Discord does not take the announcement: {reason}.")
            case Rejected(_, _, reason) if notice.state == "due":
                log.warning("Discord refuses the announcement of post %d for good: %s", notice.post_id, reason)
                await notices.conclude(self.store, KIND, notice.post_id, "failed", f"Discord refuses it: {reason}.")
            case NotNow(seconds, reason):
                self._courier.hold(LANE, seconds)
                log.info("Discord takes no announcement just now (%s); again in %.1f s", reason, seconds)
            case Rejected(_, _, reason) | Unknown(reason):
                await self._put_off(notice, f"Discord does not take the announcement: {reason}.")
            case Delivered():
                pass

    async def _put_off(self, notice: Notice, reason: str) -> None:
        until = datetime.now(UTC) + notices.wait_after(notice.tries)
        if await notices.put_off(self.store, KIND, notice, until, reason):
            log.warning(reason)

    async def _open(self, channel_id: int) -> discord.TextChannel:
        """The channel, which the bot may read and write. Discord answers a forbidden look into the history with an
        empty one, so what may be done is looked at first. Raises Closed.
        """
        try:
            channel = await self.bot.fetch_channel(channel_id)
        except (discord.Forbidden, discord.NotFound, discord.InvalidData) as error:
            raise Closed(NO_CHANNEL % channel_id) from error
        if not isinstance(channel, discord.TextChannel):
            raise Closed(NO_CHANNEL % channel_id)
        if channel.guild.unavailable:
            raise NotToldYet
        may = channel.permissions_for(channel.guild.me)
        if not (may.view_channel and may.send_messages and may.embed_links and may.read_message_history):
            raise Closed(NO_RIGHTS % channel_id)
        return channel


def _path(notice: Notice) -> str:
    return f"/channels/{notice.channel_id}/messages/{notice.message_id}"


def _links(embeds: Iterable[discord.Embed]) -> set[str]:
    return {one.url for one in embeds if one.url}
