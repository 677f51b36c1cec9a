"""PostgreSQL goes away while everybody speaks, and comes back: the program waits for it and nothing is lost."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from practice import Practice
from tests.programs import Postgres, Program, rows_of, running, until
from tests.visitors import Member, Visitor, assert_kept, everybody_talks, hush, relayed

PAGES = ("/", "/hangout", "/api/v1/rooms/hangout/messages")


@pytest.fixture
async def postgres(session_folder: Path) -> AsyncIterator[Postgres]:
    async with Postgres(session_folder / f"outage-{time.monotonic_ns()}") as postgres:
        yield postgres


@asynccontextmanager
async def talked_in(
    postgres: Postgres, practice: Practice, folder: Path
) -> AsyncIterator[tuple[Program, list[Visitor], Member]]:
    """The program with three visitors and a member of Discord's who do not stop talking."""
    async with (
        running(folder, {**practice.environment, "DATABASE_URL": postgres.url}) as program,
        everybody_talks(practice, *[(program.url, name) for name in ("Ada", "Bea", "Cleo")]) as (visitors, member),
    ):
        yield program, visitors, member
        await asyncio.sleep(1)
        await hush(visitors, member)
        await assert_kept(postgres.url, practice, visitors, member)


async def refusals(program: Program, session: aiohttp.ClientSession) -> None:
    """Every page says kindly, and soon, that it cannot be had just now."""
    for path in PAGES:
        async with asyncio.timeout(5), session.get(f"{program.url}{path}") as answer:
            text = await answer.text()
            assert (answer.status, answer.headers.get("Retry-After")) == (503, "2"), path
            assert "The house is having a short rest. Please try again in a moment." in text


async def test_postgresql_stopped_under_traffic_costs_delay_and_nothing_else(
    postgres: Postgres, practice: Practice, tmp_path: Path
) -> None:
    async with (
        talked_in(postgres, practice, tmp_path) as (program, visitors, member),
        aiohttp.ClientSession() as session,
    ):
        identified = practice.gateway.identified
        await postgres.stop()
        stopped = time.monotonic()
        await until(lambda: all("unavailable" in visitor.codes for visitor in visitors), 5)
        await refusals(program, session)
        form = {"Accept": "application/json"}
        async with session.post(f"{program.url}/hangout/join", data={"name": "Dora"}, headers=form) as answer:
            assert (answer.status, (await answer.json())["error"]["code"]) == (503, "unavailable")
        async with session.ws_connect(f"{program.url}/ws/hangout") as ws:
            assert (await ws.receive_json(timeout=5))["code"] == "unavailable"
            assert (await ws.receive(timeout=5)).data == 1011
        async with session.get(f"{program.url}/healthz") as answer:
            assert answer.status == 200
        found = await program.readiness(session)
        assert (found["status"], found["database"], found["discord"]) == (503, False, "on")
        await asyncio.sleep(max(0.0, 6 - (time.monotonic() - stopped)))

        before, sent = [len(visitor.acks) for visitor in visitors], len(relayed(practice))
        missed = set(member.said)
        await postgres.start()

        async def all_is_well() -> bool:
            everybody_speaks = all(len(one.acks) > count for one, count in zip(visitors, before, strict=True))
            kept = {row["content"] for row in await rows_of(postgres.url)}
            return everybody_speaks and len(relayed(practice)) > sent and missed <= kept

        await until(all_is_well, 5)
        async with session.get(f"{program.url}/hangout") as answer:
            assert answer.status == 200
        assert program.status is None, "it needs no restart"
        assert practice.gateway.identified == identified, "the gateway session outlives the database"
    assert max(max(visitor.answers) for visitor in visitors) < 5, "every send is answered in time"
    assert not {code for visitor in visitors for code in visitor.codes} - {"unavailable"}
    assert {code for visitor in visitors for code in visitor.closings} <= {1011}
    assert "Traceback" not in program.words, program.words


async def test_a_postgresql_that_freezes_is_as_one_that_is_away(
    postgres: Postgres, practice: Practice, tmp_path: Path
) -> None:
    async with talked_in(postgres, practice, tmp_path) as (program, visitors, _), aiohttp.ClientSession() as session:
        postgres.freeze()
        page = asyncio.create_task(session.get(f"{program.url}/hangout", timeout=aiohttp.ClientTimeout(10)))
        await until(lambda: all("unavailable" in visitor.codes for visitor in visitors), 6)
        assert (await program.readiness(session))["status"] == 503
        assert (await page).status == 503
        before = [len(visitor.acks) for visitor in visitors]
        postgres.thaw()
        await until(lambda: all(len(one.acks) > count for one, count in zip(visitors, before, strict=True)), 5)
    assert max(max(visitor.answers) for visitor in visitors) < 5.2, "every send is answered in time"
    assert "Traceback" not in program.words, program.words
