"""The program as it is started and ended by people and machines: `python bot.py`, a process of its own."""

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from db.embedded import _processes

ROOT = Path(__file__).parents[1]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


async def start(data: Path, **environ: str) -> asyncio.subprocess.Process:
    """The program with nothing in its environment but this; a resource left open is told on standard error."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-X",
        "dev",
        "-W",
        "ignore::DeprecationWarning",  # discord.py's of audioop
        "bot.py",
        cwd=ROOT,
        env={"PATH": os.defpath, "DATA_DIR": str(data), **environ},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )


@asynccontextmanager
async def serving(data: Path, port: int, **environ: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """The program, ready to serve; killed if the test leaves it running."""
    process = await start(data, WEB_PORT=str(port), **environ)
    try:
        async with asyncio.timeout(30), aiohttp.ClientSession() as session:
            while not await is_ready(session, port):
                assert process.returncode is None, (await process.communicate())[1].decode()
                await asyncio.sleep(0.05)
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def is_ready(session: aiohttp.ClientSession, port: int) -> bool:
    try:
        async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
            return answer.status == 200
    except aiohttp.ClientConnectionError:
        return False


@pytest.fixture
def data(session_folder: Path) -> Path:
    return session_folder / f"start-{time.monotonic_ns()}"


async def nothing_is_left(data: Path) -> bool:
    return await _processes.gone((data / "postgres").resolve(), 10)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_starts_without_anything_set_up_and_ends_with_0_in_time_leaving_nothing_open_or_running(
    data: Path, number: signal.Signals
) -> None:
    async with serving(data, free_port()) as process:
        told = time.monotonic()
        process.send_signal(number)
        _, errors = await process.communicate()
    assert process.returncode == 0
    assert time.monotonic() - told < 10
    assert await nothing_is_left(data)
    said = errors.decode()
    assert "There is no Discord token" in said
    assert "./run demo" in said
    for trouble in ("Traceback", "ResourceWarning", "never awaited", "never retrieved", "was destroyed"):
        assert trouble not in said, said


async def test_killed_it_takes_its_database_with_it_and_starts_again_at_once(data: Path) -> None:
    port = free_port()
    async with serving(data, port) as process:
        process.kill()
        await process.communicate()
    assert await nothing_is_left(data)
    began = time.monotonic()
    async with serving(data, port):
        assert time.monotonic() - began < 5


async def test_two_processes_on_one_folder_share_the_database_and_the_second_outlives_the_first(data: Path) -> None:
    async with serving(data, free_port()) as first:
        port = free_port()
        async with serving(data, port, PROCESS_ROLE="web") as second:
            first.terminate()
            await first.communicate()
            async with asyncio.timeout(20), aiohttp.ClientSession() as session:
                while not await is_ready(session, port):
                    await asyncio.sleep(0.1)
            assert second.returncode is None
    assert await nothing_is_left(data)


async def test_a_configuration_that_cannot_be_used_ends_it_with_2_and_one_sentence_before_anything_is_opened(
    data: Path,
) -> None:
    process = await start(data, WEB_PORT="eighty")
    _, errors = await process.communicate()
    assert process.returncode == 2
    assert errors.decode() == "[web] port (WEB_PORT in the environment) must be a whole number from 0 to 65535.\n"
    assert not data.exists()


@pytest.mark.parametrize(
    "address", ["postgresql://nobody@127.0.0.1:1/nothing", "postgresql://nobody@nowhere.invalid/x"]
)
async def test_a_database_that_cannot_be_reached_ends_it_with_1_and_a_sentence(data: Path, address: str) -> None:
    process = await start(data, DATABASE_URL=address, WEB_PORT=str(free_port()))
    async with asyncio.timeout(30):
        _, errors = await process.communicate()
    assert process.returncode == 1
    assert "[database] url" in errors.decode()
    assert "Traceback" not in errors.decode()


async def test_a_folder_for_data_that_is_none_ends_it_with_1_and_a_sentence(data: Path) -> None:
    data.write_text("")
    process = await start(data, WEB_PORT=str(free_port()))
    _, errors = await process.communicate()
    assert process.returncode == 1
    assert "cannot be written" in errors.decode()
    assert "Traceback" not in errors.decode()


async def test_a_port_that_is_taken_ends_it_with_1_and_a_sentence_and_its_database_with_it(data: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = await start(data, WEB_PORT=str(taken.getsockname()[1]))
        _, errors = await process.communicate()
    assert process.returncode == 1
    assert "Traceback" not in errors.decode()
    assert await nothing_is_left(data)
