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
from practice import Practice

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


async def ends_in_good_order(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    """With 0, in time, and leaving nothing open."""
    told = time.monotonic()
    process.send_signal(number)
    _, errors = await process.communicate()
    assert process.returncode == 0
    assert time.monotonic() - told < 10
    said = errors.decode()
    assert "There is no Discord token" in said
    assert "./run demo" in said
    for trouble in ("Traceback", "ResourceWarning", "never awaited", "never retrieved", "was destroyed"):
        assert trouble not in said, said


async def test_it_starts_without_anything_set_up_and_killed_it_takes_its_database_with_it_and_starts_again_at_once(
    data: Path,
) -> None:
    port = free_port()
    async with serving(data, port) as process:
        process.kill()
        await process.communicate()
    assert await nothing_is_left(data)
    began = time.monotonic()
    async with serving(data, port) as process:
        assert time.monotonic() - began < 5
        await ends_in_good_order(process, signal.SIGINT)
    assert await nothing_is_left(data)


async def test_two_processes_on_one_folder_share_the_database_and_the_second_outlives_the_first(data: Path) -> None:
    async with serving(data, free_port()) as first:
        port = free_port()
        async with serving(data, port, PROCESS_ROLE="web") as second:
            await ends_in_good_order(first, signal.SIGTERM)
            async with asyncio.timeout(20), aiohttp.ClientSession() as session:
                while not await is_ready(session, port):
                    await asyncio.sleep(0.1)
            assert second.returncode is None
    assert await nothing_is_left(data)


async def test_a_folder_for_data_that_is_none_ends_it_with_1_and_a_sentence(data: Path) -> None:
    data.write_text("")
    process = await start(data, WEB_PORT=str(free_port()))
    _, errors = await process.communicate()
    assert process.returncode == 1
    assert "cannot be written" in errors.decode()
    assert "Traceback" not in errors.decode()


async def test_a_port_that_is_taken_ends_it_with_1_and_what_to_do_and_its_database_with_it(data: Path) -> None:
    async with Practice() as practice:
        process = await start(data, **practice.environment, WEB_PORT=str(practice.port))
        _, errors = await process.communicate()
    assert process.returncode == 1
    sentence = f"Port {practice.port} is taken by another program: stop it, or set WEB_PORT to a free one.\n"
    assert errors.decode().endswith(sentence)
    assert "Traceback" not in errors.decode()
    assert await nothing_is_left(data)
