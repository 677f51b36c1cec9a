"""Who is not here when somebody writes to them."""

import asyncio
from datetime import UTC, datetime

import msgspec
import pytest

from db import messages
from db.config import Discord
from tests.members import chat_between, member
from web import make_app


@pytest.fixture
def config(config):
    discord = msgspec.structs.replace(config.discord, token="a-token-of-nobody")
    return msgspec.structs.replace(config, discord=discord)


@pytest.fixture
async def ada(store, aiohttp_client):
    """A member who wants to be told in Discord, while the site is open."""
    await aiohttp_client(make_app(store))
    ada = await member(store, "ada")
    await store.pool.execute("update people set discord_id = 7 where id = $1", ada.id)
    await store.pool.execute("update accounts set notify_discord = true where person_id = $1", ada.id)
    return ada


async def write_to(store, ada):
    bob = await member(store, "bob")
    room_id = await chat_between(store, ada, bob)
    await messages.say(store, room_id, bob, "hi", "n1", datetime.now(UTC), network="n")
    await asyncio.sleep(0.3)
    return await store.pool.fetch("select person_id, kind from letters")


async def test_who_is_not_here_gets_a_letter(store, ada):
    assert [tuple(row) for row in await write_to(store, ada)] == [(ada.id, "chats")]


async def test_who_is_here_gets_none(store, ada):
    store.presence.arrive(ada.id)
    assert await write_to(store, ada) == []


class TestWithoutABot:
    @pytest.fixture
    def config(self, config):
        return msgspec.structs.replace(config, discord=Discord())

    async def test_nobody_is_told(self, store, ada):
        assert await write_to(store, ada) == []
