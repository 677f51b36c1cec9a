"""Hearing: what is said and done in the Discord channel comes to the site, in Discord's order, whatever was missed.

One loop takes everything. When the gateway session is new it first catches up with the channel's history; what arrives
live waits its turn. Whatever is heard twice does no harm.
"""

import asyncio
import logging
from contextlib import suppress

import aiohttp
import discord
from discord.ext import commands

from cogs import Bot
from cogs._catching_up import CatchingUp
from cogs._channels import NOT_BRIDGED, Shut, tell
from cogs._ear import Ear
from cogs._inbox import CatchUp, Cleared, Deleted, Edited, Inbox, Reacted, Said, Unclear, Work
from cogs._reading import emoji_key, is_whole, name_of
from db import rooms
from db.errors import AWAY, Unavailable
from db.events import Bridged, Relayed
from db.rooms import Room

log = logging.getLogger(__name__)
# A request that breaks off (ServerDisconnectedError and its like) is no OSError, and discord.py repeats few of them.
TRY_AGAIN: tuple[type[Exception], ...] = (*AWAY, Unavailable, discord.HTTPException, aiohttp.ClientError)
SOON, OWNERS_TURN = 1.0, 60.0  # seconds until the next try, where somebody has to do something in between
CROWD = 2.0  # seconds in which votes are collected
A_MOMENT = 0.2  # seconds in which the outcomes of lines that were sent as one are told


class Hearing(commands.Cog):
    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.store = bot.store
        self._inbox = Inbox()
        self._ear = Ear(bot)
        self._catching_up = CatchingUp(bot, self._ear)
        self._things_changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def cog_load(self) -> None:
        self.store.live.add(self._on_event)
        self._task = asyncio.create_task(self._listen(), name="hearing")

    async def cog_unload(self) -> None:
        self.store.live.remove(self._on_event)
        self._inbox.close()
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])

    @commands.Cog.listener()
    async def on_connect(self) -> None:
        """A new gateway session: what happened since the last one does not come by itself."""
        self._inbox.put(CatchUp())

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        self._inbox.put(Said(message.channel.id, message))

    @commands.Cog.listener()
    async def on_raw_message_edit(self, update: discord.RawMessageUpdateEvent) -> None:
        is_told = is_whole(update)
        channel_id = update.channel_id
        self._inbox.put(Edited(channel_id, update.message) if is_told else Unclear(channel_id, update.message_id))

    @commands.Cog.listener()
    async def on_raw_message_delete(self, deletion: discord.RawMessageDeleteEvent) -> None:
        self._inbox.put(Deleted(deletion.channel_id, (deletion.message_id,)))

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, deletion: discord.RawBulkMessageDeleteEvent) -> None:
        self._inbox.put(Deleted(deletion.channel_id, tuple(deletion.message_ids)))

    @commands.Cog.listener("on_raw_reaction_add")
    @commands.Cog.listener("on_raw_reaction_remove")
    async def on_reaction(self, event: discord.RawReactionActionEvent) -> None:
        name = name_of(event.member) if event.member else None
        is_on = event.event_type == "REACTION_ADD"
        key = emoji_key(event.emoji)
        self._inbox.put(Reacted(event.channel_id, event.message_id, key, event.user_id, name, is_on))

    @commands.Cog.listener()
    async def on_raw_reaction_clear(self, event: discord.RawReactionClearEvent) -> None:
        self._inbox.put(Cleared(event.channel_id, event.message_id, None))

    @commands.Cog.listener()
    async def on_raw_reaction_clear_emoji(self, event: discord.RawReactionClearEmojiEvent) -> None:
        self._inbox.put(Cleared(event.channel_id, event.message_id, emoji_key(event.emoji)))

    @commands.Cog.listener("on_raw_poll_vote_add")
    @commands.Cog.listener("on_raw_poll_vote_remove")
    async def on_vote(self, vote: discord.RawPollVoteActionEvent) -> None:
        self._inbox.put_later(Unclear(vote.channel_id, vote.message_id), CROWD)

    @commands.Cog.listener("on_raw_thread_update")
    @commands.Cog.listener("on_raw_thread_delete")
    async def on_thread(self, event: discord.RawThreadUpdateEvent | discord.RawThreadDeleteEvent) -> None:
        """A thread bears the id of the message at which it began."""
        self._inbox.put_later(Unclear(event.parent_id, event.thread_id), CROWD)

    @commands.Cog.listener("on_guild_role_update")
    @commands.Cog.listener("on_guild_channel_update")
    async def on_permissions(self, *_: object) -> None:
        """Perhaps the bot may read now what it might not."""
        self._things_changed.set()

    def _on_event(self, event: object) -> None:
        if isinstance(event, Bridged):
            self._things_changed.set()
            self._inbox.put(CatchUp())
        elif isinstance(event, Relayed) and self._ear.was_owed(event.message_id) and event.state == "sent":
            self._inbox.put_later(CatchUp(), A_MOMENT)

    async def _listen(self) -> None:
        while True:
            work = await self._inbox.next()
            while (wait := await self._do(work)) is not None:
                await self._wait(wait)

    async def _wait(self, seconds: float) -> None:
        """Waits, but not when the owner has just named another channel, or given a permission."""
        self._things_changed.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._things_changed.wait()

    async def _do(self, work: Work) -> float | None:
        """Does the work. Returns after how many seconds it has to be done again, None when it is done.

        No message is given up: what is heard after it would hide that it is missing. A change that we cannot make
        sense of is; the next comparison finds it.
        """
        try:
            await self._take_in(await rooms.by_slug(self.store.pool, rooms.HANGOUT), work)
        except (Shut, discord.Forbidden, discord.NotFound):
            return OWNERS_TURN
        except TRY_AGAIN as error:
            log.warning("What happens in Discord cannot be taken in just now (%s); trying again", type(error).__name__)
            return SOON
        except Exception:
            log.exception("What happened in Discord cannot be taken in (%s)", type(work).__name__)
            return OWNERS_TURN if isinstance(work, (CatchUp, list)) else None
        return None

    async def _take_in(self, room: Room, work: Work) -> None:
        if room.channel_id is None:
            tell(self.store, "no_channel", NOT_BRIDGED)
        elif isinstance(work, CatchUp):
            self._inbox.put_idle(await self._catching_up.run(room.id, room.channel_id))
        elif isinstance(work, list):
            await self._ear.keep(room.id, [one.message for one in work if one.channel_id == room.channel_id])
        elif work.channel_id == room.channel_id:
            await self._ear.take(room.id, work)


async def setup(bot: Bot) -> None:
    await bot.add_cog(Hearing(bot))
