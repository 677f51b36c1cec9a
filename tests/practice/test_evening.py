"""What people in the practice Discord do: told by the gateway, changed on the page, and by the owner of themselves."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from practice import Practice, evening, memory
from practice.model import Json
from tests.practice.conftest import until


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def told_by(practice: Practice) -> list[Json]:
    told: list[Json] = []
    practice.world.listen(lambda event, data: told.append(data) if event == "PRESENCE_UPDATE" else None)
    return told


async def test_what_somebody_does_is_said_on_the_page_and_told(
    practice: Practice, session: aiohttp.ClientSession
) -> None:
    told = told_by(practice)
    doing = {"who": "Robin", "custom": "up late", "kind": "2", "name": "A gramophone", "details": "Moths"}
    for body, status in ((doing, 204), ({"who": "Robin"}, 204), ({"who": "Robin", "name": "x", "kind": "loud"}, 400)):
        async with session.post(f"{practice.page_url}practice/activity", json=body) as answer:
            assert answer.status == status
    shown = [[(one["type"], one["name"], one.get("state")) for one in each["activities"]] for each in told]
    assert shown == [[(4, "Custom Status", "up late"), (2, "A gramophone", None)], []]


async def test_somebody_who_is_offline_does_nothing_that_others_see(practice: Practice) -> None:
    told = told_by(practice)
    practice.set_activities("Mika", evening.activity(0, "A game", 1))
    practice.set_status("Mika", "offline")
    practice.set_status("Mika", "idle")
    assert [len(each["activities"]) for each in told] == [1, 0, 1]


async def test_the_owner_does_one_thing_after_the_other_until_somebody_says_what(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(practice.world, "now", lambda: clock[0])
    clock = [evening.STEP - 0.01]
    told = told_by(practice)
    passing = asyncio.create_task(evening.pass_by(practice))
    await until(lambda: told)
    clock[0] = 2 * evening.STEP - 0.01
    await until(lambda: len(told) > 1)
    assert told[0]["activities"] != told[1]["activities"]
    practice.set_activities("Robin", evening.custom("by hand"))
    await asyncio.wait_for(passing, 5)
    assert told[-1]["activities"] == [evening.custom("by hand")]


async def test_what_people_do_is_remembered_over_a_restart(practice: Practice, tmp_path: Path) -> None:
    practice.set_activities("Mika", evening.activity(0, "A game", 1))
    memory.save(practice.world, tmp_path / "memory.json")
    again = Practice()
    assert memory.load(again.world, tmp_path / "memory.json")
    assert again.member("Mika").activities == practice.member("Mika").activities
