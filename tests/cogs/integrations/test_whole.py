"""From a source to an open page, the whole way: how long a change takes, and what is left when sources are down."""

import asyncio
import re
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import msgspec
import pytest

from cogs.integrations import _engine, refreshing
from db import cards
from db.loops import doing
from db.opening import open_store
from practice.sources import Fault
from tests.cogs.conftest import until
from tests.web.wire import Socket
from web import make_app


@pytest.fixture
def config(config, desk):
    return msgspec.structs.replace(config, lastfm=desk.settings("lastfm", period=600))


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    monkeypatch.setattr(_engine, "FIRST", 0.0)


@asynccontextmanager
async def house(config, desk, aiohttp_client):
    """The site and its engine over the same store, as the program runs them."""
    async with open_store(config) as store, doing(refreshing(store, desk.session), "cards"):
        yield store, await aiohttp_client(make_app(store))


async def on_the_page(reader):
    page = await (await reader.get("/")).text()
    found = re.search(r'<article[^>]*data-card="lastfm" data-age="(\d+)".*?</article>', page, re.DOTALL)
    return (int(found[1]), found[0]) if found else (None, "")


async def test_a_change_is_on_an_open_page_within_a_second_of_its_answer(config, desk, aiohttp_client):
    async with house(config, desk, aiohttp_client) as (store, reader):
        await until(lambda: "lastfm" in store.cards.current)
        before = store.cards.current["lastfm"].data["title"]
        socket = Socket(await reader.ws_connect("/ws/cards"))
        await socket.next("hello")
        desk.clock[0] += 3600
        began = asyncio.get_running_loop().time()
        await cards.refresh(store, "lastfm", datetime.now(UTC))
        frame = await socket.next("card")
        assert asyncio.get_running_loop().time() - began < 1.0
        now = store.cards.current["lastfm"].data["title"]
        assert now != before
        assert now in frame["html"]


async def test_with_sources_down_for_an_hour_and_a_restart_the_page_shows_the_last_value_and_its_age(
    config, desk, aiohttp_client
):
    async with house(config, desk, aiohttp_client) as (store, _):
        await until(lambda: "lastfm" in store.cards.current)
        title = store.cards.current["lastfm"].data["title"]
    desk.faults.always["lastfm"] = Fault(status=500)
    asked = len(desk.asked("lastfm"))
    async with house(config, desk, aiohttp_client) as (store, reader):
        await store.pool.execute("update cards set fetched_at = now() - interval '1 hour', next_at = now()")
        await cards.renew(store, "lastfm")
        await cards.refresh(store, "lastfm", datetime.now(UTC))
        await until(lambda: len(desk.asked("lastfm")) > asked)
    async with house(config, desk, aiohttp_client) as (store, reader):
        age, words = await on_the_page(reader)
        assert 3600 <= age < 3660
        assert title in words
        assert "as of" in words
        state = await cards.state(store.pool, "lastfm")
        assert state.last_error == "It has trouble of its own (500)."
        assert "trouble" not in words
