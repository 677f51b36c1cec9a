"""Many sockets that only read, in one thread: what they cost is the client's, not the server's that is measured.

Counts whole frames and answers pings. Plain sockets and a selector, because a thousand tasks would be slower.
"""

import select
import selectors
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

PING, CLOSE = 9, 8
KEY = "dGhlIHNhbXBsZSBub25jZQ=="  # any will do; this is the one of RFC 6455
READ_SIZE = 256 * 1024
PONG = bytes((0x8A, 0x80, 0, 0, 0, 0))  # masked, as every frame of a client is, and empty


class Reader:
    """One socket. `frames` counts data frames, `closing` is the code of the close frame or None."""

    def __init__(self, port: int, receive_buffer: int | None = None) -> None:
        self.frames = 0
        self.closing: int | None = None
        self.is_open = True
        self.raw = socket.socket()
        if receive_buffer:
            self.raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.raw.settimeout(30)
        self.raw.connect(("127.0.0.1", port))
        self.raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._unread = self._shake_hands(port)
        self.raw.setblocking(False)

    def _shake_hands(self, port: int) -> bytearray:
        self.raw.sendall(
            f"GET /ws/hangout HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n\r\n".encode()
        )
        answer = b""
        while b"\r\n\r\n" not in answer:
            part = self.raw.recv(65536)
            if not part:
                raise ConnectionError("The server closed instead of shaking hands")
            answer += part
        head, _, rest = answer.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 101"):
            raise ConnectionError(head.decode(errors="replace"))
        return bytearray(rest)

    def read(self) -> int:
        """Takes what has come; returns how many data frames that completed."""
        try:
            data = self.raw.recv(READ_SIZE)
        except BlockingIOError:
            return 0
        except ConnectionError:
            data = b""
        if not data:
            self.is_open = False
            return 0
        self._unread += data
        before = self.frames
        self._parse()
        return self.frames - before

    def wait(self, seconds: float) -> bool:
        """Reads once something has come; False when nothing has for so long."""
        has_come = bool(select.select([self.raw], [], [], seconds)[0])
        self.read()
        return has_come

    def close(self) -> None:
        self.raw.close()

    def _parse(self) -> None:
        unread, place = self._unread, 0
        while len(unread) - place >= 2:
            start, size = place + 2, unread[place + 1]
            if size >= 126:
                width = 2 if size == 126 else 8
                start += width
                size = int.from_bytes(unread[place + 2 : start], "big")
            if len(unread) < start + size:
                break
            kind = unread[place] & 0x0F
            if kind < CLOSE:
                self.frames += 1
            elif kind == CLOSE:
                self.closing = int.from_bytes(unread[start : start + 2], "big")
            elif kind == PING:
                self.raw.send(PONG)
            place = start + size
        del unread[:place]


class Readers:
    """Reads on behalf of all of them. `times` are the moments (time.monotonic) at which frames came, if asked for."""

    def __init__(self, port: int, count: int) -> None:
        self.all = [Reader(port) for _ in range(count)]
        self.times: list[float] | None = None
        self._selector = selectors.DefaultSelector()
        for reader in self.all:
            self._selector.register(reader.raw, selectors.EVENT_READ, reader)

    def __len__(self) -> int:
        return len(self.all)

    def read(self, patience: float) -> int:
        """Waits at most so many seconds; returns how many frames came."""
        came = 0
        for key, _ in self._selector.select(patience):
            reader: Reader = key.data
            frames = reader.read()
            came += frames
            if self.times is not None and frames:
                self.times += [time.monotonic()] * frames
            if not reader.is_open:
                self._selector.unregister(reader.raw)
        return came

    def read_until_quiet(self, seconds: float) -> None:
        """Reads on until nothing has come for so long."""
        while self.read(seconds):
            pass

    def read_frames(self, wanted: int, patience: float = 30.0) -> None:
        """Reads until so many frames have come. Raises TimeoutError."""
        deadline = time.monotonic() + patience
        came = 0
        while came < wanted:
            came += self.read(1.0)
            if time.monotonic() > deadline:
                raise TimeoutError(f"{came} frames of {wanted} came")

    def close(self) -> None:
        self._selector.close()
        for reader in self.all:
            reader.close()


@contextmanager
def reading(port: int, count: int) -> Iterator[Readers]:
    readers = Readers(port, count)
    try:
        yield readers
    finally:
        readers.close()
