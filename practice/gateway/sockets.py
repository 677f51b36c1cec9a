"""One gateway socket: frames out through a queue, compressed if the client asked for it; frames in decoded."""

import asyncio
import zlib
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol

import msgspec
from aiohttp import WSMsgType, web

from practice.model import Json

PAYLOAD_MAX = 4096


class Compressor(Protocol):
    def __call__(self, frame: bytes) -> bytes: ...


def zlib_stream() -> Compressor:
    context = zlib.compressobj()
    return lambda frame: context.compress(frame) + context.flush(zlib.Z_SYNC_FLUSH)


def zstd_stream() -> Compressor:
    module: Any = import_module("zstandard")
    context = module.ZstdCompressor().compressobj()
    flush = module.COMPRESSOBJ_FLUSH_BLOCK
    return lambda frame: bytes(context.compress(frame) + context.flush(flush))


def compressor(asked: str) -> Compressor | None:
    """The transport compression of `?compress=`; None for plain text."""
    if asked == "zlib-stream":
        return zlib_stream()
    if asked == "zstd-stream" and find_spec("zstandard"):
        return zstd_stream()
    return None


class Closed(Exception):
    """The client is gone (code 0), or is to be sent away with a close code."""

    def __init__(self, code: int = 0, reason: str = "") -> None:
        super().__init__(f"{code} {reason}")
        self.code = code
        self.reason = reason


class Socket:
    """`open` is clear while the gateway plays dead: frames are taken and kept back in order."""

    def __init__(self, request: web.Request, ws: web.WebSocketResponse, gate: asyncio.Event) -> None:
        self.ws = ws
        self._transport = request.transport
        self._compress = compressor(request.query.get("compress", ""))
        self._queue: asyncio.Queue[bytes | Closed] = asyncio.Queue()
        self._gate = gate

    def send(self, frame: bytes) -> None:
        self._queue.put_nowait(frame)

    def send_op(self, op: int, data: object) -> None:
        self.send(msgspec.json.encode({"op": op, "d": data, "s": None, "t": None}))

    def close(self, code: int, reason: str = "") -> None:
        """Closes after what is already in the queue."""
        self._queue.put_nowait(Closed(code, reason))

    def abort(self) -> None:
        """Cuts the TCP connection without a close frame."""
        if self._transport:
            self._transport.abort()

    async def write(self) -> None:
        """Sends the queue until the socket is closed; runs as a task beside the reading."""
        while True:
            frame = await self._queue.get()
            await self._gate.wait()
            if isinstance(frame, Closed):
                await self.ws.close(code=frame.code, message=frame.reason.encode())
                return
            try:
                if self._compress:
                    await self.ws.send_bytes(self._compress(frame))
                else:
                    await self.ws.send_str(frame.decode())
            except ConnectionError:
                return

    async def receive(self, seconds: float) -> Json:
        """The next frame. Raises Closed when the client left, was silent for so many seconds, or sent what is none."""
        try:
            async with asyncio.timeout(seconds):
                message = await self.ws.receive()
        except TimeoutError:
            raise Closed(4009, "Session timed out.") from None
        if message.type not in {WSMsgType.TEXT, WSMsgType.BINARY}:
            raise Closed
        if len(message.data) > PAYLOAD_MAX:
            raise Closed(4002, "Error while decoding payload.")
        try:
            return msgspec.json.decode(message.data, type=Json)
        except msgspec.DecodeError:
            raise Closed(4002, "Error while decoding payload.") from None
