"""Catching up: what was said, changed and taken back in the channel while nobody listened. Used by cogs/hearing.py.

First the history after the last known message, through the same ear as what comes live; then the newest known messages
are compared with what stands in the channel now. All of it may break off anywhere and be done again.
"""

import logging
from contextlib import suppress
from typing import TYPE_CHECKING

import discord

from cogs._channels import open_channel
from cogs._comparing import Comparing
from cogs._ear import Ear
from cogs._inbox import Unsure
from cogs._pages import PAGE, newest_after
from cogs._reading import name_of
from db import messages, outbox, people
from db.rooms import Bridge

if TYPE_CHECKING:
    from cogs import Bot

log = logging.getLogger(__name__)
COMPARED = 200  # known messages looked at again
STRANGERS_MAX = 50  # members asked for one by one after a long absence
AN_EMPTY_CHANNEL = 1  # heard up to here: all that will ever be said there is still to come


class CatchingUp:
    def __init__(self, bot: "Bot", ear: Ear) -> None:
        self._bot = bot
        self._store = bot.store
        self._ear = ear
        self._comparing = Comparing(bot, ear)

    async def run(self, bridge: Bridge) -> list[Unsure]:
        """Returns what could not be compared by numbers and should be asked for in quiet, the newest first."""
        await self._bot.wait_until_ready()  # names of roles and channels come with the servers
        if bridge.is_hangout:
            self._store.discord.unmirroring.clear()  # what the bot took back meanwhile is never told
        await self._ear.owe(bridge.room_id)
        known = await messages.heard_lately(self._store.pool, bridge.room_id, COMPARED)
        channel = await open_channel(self._bot, bridge)
        missed = await self._read_missed(bridge, channel)
        return await self._comparing.run(bridge, channel, known, missed[-COMPARED:])

    async def _read_missed(self, bridge: Bridge, channel: discord.abc.Messageable) -> list[discord.Message]:
        known = await outbox.channel(self._store.pool, bridge.room_id)
        since, limits = known.heard_id if known else 0, self._store.config.hangout
        limit = limits.backfill_limit if since else limits.page
        missed = await newest_after(channel, since, limit + 1)
        if len(missed) > limit:
            too_old = missed.pop(0)
            if since:
                await self._tell_of_gap(bridge, too_old, limit)
        nicknames = await self._nicknames(missed)
        for start in range(0, len(missed), PAGE):
            await self._ear.keep(bridge, missed[start : start + PAGE], nicknames)
        await outbox.mark_heard(self._store.pool, bridge.channel_id, missed[-1].id if missed else AN_EMPTY_CHANNEL)
        if missed:
            log.info("%d messages were read from the channel's history", len(missed))
        return missed

    async def _tell_of_gap(self, bridge: Bridge, too_old: discord.Message, limit: int) -> None:
        """Says on the page that words are missing, as the message after which they are not: so it is said once."""
        name = self._store.config.site.name
        gap = messages.Heard(
            discord_id=-too_old.id,
            author_discord_id=messages.HOUSE,
            author_name=name,
            fallback_name=name,
            content=f"missed some of what was said in Discord: more than {limit:,} messages came meanwhile.",
            created_at=too_old.created_at,
            kind="system",
            channel_id=bridge.channel_id,
        )
        if bridge.is_hangout:  # comments have no place for what nobody said
            await messages.hear(self._store, bridge.room_id, [gap])
        await outbox.mark_heard(self._store.pool, bridge.channel_id, too_old.id)
        log.warning("More than %d messages were missed: the older ones are left out", limit)

    async def _nicknames(self, missed: list[discord.Message]) -> dict[int, str]:
        """What the server calls those who are new here: history does not say, and nobody renames who is known."""
        authors = {one.author.id: one.guild for one in missed if isinstance(one.author, discord.User)}
        known = await people.known_discord_names(self._store.pool, list(authors))
        found: dict[int, str] = {}
        for user_id, guild in authors.items():
            if user_id not in known and guild and len(found) < STRANGERS_MAX:
                with suppress(discord.NotFound):  # they have left, or are a webhook
                    found[user_id] = name_of(await guild.fetch_member(user_id))
        return found
