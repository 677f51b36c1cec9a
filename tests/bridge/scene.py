"""The whole bridge in one process: site, store and bot over a real database, and the practice Discord. It can be closed
in good order, or fall down as a process that is killed.
"""

import asyncio
import gc
import warnings
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import discord
import msgspec
import pytest

import cogs
from cogs import (
    Bot,
    _announcing,
    _chores,
    _hangout_ears,
    _inbox,
    _line,
    _noticing,
    _revising,
    _rounds,
    _thread_ears,
    _thread_words,
    gateway,
)
from cogs.gateway import CappedBackoff, live_in_discord, name_channel
from db import leadership, outbox
from db.config import Config, Data, Database, Discord, Hangout, Site, Web
from db.errors import AWAY
from db.loops import doing
from db.opening import open_store
from db.store import Store
from practice import Message, Practice
from tests.conftest import QUIET
from tests.programs import free_port
from web import keys, make_app, serving

ROOM = 1
AT_WORK = ("relay", "hearing", "discord", "writer of room")  # how the tasks are named that a kill would end


class Scene:
    """`url` stays the same over every end."""

    def __init__(self, config: Config, practice: Practice) -> None:
        self.practice = practice
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.config = furnished(config, practice, self.url)
        self.client = aiohttp.ClientSession()
        self._life = AsyncExitStack()
        self._app: aiohttp.web.Application | None = None
        self.store: Store

    async def open(self) -> None:
        self.store = await self._life.enter_async_context(open_store(self.config))
        outbound = await self._life.enter_async_context(aiohttp.ClientSession())
        await name_channel(self.store)
        await self._life.enter_async_context(doing(live_in_discord(self.store, outbound), "discord"))
        self._app = make_app(self.store, outbound)
        await self._life.enter_async_context(serving(self._app, "127.0.0.1", self.port))

    async def close(self) -> None:
        life, self._life = self._life, AsyncExitStack()
        await life.aclose()
        for bot in [one for one in gc.get_objects() if type(one) is Bot and one.store is self.store]:
            await bot.http.close()  # discord.py leaves it open when it is cut off while it closes
        with warnings.catch_warnings():  # what a crash left open is named here, and not in the midst of another's test
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()

    async def end(self) -> None:
        await self.close()
        await self.client.close()

    async def crash(self) -> None:
        """Nothing is finished, flushed or told to anybody; what is under way breaks off where it is."""
        at_work = [task for task in asyncio.all_tasks() if task.get_name().startswith(AT_WORK)]
        for task in at_work:
            task.cancel()
        if self._app:
            for seat in self._app[keys.HALL].audience.everybody():
                seat.transport.abort()
        if at_work:
            await asyncio.wait(at_work, timeout=5)  # cancelled once more, they would leave connections open
        await self.close()

    async def is_on(self, seconds: float = 20.0) -> None:
        async with asyncio.timeout(seconds):
            while self.store.discord.state != "on" or self.store.presence.relay == "off":
                await asyncio.sleep(0.02)

    async def cut_database(self) -> None:
        """Every connection to PostgreSQL is ended, whatever it was doing."""
        await self.store.pool.execute(
            """select pg_terminate_backend(pid) from pg_stat_activity
            where pid <> pg_backend_pid() and datname = current_database()"""
        )

    async def page(self, path: str = "/hangout") -> str:
        async with self.client.get(f"{self.url}{path}") as answer:
            assert answer.status == 200, path
            return await answer.text()

    async def in_discord(self, message_id: str | int) -> Message | None:
        """The message in the channel that shows this one of the site."""
        discord_id = await self.store.pool.fetchval("select discord_id from messages where id = $1", int(message_id))
        return next((one for one in self.practice.messages() if one.id == discord_id), None)

    async def recorded(self, discord_ids: list[int]) -> set[int]:
        """Which of these messages of Discord's the site knows."""
        try:
            return await outbox.recorded(self.store.pool, discord_ids)
        except AWAY:
            return set()

    async def is_mirrored(self, discord_id: int, emoji: str) -> None:
        """Waits until the bot holds the emoji on the message, and we know of it."""
        async with asyncio.timeout(20):
            while self.practice.bot_id not in self.practice.find(discord_id).reactions.get(emoji, []):
                await asyncio.sleep(0.02)
            while await self.store.pool.fetchval("select exists (select from mirrors where wanted <> placed)"):
                await asyncio.sleep(0.02)

    async def on_the_site(self, discord_id: int) -> str:
        """The id under which the site keeps a message of Discord's, once it does."""
        async with asyncio.timeout(20):
            while True:
                found = await self.store.pool.fetchval("select id from messages where discord_id = $1", discord_id)
                if found:
                    return str(found)
                await asyncio.sleep(0.02)


def furnished(config: Config, practice: Practice, url: str) -> Config:
    """Without the paces, which are tested elsewhere: a few people do here what many would."""
    discord = msgspec.structs.replace(
        config.discord,
        token=practice.token,
        channel_id=practice.channel_id,
        guild_id=practice.guild_id,
        owner_id=practice.owner_id,
        api_base=practice.api_base,
        gateway_url=practice.gateway_url,
        cdn_base=practice.cdn_base,
        messages_per_minute=100_000,
    )
    hangout = Hangout(
        burst=10_000, rate=10_000.0, address_burst=10_000, address_rate=10_000.0, names_per_address=1000, page=200
    )
    web = msgspec.structs.replace(config.web, base_url=url)
    return msgspec.structs.replace(config, discord=discord, hangout=hangout, web=web, mod=QUIET)


def plain_config(database_url: str, data: Path) -> Config:
    return Config(
        site=Site(name="Porchlight", owner_name="Robin"),
        web=Web(secret_key="0123456789abcdef" * 4),
        database=Database(url=database_url, pool_min=0, pool_max=5),
        discord=Discord(),
        data=Data(dir=str(data)),
    )


def hurry(patch: pytest.MonkeyPatch) -> None:
    """Nobody is far away here: what waits for a better time waits a little, and a second IDENTIFY not five seconds. The
    bot is in one server, and few speak at once.
    """

    async def at_once(self: object, shard_id: int | None, *, initial: bool = False) -> None:
        return

    patch.setattr(discord.Client, "before_identify_hook", at_once)
    for module in (_announcing, _line, _noticing, _revising, _thread_words):
        patch.setattr(module, "SETTLE", 0.2)
    for module in (_chores, _rounds):
        patch.setattr(module, "CALM", 0.02)
    patch.setattr(_chores, "REST", 0.3)
    patch.setattr(leadership, "ASK_EVERY", 0.3)
    patch.setattr(cogs, "GUILD_PATIENCE", 0.05)
    patch.setattr(_hangout_ears, "A_MOMENT", 0.05)
    patch.setattr(_inbox, "CROWD", 0.3)
    for module in (_hangout_ears, _thread_ears):
        patch.setattr(module, "SOON", 0.2)
    patch.setattr(_inbox, "QUIET", 0.05)
    patch.setattr(gateway, "SHORT", 0.2)
    patch.setattr(CappedBackoff, "delay", lambda _: 0.1)
