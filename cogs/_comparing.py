"""Comparing: the newest messages that are known here with what stands in Discord's channel now. Used when catching up.

Live events tell of edits, deletions and reactions only while the bot is there; this finds those that it missed.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import discord

from cogs._channels import open_channel
from cogs._counting import Counting
from cogs._ear import Ear
from cogs._inbox import Unsure
from cogs._pages import newest_after
from cogs._reading import emoji_key
from db import messages, outbox
from db.messages import Known
from db.rooms import Bridge

if TYPE_CHECKING:
    from cogs import Bot

READ_MAX = 1000  # messages of the channel read to find those that are known


class Comparing:
    def __init__(self, bot: "Bot", ear: Ear) -> None:
        self._bot = bot
        self._store = bot.store
        self._ear = ear
        self._counting = Counting(bot)

    async def run(
        self,
        bridge: Bridge,
        channel: discord.abc.Messageable,
        known: Sequence[Known],
        missed: Sequence[discord.Message],
    ) -> list[Unsure]:
        """`known` as it was before the history was read; `missed`: what is known only since. Returns what should still
        be asked for in quiet: which emoji as many people hold as before.
        """
        there: dict[int, discord.Message] = {}
        if known:
            there = await self._compare_known(bridge, channel, [one.discord_id for one in known])
        fresh = {one.id: one for one in missed if one.id not in there}
        held = {one.discord_id: one.reactions for one in known}
        unsure: list[Unsure] = []
        for message in (*there.values(), *fresh.values()):
            right = await self._counting.compare(bridge, message, held.get(message.id, {}))
            unsure += [Unsure(bridge.channel_id, message.id, emoji) for emoji in right]
        mirrored = {one.id: {emoji_key(each.emoji) for each in one.reactions if each.me} for one in there.values()}
        for one in known:
            if one.discord_id in mirrored:
                await self._compare_mirrors(bridge.room_id, one, mirrored[one.discord_id])
        await outbox.see_mirrors(self._store, bridge.room_id, mirrored)
        return unsure[::-1]

    async def _compare_known(
        self, bridge: Bridge, channel: discord.abc.Messageable, ids: Sequence[int]
    ) -> dict[int, discord.Message]:
        """Hears of those that are gone, and of those that are otherwise. Returns those that are there."""
        lowest, highest = min(ids), max(ids)
        read = await newest_after(channel, lowest - 1, READ_MAX, before=highest + 1)
        there = {one.id: one for one in read if one.id in set(ids)}
        reached = read[0].id if len(read) == READ_MAX else lowest
        gone = [one for one in ids if one >= reached and one not in there]
        if gone:
            await open_channel(self._bot, bridge)  # one that was shut meanwhile reads like an empty one
            await messages.hear_deletions(self._store, bridge.room_id, gone, datetime.now(UTC))
        await self._ear.update(bridge, list(there.values()))
        return there

    async def _compare_mirrors(self, room_id: int, known: Known, held: set[str]) -> None:
        """What the bot held and holds no more a moderator has taken away, and with it what it stood for."""
        for emoji in known.mirrored - held:
            await messages.hear_mirror_cleared(self._store, room_id, known.discord_id, emoji)
