"""Hearing: what is said and done in Discord comes to the site, in Discord's order, whatever was missed: from the
hangout's channel, and from the threads that are one with comments.

Each of the two has a loop of its own, so that neither waits for the other. When the gateway session is new they first
catch up with the history; what arrives live waits its turn. Whatever is heard twice does no harm.
"""

import asyncio

import discord
from discord.ext import commands

from cogs import Bot, _inbox
from cogs._hangout_ears import HangoutEars
from cogs._inbox import CatchUp, Change, Cleared, Deleted, Edited, Reacted, Said, Unclear
from cogs._reading import emoji_key, is_whole, name_of
from cogs._thread_ears import ThreadEars


class Hearing(commands.Cog):
    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.store = bot.store
        self._hangout = HangoutEars(bot)
        self._threads = ThreadEars(bot)
        self._ears = (self._hangout, self._threads)
        self._tasks: list[asyncio.Task[None]] = []

    async def cog_load(self) -> None:
        self.store.live.add(self._on_event)
        self._tasks = [
            asyncio.create_task(self._hangout.listen(), name="hearing"),
            asyncio.create_task(self._threads.listen(), name="hearing of threads"),
        ]

    async def cog_unload(self) -> None:
        self.store.live.remove(self._on_event)
        for ears in self._ears:
            ears.inbox.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def _on_event(self, event: object) -> None:
        for ears in self._ears:
            ears.on_event(event)

    def _put(self, one: CatchUp | Said | Change) -> None:
        for ears in self._ears:
            ears.inbox.put(one)

    def _put_later(self, one: Unclear) -> None:
        for ears in self._ears:
            ears.inbox.put_later(one, _inbox.CROWD)

    @commands.Cog.listener()
    async def on_connect(self) -> None:
        """A new gateway session: what happened since the last one does not come by itself."""
        self._put(CatchUp())

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        self._put(Said(message.channel.id, message))

    @commands.Cog.listener()
    async def on_raw_message_edit(self, update: discord.RawMessageUpdateEvent) -> None:
        is_told = is_whole(update)
        channel_id = update.channel_id
        self._put(Edited(channel_id, update.message) if is_told else Unclear(channel_id, update.message_id))

    @commands.Cog.listener()
    async def on_raw_message_delete(self, deletion: discord.RawMessageDeleteEvent) -> None:
        self._put(Deleted(deletion.channel_id, (deletion.message_id,)))

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, deletion: discord.RawBulkMessageDeleteEvent) -> None:
        self._put(Deleted(deletion.channel_id, tuple(deletion.message_ids)))

    @commands.Cog.listener("on_raw_reaction_add")
    @commands.Cog.listener("on_raw_reaction_remove")
    async def on_reaction(self, event: discord.RawReactionActionEvent) -> None:
        name = name_of(event.member) if event.member else None
        is_on = event.event_type == "REACTION_ADD"
        key = emoji_key(event.emoji)
        self._put(Reacted(event.channel_id, event.message_id, key, event.user_id, name, is_on))

    @commands.Cog.listener()
    async def on_raw_reaction_clear(self, event: discord.RawReactionClearEvent) -> None:
        self._put(Cleared(event.channel_id, event.message_id, None))

    @commands.Cog.listener()
    async def on_raw_reaction_clear_emoji(self, event: discord.RawReactionClearEmojiEvent) -> None:
        self._put(Cleared(event.channel_id, event.message_id, emoji_key(event.emoji)))

    @commands.Cog.listener("on_raw_poll_vote_add")
    @commands.Cog.listener("on_raw_poll_vote_remove")
    async def on_vote(self, vote: discord.RawPollVoteActionEvent) -> None:
        self._put_later(Unclear(vote.channel_id, vote.message_id))

    @commands.Cog.listener("on_raw_thread_update")
    @commands.Cog.listener("on_raw_thread_delete")
    async def on_thread(self, event: discord.RawThreadUpdateEvent | discord.RawThreadDeleteEvent) -> None:
        """A thread bears the id of the message at which it began. One that is deleted is looked for in vain."""
        self._put_later(Unclear(event.parent_id, event.thread_id))
        if isinstance(event, discord.RawThreadDeleteEvent):
            self._threads.inbox.put(CatchUp(event.thread_id))

    @commands.Cog.listener("on_guild_role_update")
    @commands.Cog.listener("on_guild_channel_update")
    async def on_permissions(self, *_: object) -> None:
        """Perhaps the bot may read now what it might not."""
        for ears in self._ears:
            ears.look_again()


async def setup(bot: Bot) -> None:
    await bot.add_cog(Hearing(bot))
