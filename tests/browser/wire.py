"""The cable between the browser and the site: its sockets can be cut, silenced, held up or refused, and the site behind
it can move to another port. What is no socket passes untouched."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

SIZE = 64 * 1024


class Wire:
    """`target` is the port of the site, None while it is not there. `refuses_sockets` turns new ones away, and a page
    soon does without; while they are held up it goes on hoping, long enough for the slowest machine.
    """

    def __init__(self) -> None:
        self.port = 0
        self._running: dict[asyncio.Task[None], Strand] = {}
        self._begin()

    def _begin(self) -> None:
        self.target: int | None = None
        self.refuses_sockets = False
        self._passes = asyncio.Event()
        self._passes.set()

    @property
    def _sockets(self) -> list["Strand"]:
        return [strand for strand in self._running.values() if strand.is_socket]

    def silence(self) -> None:
        """What the site says on the sockets that are open now does not arrive any more; what it is told, does."""
        for strand in self._sockets:
            strand.is_silent = True

    def cut(self) -> None:
        """Breaks the sockets that are open now, as a lost network does."""
        for strand in self._sockets:
            strand.cut()

    def hold_up(self) -> None:
        """Breaks the sockets that are open now; the next ones hear nothing until they are let pass."""
        self._passes.clear()
        self.cut()

    def let_pass(self) -> None:
        self._passes.set()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        strand = self._running[task] = Strand(writer)
        try:
            with suppress(OSError):
                await self._connect(strand, reader)
        finally:
            del self._running[task]
            strand.cut()

    async def _connect(self, strand: "Strand", reader: asyncio.StreamReader) -> None:
        first = await reader.read(SIZE)
        strand.is_socket = first.startswith(b"GET /ws/")
        if strand.is_socket:
            await self._passes.wait()
        if self.target is None or (strand.is_socket and self.refuses_sockets):
            return
        from_site, strand.to_site = await asyncio.open_connection("127.0.0.1", self.target)
        strand.to_site.write(first)
        await asyncio.gather(strand.tell(reader), strand.hear(from_site))

    async def clear(self) -> None:
        """Ends what runs through it. Then it is as in the beginning, and leads nowhere."""
        self._passes.set()
        for strand in self._running.values():
            strand.cut()
        await asyncio.gather(*self._running)
        self._begin()


class Strand:
    """One connection through the wire."""

    def __init__(self, to_browser: asyncio.StreamWriter) -> None:
        self.to_browser = to_browser
        self.to_site: asyncio.StreamWriter | None = None
        self.is_socket = False
        self.is_silent = False

    def cut(self) -> None:
        self.to_browser.transport.abort()
        if self.to_site:
            self.to_site.transport.abort()

    async def tell(self, reader: asyncio.StreamReader) -> None:
        assert self.to_site
        while data := await reader.read(SIZE):
            self.to_site.write(data)
            await self.to_site.drain()
        self.to_site.close()

    async def hear(self, reader: asyncio.StreamReader) -> None:
        while data := await reader.read(SIZE):
            if not self.is_silent:
                self.to_browser.write(data)
                await self.to_browser.drain()
        self.to_browser.close()


@asynccontextmanager
async def laid() -> AsyncIterator[Wire]:
    """A wire on a port of its own, for as long as the block lasts."""
    wire = Wire()
    server = await asyncio.start_server(wire.carry, "127.0.0.1", 0)
    wire.port = server.sockets[0].getsockname()[1]
    try:
        yield wire
    finally:
        server.close()
        await wire.clear()
        await server.wait_closed()
