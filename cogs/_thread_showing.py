"""Showing a post in its thread as it is now: its title and what it is about; or that it is not there to be read, by
locking the thread. Used by cogs/threads.py. All of it may be done again without harm.
"""

from typing import TYPE_CHECKING, Any

import discord

from cogs._courier import Courier, Letter
from cogs._thread_words import Later, check, first_message
from db import threads
from db.threads import Thread

if TYPE_CHECKING:
    from cogs import Bot

NO_THREAD = "The bot cannot see the thread of a post: give it View Channel in the channel for comments."
GONE = frozenset({10008})  # somebody has deleted the first message: then the name is all that is kept
ASLEEP = frozenset({50083})


class Showing:
    def __init__(self, bot: "Bot", courier: Courier) -> None:
        self._bot = bot
        self._store = bot.store
        self._courier = courier

    async def show(self, thread: Thread) -> None:
        """Raises Later when that cannot be done now."""
        assert thread.thread_id
        try:
            there = await self._bot.fetch_channel(thread.thread_id)
        except discord.NotFound:
            await threads.record_lost(self._store, thread.thread_id)
            return
        except discord.Forbidden as error:
            raise Later(NO_THREAD) from error
        if not isinstance(there, discord.Thread) or not self._bot.lease.is_sure:
            raise Later("", 5.0)
        await (self._update(thread, there) if thread.is_out else self._lock(there))
        await threads.record_shown(self._store, thread)

    async def _lock(self, there: discord.Thread) -> None:
        if not (there.locked and there.archived):
            await self._change(there, {"locked": True, "archived": True})

    async def _update(self, thread: Thread, there: discord.Thread) -> None:
        """One that sleeps is woken up for it, and may sleep on. What a moderator has locked stays locked."""
        is_back = thread.state == "gone"
        changes: dict[str, Any] = {"locked": False} if is_back and there.locked else {}
        if there.name != thread.name:
            changes["name"] = thread.name
        in_forum = isinstance(there.parent, discord.ForumChannel)
        if there.archived and (is_back or in_forum or changes):
            changes["archived"] = False
        if changes:
            await self._change(there, changes)
        await self._tell(thread, there.id if in_forum else there.parent_id)
        if "archived" in changes and not is_back:
            await self._change(there, {"archived": True})

    async def _change(self, there: discord.Thread, changes: dict[str, Any]) -> None:
        token = self._store.config.discord.token
        check(await self._courier.carry(Letter("change", "PATCH", f"/channels/{there.id}", changes, bot_token=token)))

    async def _tell(self, thread: Thread, channel_id: int) -> None:
        path, first = f"/channels/{channel_id}/messages/{thread.thread_id}", first_message(self._store.config, thread)
        letter = Letter("edit", "PATCH", path, first, bot_token=self._store.config.discord.token)
        check(await self._courier.carry(letter), GONE | ASLEEP)
