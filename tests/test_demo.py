"""`./run demo` as a newcomer meets it: two servers, both ways, and nothing left behind."""

import asyncio
import json
import os
import signal
import socket
import sys
import time
from pathlib import Path

import aiohttp
import msgspec
import psutil
import pytest

from db.config import load
from practice import porch, sources
from practice.demo import environment

ROOT = Path(__file__).parents[1]


def free_ports(count):
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


async def answers(session, url):
    async with asyncio.timeout(40):
        while True:
            try:
                async with session.get(url) as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)


async def frame(ws, kind):
    async with asyncio.timeout(15):
        while True:
            found = json.loads((await ws.receive()).data)
            if found["type"] == kind:
                return found


async def in_discord(session, practice, words, channel=porch.HANGOUT):
    async with asyncio.timeout(15):
        while True:
            async with session.get(f"{practice}/practice/state?channel={channel}") as answer:
                if words in await answer.text():
                    return
            await asyncio.sleep(0.1)


async def finds_a_blog_that_lives(session, site, discord):
    """Posts, projects and a comment that waits for Robin; and one post comes out, is announced, and is answered."""
    async with session.get(f"{site}/projects") as answer:
        assert "Thirteen Pixels" in await answer.text()
    async with asyncio.timeout(30):
        while "Chalk is exactly the word" not in (page := await text_of(session, f"{site}/blog/the-first-frost")):
            await asyncio.sleep(0.2)
    assert "Mika" in page
    await in_discord(session, discord, "The first frost", channel=porch.NEWS)
    await in_discord(session, discord, "waiting for you", channel=porch.MOD)


async def finds_every_card(session, site):
    async with asyncio.timeout(30):
        while (await text_of(session, f"{site}/")).count("data-card=") < len(sources.SOURCES):
            await asyncio.sleep(0.2)


async def text_of(session, url):
    async with session.get(url) as answer:
        return await answer.text()


def test_the_demo_shows_every_card_and_asks_nobody_outside():
    mine = {"LASTFM_USER": "me", "LASTFM_API_KEY": "my-own", "LANYARD_SOCKET_URL": "wss://api.lanyard.rest/socket"}
    config = load(environment(mine, 8080, 8081))
    assert {name: source.off for name, source in config.sources.items() if source.off} == {}
    told = [value for source in config.sources.values() for value in msgspec.structs.astuple(source)]
    addresses = [value for value in told if isinstance(value, str) and "://" in value]
    assert len(addresses) > len(config.sources)
    assert [one for one in addresses if "//127.0.0.1:8081/sources/" not in one] == []
    assert not {"me", "my-own"} & set(told)


@pytest.fixture
async def demo(tmp_path):
    """The demo on ports of its own: (process, the site, the practice Discord)."""
    web, practice = free_ports(2)
    env = os.environ | {"WEB_PORT": str(web), "PRACTICE_PORT": str(practice), "DATA_DIR": str(tmp_path / "data")}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "practice.demo", cwd=ROOT, env=env, stdout=asyncio.subprocess.DEVNULL
    )
    yield process, f"http://127.0.0.1:{web}", f"http://127.0.0.1:{practice}"
    if process.returncode is None:
        process.terminate()
        await process.wait()


async def test_the_demo_talks_both_ways_and_leaves_nothing_running(demo):
    process, site, discord = demo
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        await answers(session, f"{site}/hangout")
        await answers(session, discord)
        joined = await session.post(
            f"{site}/hangout/join", data={"name": "Ada"}, headers={"Accept": "application/json"}
        )
        assert joined.status == 200
        ws = await session.ws_connect(f"{site}/ws/hangout")
        await frame(ws, "hello")
        await ws.send_json({"type": "send", "nonce": "n1", "content": "from the site to Discord"})
        assert (await frame(ws, "ack"))["nonce"] == "n1"
        await in_discord(session, discord, "from the site to Discord")
        spoken = await session.post(f"{discord}/practice/say", data={"who": "Mika", "content": "and back"})
        assert spoken.status == 200
        while (await frame(ws, "message_create"))["message"]["content"] != "and back":
            pass
        await finds_a_blog_that_lives(session, site, discord)
        await finds_every_card(session, site)
    children = psutil.Process(process.pid).children(recursive=True)
    assert len(children) >= 2
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    assert await process.wait() == 0
    assert time.monotonic() - began < 10
    assert psutil.wait_procs(children, timeout=2)[1] == []
