"""Registering the commands in Discord: when they changed, or when Discord has lost them, and not at every start."""

import hashlib
import logging
from typing import TYPE_CHECKING

import aiohttp
import discord
import msgspec

from db import settings
from db.errors import AWAY
from db.loops import pause

if TYPE_CHECKING:
    from cogs import Bot

log = logging.getLogger(__name__)
TRIES = 5


async def register(bot: "Bot", guild: discord.Guild) -> None:
    """Tries a few times, for Discord or the database may be away just then; the next start tries again."""
    for attempt in range(1, TRIES + 1):
        if bot.is_closed():
            return
        try:
            await _register_changed(bot, guild)
        except (*AWAY, discord.HTTPException, aiohttp.ClientError) as error:  # type: ignore[misc] # a tuple of types
            log.warning("The commands could not be registered in Discord (%s)", type(error).__name__)
            await pause(2.0**attempt)
        else:
            return


async def _register_changed(bot: "Bot", guild: discord.Guild) -> None:
    """Discord allows 200 registrations a day, so what was registered last is remembered by its digest."""
    bot.tree.copy_global_to(guild=guild)
    wanted = [command.to_dict(bot.tree) for command in bot.tree.get_commands(guild=guild)]
    digest = hashlib.sha256(msgspec.json.encode(wanted, order="sorted")).hexdigest()
    key = f"commands:{bot.application_id}:{guild.id}"
    there = await bot.tree.fetch_commands(guild=guild)
    if len(there) != len(wanted) or await settings.get(bot.store.pool, key) != digest:
        await bot.tree.sync(guild=guild)
        await settings.keep(bot.store.pool, key, digest)
        log.info("The commands are registered in Discord")
