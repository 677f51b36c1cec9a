"""Every row of what crosses the bridge, both ways: when all goes well, and when something fails at that very moment.

All rows of one kind of trouble share one bridge: they prepare, trouble strikes, they act, and at rest each is judged.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

import pytest

from practice import Practice
from tests.bridge.agreement import differences
from tests.bridge.from_discord import FROM_DISCORD
from tests.bridge.program import ProgramScene
from tests.bridge.readers import Reader, Speaker
from tests.bridge.rows import Holds, Seen, look
from tests.bridge.scene import Scene, hurry, plain_config
from tests.bridge.to_discord import TO_DISCORD
from tests.conftest import Databases

# What falls down closes nothing.
pytestmark = pytest.mark.filterwarnings("ignore:.*Unclosed|.*BaseConnector:pytest.PytestUnraisableExceptionWarning")
ROWS = {
    **{f"from Discord, {row.__name__}": row for row in FROM_DISCORD},
    **{f"to Discord, {row.__name__}": row for row in TO_DISCORD},
}
DOWN = "the program is down meanwhile"
FALLS = {"the bridge falls down after", "the program is killed after"}
PATIENCE = 30.0  # seconds until both sides must agree
LINGER = 0.5  # seconds in which something that should not happen again still could


def fail_after_effect(practice: Practice) -> None:
    """Each kind of request is done and answered with 500, the reading of the history too."""
    for method, path, times in (
        ("POST", r"^/webhooks/\d+/[^/]+$", 8),
        ("PATCH", "^/webhooks/.*/messages/", 3),
        ("DELETE", "^/webhooks/.*/messages/", 3),
        ("PUT", "/reactions/", 2),
        ("DELETE", "/reactions/", 2),
        ("GET", r"^/channels/\d+/messages$", 1),
    ):
        practice.faults.status(500, path, method=method, times=times, when="after")


def lose_session(practice: Practice) -> None:
    practice.faults.lose_session(dropped=True)


BEFORE: dict[str, Callable[[Practice], None]] = {
    "all goes well": lambda _: None,
    "the gateway is dropped before": lambda practice: practice.faults.drop_gateway(),
    "the session is lost before": lose_session,
    "the bridge falls down after": lambda _: None,
    "the program is killed after": lambda _: None,
    "the program is down meanwhile": lambda _: None,
    "Discord answers 500 after effect": fail_after_effect,
}


@dataclass(slots=True)
class Outcome:
    """What was found at rest: for each row why it does not hold, and in what the sides do not agree."""

    failures: dict[str, str]
    differences: list[str]
    seen: Seen
    readers: list[Reader]


@pytest.fixture(scope="module", params=list(BEFORE))
async def outcome(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Outcome]:
    url = await databases.take()
    folder = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch:
        hurry(patch)
        async with Practice() as practice:
            is_program = "program" in request.param
            scene = ProgramScene(url, folder, practice) if is_program else Scene(plain_config(url, folder), practice)
            yield await run_all(scene, request.param)
    await databases.give_back(url)


async def run_all(scene: Scene, trouble: str) -> Outcome:
    await scene.open()
    ada, resumed = Speaker(scene.url, "Ada"), Reader(scene.url)
    try:
        await scene.is_on()
        await ada.join()
        resumed.come()
        steps = {name: row(scene, ada) for name, row in ROWS.items()}
        await asyncio.gather(*(anext(one) for one in steps.values()))
        await resumed.go()
        BEFORE[trouble](scene.practice)
        if trouble == DOWN:
            await scene.crash()
        wanted = {name: await anext(one) for name, one in steps.items() if name.startswith("from")}
        if trouble == DOWN:
            await scene.open()
        theirs = {name: one for name, one in steps.items() if name not in wanted}
        wanted |= dict(zip(theirs, await asyncio.gather(*map(anext, theirs.values())), strict=True))
        if trouble in FALLS:
            await scene.crash()
            await scene.open()
        await ada.hello.wait()
        resumed.come()
        return await judge(scene, {name: holds for name, holds in wanted.items() if holds}, ada, [ada, resumed])
    finally:
        await asyncio.gather(ada.leave(), resumed.leave())
        await scene.end()


async def judge(scene: Scene, wanted: dict[str, Holds], ada: Speaker, readers: list[Reader]) -> Outcome:
    """Looks until all holds, or patience ends; then once more, for what comes twice comes late."""
    loop = asyncio.get_running_loop()
    until = loop.time() + PATIENCE
    while await found(scene, wanted, ada, readers) and loop.time() < until:
        await asyncio.sleep(0.1)
    await asyncio.sleep(LINGER)
    seen = await look(scene, ada)
    return Outcome(failures(wanted, seen), await differences(scene, readers), seen, readers)


async def found(scene: Scene, wanted: dict[str, Holds], ada: Speaker, readers: Sequence[Reader]) -> bool:
    """Whether anything does not hold yet."""
    return bool(failures(wanted, await look(scene, ada)) or await differences(scene, readers))


def failures(wanted: dict[str, Holds], seen: Seen) -> dict[str, str]:
    told = {}
    for name, holds in wanted.items():
        try:
            holds(seen)
        except Exception as error:  # noqa: BLE001 - whatever it is, the row does not hold yet
            told[name] = f"{type(error).__name__}: {error}"
    return told


@pytest.mark.parametrize("row", ROWS)
async def test_a_row_crosses_the_bridge_whatever_happens(outcome: Outcome, row: str) -> None:
    assert outcome.failures.get(row) is None


async def test_both_sides_and_all_readers_agree(outcome: Outcome) -> None:
    assert outcome.differences == []


async def test_every_reader_was_told_all_that_hangs_on_a_message(outcome: Outcome) -> None:
    for reader in outcome.readers:
        for message_id, message in outcome.seen.here.items():
            for part in ("kind", "content", "attachments", "extras"):
                assert reader.known[message_id][part] == message[part]
