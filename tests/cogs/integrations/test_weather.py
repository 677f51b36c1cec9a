"""The weather's card: whole numbers, words for WMO's codes, and times with their zone."""

import json

import pytest

from cogs.integrations._outbound import SourceFailed
from practice.sources import Fault
from practice.sources.weather import STEP, STEPS


async def test_the_weather_is_told_in_words_and_whole_numbers(desk):
    desk.clock[0] += (1 - desk.clock[0] // STEP % len(STEPS)) * STEP
    assert (await desk.ask("weather")).data == {
        "place": "The Porch",
        "units": "metric",
        "temperature_c": 18,
        "feels_c": 17,
        "code": 2,
        "words": "some clouds",
        "is_day": True,
        "wind_kmh": 10,
        "humidity": 52,
        "high_c": 19,
        "low_c": 11,
        "sunrise": "2026-05-29T06:12:00+02:00",
        "sunset": "2026-05-29T19:48:00+02:00",
    }


async def test_it_turns_while_one_looks(desk):
    seen = []
    for _ in STEPS:
        seen.append((await desk.ask("weather")).data["words"])
        desk.clock[0] += STEP
    assert len(set(seen)) == len(STEPS)
    assert "weather" not in seen


async def test_a_clear_night_is_no_clear_sky_and_an_unknown_code_is_just_weather(desk):
    for code, is_day, words in ((0, 1, "clear sky"), (0, 0, "clear night"), (61, 0, "light rain"), (42, 1, "weather")):
        now = {"temperature_2m": -0.4, "weather_code": code, "is_day": is_day}
        desk.fail("weather", Fault(body=json.dumps({"current": now})))
        data = (await desk.ask("weather")).data
        assert (data["words"], data["temperature_c"], data["high_c"], data["sunset"]) == (words, 0, None, None)


async def test_a_place_that_is_none_is_for_the_owner_to_mend(desk):
    with pytest.raises(SourceFailed, match=r"look at \[weather\] latitude and longitude") as failed:
        await desk.ask("weather", latitude=120.0)
    assert failed.value.is_setup
