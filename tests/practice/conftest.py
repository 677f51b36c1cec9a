"""A practice Discord of the test's own, and discord.py's real client logged in to it over sockets."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import discord
import pytest
import yarl
from discord import app_commands

from practice import Practice

PATIENCE = 10.0


class Listener(discord.Client):
    """A client that writes down what it hears; `settle` waits until it has heard something."""

    def __init__(self, intents: discord.Intents) -> None:
        super().__init__(intents=intents, guild_ready_timeout=0.05)
        self.tree = app_commands.CommandTree(self)
        self.heard: list[discord.Message] = []
        self.texts: list[str] = []
        self.events: list[str] = []
        self.readies = 0
        self.resumes = 0

    async def on_ready(self) -> None:
        self.readies += 1

    async def on_resumed(self) -> None:
        self.resumes += 1

    async def on_message(self, message: discord.Message) -> None:
        self.heard.append(message)
        self.texts.append(message.content)  # as it was said: discord.py changes its cached messages in place

    async def on_socket_event_type(self, event: str) -> None:
        self.events.append(event)


async def until(true: Callable[[], object]) -> None:
    """Waits until a condition holds; fails the test when it does not in ten seconds."""
    async with asyncio.timeout(PATIENCE):
        while not true():
            await asyncio.sleep(0.005)


@pytest.fixture(autouse=True)
def _quick_identify(monkeypatch: pytest.MonkeyPatch) -> None:
    """discord.py waits five seconds before it identifies a second time; Discord's page asks for that, tests do not."""

    async def at_once(self: object, shard_id: int | None, *, initial: bool = False) -> None:
        return

    monkeypatch.setattr(discord.Client, "before_identify_hook", at_once)


Connect = Callable[..., Awaitable[Listener]]


@pytest.fixture
def point(monkeypatch: pytest.MonkeyPatch) -> Callable[[Practice], None]:
    """Points discord.py at a practice Discord, in the three places where it keeps Discord's addresses."""

    def point(practice: Practice) -> None:
        monkeypatch.setattr(discord.http.Route, "BASE", practice.api_base)
        monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(practice.gateway_url))
        monkeypatch.setattr(discord.Asset, "BASE", practice.cdn_base)

    return point


@pytest.fixture
async def connect(point: Callable[[Practice], None]) -> AsyncIterator[Connect]:
    """`await connect(practice)` gives a client that is ready; it is closed after the test."""
    running: list[tuple[Listener, asyncio.Task[None]]] = []

    async def connect(practice: Practice, intents: discord.Intents | None = None, token: str = "") -> Listener:
        point(practice)
        client = Listener(intents or discord.Intents.all())
        task = asyncio.create_task(client.start(token or practice.token))
        running.append((client, task))
        await until(lambda: client.readies or task.done())
        if task.done():
            task.result()
        return client

    yield connect
    for client, task in running:
        await client.close()
        task.cancel()
        await asyncio.wait([task])
        if not task.cancelled():
            task.exception()  # a test that expects one has seen it already


@pytest.fixture
async def client(practice: Practice, connect: Connect) -> Listener:
    return await connect(practice)
