"""Somebody at the hangout's socket, as docs/protocol.md asks of a page: joins, speaks, resumes, sends again.

What a visitor was told is written down as it came, so that whoever judges afterwards sees every gap and repeat.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import aiohttp
import msgspec

Frame = dict[str, Any]
AWAY = (aiohttp.ClientError, ConnectionError, TimeoutError)
IN_FLIGHT = 4  # sends of one visitor that wait for their answer at once


class Visitor:
    """`acks` is {nonce: (message id, seq)}, `heard` the seq of every change in the order it came, `refused` how many
    sends were answered with an error and sent again. `known` is what stands here as they were told: the words of every
    message by id, without those that are gone. `done`: the nonces of changes that were acknowledged.
    """

    def __init__(self, url: str, name: str, pause: float = 0.0) -> None:
        self.name = name
        self.said: dict[str, str] = {}
        self.acks: dict[str, tuple[str, int]] = {}
        self.heard: list[int] = []
        self.known: dict[str, str] = {}
        self.changes: dict[str, tuple[str, Frame]] = {}
        self.done: set[str] = set()
        self.refused = 0
        self.hellos = 0
        self.resets = 0
        self.on_ack: Callable[[], None] = lambda: None
        self._url = url
        self._pause = pause
        self._to_say: deque[str] = deque()  # nonces not yet sent on this socket, oldest first
        self._client = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        self._task: asyncio.Task[None] | None = None

    async def join(self) -> None:
        """Takes the name; the session outlives the socket and the program."""
        headers = {"Accept": "application/json"}
        async with self._client.post(f"{self._url}/hangout/join", data={"name": self.name}, headers=headers) as answer:
            answer.raise_for_status()

    def sit_down(self) -> None:
        self._task = asyncio.create_task(self._stay(), name=self.name)

    async def leave(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])
        await self._client.close()

    def say(self, nonce: str, content: str) -> None:
        """Queues it; it is sent until it is acknowledged."""
        self.said[nonce] = content
        self._to_say.append(nonce)

    def change(self, said: str, **frame: str) -> None:
        """Does something with an own message, given as its nonce, as soon as that and what was to be done with it
        before are acknowledged.
        """
        self.changes[f"{said} {frame['type']}"] = said, frame

    @property
    def sees(self) -> list[tuple[str, str]]:
        return sorted(self.known.items())

    @property
    def meant(self) -> list[str]:
        """The words of their messages as they should stand in the end."""
        last = {about: frame["content"] for about, frame in self.changes.values() if frame["type"] == "edit"}
        gone = {about for about, frame in self.changes.values() if frame["type"] == "delete"}
        return [last.get(nonce, words) for nonce, words in self.said.items() if nonce not in gone]

    @property
    def is_done(self) -> bool:
        return len(self.acks) == len(self.said) and len(self.done) == len(self.changes)

    def _next_change(self, said: str) -> str | None:
        mine = (nonce for nonce, (about, _) in self.changes.items() if about == said)
        return next((nonce for nonce in mine if nonce not in self.done), None)

    def _asked(self, nonce: str) -> Frame:
        if nonce in self.said:
            return {"type": "send", "nonce": nonce, "content": self.said[nonce]}
        about, frame = self.changes[nonce]
        return {**frame, "nonce": nonce, "id": self.acks[about][0]}

    async def _stay(self) -> None:
        while True:
            with suppress(*AWAY):
                await self._sit()
            await asyncio.sleep(0.1)

    async def _sit(self) -> None:
        after = self.heard[-1] if self.heard else 0
        async with self._client.ws_connect(f"{self._url}/ws/hangout?after={after}") as ws:
            changes = filter(None, map(self._next_change, self.acks))
            self._to_say = deque([*(nonce for nonce in self.said if nonce not in self.acks), *changes])
            room = asyncio.Semaphore(IN_FLIGHT)
            speaking = asyncio.create_task(self._speak(ws, room))
            try:
                async for packet in ws:
                    if packet.type is aiohttp.WSMsgType.TEXT:
                        self._take(msgspec.json.decode(packet.data), room)
            finally:
                speaking.cancel()
                await asyncio.gather(speaking, return_exceptions=True)

    async def _speak(self, ws: aiohttp.ClientWebSocketResponse, room: asyncio.Semaphore) -> None:
        while True:
            if self._to_say:
                await room.acquire()
                nonce = self._to_say.popleft()
                await ws.send_json(self._asked(nonce))
            await asyncio.sleep(self._pause)

    def _take(self, frame: Frame, room: asyncio.Semaphore) -> None:
        match frame["type"]:
            case "hello":
                self.hellos += 1
                self.resets += frame["reset"]
                for message in frame["messages"]:
                    self._note(message["seq"], message)
            case "ack":
                self._note_ack(frame)
                room.release()
            case "error":
                self.refused += 1
                self._to_say.append(frame["nonce"])
                asyncio.get_running_loop().call_later(frame.get("retry_after", 1.0), room.release)
            case "message_create" | "message_update":
                self._note(frame["seq"], frame["message"])
            case "message_delete" | "reaction_add" | "reaction_remove":
                self._note(frame["seq"], {"id": frame["id"], "deleted": frame["type"] == "message_delete"})

    def _note(self, seq: int, message: Frame) -> None:
        self.heard.append(seq)
        if message["deleted"]:
            self.known.pop(message["id"], None)
        elif "content" in message:
            self.known[message["id"]] = message["content"]

    def _note_ack(self, frame: Frame) -> None:
        nonce = frame["nonce"]
        if nonce in self.changes:
            self.done.add(nonce)
            following = self._next_change(self.changes[nonce][0])
        else:
            self.acks[nonce] = (frame["id"], frame["seq"])
            following = self._next_change(nonce)
            self.on_ack()
        if following:
            self._to_say.append(following)


async def until(condition: Callable[[], object], seconds: float) -> bool:
    """Waits until the condition holds; False when it does not in so many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.02)
    return True
