"""Nothing that was acknowledged is lost, doubled or disordered, whatever fails: bench/storm.py in small."""

import pytest

from bench._storm import Storm, blow

SMALL = Storm(messages=120, sockets=6, from_discord=30, kills=2, troubles=10, pause=0.2, patience=60.0)


@pytest.mark.timeout(150)
async def test_a_storm_loses_doubles_and_disorders_nothing() -> None:
    weather = await blow(SMALL)
    assert weather.problems == []
    assert weather.troubles == SMALL.troubles
    assert weather.resumes >= SMALL.sockets * SMALL.kills, "the sockets were cut, and came back"
