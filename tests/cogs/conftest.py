"""The bridge as it runs: our bot, discord.py's client, the real database; only Discord is the practice one."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import aiohttp
import asyncpg
import msgspec
import pytest

from cogs.gateway import live_in_discord, name_channel
from db import accounts, messages, people
from db.accounts import DiscordUser
from db.config import Config, Data, Database, Hangout, Site, Web
from db.loops import doing
from db.messages import Message
from db.opening import open_store
from practice import Practice, permissions
from practice import porch as ids
from tests.bridge.scene import hurry
from tests.conftest import QUIET, at_practice


async def until(condition: Callable[[], object] | Callable[[], Awaitable[object]], seconds: float = 10.0) -> None:
    """Waits until the condition holds; fails after so many seconds."""
    async with asyncio.timeout(seconds):
        while True:
            found = condition()
            if await found if asyncio.iscoroutine(found) else found:
                return
            await asyncio.sleep(0.02)


class Porch:
    """A running bridge, and what a test does and sees on both of its ends."""

    def __init__(self, store, practice):
        self.store = store
        self.practice = practice
        self.room_id = 1
        self._said = 0

    async def say(self, content, name="Ada"):
        """Says something on the site, as a visitor of that name."""
        self._said += 1
        person = await self.person(name)
        now = datetime.now(UTC)
        return await messages.say(self.store, 1, person, content, secrets.token_hex(8), now, network=f"{self._said}")

    async def person(self, name):
        found = await self.store.pool.fetchval("select id from people where name = $1 and discord_id is null", name)
        return await people.get(self.store.pool, found) if found else await people.add_visitor(self.store.pool, name)

    async def on_the_site(self) -> list[Message]:
        return (await messages.newest(self.store.pool, 1, 1000))[1]

    async def words_on_the_site(self):
        return [one.content for one in await self.on_the_site()]

    def words_in_discord(self):
        return [one.content for one in self.practice.messages()]

    async def relayed(self, seconds=15.0):
        """Waits until nothing is on its way to Discord any more."""

        async def nothing_waits():
            return not await self.store.pool.fetchval(
                "select exists (select from messages where relay in ('pending', 'sending'))"
            )

        await until(nothing_waits, seconds)

    async def is_on(self, seconds=10.0):
        await until(lambda: self.store.discord.state == "on" and self.store.presence.relay != "off", seconds)


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch):
    hurry(monkeypatch)


def bridged(config, practice):
    """The configuration with which a bridge runs into this practice Discord."""
    discord = at_practice(
        practice,
        token=practice.token,
        channel_id=practice.channel_id,
        messages_per_minute=100_000,  # the practice Discord counts only where a test asks it to
    )
    hangout = Hangout(burst=1000, rate=1000.0, address_burst=1000, page=50, backfill_limit=2000)
    web = Web(secret_key=config.web.secret_key, base_url="https://porch.example")
    return msgspec.structs.replace(config, discord=discord, hangout=hangout, web=web)


@pytest.fixture
def porch_config(config, practice):
    return bridged(config, practice)


@asynccontextmanager
async def shared(databases, tmp_path_factory, *, announce_channel_id=0, mod_channel_id=0, **sections):
    """A porch for all tests of a module, once it is on and has its commands; with these sections of the config."""
    url = await databases.take()
    data = Data(dir=str(tmp_path_factory.mktemp("data")))
    config = Config(site=Site(owner_name="Robin"), web=Web(secret_key="0123456789abcdef" * 4), data=data, mod=QUIET)
    config = msgspec.structs.replace(config, database=Database(url=url, pool_min=0, pool_max=5), **sections)
    async with Practice() as practice:
        config = bridged(config, practice)
        discord = msgspec.structs.replace(
            config.discord, announce_channel_id=announce_channel_id, mod_channel_id=mod_channel_id
        )
        async with open_bridge(msgspec.structs.replace(config, discord=discord), practice) as porch:
            await porch.is_on()
            await until(lambda: practice.world.commands)
            yield porch
    await databases.give_back(url)


@pytest.fixture(scope="module")
async def standing(databases, tmp_path_factory):
    """A porch that a module's tests share, for what they do leaves no trace that `wiped` does not take away; its
    announcements go to #news.
    """
    async with shared(databases, tmp_path_factory, announce_channel_id=ids.NEWS) as porch:
        yield porch


async def emptied(store):
    """The loops go on meanwhile, and PostgreSQL may send away either them, who come again, or us."""
    for tries_left in reversed(range(10)):
        try:
            await store.pool.execute("truncate posts, people, projects cascade")
        except asyncpg.DeadlockDetectedError:
            if not tries_left:
                raise
        else:
            return


@pytest.fixture
async def wiped(standing):
    """The shared porch, as if nobody had ever been there."""
    await emptied(standing.store)
    standing.practice.faults.stop()
    standing.practice.set_bot_permissions(add=permissions.BOT)
    world = standing.practice.world
    for gone in (*world.messages.values(), world.nonces, world.whispers, world.pings):
        gone.clear()
    return standing


@asynccontextmanager
async def open_bridge(config, practice):
    async with open_store(config) as store, aiohttp.ClientSession() as outbound:
        await name_channel(store)
        async with doing(live_in_discord(store, outbound), "discord"):
            yield Porch(store, practice)


@pytest.fixture
def opened(practice):
    """`async with opened(config) as porch:` runs a bridge, and stops it as a stop of the program does."""

    return lambda config: open_bridge(config, practice)


@pytest.fixture
async def porch(porch_config, opened):
    async with opened(porch_config) as porch:
        await porch.is_on()
        yield porch


@pytest.fixture
async def commands(porch):
    """The porch, once its commands are registered."""
    await until(lambda: porch.practice.world.commands)
    return porch


@pytest.fixture
async def owner(porch):
    """Robin, who has come in by Discord."""
    return await accounts.enter_owner(porch.store, DiscordUser(ids.OWNER, "robin", "Robin"), datetime.now(UTC))
