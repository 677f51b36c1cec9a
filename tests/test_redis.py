"""Several processes on one PostgreSQL and one real Valkey: one room, whoever sits where, and whichever of them dies."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from practice import Practice
from tests.programs import Program, Valkey, running, until
from tests.visitors import Visitor, assert_kept, everybody_talks, hush, relayed, seated


@pytest.fixture
async def valkey(session_folder: Path) -> AsyncIterator[Valkey]:
    folder = session_folder / f"valkey-{time.monotonic_ns()}"
    folder.mkdir()
    async with Valkey(folder) as valkey:
        yield valkey


@asynccontextmanager
async def two_processes(
    folder: Path, practice: Practice, valkey: Valkey, database_url: str, second: str = "all"
) -> AsyncIterator[tuple[Program, Program]]:
    """The first of them holds the gateway."""
    environ = {**practice.environment, "DATABASE_URL": database_url, "REDIS_URL": valkey.url}
    async with (
        running(folder, environ) as first,
        running(folder, {**environ, "PROCESS_ROLE": second}, database=True) as other,
    ):
        yield first, other


async def everybody_hears_everybody(visitors: Sequence[Visitor], seconds: float) -> float:
    """Waits until what each has said from now on is on everybody's socket."""
    said = [len(visitor.said) for visitor in visitors]

    def is_so() -> bool:
        new = [list(one.said)[count:][:1] for one, count in zip(visitors, said, strict=True)]
        if not all(nonces and nonces[0] in one.acks for nonces, one in zip(new, visitors, strict=True)):
            return False
        seqs = {one.acks[nonces[0]][1] for nonces, one in zip(new, visitors, strict=True)}
        return all(seqs <= set(visitor.heard) for visitor in visitors)

    return await until(is_so, seconds)


async def test_nothing_is_lost_or_doubled_when_valkey_and_then_the_leader_are_killed(
    practice: Practice, valkey: Valkey, database_url: str, tmp_path: Path
) -> None:
    async with two_processes(tmp_path, practice, valkey, database_url) as (leader, other):
        places = [(leader.url, "Ada"), (leader.url, "Bea"), (other.url, "Cleo"), (other.url, "Dora")]
        async with everybody_talks(practice, *places) as (visitors, member):
            assert await everybody_hears_everybody(visitors, 3) < 1, "by hints, not by looking every now and then"
            await valkey.kill()
            await everybody_hears_everybody(visitors, 6)
            await valkey.start()
            await asyncio.sleep(2.5)  # both processes try again every two seconds at most
            assert await everybody_hears_everybody(visitors, 3) < 1
            assert {closing for visitor in visitors for closing in visitor.closings} == set()

            identified = practice.gateway.identified
            await leader.kill()
            for visitor in visitors[:2]:
                visitor.url = other.url
            sent = len(relayed(practice))
            took = await until(lambda: len(relayed(practice)) > sent and practice.gateway.identified > identified, 15)
            assert took < 10, f"the takeover took {took:.1f} s"
            await everybody_hears_everybody(visitors, 5)
            await hush(visitors, member)
            await assert_kept(database_url, practice, visitors, member)
        assert "Traceback" not in leader.words + other.words


async def test_without_valkey_from_the_beginning_they_are_one_room_too(
    practice: Practice, valkey: Valkey, database_url: str, tmp_path: Path
) -> None:
    await valkey.kill()
    async with two_processes(tmp_path, practice, valkey, database_url) as (leader, other):
        async with everybody_talks(practice, (leader.url, "Ada"), (other.url, "Bea")) as (visitors, member):
            await everybody_hears_everybody(visitors, 6)
            await hush(visitors, member)
            await assert_kept(database_url, practice, visitors, member)
        assert "Traceback" not in leader.words + other.words


async def test_a_leader_that_stops_in_good_order_is_followed_at_once(
    practice: Practice, valkey: Valkey, database_url: str, tmp_path: Path
) -> None:
    async with (
        two_processes(tmp_path, practice, valkey, database_url) as (leader, other),
        everybody_talks(practice, (leader.url, "Ada"), (other.url, "Bea")) as (visitors, member),
    ):
        leader.tell(signal.SIGTERM)
        visitors[0].url = other.url
        assert await leader.ended() == 0
        await other.is_serving(discord="on", relay="on")
        await hush(visitors, member)
        await assert_kept(database_url, practice, visitors, member)


async def test_a_process_for_pages_alone_tells_who_is_here_how_the_owner_is_and_what_became_of_a_message(
    practice: Practice, valkey: Valkey, database_url: str, tmp_path: Path
) -> None:
    async with (
        two_processes(tmp_path, practice, valkey, database_url, second="web") as (leader, pages),
        seated((leader.url, "Ada"), (pages.url, "Bea")) as (ada, bea),
    ):
        await until(lambda: ada.here["online"] == bea.here["online"] == 2, 8)
        practice.set_status("owner", "idle")
        await until(lambda: (bea.here["owner"], bea.here["relay"]) == ("idle", "on"), 8)
        bea.say("from the pages")
        await until(lambda: list(bea.states.values()) == ["sent"], 8)
        assert relayed(practice) == [("Bea", "from the pages")]
        assert ada.states == {}, "how far a message has come is its author's business"
        async with aiohttp.ClientSession() as session:
            assert (await pages.readiness(session))["discord"] == "off"
        await ada.leave()
        await until(lambda: bea.here["online"] == 1, 8)

        leader.tell(signal.SIGTERM)
        await leader.ended()
        await until(lambda: (bea.here["owner"], bea.here["relay"]) == ("offline", "off"), 5)
        bea.say("nobody relays this yet")
        await until(lambda: bea.is_done)
        await asyncio.sleep(3)
        assert len(relayed(practice)) == 1, "pages alone never speak to Discord"
