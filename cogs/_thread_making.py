"""Making the thread of a post: in a forum a post of ours, in a text channel a message on which a thread hangs. Either
way the thread has the id of that first message. Used by cogs/threads.py.

That it is asked for is committed before; when nobody knows what became of that, it is looked for by the address that
its first message leads to.
"""

from typing import TYPE_CHECKING, Any

import discord

from cogs._courier import Courier, Delivered, Letter, NotNow, Outcome, Rejected
from cogs._thread_words import SETTLE, SLEEPS_AFTER, Later, check, first_message, is_about
from db import threads
from db.threads import Thread

if TYPE_CHECKING:
    from cogs import Bot

NO_CHANNEL = "The bot cannot see the channel for comments: check [discord] comments_channel_id and its permissions."
WRONG_KIND = "The channel for comments must be a forum or a text channel: check [discord] comments_channel_id."
THERE_ALREADY = 160004  # a message has one thread at most
SEARCH_MAX = 500  # messages of a text channel, or posts of a forum, looked through
Parent = discord.ForumChannel | discord.TextChannel


class Making:
    def __init__(self, bot: "Bot", courier: Courier) -> None:
        self._bot = bot
        self._store = bot.store
        self._courier = courier

    async def make(self, thread: Thread) -> None:
        """Raises Later when it cannot be made now, or when it is not known whether it was."""
        parent = await self._parent(thread)
        after = parent.last_message_id or 0
        if not self._bot.lease.is_sure or not await threads.claim(self._store, thread, after, self._bot.lease.term):
            raise Later("", SETTLE)
        outcome = await self._courier.carry(self._letter(parent, thread))
        if isinstance(outcome, NotNow | Rejected):
            await self._put_back(thread)
        check(outcome)
        assert isinstance(outcome, Delivered)
        await self._finish(parent, thread, outcome.discord_id, thread.revision)

    async def find(self, thread: Thread) -> None:
        """It was asked for, and nobody knows what became of that."""
        parent = await self._parent(thread)
        found = await (
            self._in_forum(parent, thread)
            if isinstance(parent, discord.ForumChannel)
            else self._in_channel(parent, thread)
        )
        if found is None:
            await self._put_back(thread)
        else:
            await self._finish(parent, thread, found, 0)

    async def _put_back(self, thread: Thread) -> None:
        await threads.put_back(self._store, thread, self._bot.lease.term)

    async def _parent(self, thread: Thread) -> Parent:
        try:
            channel = await self._bot.fetch_channel(thread.channel_id)
        except (discord.NotFound, discord.Forbidden, discord.InvalidData) as error:
            raise Later(NO_CHANNEL) from error
        if not isinstance(channel, Parent):
            raise Later(WRONG_KIND)
        return channel

    def _letter(self, parent: Parent, thread: Thread) -> Letter:
        token, first = self._store.config.discord.token, first_message(self._store.config, thread)
        if isinstance(parent, discord.TextChannel):
            once = first | {"nonce": f"thread {thread.post_id}", "enforce_nonce": True}
            return Letter("make", "POST", f"/channels/{parent.id}/messages", once, bot_token=token)
        payload: dict[str, Any] = {"name": thread.name, "auto_archive_duration": SLEEPS_AFTER, "message": first}
        if parent.flags.require_tag and parent.available_tags:
            payload["applied_tags"] = [str(parent.available_tags[0].id)]
        return Letter("make", "POST", f"/channels/{parent.id}/threads", payload, bot_token=token)

    async def _finish(self, parent: Parent, thread: Thread, first_id: int, shown: int) -> None:
        if isinstance(parent, discord.TextChannel):
            check(await self._hang(parent, thread, first_id), frozenset({THERE_ALREADY}))
        await threads.record_made(self._store, thread, first_id, shown)

    async def _hang(self, parent: Parent, thread: Thread, first_id: int) -> Outcome:
        path = f"/channels/{parent.id}/messages/{first_id}/threads"
        payload = {"name": thread.name, "auto_archive_duration": SLEEPS_AFTER}
        token = self._store.config.discord.token
        return await self._courier.carry(Letter("hang", "POST", path, payload, bot_token=token))

    async def _in_channel(self, parent: discord.TextChannel, thread: Thread) -> int | None:
        after = discord.Object(thread.after_id)
        newer = [one async for one in parent.history(limit=SEARCH_MAX, after=after, oldest_first=True)]
        return is_about(self._store.config, thread, newer, self._me)

    async def _in_forum(self, parent: discord.ForumChannel, thread: Thread) -> int | None:
        """Those that are awake, and those that have gone to sleep since."""
        awake = [one for one in await parent.guild.active_threads() if one.parent_id == parent.id]
        asleep = [one async for one in parent.archived_threads(limit=SEARCH_MAX)]
        for one in [*awake, *asleep]:
            if one.id > thread.after_id and one.owner_id == self._me:
                try:
                    first = await one.fetch_message(one.id)
                except discord.NotFound:
                    continue
                if is_about(self._store.config, thread, [first], self._me):
                    return one.id
        return None

    @property
    def _me(self) -> int:
        assert self._bot.user
        return self._bot.user.id
