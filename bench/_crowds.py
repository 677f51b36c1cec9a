"""Three servers that tell a crowd of sockets the same things: Porchlight's own, and the two it is measured against.

Each runs in a process of its own (`python -m bench._crowds NAME`), takes orders from standard input and answers on
standard output, both in lines of JSON. What it says of its CPU time is its own: user and system.
"""

import asyncio
import base64
import hashlib
import json
import resource
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import msgspec
from aiohttp import WSMsgType, web

from db import rooms
from db.config import Config, Data, Web
from db.events import Changed
from db.markup import Mentions
from db.messages import Author, Extras, Message
from db.opening import open_store
from web import frames, make_app, serving

FIRST = 100_000  # every seq has six digits, so that all frames are of one size
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, section 1.3


@dataclass(frozen=True, slots=True)
class Crowd:
    """A server that runs. `prepare` is done before the clock runs, `tell` is what is measured."""

    port: int
    tell: Callable[[Sequence[Changed]], Awaitable[None]]
    prepare: Callable[[Sequence[Changed]], None] = lambda _: None


def change(seq: int, size: int) -> Changed:
    """Something said, of so many bytes."""
    message = Message(
        id=seq,
        room_id=1,
        seq=seq,
        author=Author(100_001, "Somebody", False),
        source="web",
        kind="said",
        content=f"{seq} {'the lamp is lit, come in ' * (size // 25 + 1)}"[:size],
        mentions=Mentions(),
        attachments=(),
        extras=Extras(),
        reactions=(),
        reply_to=None,
        created_at=datetime(2026, 5, 1, 12, tzinfo=UTC),
        edited_at=None,
        deleted=False,
        discord_id=None,
        revision=0,
        relay="none",
        relay_reason=None,
    )
    return Changed(1, seq, "create", message)


@asynccontextmanager
async def porchlight() -> AsyncIterator[Crowd]:
    """The real application over the real database. What it tells is announced as if it had just been committed."""
    with tempfile.TemporaryDirectory(prefix="porch-", ignore_cleanup_errors=True) as folder:
        config = Config(data=Data(dir=folder), web=Web(secret_key="0123456789abcdef" * 4))
        async with open_store(config) as store:
            await store.pool.execute("update rooms set seq = $1 where slug = $2", FIRST, rooms.HANGOUT)

            async def tell(changes: Sequence[Changed]) -> None:
                for one in changes:
                    store.live.announce(one)

            async with serving(make_app(store), "127.0.0.1", 0) as port:
                yield Crowd(port, tell)


class Bare(asyncio.Protocol):
    """Shakes hands and nothing else: the least that a server on this loop can do."""

    def __init__(self, everybody: set[asyncio.Transport]) -> None:
        self._everybody = everybody
        self._head = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but its class

    def data_received(self, data: bytes) -> None:
        if self._transport in self._everybody:
            return
        self._head += data
        if b"\r\n\r\n" in self._head:
            key = self._head.partition(b"Sec-WebSocket-Key: ")[2].partition(b"\r\n")[0]
            accept = base64.b64encode(hashlib.sha1(key + GUID).digest())
            self._transport.write(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
            )
            self._everybody.add(self._transport)

    def connection_lost(self, _error: Exception | None) -> None:
        self._everybody.discard(self._transport)


@asynccontextmanager
async def bare() -> AsyncIterator[Crowd]:
    """Writes bytes that were prepared before: encoding, order, slow readers, all of that is left out."""
    everybody: set[asyncio.Transport] = set()
    ready: dict[int, bytes] = {}

    def prepare(changes: Sequence[Changed]) -> None:
        ready.update((one.seq, framed(one)) for one in changes)

    async def tell(changes: Sequence[Changed]) -> None:
        for one in changes:
            data = ready.pop(one.seq)
            for transport in everybody:
                transport.write(data)

    server = await asyncio.get_running_loop().create_server(lambda: Bare(everybody), "127.0.0.1", 0, backlog=1024)
    async with server:
        yield Crowd(server.sockets[0].getsockname()[1], tell, prepare)


@asynccontextmanager
async def send_str() -> AsyncIterator[Crowd]:
    """What a tutorial would do: `await ws.send_str(...)` for one socket after the other."""
    everybody: set[web.WebSocketResponse] = set()
    ready: dict[int, str] = {}

    def prepare(changes: Sequence[Changed]) -> None:
        ready.update((one.seq, msgspec.json.encode(frames.changed(one)).decode()) for one in changes)

    async def sit(request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        everybody.add(ws)
        async for packet in ws:
            if packet.type is WSMsgType.ERROR:
                break
        everybody.discard(ws)
        return ws

    async def tell(changes: Sequence[Changed]) -> None:
        for one in changes:
            text = ready.pop(one.seq)
            for ws in tuple(everybody):
                await ws.send_str(text)

    app = web.Application()
    app.router.add_get("/ws/hangout", sit)
    async with serving(app, "127.0.0.1", 0) as port:
        yield Crowd(port, tell, prepare)


def framed(one: Changed) -> bytes:
    return frames.encode(frames.changed(one))


CROWDS = {"porchlight": porchlight, "bare": bare, "send_str": send_str}


class Orders:
    """Standard input, line by line, on the loop."""

    async def __aenter__(self) -> "Orders":
        loop = asyncio.get_running_loop()
        self._lines = asyncio.StreamReader()
        self._pipe, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(self._lines), sys.stdin)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._pipe.close()

    async def next(self) -> bytes:
        """One line, empty at the end."""
        return await self._lines.readline()


def answer(**what: object) -> None:
    print(json.dumps(what), flush=True)


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def memory() -> float:
    """MiB resident now; where that cannot be known, the most there ever was."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text(encoding="ascii").split()[1]) * resource.getpagesize() / 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10


async def serve(name: str) -> None:
    """Obeys until standard input ends. An order says how many `messages` of how many bytes (`size`), and how many
    at once (`burst`); the next burst waits for a line that says that everybody has the last one."""
    seq = FIRST
    async with CROWDS[name]() as crowd, Orders() as orders:
        answer(port=crowd.port, memory=memory())
        while order := await orders.next():
            wanted = json.loads(order)
            changes = [change(seq + place + 1, wanted["size"]) for place in range(wanted["messages"])]
            seq += len(changes)
            crowd.prepare(changes)
            times: list[float] = []
            before = cpu()
            for start in range(0, len(changes), wanted["burst"]):
                times.append(time.monotonic())
                await crowd.tell(changes[start : start + wanted["burst"]])
                await orders.next()
            answer(cpu=cpu() - before, memory=memory(), times=times, frame=len(framed(changes[0])))


def main() -> None:
    factory = None
    if "asyncio" not in sys.argv[2:]:
        import uvloop  # noqa: PLC0415 - not on every platform

        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(serve(sys.argv[1]))


if __name__ == "__main__":
    main()
