"""The live cards in Discord: the owner's commands, and what the moderators are told of a source that fails."""

import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from cogs._card_words import came_of_it
from cogs.integrations._engine import Engine
from cogs.integrations._outbound import SourceFailed
from db import cards
from db.cards import Snapshot
from db.config import Lastfm, Weather
from db.doctor import look_at_cards
from db.loops import doing
from practice import porch as ids
from tests.cogs.conftest import shared, until
from tests.cogs.integrations.sources import Outbound, Tune

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
async def house(databases, tmp_path_factory):
    """A porch with two sources and a channel for moderators, which the tests of this module share."""
    lastfm = Lastfm(user="robin", api_key="secret-key", period=50)
    weather = Weather(place="Kiel", latitude=54.3, longitude=10.1)
    async with shared(databases, tmp_path_factory, mod_channel_id=ids.MOD, lastfm=lastfm, weather=weather) as porch:
        yield porch


@pytest.fixture
async def porch(house):
    await house.store.pool.execute("truncate cards cascade")
    house.store.cards.current.clear()
    house.practice.world.messages.clear()
    return house


@pytest.fixture
def tune():
    return Tune()


@asynccontextmanager
async def asked(porch, tune):
    async with doing(Engine(porch.store, None, {"lastfm": tune}, outbound=Outbound, chance=lambda: 0.0).run(), "x"):
        await until(lambda: tune.asked)

        async def is_at_rest():
            state = await cards.state(porch.store.pool, "lastfm")
            return state and (state.fetched_at or state.failures) and not state.taken_until

        await until(is_at_rest)
        yield


async def say(porch, words, who="owner", **options):
    answer = await porch.practice.command(f"card {words}", options, who=who)
    assert answer.ephemeral
    return answer.content


async def test_the_list_says_how_it_is_with_each_card(porch):
    now = datetime.now(UTC)
    await cards.enrol(porch.store, "weather", now + HOUR)
    await cards.failed(porch.store, "weather", "It says *no*.", now, now + HOUR)
    await cards.keep(porch.store, "lastfm", Snapshot({}), now, next_at=now + HOUR)
    await cards.pause(porch.store, "lastfm")
    porch.store.cards.undrawn["lastfm"] = 1
    lines = (await say(porch, "list")).splitlines()
    porch.store.cards.undrawn.clear()
    stamp = int(now.timestamp())
    assert len(lines) == len(porch.store.config.sources)
    undrawn = "cannot be drawn: see the log, and its partial in templates/cards"
    assert f"**lastfm** is paused · as of <t:{stamp}:R> · {undrawn}" in lines
    assert "**mastodon** is off. [mastodon] account is needed." in lines
    [failing] = [line for line in lines if line.startswith("**weather**")]
    assert rf"no answer yet · failing since <t:{stamp}:R>: It says \*no\*. · next <t:{stamp + 3600}:R>" in failing


async def test_the_list_and_a_refresh_tell_of_a_part_that_did_not_come(porch, tune):
    now = datetime.now(UTC)
    part = Snapshot({"title": "a"}, trouble="It says *no*.")
    await cards.keep(porch.store, "lastfm", part, now, next_at=now + HOUR)
    told = r"a part of it did not come: It says \*no\*."
    assert f"**lastfm** is on · as of <t:{int(now.timestamp())}:R> · {told}" in await say(porch, "list")
    state = await cards.state(porch.store.pool, "lastfm")
    assert came_of_it(state, state, now) == f"The lastfm card is fresh, but {told}"
    assert [finding.is_well for finding in look_at_cards(porch.store.config, {"lastfm": state})].count(False) == 1


async def test_a_refresh_works_at_once_and_says_what_came_of_it(porch, tune):
    async with asked(porch, tune):
        tune.says = {"title": "b"}
        assert "shows something new" in await say(porch, "refresh", name="lastfm")
        assert "shows what it showed before" in await say(porch, "refresh", name="lastfm")
        tune.says = SourceFailed("The key *is* wrong.", is_setup=True)
        assert r"has no answer: The key \*is\* wrong." in await say(porch, "refresh", name="lastfm")
        assert tune.asked == 4
        tune.says = SourceFailed("Too often.", retry_after=600)
        await say(porch, "refresh", name="lastfm")
        assert "wants no question before <t:" in await say(porch, "refresh", name="lastfm")
        assert tune.asked == 5


async def test_a_refresh_that_takes_long_is_said_to_be_under_way(porch, tune, monkeypatch):
    monkeypatch.setattr(sys.modules["cogs.cards"], "PATIENCE", 0.2)
    async with asked(porch, tune):
        tune.is_slow = True
        assert "is being asked for" in await say(porch, "refresh", name="lastfm")


async def test_a_paused_card_is_not_asked_for_until_it_is_resumed(porch, tune):
    async with asked(porch, tune):
        assert "is paused" in await say(porch, "pause", name="LASTFM")
        assert "was paused already" in await say(porch, "pause", name="Last.fm")
        assert "resume it first" in await say(porch, "refresh", name="lastfm")
        assert tune.asked == 1
        assert "goes on" in await say(porch, "resume", name="lastfm")
        await until(lambda: tune.asked == 2)
        assert "was not paused" in await say(porch, "resume", name="lastfm")


async def test_the_card_from_discord_is_fresh_as_soon_as_it_is_resumed(porch):
    porch.practice.set_status("owner", "idle")
    await until(lambda: "lanyard" in porch.store.cards.current)
    await say(porch, "pause", name="lanyard")
    await porch.store.pool.execute("update cards set fetched_at = null, data = null where name = 'lanyard'")
    porch.store.cards.current.clear()
    await say(porch, "resume", name="lanyard")
    await until(lambda: "lanyard" in porch.store.cards.current)


async def test_there_are_only_the_cards_that_there_are_and_for_the_owner(porch):
    for words in ("refresh", "pause", "resume"):
        assert await say(porch, words, name="nonsense") == (
            "There is no card of that name. There are: "
            "Discord (lanyard), Last.fm, WakaTime, GitHub, Mastodon, Bluesky, Weather."
        )
        assert await say(porch, words, "Mika", name="lastfm") == "Only the owner of the site can do this."
    assert await say(porch, "list", "Mika") == "Only the owner of the site can do this."
    assert await say(porch, "refresh", name=" GitHub") == (
        "The github card is off: [github] user is needed, and token for the calendar."
    )
    offered = await porch.practice.autocomplete("card refresh", "name", {"name": "TO"})
    assert [each["value"] for each in offered] == ["mastodon"]
    offered = await porch.practice.autocomplete("card refresh", "name", {"name": "disc"})
    assert [(each["name"], each["value"]) for each in offered] == [("Discord (lanyard)", "lanyard")]
    assert await porch.practice.autocomplete("card refresh", "name", {"name": ""}, who="Mika") == []
    [group] = [each for each in porch.practice.world.commands.values() if each["name"] == "card"]
    assert int(group["default_member_permissions"]) == 8


# What the moderators are told


def told(porch):
    return [one.content for one in porch.practice.messages("mod")]


async def fails(porch, since):
    """As if it had failed since then."""
    now = datetime.now(UTC)
    await cards.enrol(porch.store, "lastfm", now + HOUR)
    await cards.failed(porch.store, "lastfm", "It *cannot* be reached.", since, now + HOUR)
    await cards.pause(porch.store, "weather")  # of which the bot hears, and looks


async def is_told(porch):
    state = await cards.state(porch.store.pool, "lastfm")
    return state.told_id


async def test_an_outage_of_an_hour_is_told_once_and_its_end_once(porch):
    await fails(porch, datetime.now(UTC) - HOUR)
    await fails(porch, datetime.now(UTC))
    await until(lambda: is_told(porch))
    assert told(porch) == [r"The lastfm card has had no answer for an hour: It \*cannot\* be reached."]
    await cards.keep(porch.store, "lastfm", Snapshot({}), datetime.now(UTC), next_at=datetime.now(UTC) + HOUR)

    async def is_over():
        return await is_told(porch) is None

    await until(is_over)
    assert told(porch)[1:] == ["The lastfm card is back."]
    assert porch.practice.pings == []


async def test_what_a_killed_process_said_is_found_and_not_said_again(porch):
    await fails(porch, datetime.now(UTC) - HOUR)
    await until(lambda: is_told(porch))
    await porch.store.pool.execute("update cards set told_id = null where name = 'lastfm'")
    await fails(porch, datetime.now(UTC))
    await until(lambda: is_told(porch))
    assert len(told(porch)) == 1


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_send_of_unknown_outcome_is_looked_for(porch, monkeypatch, when):
    monkeypatch.setattr(sys.modules["cogs.card_notices"], "SETTLE", 0.1)
    porch.practice.faults.cut("/channels/[0-9]+/messages", method="POST", when=when)
    await fails(porch, datetime.now(UTC) - HOUR)
    await until(lambda: is_told(porch))
    assert len(told(porch)) == 1
