"""The program as it is shipped: bot.py in a process of its own, over a data folder of its own, started and killed."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import aiohttp

Result = TypeVar("Result")
ROOT = Path(__file__).parents[1]
PATIENCE = 60.0  # seconds for a start, a first initdb and a crash recovery included
# A benchmark says more in a second than anybody would; the paces are tested elsewhere.
UNHURRIED = {
    "MOD_NEW_MESSAGES": "0",
    "MOD_RAID_NAMES": "10000",
    "MOD_ROOM_RATE": "1000",
    "MOD_ROOM_BURST": "10000",
    "HANGOUT_RATE": "1000",
    "HANGOUT_BURST": "1000",
    "DISCORD_MESSAGES_PER_MINUTE": "100000",
    "HANGOUT_ADDRESS_RATE": "1000",
    "HANGOUT_ADDRESS_BURST": "10000",
    "HANGOUT_NAMES_PER_ADDRESS": "10000",
    "HANGOUT_RESUME_MAX": "100000",
}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Runs it to its end; SIGTERM ends it as Ctrl-C does, so that no process is left behind."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    return asyncio.run(work)


class House:
    """One site that may die and come back: the address and the data stay."""

    def __init__(self, folder: Path, discord: Mapping[str, str]) -> None:
        self.folder = folder
        self.log = folder / "porchlight.log"
        self.port = free_port()
        self.starts = 0
        self._discord = discord
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Starts it without waiting; see `is_ready`."""
        own = {"DATA_DIR": str(self.data), "WEB_PORT": str(self.port), "LOG_LEVEL": "info"}
        inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "bot.py"],
                cwd=ROOT,
                env={**inherited, **UNHURRIED, **self._discord, **own},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.starts += 1

    def kill(self) -> None:
        """SIGKILL: nothing is flushed, finished or told to anybody."""
        if self._process:
            self._process.kill()
            self._process.wait()

    async def stop(self) -> int:
        """SIGTERM; returns the exit status. Killed, and -9, if that takes more than ten seconds."""
        if self._process is None:
            return 0
        self._process.send_signal(signal.SIGTERM)
        try:
            return await asyncio.to_thread(self._process.wait, 10)
        except subprocess.TimeoutExpired:
            self.kill()
            return -signal.SIGKILL

    async def is_ready(self) -> None:
        """Waits until pages are served and the relay to Discord is on. Raises RuntimeError with the log's end."""
        deadline = time.monotonic() + PATIENCE
        async with aiohttp.ClientSession() as client:
            while time.monotonic() < deadline and self.is_running:
                if await self._state(client) == ("on", "on"):
                    return
                await asyncio.sleep(0.05)
        raise RuntimeError("The program is not ready:\n" + "\n".join(self.log.read_text().splitlines()[-20:]))

    async def _state(self, client: aiohttp.ClientSession) -> tuple[str, str]:
        try:
            async with client.get(f"{self.url}/readyz") as answer:
                body = await answer.json()
        except (aiohttp.ClientError, OSError):
            return "", ""
        return body["discord"], body["relay"]


@asynccontextmanager
async def opened(discord: Mapping[str, str]) -> AsyncIterator[House]:
    """A house that is ready, on a folder that is gone afterwards. `discord`: the variables that point it at one."""
    # Unix sockets have little room for their path, so the name is short.
    with tempfile.TemporaryDirectory(prefix="porch-", ignore_cleanup_errors=True) as folder:
        house = House(Path(folder), discord)
        house.start()
        try:
            await house.is_ready()
            yield house
        finally:
            await house.stop()
