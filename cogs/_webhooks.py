"""The one webhook of the hangout's channel: found again after a restart, made when it is not there, remembered."""

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import discord

from cogs._channels import open_channel
from db import outbox

if TYPE_CHECKING:
    from cogs import Bot

log = logging.getLogger(__name__)
WEBHOOK_NAME = "Porchlight"
ASK_AGAIN = 300.0  # seconds, after which a missing permission is looked for again
WEBHOOKS_FULL = 30007
HasWebhooks = discord.TextChannel | discord.VoiceChannel | discord.StageChannel
HAS_WEBHOOKS = (discord.TextChannel, discord.VoiceChannel, discord.StageChannel)
FALLBACK = "The bot may not manage webhooks here, so it speaks for the visitors itself: give it Manage Webhooks."


@dataclass(frozen=True, slots=True)
class Webhook:
    id: int
    token: str

    @property
    def path(self) -> str:
        return f"/webhooks/{self.id}/{self.token}"


class Later(Exception):
    """It cannot be told now; `seconds` until it makes sense to ask again."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Webhooks:
    """`channel_id` and `guild_id` are those of the channel that was looked at last."""

    def __init__(self, bot: "Bot") -> None:
        self._bot = bot
        self._store = bot.store
        self._present: Webhook | None = None
        self._known: dict[int, Webhook] = {}
        self._gone: set[int] = set()
        self._ask_at = 0.0
        self.channel_id = 0
        self.guild_id = 0

    def forget(self) -> None:
        self._present, self._ask_at = None, 0.0
        self._known.clear()

    def is_gone(self, webhook_id: int | None) -> None:
        log.warning("The webhook of the hangout is gone: making a new one")
        self._gone |= {webhook_id} if webhook_id else set()
        self.forget()

    async def present(self, channel_id: int) -> Webhook | None:
        """The webhook to speak through, None where the bot has to speak itself."""
        if self.channel_id != channel_id:
            self.forget()
        if self._present is None and time.monotonic() >= self._ask_at:
            await self._seek(channel_id)
        return self._present

    async def known(self, channel_id: int, webhook_id: int) -> Webhook | None:
        """The webhook that sent something earlier in that channel, which need not be the present one; None when it is
        surely not there any more. Raises Later when the bot may not look just now.
        """
        if webhook_id in self._gone:
            return None
        if webhook_id not in self._known:
            await self._look_into(channel_id)
        return self._known.get(webhook_id)

    async def _look_into(self, channel_id: int) -> None:
        try:
            channel = await self._bot.fetch_channel(channel_id)
            if isinstance(channel, HAS_WEBHOOKS):
                await self._mine(channel)
        except discord.NotFound:
            return  # the channel is gone, and all that was in it
        except discord.Forbidden as error:
            raise Later(ASK_AGAIN) from error

    async def _seek(self, channel_id: int) -> None:
        """Finds our webhook in the channel, or makes it once. Where that is not possible the bot speaks itself."""
        channel = await open_channel(self._bot, channel_id)
        self.channel_id = channel_id
        self.guild_id = channel.guild.id if isinstance(channel, discord.abc.GuildChannel) else 0
        if not isinstance(channel, HAS_WEBHOOKS):
            self._fall_back("a channel of this kind has no webhooks")
            return
        try:
            mine = await self._ours(channel)
        except discord.HTTPException as error:
            if error.status != 403 and error.code != WEBHOOKS_FULL:
                raise
            self._fall_back(error.text)
            return
        await outbox.keep_webhook(self._store.pool, mine.id, channel_id)
        self._present = Webhook(mine.id, mine.token or "")
        self._known[mine.id] = self._present
        self._store.discord.fallback = False

    async def _mine(self, channel: HasWebhooks) -> list[discord.Webhook]:
        hooks = await channel.webhooks()
        usable = [one for one in hooks if one.user == self._bot.user and one.token and one.id not in self._gone]
        self._known |= {one.id: Webhook(one.id, one.token or "") for one in usable}
        return usable

    async def _ours(self, channel: HasWebhooks) -> discord.Webhook:
        usable = await self._mine(channel)
        if usable:
            return usable[0]
        return await channel.create_webhook(name=WEBHOOK_NAME, reason="The hangout's messages")

    def _fall_back(self, reason: str) -> None:
        if not self._store.discord.fallback:
            log.warning("%s (%s)", FALLBACK, reason)
        self._store.discord.fallback = True
        self._ask_at = time.monotonic() + ASK_AGAIN
