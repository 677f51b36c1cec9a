"""Visitors at the hangout's socket, as docs/protocol.md asks of a client, and what the house promises them."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiohttp

from practice import Practice
from tests.programs import rows_of, until

Frame = dict[str, Any]
AWAY = (aiohttp.ClientError, ConnectionError, TimeoutError)


class Visitor:
    """Says one thing after the other, each again until it is acknowledged, and comes back with `?after=`.

    `heard`: the `seq` of every change in the order it came. `answers`: seconds from each send to its answer. `codes`:
    of the errors. `closings`: of the sockets. `states`: how far each message came to Discord. `here`: who is here.
    """

    def __init__(self, url: str, name: str) -> None:
        self.url = url
        self.name = name
        self.said: dict[str, str] = {}
        self.acks: dict[str, tuple[str, int]] = {}
        self.heard: list[int] = []
        self.answers: list[float] = []
        self.codes: list[str] = []
        self.closings: list[int | None] = []
        self.states: dict[str, str] = {}
        self.here: Frame = {}
        self.resets = 0
        self._answered = asyncio.Event()
        self._wait = 0.0
        self._client = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        self._tasks: list[asyncio.Task[None]] = []

    async def join(self) -> None:
        headers = {"Accept": "application/json"}
        async with self._client.post(f"{self.url}/hangout/join", data={"name": self.name}, headers=headers) as answer:
            assert answer.status == 200, await answer.text()

    def sit_down(self) -> None:
        self._tasks.append(asyncio.create_task(self._stay()))

    def chat(self, pause: float) -> None:
        """Goes on talking until told to be quiet."""

        async def talk() -> None:
            while True:
                self.say(f"{self.name} says {len(self.said)}")
                await asyncio.sleep(pause)

        self._tasks.append(asyncio.create_task(talk()))

    async def hush(self) -> None:
        """Says nothing new; what was said is still sent."""
        await _end(self._tasks[1:])

    async def leave(self) -> None:
        await _end(self._tasks)
        await self._client.close()

    def say(self, content: str) -> None:
        self.said[f"{self.name} {len(self.said)}"] = content

    @property
    def is_done(self) -> bool:
        return len(self.acks) == len(self.said)

    async def _stay(self) -> None:
        while True:
            with suppress(*AWAY):
                await self._sit()
            await asyncio.sleep(0.1)

    async def _sit(self) -> None:
        after = self.heard[-1] if self.heard else 0
        async with self._client.ws_connect(f"{self.url}/ws/hangout?after={after}") as ws:
            speaking = asyncio.create_task(self._speak(ws))
            try:
                async for packet in ws:
                    self._take(packet.json())
                self.closings.append(ws.close_code)
            finally:
                await _end([speaking])

    async def _speak(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        while True:
            nonce = next((one for one in self.said if one not in self.acks), None)
            if nonce is None:
                await asyncio.sleep(0.01)
                continue
            self._answered.clear()
            began = time.monotonic()
            await ws.send_json({"type": "send", "nonce": nonce, "content": self.said[nonce]})
            await self._answered.wait()
            self.answers.append(time.monotonic() - began)
            await asyncio.sleep(self._wait)

    def _take(self, frame: Frame) -> None:
        match frame["type"]:
            case "hello":
                self.resets += frame["reset"]
                self.heard += [message["seq"] for message in frame["messages"]]
                self.here = frame
            case "message_create":
                self.heard.append(frame["seq"])
            case "presence":
                self.here = frame
            case "relay_state":
                self.states[frame["id"]] = frame["state"]
            case "ack":
                self.acks[frame["nonce"]] = (frame["id"], frame["seq"])
                self._wait = 0.0
                self._answered.set()
            case "error":
                self.codes.append(frame["code"])
                self._wait = min(0.5, frame.get("retry_after", 0.5))
                self._answered.set()


async def _end(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def seated(*places: tuple[str, str]) -> AsyncIterator[list[Visitor]]:
    """A visitor at each address under each name, sitting and silent."""
    visitors = [Visitor(url, name) for url, name in places]
    try:
        for visitor in visitors:
            await visitor.join()
            visitor.sit_down()
        await until(lambda: all(visitor.here for visitor in visitors))
        yield visitors
    finally:
        await asyncio.gather(*(visitor.leave() for visitor in visitors))


class Member:
    """Somebody in Discord."""

    def __init__(self, practice: Practice) -> None:
        self._practice = practice
        self.said: list[str] = []
        self._tasks: list[asyncio.Task[None]] = []

    def say(self) -> None:
        self.said.append(f"from Discord {len(self.said)}")
        self._practice.say("Mika", self.said[-1])

    def chat(self, pause: float) -> None:
        """Goes on talking until told to be quiet."""

        async def talk() -> None:
            while True:
                self.say()
                await asyncio.sleep(pause)

        self._tasks.append(asyncio.create_task(talk()))

    async def hush(self) -> None:
        await _end(self._tasks)


def relayed(practice: Practice) -> list[tuple[str, str]]:
    """What came into the channel from the site."""
    return [(message.author_name, message.content) for message in practice.messages() if message.webhook_id]


async def assert_kept(url: str, practice: Practice, visitors: Sequence[Visitor], member: Member) -> None:
    """Waits until all has arrived, then: everything is in PostgreSQL once, in the channel once, and on every socket
    once, in one order.
    """
    total = sum(len(visitor.said) for visitor in visitors)
    everything = total + len(member.said)

    def has_arrived() -> bool:
        told = all(visitor.is_done and len(visitor.heard) >= everything for visitor in visitors)
        return told and len(relayed(practice)) >= total

    while not has_arrived():
        before = len(relayed(practice))
        with suppress(TimeoutError):  # what is missing is said better below
            await until(has_arrived, 20)
        if len(relayed(practice)) == before:
            break  # nothing has come for so long that nothing more will
    await asyncio.sleep(0.5)  # in which a second copy of something could still arrive
    rows = await rows_of(url)
    assert [row["seq"] for row in rows] == list(range(1, everything + 1))
    from_site = [row for row in rows if row["source"] == "web"]
    acks = {nonce: ack for visitor in visitors for nonce, ack in visitor.acks.items()}
    assert {row["nonce"]: (str(row["id"]), row["seq"]) for row in from_site} == acks
    assert relayed(practice) == [(row["name"], row["content"]) for row in from_site]
    assert [row["content"] for row in rows if row["source"] == "discord"] == member.said
    for visitor in visitors:
        own = [row["nonce"] for row in from_site if row["name"] == visitor.name]
        assert own == list(visitor.said), visitor.name
        assert visitor.heard == list(range(1, everything + 1)), visitor.name
        assert visitor.resets == 0, visitor.name


@asynccontextmanager
async def everybody_talks(
    practice: Practice, *places: tuple[str, str], pause: float = 0.1
) -> AsyncIterator[tuple[list[Visitor], Member]]:
    """Visitors at these addresses and a member of Discord's who do not stop talking until they are told to."""
    member = Member(practice)
    async with seated(*places) as visitors:
        for visitor in visitors:
            visitor.chat(pause)
        member.chat(2 * pause)
        try:
            await until(lambda: len(relayed(practice)) > 5 and len(visitors[0].heard) > 10)
            yield visitors, member
        finally:
            await member.hush()


async def hush(visitors: Sequence[Visitor], member: Member) -> None:
    """Nobody says anything new; what was said is still sent."""
    await member.hush()
    for visitor in visitors:
        await visitor.hush()
