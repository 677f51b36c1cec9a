"""Readers of the hangout at its socket, each of whom keeps what they were told and nothing else (docs/protocol.md)."""

import asyncio
import itertools
import socket
from contextlib import suppress
from typing import Any

import aiohttp

from tests.bridge.shown import GONE, Frame, Shown, of_frame

AWAY = (aiohttp.ClientError, ConnectionError, TimeoutError)
LITTLE = 2048  # bytes that a slow reader's socket takes in before the site has to wait
counter = itertools.count(1)


class Refusal(Exception):
    """The site answered with an error; `args[0]` is its code."""


def narrow(info: Any) -> socket.socket:
    """A socket that takes little in."""
    made = socket.socket(info[0], info[1], info[2])
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, LITTLE)
    return made


class Reader:
    """`known`: the messages by id, as last told. `problems`: what was told twice, or not at all. `heard`: the types of
    frames without a `seq`, with the frame.
    """

    def __init__(self, url: str, *, is_slow: bool = False) -> None:
        self.url = url
        self.known: dict[str, Frame] = {}
        self.seq = 0
        self.problems: list[str] = []
        self.closings: list[int | None] = []
        self.heard: list[Frame] = []
        self.hello = asyncio.Event()
        self._answers: dict[str, asyncio.Future[Frame]] = {}
        connector = aiohttp.TCPConnector(socket_factory=narrow) if is_slow else None
        self._client = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True), connector=connector)
        self._ws: aiohttp.ClientWebSocketResponse | None = None
        self._task: asyncio.Task[None] | None = None

    def come(self) -> None:
        """Sits down, and comes back with `?after=` however often the site closes."""
        self._task = asyncio.create_task(self._stay(), name="reader")

    async def go(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None

    @property
    def is_here(self) -> bool:
        return self._task is not None

    async def leave(self) -> None:
        await self.go()
        await self._client.close()

    def doze(self) -> None:
        """Reads nothing any more, until `wake`."""
        if self._ws:
            self._ws._writer.transport.pause_reading()

    def wake(self) -> None:
        if self._ws and not self._ws._writer.transport.is_closing():
            self._ws._writer.transport.resume_reading()

    @property
    def shown(self) -> list[Shown]:
        return [of_frame(one) for _, one in sorted(self.known.items(), key=lambda item: int(item[0])) if not gone(one)]

    async def _stay(self) -> None:
        while True:
            with suppress(*AWAY):
                await self._sit()
            await asyncio.sleep(0.05)

    async def _sit(self) -> None:
        try:
            async with self._client.ws_connect(f"{self.url}/ws/hangout?after={self.seq}") as ws:
                self._ws = ws
                async for packet in ws:
                    self._take(packet.json())
                self.closings.append(ws.close_code)
        finally:
            self._ws = None
            self.hello.clear()
            for waiting in self._answers.values():
                if not waiting.done():
                    waiting.set_exception(ConnectionResetError())

    def _take(self, frame: Frame) -> None:
        if frame["type"] == "hello":
            self._begin(frame)
        elif "nonce" in frame:
            self._answer(frame)
        elif "seq" in frame:
            if frame["seq"] != self.seq + 1:
                self.problems.append(f"{frame['seq']} came after {self.seq}")
            self.seq = frame["seq"]
            self._change(frame)
        else:
            self.heard.append(frame)

    def _begin(self, frame: Frame) -> None:
        if frame["reset"]:
            self.problems.append(f"had to begin anew after {self.seq}")
            self.known.clear()
        for message in frame["messages"]:
            self._put(message)
        self.seq = frame["seq"]
        self.heard.append(frame)
        self.hello.set()

    def _answer(self, frame: Frame) -> None:
        waiting = self._answers.get(frame["nonce"])
        if waiting and not waiting.done():
            waiting.set_result(frame)

    def _change(self, frame: Frame) -> None:
        if "message" in frame:
            if (frame["message"]["id"] in self.known) == (frame["type"] == "message_create"):
                self.problems.append(f"{frame['type']} of {frame['message']['id']} makes no sense")
            self._put(frame["message"])
        elif frame["id"] not in self.known:
            self.problems.append(f"{frame['type']} of {frame['id']}, which was never told")
        elif frame["type"] == "message_delete":
            self._put(self.known[frame["id"]] | {"deleted": True})
        else:
            self._count(frame)

    def _put(self, message: Frame) -> None:
        self.known[message["id"]] = message
        if gone(message):
            for one in self.known.values():
                if one["reply_to"] and one["reply_to"]["id"] == message["id"]:
                    one["reply_to"] = one["reply_to"] | {"excerpt": GONE, "deleted": True}

    def _count(self, frame: Frame) -> None:
        message = self.known[frame["id"]]
        others = [one for one in message["reactions"] if one["emoji"] != frame["emoji"]]
        here = [{"emoji": frame["emoji"], "count": frame["count"]}] if frame["count"] else []
        self.known[frame["id"]] = message | {"reactions": others + here}


class Speaker(Reader):
    """A reader with a name. What they do is sent again with the same nonce until it is answered."""

    def __init__(self, url: str, name: str) -> None:
        super().__init__(url)
        self.name = name

    async def join(self) -> None:
        headers = {"Accept": "application/json"}
        async with self._client.post(f"{self.url}/hangout/join", data={"name": self.name}, headers=headers) as answer:
            assert answer.status == 200, await answer.text()
        self.come()
        await self.hello.wait()

    async def ask(self, kind: str, **fields: Any) -> str:
        """Returns the message's id. Raises Refusal when the answer is no."""
        nonce = f"{self.name} {next(counter)}"
        async with asyncio.timeout(30):
            while True:
                await self.hello.wait()
                self._answers[nonce] = asyncio.get_running_loop().create_future()
                with suppress(*AWAY):
                    answer = await self._once({"type": kind, "nonce": nonce, **fields}, self._answers[nonce])
                    if answer["type"] == "ack":
                        return str(answer["id"])
                    if answer["code"] not in {"unavailable", "rate_limited"}:
                        raise Refusal(answer["code"])
                await asyncio.sleep(0.1)

    async def _once(self, frame: Frame, answer: "asyncio.Future[Frame]") -> Frame:
        if self._ws is None:
            raise ConnectionResetError
        await self._ws.send_json(frame)
        return await asyncio.wait_for(answer, 5)

    async def counts(self, message_id: str, wanted: dict[str, int]) -> None:
        """Waits until these are the reactions that she sees on the message."""
        async with asyncio.timeout(20):
            while self._counts(message_id) != wanted:
                await asyncio.sleep(0.02)

    def _counts(self, message_id: str) -> dict[str, int]:
        here = self.known.get(message_id, {"reactions": []})
        return {one["emoji"]: one["count"] for one in here["reactions"]}

    async def type(self) -> None:
        assert self._ws
        await self._ws.send_json({"type": "typing"})

    async def upload(self, data: bytes, alt: str = "") -> str:
        form = aiohttp.FormData()
        form.add_field("file", data, filename="picture.png", content_type="image/png")
        form.add_field("alt", alt)
        async with self._client.post(f"{self.url}/media", data=form) as answer:
            assert answer.status == 201, await answer.text()
            return str((await answer.json())["id"])


def gone(message: Frame) -> bool:
    return bool(message["deleted"])
