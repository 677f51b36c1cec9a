"""What crosses the bridge and is not kept: who is writing, who is there. After every trouble it is as before."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from practice import Practice
from tests.bridge.readers import Speaker
from tests.bridge.scene import Scene, hurry, plain_config
from tests.cogs.conftest import until

TROUBLES: dict[str, Callable[[Practice], None]] = {
    "all goes well": lambda _: None,
    "the gateway is dropped": lambda practice: practice.faults.drop_gateway(),
    "the session is lost": lambda practice: practice.faults.lose_session(dropped=True),
}


@pytest.fixture
async def scene(
    database_url: str, tmp_path: Path, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Scene]:
    hurry(monkeypatch)
    scene = Scene(plain_config(database_url, tmp_path), practice)
    await scene.open()
    await scene.is_on()
    await until(lambda: [one for one in practice.requests if one.path.endswith("/commands")])  # what a ready bot does
    yield scene
    await scene.end()


@pytest.fixture
async def ada(scene: Scene) -> AsyncIterator[Speaker]:
    ada = Speaker(scene.url, "Ada")
    await ada.join()
    yield ada
    await ada.leave()


def posted(practice: Practice) -> int:
    return sum(one.path.endswith("/typing") and one.status == 204 for one in practice.requests)


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_whoever_writes_and_whoever_is_there_is_told(
    scene: Scene, ada: Speaker, practice: Practice, trouble: str
) -> None:
    heard = len(ada.heard)
    identified = practice.gateway.identified
    TROUBLES[trouble](practice)
    await until(lambda: practice.gateway.identified > identified or "lost" not in trouble, 20)
    await scene.is_on()
    practice.typing("Mika")
    practice.set_status("owner", "dnd")
    await ada.type()
    await until(lambda: "Mika" in [one["person"]["name"] for one in ada.heard[heard:] if one["type"] == "typing_start"])
    await until(lambda: "dnd" in [one["owner"] for one in ada.heard[heard:] if one["type"] == "presence"])
    await until(lambda: posted(practice) == 1)
    told = await practice.command("hangout who", who="Mika")
    assert "Ada" in str(told.content)


async def test_typing_is_told_at_most_every_8_seconds_and_is_no_message(
    scene: Scene, ada: Speaker, practice: Practice
) -> None:
    for _ in range(3):
        await ada.type()
        await asyncio.sleep(0.1)
    await until(lambda: posted(practice))
    assert posted(practice) == 1
    assert practice.messages() == []
    assert ada.shown == []


async def test_after_a_fall_the_lamp_shows_how_the_owner_is_by_then(
    scene: Scene, ada: Speaker, practice: Practice
) -> None:
    practice.set_status("owner", "online")
    await until(lambda: ada.heard[-1].get("owner") == "online")
    practice.set_status("owner", "idle")
    await scene.crash()
    practice.set_status("owner", "dnd")
    await scene.open()
    await until(lambda: ada.heard[-1].get("owner") == "dnd", 20)
