"""People on both sides say, edit, delete, reply and react while faults strike; at rest both sides and readers agree.

`WALKS=200` in the environment takes so many other walks instead of the few that are always the same.
"""

import os
import random
from pathlib import Path

import pytest

from practice import Practice
from tests.bridge.scene import Scene, hurry, plain_config
from tests.bridge.troubles import ACTS, FAULTS, READERS, TroubledWalk
from tests.bridge.walk import Step
from tests.conftest import Databases
from web import audience, sockets

# What falls down closes nothing.
pytestmark = pytest.mark.filterwarnings("ignore:.*Unclosed|.*BaseConnector:pytest.PytestUnraisableExceptionWarning")
WALKS = int(os.environ.get("WALKS", "0"))
STEPS = 40
BEGINNING = [Step(what, who) for who in range(2) for what in ("say", "say_there", "reply", "react", "react_there")]
PATIENCE = 30.0  # seconds until both sides must agree


def walk_of(seed: int) -> list[Step]:
    """Drawn by chance: Hypothesis would prefer simple lists, and on a simple walk nothing happens."""
    chance = random.Random(seed)
    kinds = chance.choices([ACTS, FAULTS, READERS], [5, 2, 1], k=STEPS)
    return BEGINNING + [Step(chance.choice(kind), chance.randrange(12), chance.randrange(12)) for kind in kinds]


DROWSY = [Step("doze_or_wake"), *[Step("say_there")] * 60]


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who does not read is too slow after a few messages."""
    hurry(monkeypatch)
    monkeypatch.setattr(audience, "BACKLOG_MAX", 2048)
    monkeypatch.setattr(sockets, "SEND_BUFFER", 2048)


@pytest.mark.timeout(210)
@pytest.mark.parametrize("number", range(-1, WALKS or 5))
async def test_both_sides_and_all_readers_agree_at_rest(
    databases: Databases, tmp_path: Path, narrow: None, number: int
) -> None:
    seed = random.randrange(2**32) if WALKS else number
    steps = DROWSY if number < 0 else walk_of(seed)
    url = await databases.take()
    async with Practice() as practice:
        scene = Scene(plain_config(url, tmp_path), practice)
        await scene.open()
        walk = TroubledWalk(scene)
        try:
            await walk.begin()
            for step in steps:
                await walk.take(step)
            told = await walk.rest(PATIENCE)
        finally:
            await walk.leave()
            await scene.end()
    await databases.give_back(url)
    assert told == [], f"on the walk of {seed}"
    assert 1013 in walk.slow.closings or steps != DROWSY
