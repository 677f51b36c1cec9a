"""Posting in the channel on somebody's behalf: through the one webhook, or as the bot where webhooks are not
allowed.
"""

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import discord

from cogs._channels import open_channel
from cogs._courier import Courier, Outcome, Rejected
from db import outbox
from db.markup import escape
from db.messages import Message
from db.names import discord_username

if TYPE_CHECKING:
    from cogs import Bot

log = logging.getLogger(__name__)
WEBHOOK_NAME = "Porchlight"
NEUTRAL_NAME = "Visitor"
CONTENT_MAX = 2000
ASK_AGAIN = 300.0  # seconds, after which a missing permission is looked for again
WEBHOOKS_FULL = 30007
HasWebhooks = discord.TextChannel | discord.VoiceChannel | discord.StageChannel
HAS_WEBHOOKS = (discord.TextChannel, discord.VoiceChannel, discord.StageChannel)
NO_MENTIONS = {"parse": list[str]()}
FALLBACK = "The bot may not manage webhooks here, so it speaks for the visitors itself: give it Manage Webhooks."


@dataclass(frozen=True, slots=True)
class Webhook:
    id: int
    token: str
    channel_id: int


@dataclass(frozen=True, slots=True)
class Post:
    """One request to Discord. `username` is empty when the bot speaks itself."""

    path: str
    payload: dict[str, Any]
    username: str
    bot_token: str = ""


class Poster:
    def __init__(self, bot: "Bot", courier: Courier) -> None:
        self._bot = bot
        self._store = bot.store
        self._courier = courier
        self._webhook: Webhook | None = None
        self._ask_at = 0.0
        self._refused_names: set[str] = set()
        self._gone: set[int] = set()

    def forget_webhook(self) -> None:
        self._webhook, self._ask_at = None, 0.0

    async def prepare(self, channel_id: int, message: Message) -> Post:
        """How this message would be posted now. Raises discord.HTTPException when Discord cannot be asked."""
        if self._webhook and self._webhook.channel_id != channel_id:
            self.forget_webhook()
        if self._webhook is None and time.monotonic() >= self._ask_at:
            await self._seek_webhook(channel_id)
        if self._webhook is None:
            return self._as_bot(channel_id, message)
        name = discord_username(message.author.name)
        username = NEUTRAL_NAME if name in self._refused_names else name
        payload = {
            "content": message.content,
            "username": username,
            "avatar_url": f"{self._store.config.public_url}/avatars/{message.author.id}.png",
            "allowed_mentions": NO_MENTIONS,
        }
        path = f"/webhooks/{self._webhook.id}/{self._webhook.token}?wait=true"
        return Post(path, payload, username)

    def _as_bot(self, channel_id: int, message: Message) -> Post:
        content = f"**{escape(message.author.name)}**: {message.content}"
        payload: dict[str, Any] = {"allowed_mentions": NO_MENTIONS, "nonce": str(message.id), "enforce_nonce": True}
        if len(content) <= CONTENT_MAX:
            payload["content"] = content
        else:  # an embed holds twice as much, so that nothing is cut off
            payload["embeds"] = [{"author": {"name": message.author.name}, "description": message.content}]
        return Post(f"/channels/{channel_id}/messages", payload, "", self._store.config.discord.token)

    async def send(self, post: Post) -> Outcome:
        return await self._courier.post(post.path, post.payload, post.bot_token)

    def can_do_otherwise(self, post: Post, outcome: Rejected) -> bool:
        """Whether another try can go better: with a new webhook, or under a neutral name. Remembers what to change."""
        name = post.username
        if outcome.webhook_is_gone:
            log.warning("The webhook of the hangout is gone: making a new one")
            self._gone |= {self._webhook.id} if self._webhook else set()
            self.forget_webhook()
            return True
        if "username" in outcome.about and name and name != NEUTRAL_NAME:
            self._refused_names.add(name)
            return True
        return False

    def is_of(self, there: discord.Message, message: Message, our_webhooks: set[int]) -> bool:
        """Whether a message in the channel may be this one of ours, in whatever form and under whatever name it was
        sent: both may have changed since.
        """
        content = message.content.strip()
        if there.webhook_id in our_webhooks:
            return there.content.strip() == content
        if self._bot.user is None or there.author.id != self._bot.user.id:
            return False
        return there.content.endswith(f"**: {content}") or any(one.description == content for one in there.embeds)

    async def may_send(self) -> None:
        await self._courier.may_post()

    async def _seek_webhook(self, channel_id: int) -> None:
        """Finds our webhook in the channel, or makes it once. Where that is not possible the bot speaks itself."""
        channel = await open_channel(self._bot, channel_id)
        if not isinstance(channel, HAS_WEBHOOKS):
            self._fall_back("a channel of this kind has no webhooks")
            return
        try:
            mine = await self._our_webhook(channel)
        except discord.HTTPException as error:
            if error.status != 403 and error.code != WEBHOOKS_FULL:
                raise
            self._fall_back(error.text)
            return
        await outbox.keep_webhook(self._store.pool, mine.id, channel_id)
        self._webhook = Webhook(mine.id, mine.token or "", channel_id)
        self._store.discord.fallback = False

    async def _our_webhook(self, channel: HasWebhooks) -> discord.Webhook:
        hooks = await channel.webhooks()
        usable = (one for one in hooks if one.user == self._bot.user and one.token and one.id not in self._gone)
        return next(usable, None) or await channel.create_webhook(name=WEBHOOK_NAME, reason="The hangout's messages")

    def _fall_back(self, reason: str) -> None:
        if not self._store.discord.fallback:
            log.warning("%s (%s)", FALLBACK, reason)
        self._store.discord.fallback = True
        self._ask_at = time.monotonic() + ASK_AGAIN
