"""Discord's door: the Bot, and one extension per noun. Built anew by cogs/gateway.py for every try to come online."""

import asyncio
import logging
from typing import Any

import aiohttp
import discord
import yarl
from discord import app_commands
from discord.ext import commands

from cogs._answers import sentence_for, tell
from cogs._commands import register
from cogs._menu_room import RoomyTree
from db import people
from db.events import DiscordChanged
from db.leadership import Lease
from db.store import Store

log = logging.getLogger(__name__)
EXTENSIONS = (
    "cogs.accounts",
    "cogs.announcements",
    "cogs.card_notices",
    "cogs.cards",
    "cogs.discipline",
    "cogs.errands",
    "cogs.hangout",
    "cogs.hearing",
    "cogs.lamp",
    "cogs.letters",
    "cogs.members",
    "cogs.menus",
    "cogs.mod",
    "cogs.mod_channel",
    "cogs.mod_menus",
    "cogs.posts",
    "cogs.projects",
    "cogs.relay",
    "cogs.reviews",
    "cogs.site",
    "cogs.stats",
    "cogs.threads",
    "cogs.timeouts",
    "cogs.typing",
)
GUILD_PATIENCE = 0.5  # seconds without another server after which the bot counts as ready; it is in one or two
PRESENCE_FLAGS = 1 << 12 | 1 << 13  # application flags GATEWAY_PRESENCE and its LIMITED form

discord.VoiceClient.warn_nacl = False  # the two start-up warnings about voice, which the porch does not have
discord.VoiceClient.warn_dave = False


class CommandTree(RoomyTree):
    """Answers what a command raises, in one place: a refusal is read out, anything else gets a number to look it
    up by.
    """

    async def on_error(self, interaction: discord.Interaction["Bot"], error: app_commands.AppCommandError) -> None:
        await tell(interaction, sentence_for(interaction, error))


class Bot(commands.Bot):
    """The discord.py client. Its cogs are loaded before it logs in, so that no event finds nobody home."""

    def __init__(self, store: Store, lease: Lease, outbound: aiohttp.ClientSession, *, sees_presence: bool) -> None:
        point_at(store.config.discord.api_base, store.config.discord.gateway_url, store.config.discord.cdn_base)
        intents = discord.Intents(
            guilds=True,
            guild_messages=True,
            message_content=True,
            guild_reactions=True,
            guild_typing=True,
            guild_polls=True,
            moderation=True,
            presences=sees_presence,
        )
        super().__init__(
            command_prefix=(),
            intents=intents,
            help_command=None,
            tree_cls=CommandTree,
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            guild_ready_timeout=GUILD_PATIENCE,
        )
        self.store = store
        self.lease = lease
        self.outbound = outbound
        self._ending: asyncio.Future[None] | None = None

    def dispatch(self, event_name: str, /, *args: Any, **kwargs: Any) -> None:
        """As ever, but not after the end: discord.py's own late tasks would find no loop to run an event in."""
        if not self.is_closed():
            super().dispatch(event_name, *args, **kwargs)

    async def on_message(self, message: discord.Message, /) -> None:
        """Nothing: there are no prefix commands, and the cogs listen for themselves."""

    async def close(self) -> None:
        """Whole and once, also where who closes is cancelled meanwhile: half of it would leave cogs at work."""
        ending = self._ending = self._ending or asyncio.ensure_future(super().close())
        is_cancelled = False
        while not ending.done():
            try:
                await asyncio.wait([ending])
            except asyncio.CancelledError:
                is_cancelled = True
        if is_cancelled:
            raise asyncio.CancelledError
        ending.result()

    async def load_cogs(self) -> None:
        for extension in EXTENSIONS:
            await self.load_extension(extension)

    async def setup_hook(self) -> None:
        await people.mark_owner(self.store, self.store.config.discord.owner_id or await self._application_owner())

    async def _application_owner(self) -> int:
        application = await self.application_info()
        team_owner = application.team.owner_id if application.team else None
        return team_owner or application.owner.id

    async def on_connect(self) -> None:
        self._is("on")

    async def on_resumed(self) -> None:
        self._is("on")

    async def on_disconnect(self) -> None:
        if not self.is_closed():
            self._is("connecting")

    def _is(self, state: str) -> None:
        self.store.discord.connection = state
        self.store.discord.connection_sentence = ""
        self.store.live.announce(DiscordChanged())

    async def on_ready(self) -> None:
        guild = self.get_guild(self.store.config.discord.guild_id) or next(iter(self.guilds), None)
        if guild is None:
            log.warning("The bot is in no Discord server yet: invite it (README, 'Connect Discord')")
            return
        await register(self, guild)


async def may_see_presence(store: Store, outbound: aiohttp.ClientSession) -> bool:
    """Whether the owner has switched the Presence Intent on: asking for it unasked would end the connection."""
    url = f"{store.config.discord.api_base.rstrip('/')}/oauth2/applications/@me"
    headers = {"Authorization": f"Bot {store.config.discord.token}"}
    async with outbound.get(url, headers=headers, timeout=aiohttp.ClientTimeout(total=10)) as answer:
        application = await answer.json(content_type=None) if answer.status == 200 else {}
    return bool(int(application.get("flags") or 0) & PRESENCE_FLAGS)


def point_at(api_base: str, gateway_url: str, cdn_base: str) -> None:
    """Points discord.py at a Discord, the real one or any other that speaks the same (its class attributes say
    where).
    """
    discord.http.Route.BASE = api_base.rstrip("/")
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)
    discord.Asset.BASE = cdn_base.rstrip("/")
