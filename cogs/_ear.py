"""The ear: takes in what was said and done in the channel, one thing at a time. Used by cogs/hearing.py.

Discord may tell of a message of ours before it has answered the request that sent it. So what is about an unknown
message waits for the send that is under way, and is looked up again. What does not wait so long is owed: once the send
has its outcome, it is time to catch up.
"""

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

import discord

from cogs._channels import open_channel
from cogs._counting import Counting
from cogs._inbox import Change, Cleared, Deleted, Edited, Reacted, Unclear, Unsure
from cogs._reading import heard, is_loading, unnamed, with_names
from db import messages, outbox, people
from db.rooms import Bridge

if TYPE_CHECKING:
    from cogs import Bot

log = logging.getLogger(__name__)
NO_NICKNAMES: Mapping[int, str] = MappingProxyType({})
PATIENCE = 30.0  # seconds for a send that is under way; after that Discord's answer will hardly come
A_MOMENT = 5.0  # seconds for the placing of a reaction that is under way
LOOK_EVERY = 0.05
THINKING_MAX = 1000  # messages of bots remembered that are still thinking


class Ear:
    def __init__(self, bot: "Bot") -> None:
        self._bot = bot
        self._store = bot.store
        self._counting = Counting(bot)
        self._thinking: set[int] = set()
        self._owed: set[int] = set()  # messages of the site's whose send has no outcome yet

    async def keep(
        self, bridge: Bridge, batch: Sequence[discord.Message], nicknames: Mapping[int, str] = NO_NICKNAMES
    ) -> None:
        """Keeps what was said, and what Discord told, in this order; each once however often it comes."""
        told = await self._read_all(batch, nicknames)
        if not bridge.is_hangout:  # of what nobody said comments tell nothing
            told = [one for one in told if one.kind == "said"]
        await messages.hear(self._store, bridge.room_id, told)
        if batch and not (told and told[-1].discord_id == batch[-1].id):  # our own and what is left out are heard too
            await outbox.mark_heard(self._store.pool, batch[-1].channel.id, batch[-1].id)

    async def owe(self, room_id: int) -> None:
        """To be called before what stands in the channel is compared: what is not recorded yet takes no part in it."""
        self._owed |= await outbox.underway(self._store.pool, room_id)

    def was_owed(self, message_id: int) -> bool:
        """Whether something about this message, whose outcome is known now, may have been passed over."""
        is_owed = message_id in self._owed
        self._owed.discard(message_id)
        return is_owed

    async def take(self, bridge: Bridge, change: Change) -> None:
        room_id = bridge.room_id
        match change:
            case Edited(_, message):
                await self.update(bridge, [message])
            case Unclear(_, message_id):
                await self._ask(bridge, message_id)
            case Deleted(_, message_ids):
                await self._is_known(room_id, message_ids)
                await messages.hear_deletions(self._store, room_id, message_ids, datetime.now(UTC))
            case Cleared(_, message_id, emoji):
                await self._is_known(room_id, [message_id])
                await messages.hear_reactions_cleared(self._store, room_id, message_id, emoji)
                await self._see_mirrors(bridge, message_id)
            case Unsure(_, message_id, emoji):
                await self._counting.recount(bridge, message_id, emoji)
            case Reacted():
                await self._react(bridge, change)

    async def update(self, bridge: Bridge, found: Sequence[discord.Message]) -> None:
        """Brings messages of Discord's up to date that are known here. Our own are as we want them already."""
        late = [one for one in found if one.id in self._thinking and not is_loading(one)]
        if late:
            await self.keep(bridge, late)
            self._thinking -= {one.id for one in late}
        told = await self._read_all(found, NO_NICKNAMES)
        await asyncio.gather(*(messages.hear_edit(self._store, bridge.room_id, one) for one in told))

    async def _read_all(self, found: Sequence[discord.Message], nicknames: Mapping[int, str]) -> list[messages.Heard]:
        ours = await outbox.our_webhooks(self._store.pool)
        told = [made for one in found if not self._is_echo(one, ours) and (made := self._read(one, nicknames))]
        strangers = set[int]().union(*map(unnamed, told))
        names = await people.known_discord_names(self._store.pool, list(strangers)) if strangers else {}
        return [with_names(one, names) for one in told]

    def _is_echo(self, message: discord.Message, our_webhooks: set[int]) -> bool:
        """Whether we said this ourselves, on somebody's behalf or as the bot. Never judged by name."""
        me = self._bot.user
        return message.webhook_id in our_webhooks or (me is not None and message.author.id == me.id)

    def _read(self, message: discord.Message, nicknames: Mapping[int, str]) -> messages.Heard | None:
        """None also for a message that we cannot make sense of: it must not keep its neighbours away."""
        if is_loading(message):
            self._thinking = {message.id} if len(self._thinking) >= THINKING_MAX else self._thinking | {message.id}
            return None
        try:
            return heard(message, nicknames)
        except Exception:
            log.exception("A message from Discord cannot be read and is left out (%d)", message.id)
            return None

    async def _ask(self, bridge: Bridge, message_id: int) -> None:
        if message_id not in self._thinking and not await outbox.recorded(self._store.pool, [message_id]):
            return
        channel = await open_channel(self._bot, bridge)
        try:
            message = await channel.fetch_message(message_id)
        except discord.NotFound:
            return  # its deletion is told by itself
        await self.update(bridge, [message])

    async def _react(self, bridge: Bridge, change: Reacted) -> None:
        room_id = bridge.room_id
        if self._bot.user and change.user_id == self._bot.user.id:
            await self._mirror(bridge, change)
        elif await self._is_known(room_id, [change.message_id]):
            person, pool = (change.user_id, change.name), self._store.pool
            was_on = await messages.is_held(pool, room_id, change.message_id, change.emoji, change.user_id)
            await messages.hear_reaction(self._store, room_id, change.message_id, change.emoji, person, on=change.on)
            if was_on == change.on:  # heard twice, or others came and went meanwhile
                await self._counting.recount(bridge, change.message_id, change.emoji)

    async def _mirror(self, bridge: Bridge, change: Reacted) -> None:
        """The bot's own reaction stands for those of the site. That it goes is news when somebody else took it."""
        what = (change.message_id, change.emoji)
        if change.on:
            return
        if what in self._store.discord.unmirroring:
            self._store.discord.unmirroring.discard(what)
        elif await self._is_placed(bridge.room_id, *what):
            held = await self._counting.bots_own(bridge, change.message_id, [change.emoji])
            if held is not None and change.emoji not in held:  # else it was ours, long ago, and is placed again
                await messages.hear_mirror_cleared(self._store, bridge.room_id, *what)

    async def _is_placed(self, room_id: int, message_id: int, emoji: str) -> bool:
        """Whether the bot should hold it and did. That it is placed may be told before our request is answered."""
        until = time.monotonic() + A_MOMENT
        while (placed := await outbox.is_placed(self._store.pool, room_id, message_id, emoji)) is False:
            if time.monotonic() > until:
                return False
            await asyncio.sleep(LOOK_EVERY)
        return bool(placed)

    async def _see_mirrors(self, bridge: Bridge, message_id: int) -> None:
        """What the bot holds after all was cleared it has placed since; news may be late."""
        held = await self._counting.bots_own(bridge, message_id)
        if held:
            await outbox.see_mirrors(self._store, bridge.room_id, {message_id: held})

    async def _is_known(self, room_id: int, message_ids: Sequence[int]) -> bool:
        """Whether all of these are known here, after waiting for a send that one of them may come from."""
        pool, until = self._store.pool, time.monotonic() + PATIENCE
        begun = await outbox.underway(pool, room_id, max(message_ids))
        while not (is_known := set(message_ids) <= await outbox.recorded(pool, list(message_ids))):
            begun &= await outbox.underway(pool, room_id, max(message_ids))
            if begun <= self._owed:
                # what was under way may have been recorded between the two looks
                return set(message_ids) <= await outbox.recorded(pool, list(message_ids))
            if time.monotonic() > until:
                log.warning("A send has no outcome yet: what Discord tells of unknown messages is taken in later")
                self._owed |= begun
            await asyncio.sleep(LOOK_EVERY)
        return is_known
