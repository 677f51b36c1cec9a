"""The one webhook of a channel: found again after a restart, made when it is not there, remembered. It speaks in the
channel's threads too.
"""

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import discord

from cogs._channels import open_channel
from db import outbox
from db.rooms import Bridge

if TYPE_CHECKING:
    from cogs import Bot

log = logging.getLogger(__name__)
WEBHOOK_NAME = "Porchlight"
ASK_AGAIN = 300.0  # seconds, after which a missing permission is looked for again
WEBHOOKS_FULL = 30007
HOMES_MAX = 1000
HasWebhooks = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.ForumChannel
HAS_WEBHOOKS = (discord.TextChannel, discord.VoiceChannel, discord.StageChannel, discord.ForumChannel)
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


@dataclass(frozen=True, slots=True)
class Home:
    """The channel that the webhooks of a channel belong to: itself, or that which a thread is in."""

    channel_id: int
    guild_id: int


class Webhooks:
    """`channel_id` and `guild_id` are those of the channel that was looked at last."""

    def __init__(self, bot: "Bot") -> None:
        self._bot = bot
        self._store = bot.store
        self._homes: dict[int, Home] = {}
        self._present: dict[int, Webhook] = {}  # by their homes, as is the time to ask again
        self._ask_at: dict[int, float] = {}
        self._known: dict[int, Webhook] = {}
        self._gone: set[int] = set()
        self.channel_id = 0
        self.guild_id = 0

    def forget(self) -> None:
        self._homes.clear()
        self._present.clear()
        self._ask_at.clear()
        self._known.clear()

    def is_gone(self, webhook_id: int | None) -> None:
        log.warning("A webhook of ours is gone: making a new one")
        self._gone |= {webhook_id} if webhook_id else set()
        self.forget()

    async def present(self, bridge: Bridge) -> Webhook | None:
        """The webhook to speak through, None where the bot has to speak itself."""
        home = self._homes.get(bridge.channel_id)
        is_due = home and home.channel_id not in self._present
        if home is None or (is_due and time.monotonic() >= self._ask_at.get(home.channel_id, 0.0)):
            home = await self._seek(bridge)
        self.channel_id, self.guild_id = bridge.channel_id, home.guild_id
        return self._present.get(home.channel_id)

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
            home = channel.parent if isinstance(channel, discord.Thread) else channel
            if isinstance(home, HAS_WEBHOOKS):
                await self._mine(home)
        except discord.NotFound:
            return  # the channel is gone, and all that was in it
        except discord.Forbidden as error:
            raise Later(ASK_AGAIN) from error

    async def _seek(self, bridge: Bridge) -> Home:
        """Finds our webhook in the channel, or makes it once. Where that is not possible the bot speaks itself."""
        channel = await open_channel(self._bot, bridge)
        place = channel.parent if isinstance(channel, discord.Thread) else channel
        assert isinstance(place, discord.abc.GuildChannel)
        home = Home(place.id, place.guild.id)
        if home.channel_id not in self._present:
            await self._find_or_make(bridge, place)
        if len(self._homes) >= HOMES_MAX:
            self._homes.clear()
        self._homes[bridge.channel_id] = home
        return home

    async def _find_or_make(self, bridge: Bridge, place: discord.abc.GuildChannel) -> None:
        if not isinstance(place, HAS_WEBHOOKS):
            self._fall_back(bridge, place.id, "a channel of this kind has no webhooks")
            return
        try:
            mine = await self._ours(place)
        except discord.HTTPException as error:
            if error.status != 403 and error.code != WEBHOOKS_FULL:
                raise
            self._fall_back(bridge, place.id, error.text)
            return
        await outbox.keep_webhook(self._store.pool, mine.id, place.id)
        self._known[mine.id] = self._present[place.id] = Webhook(mine.id, mine.token or "")
        if bridge.is_hangout:
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
        return await channel.create_webhook(name=WEBHOOK_NAME, reason="What is said on the site")

    def _fall_back(self, bridge: Bridge, home_id: int, reason: str) -> None:
        """Of the hangout the owner is told as long as it lasts."""
        if not self._store.discord.fallback or not bridge.is_hangout:
            log.warning("%s (%s)", FALLBACK, reason)
        if bridge.is_hangout:
            self._store.discord.fallback = True
        self._ask_at[home_id] = time.monotonic() + ASK_AGAIN
