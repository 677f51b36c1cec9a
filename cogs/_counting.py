"""Counting: who in Discord holds which emoji on a message, asked where what is known here cannot be right.

Used by cogs/_comparing.py after an absence, and by cogs/_ear.py when a live event contradicts what is known.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import discord

from cogs._channels import open_channel
from cogs._reading import emoji_key, name_of
from db import messages
from db.emoji import same_among
from db.rooms import Bridge

if TYPE_CHECKING:
    from cogs import Bot

log = logging.getLogger(__name__)
REACTORS_MAX = 1000  # people of one emoji on one message


class Counting:
    def __init__(self, bot: "Bot") -> None:
        self._bot = bot
        self._store = bot.store

    async def compare(self, bridge: Bridge, message: discord.Message, held: Mapping[str, int]) -> list[str]:
        """`held`: how many people of Discord's hold which emoji as far as is known here. Where that is right, who they
        are is not asked, for with many messages that would take minutes. Returns the emoji for which it is right.
        """
        there = _by_emoji(message, held)
        counts = {emoji: sum(one.count - one.me for one in there[emoji]) for emoji in there}
        for emoji in counts.keys() | held.keys():
            if counts.get(emoji, 0) != held.get(emoji, 0):
                await self._recount(bridge.room_id, message.id, emoji, there.get(emoji, []))
        return [emoji for emoji, count in held.items() if count and counts.get(emoji, 0) == count]

    async def bots_own(self, bridge: Bridge, message_id: int, known: Iterable[str] = ()) -> set[str] | None:
        """What the bot itself holds on the message just now; None when that is gone."""
        channel = await open_channel(self._bot, bridge)
        try:
            message = await channel.fetch_message(message_id)
        except discord.NotFound:
            return None
        return {emoji for emoji, reactions in _by_emoji(message, known).items() if any(one.me for one in reactions)}

    async def recount(self, bridge: Bridge, message_id: int, emoji: str) -> None:
        """Asks who holds this emoji."""
        channel = await open_channel(self._bot, bridge)
        try:
            message = await channel.fetch_message(message_id)
        except discord.NotFound:
            return  # its deletion is told by itself
        await self._recount(bridge.room_id, message_id, emoji, _by_emoji(message, [emoji]).get(emoji, []))

    async def _recount(self, room_id: int, message_id: int, emoji: str, reactions: Sequence[discord.Reaction]) -> None:
        people = await self._reactors(reactions)
        if people is not None:
            await messages.hear_reactors(self._store, room_id, message_id, emoji, people)

    async def _reactors(self, reactions: Sequence[discord.Reaction]) -> dict[int, str] | None:
        """Who holds the emoji, the bot not counted; None where Discord does not tell."""
        found: dict[int, str] = {}
        try:
            for reaction in reactions:
                async for user in reaction.users(limit=REACTORS_MAX):
                    found[user.id] = name_of(user)
        except discord.HTTPException as error:
            if error.status >= 500 or error.status == 429:
                raise
            log.info("It is not told who reacted to a message (%d)", error.code)
            return None
        if self._bot.user:
            found.pop(self._bot.user.id, None)
        return found


def _by_emoji(message: discord.Message, known: Iterable[str]) -> dict[str, list[discord.Reaction]]:
    """One emoji may be written in two ways, and a custom one renamed; `known` are the keys that are known here."""
    keys = list(known)
    there: dict[str, list[discord.Reaction]] = defaultdict(list)
    for reaction in message.reactions:
        there[same_among(emoji_key(reaction.emoji), keys)].append(reaction)
    return there
