"""Hearing: what is said in the Discord channel comes to the site, in Discord's order, whatever was missed meanwhile.

One loop takes everything. When the gateway session is new it first reads the channel's history from the last
message that was kept; what arrives live waits its turn. A message is kept once, so hearing it twice does no harm.
"""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from types import MappingProxyType

import aiohttp
import discord
from discord.ext import commands

from cogs import Bot
from cogs._channels import NOT_BRIDGED, Shut, open_channel, tell
from cogs._reading import heard, is_spoken, name_of
from db import messages, outbox, people, rooms
from db.errors import AWAY, Unavailable
from db.events import Bridged

log = logging.getLogger(__name__)
# A request that breaks off (ServerDisconnectedError and its like) is no OSError, and discord.py repeats few of them.
TRY_AGAIN: tuple[type[Exception], ...] = (*AWAY, Unavailable, discord.HTTPException, aiohttp.ClientError)
SOON, OWNERS_TURN = 1.0, 60.0  # seconds until the next try, where somebody has to do something in between
PAGE = 100
STRANGERS_MAX = 50  # members asked for one by one after a long absence


class CatchUp:
    """Stands in the inbox for 'read the history now': a new session has begun, or the channel is another."""


class Hearing(commands.Cog):
    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.store = bot.store
        self._inbox: asyncio.Queue[discord.Message | CatchUp] = asyncio.Queue()
        self._things_changed = asyncio.Event()
        self._held: CatchUp | None = None
        self._task: asyncio.Task[None] | None = None

    async def cog_load(self) -> None:
        self.store.live.add(self._on_event)
        self._task = asyncio.create_task(self._listen(), name="hearing")

    async def cog_unload(self) -> None:
        self.store.live.remove(self._on_event)
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])

    @commands.Cog.listener()
    async def on_connect(self) -> None:
        """A new gateway session: what was said since the last one does not come by itself."""
        self._inbox.put_nowait(CatchUp())

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        self._inbox.put_nowait(message)

    @commands.Cog.listener("on_guild_role_update")
    @commands.Cog.listener("on_guild_channel_update")
    async def on_permissions(self, *_: object) -> None:
        """Perhaps the bot may read now what it might not."""
        self._things_changed.set()

    def _on_event(self, event: object) -> None:
        if isinstance(event, Bridged):
            self._things_changed.set()
            self._inbox.put_nowait(CatchUp())

    async def _listen(self) -> None:
        while True:
            work = await self._next()
            while (wait := await self._do(work)) is not None:
                await self._wait(wait)

    async def _wait(self, seconds: float) -> None:
        """Waits, but not when the owner has just named another channel, or given a permission."""
        self._things_changed.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._things_changed.wait()

    async def _next(self) -> CatchUp | list[discord.Message]:
        """The next thing to do: a look into the history, or the messages that have come meanwhile."""
        first = self._held or await self._inbox.get()
        self._held = None
        if isinstance(first, CatchUp):
            return first
        batch = [first]
        while not self._inbox.empty() and len(batch) < PAGE:
            following = self._inbox.get_nowait()
            if isinstance(following, CatchUp):
                self._held = following
                break
            batch.append(following)
        return batch

    async def _do(self, work: CatchUp | list[discord.Message]) -> float | None:
        """Does the work. Returns after how many seconds it has to be done again, None when it is done.

        Nothing is given up: what is heard after it would hide that it is missing.
        """
        try:
            room = await rooms.by_slug(self.store.pool, rooms.HANGOUT)
            if room.channel_id is None:
                tell(self.store, "no_channel", NOT_BRIDGED)
            elif isinstance(work, CatchUp):
                await self._catch_up(room.id, room.channel_id)
            else:
                await self._keep(room.id, [one for one in work if one.channel.id == room.channel_id])
        except (Shut, discord.Forbidden, discord.NotFound):
            return OWNERS_TURN
        except TRY_AGAIN as error:
            log.warning("What was said in Discord cannot be taken in just now (%s); trying again", type(error).__name__)
            return SOON
        except Exception:
            log.exception("What was said in Discord cannot be taken in; trying again")
            return OWNERS_TURN
        return None

    async def _catch_up(self, room_id: int, channel_id: int) -> None:
        await self.bot.wait_until_ready()  # names of roles and channels come with the servers
        known = await outbox.channel(self.store.pool, room_id)
        since = known.heard_id if known else 0
        channel = await open_channel(self.bot, channel_id)
        limits = self.store.config.hangout
        newest_first = channel.history(
            limit=limits.backfill_limit if since else limits.page,
            after=discord.Object(since) if since else None,
            oldest_first=False,
        )
        missed = [message async for message in newest_first]
        missed.reverse()
        nicknames = await self._nicknames(missed)
        for start in range(0, len(missed), PAGE):
            await self._keep(room_id, missed[start : start + PAGE], nicknames)
        if missed:
            await outbox.mark_heard(self.store.pool, channel_id, missed[-1].id)
            log.info("%d messages were read from the channel's history", len(missed))

    async def _nicknames(self, missed: list[discord.Message]) -> dict[int, str]:
        """What the server calls those who are new here: history does not say, and nobody renames who is known."""
        authors = {one.author.id: one.guild for one in missed if isinstance(one.author, discord.User)}
        known = await people.known_discord_names(self.store.pool, list(authors))
        found: dict[int, str] = {}
        for user_id, guild in authors.items():
            if user_id not in known and guild and len(found) < STRANGERS_MAX:
                with suppress(discord.NotFound):  # they have left, or are a webhook
                    found[user_id] = name_of(await guild.fetch_member(user_id))
        return found

    async def _keep(
        self, room_id: int, batch: list[discord.Message], nicknames: Mapping[int, str] = MappingProxyType({})
    ) -> None:
        ours = await outbox.our_webhooks(self.store.pool)
        spoken = [one for one in batch if is_spoken(one) and not self._is_echo(one, ours)]
        await messages.hear(self.store, room_id, [one for one in map(partial(_read, nicknames), spoken) if one])

    def _is_echo(self, message: discord.Message, our_webhooks: set[int]) -> bool:
        """Whether we said this ourselves, on somebody's behalf or as the bot. Never judged by name."""
        me = self.bot.user
        return message.webhook_id in our_webhooks or (me is not None and message.author.id == me.id)


def _read(nicknames: Mapping[int, str], message: discord.Message) -> messages.Heard | None:
    """What was said, or None for a message that we cannot make sense of: it must not keep its neighbours away."""
    try:
        return heard(message, nicknames)
    except Exception:
        log.exception("A message from Discord cannot be read and is left out (%d)", message.id)
        return None


async def setup(bot: Bot) -> None:
    await bot.add_cog(Hearing(bot))
