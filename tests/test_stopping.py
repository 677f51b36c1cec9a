"""SIGTERM under traffic, whatever else is wrong just then: sockets are told, nothing acknowledged is lost, exit 0 in
time, and nothing is left running or open.
"""

import asyncio
import signal
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from db.embedded import _processes, embedded_postgres
from practice import Practice
from tests.programs import Postgres, Program, rows_of, running, until
from tests.visitors import Member, Visitor, assert_kept, everybody_talks, hush

# Resources left open are told on standard error; the deprecation is discord.py's of audioop.
STRICT = ("-X", "dev", "-W", "error::ResourceWarning", "-W", "ignore::DeprecationWarning")
TROUBLE = ("Traceback", "ResourceWarning", "never awaited", "never retrieved", "was destroyed", "Task exception")
IN_TIME = 10.0  # seconds


@pytest.fixture
def folder(session_folder: Path) -> Path:
    folder = session_folder / f"stopping-{time.monotonic_ns()}"
    folder.mkdir()
    return folder


@asynccontextmanager
async def lively(
    folder: Path, practice: Practice, *, untroubled: bool = True, **environ: str
) -> AsyncIterator[tuple[Program, list[Visitor], Member]]:
    """The program under traffic from both sides, which a test ends; `untroubled`: without a word of trouble."""
    async with (
        running(folder, {**practice.environment, **environ}, flags=STRICT) as program,
        everybody_talks(practice, *[(program.url, name) for name in ("Ada", "Bea", "Cleo")], pause=0.05) as (
            visitors,
            member,
        ),
    ):
        yield program, visitors, member
        if untroubled:
            assert_untroubled(program)


async def stop(program: Program, *numbers: signal.Signals) -> float:
    """Tells it to end, once or more; returns how long that took."""
    began = time.monotonic()
    for number in numbers or (signal.SIGTERM,):
        program.tell(number)
        await asyncio.sleep(0.02)
    assert await program.ended() == 0, program.words[-3000:]
    return time.monotonic() - began


def assert_untroubled(program: Program) -> None:
    """Nothing was left open, unawaited or unexplained."""
    said = program.words
    for trouble in TROUBLE:
        assert trouble not in said, said


def lost(visitors: list[Visitor], kept: dict[str, tuple[str, int]]) -> list[str]:
    """What was acknowledged and is not there as it was acknowledged."""
    return [nonce for visitor in visitors for nonce, ack in visitor.acks.items() if kept.get(nonce) != ack]


async def kept_at(url: str) -> dict[str, tuple[str, int]]:
    return {row["nonce"]: (str(row["id"]), row["seq"]) for row in await rows_of(url) if row["nonce"]}


async def test_a_stop_under_traffic_tells_the_sockets_and_the_next_start_goes_on_where_it_was(
    practice: Practice, folder: Path
) -> None:
    async with lively(folder, practice) as (program, visitors, member):
        assert await stop(program) < IN_TIME
        assert [visitor.closings for visitor in visitors] == [[1012]] * 3
        assert await _processes.gone((program.data / "postgres").resolve(), 0.5)
        async with embedded_postgres(program.data) as url:
            assert lost(visitors, await kept_at(url)) == []
        await asyncio.sleep(0.5)  # people go on talking to a closed door
        await program.start()
        await program.is_serving()
        await hush(visitors, member)
        async with embedded_postgres(program.data) as url:  # the program's own server, shared
            await assert_kept(url, practice, visitors, member)
        assert await stop(program) < IN_TIME


@contextmanager
def never_reading(program: Program) -> Iterator[None]:
    """A socket that sits down and reads nothing, and a form of which the second half never comes."""
    with socket.socket() as deaf, socket.socket() as slow:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        for one in (deaf, slow):
            one.connect(("127.0.0.1", program.port))
        host = f"Host: 127.0.0.1:{program.port}\r\n"
        deaf.sendall(
            f"GET /ws/hangout?after=0 HTTP/1.1\r\n{host}Upgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )
        form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n"
        slow.sendall(f"POST /hangout/join HTTP/1.1\r\n{host}{form}\r\nname=".encode())
        yield


async def test_one_who_never_reads_and_one_who_never_ends_do_not_hold_up_a_stop(
    practice: Practice, folder: Path, database_url: str
) -> None:
    async with lively(folder, practice, DATABASE_URL=database_url) as (program, visitors, _):
        with never_reading(program):
            for number in range(60):
                visitors[0].say(f"{number} " + "<" * 1500)  # as HTML each of these is four characters
            await until(lambda: visitors[0].is_done, 20)
            assert await stop(program) < IN_TIME
        assert [visitor.closings for visitor in visitors] == [[1012]] * 3
        assert lost(visitors, await kept_at(database_url)) == []


async def test_a_stop_while_discord_is_away_is_no_different(
    practice: Practice, folder: Path, database_url: str
) -> None:
    async with lively(folder, practice, DATABASE_URL=database_url) as (program, visitors, _):
        practice.faults.away()
        await asyncio.sleep(1.5)
        assert await stop(program) < IN_TIME
        assert [visitor.closings for visitor in visitors] == [[1012]] * 3
        assert lost(visitors, await kept_at(database_url)) == []


async def test_a_stop_while_discord_does_not_answer_is_no_different(
    practice: Practice, folder: Path, database_url: str
) -> None:
    async with lively(folder, practice, DATABASE_URL=database_url) as (program, visitors, _):
        practice.faults.latency(30)
        practice.faults.pause_gateway()
        await asyncio.sleep(0.5)
        assert await stop(program) < IN_TIME
        assert lost(visitors, await kept_at(database_url)) == []


@pytest.mark.parametrize("how", ["stopped", "frozen"])
async def test_a_stop_while_postgresql_is_away_is_in_time_too(practice: Practice, folder: Path, how: str) -> None:
    async with (
        Postgres(folder / "postgres") as postgres,
        lively(folder, practice, DATABASE_URL=postgres.url, untroubled=how == "stopped") as (program, visitors, _),
    ):
        if how == "frozen":
            postgres.freeze()
        else:
            await postgres.stop()
        await asyncio.sleep(0.5)
        assert await stop(program) < IN_TIME
        assert [visitor.closings for visitor in visitors] == [[1012]] * 3
        if how == "frozen":
            postgres.thaw()
        else:
            await postgres.start()
        assert lost(visitors, await kept_at(postgres.url)) == []


async def test_told_again_and_again_it_still_ends_in_good_order(practice: Practice, folder: Path) -> None:
    async with lively(folder, practice) as (program, visitors, _):
        assert await stop(program, *[signal.SIGTERM, signal.SIGINT] * 15) < IN_TIME
        assert [visitor.closings for visitor in visitors] == [[1012]] * 3
        assert await _processes.gone((program.data / "postgres").resolve(), 0.5)
