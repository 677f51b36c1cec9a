"""What goes wrong with a source, and what its card shows and says then: a table, for every source that there is.

The card goes on showing the last good answer, with its age, until it is stale; the owner is told why in a sentence;
and the source is left alone for a while. Nothing of that differs from one source to another but for some sentences.
"""

from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

import msgspec
import pytest
from aiohttp import ClientTimeout

from cogs.integrations._asking import Asker
from cogs.integrations._keeping import Asked
from db import cards
from db.config import Config, Data, Database, Web
from db.opening import open_store
from practice.sources import SOURCES, Fault
from tests.members import NOON

NAMES = [source.NAME for source in SOURCES]
TOO_OFTEN = "It says that we ask too often ({})."
ODD = "Its answer is not made as it should be."
UNREADABLE = "Its answer cannot be read."
MINUTES, HOUR = 1200.0, 3600.0
SEVENTY = {"Retry-After": "70"}
ELSEWHERE = {"Location": "/sources/elsewhere"}

# what comes: (what is said, the least seconds until it is asked again; 0: its period)
TABLE = {
    "202": (Fault(status=202), "", 60.0),
    "302": (
        Fault(status=302, headers=ELSEWHERE),
        "It sends us elsewhere (302), and we do not follow: base_url may be wrong.",
        0.0,
    ),
    "401": (Fault(status=401), "It does not let us in (401): the key may be wrong.", HOUR),
    "403": (Fault(status=403, body="<html>"), "It does not let us in (403): the key may be wrong.", HOUR),
    "403 with Retry-After": (Fault(status=403, headers=SEVENTY), TOO_OFTEN.format(403), 70.0),
    "404": (
        Fault(status=404),
        "It knows nothing of what we ask for (404): the name may be wrong, or base_url.",
        HOUR,
    ),
    "429": (Fault(status=429), TOO_OFTEN.format(429), 0.0),
    "429 with Retry-After": (Fault(status=429, headers=SEVENTY), TOO_OFTEN.format(429), 70.0),
    "500": (Fault(status=500, body="oh no"), "It has trouble of its own (500).", 0.0),
    "503 with Retry-After": (Fault(status=503, headers=SEVENTY), "It has trouble of its own (503).", 70.0),
    "garbage": (Fault(body="<!doctype html><title>maintenance</title>"), UNREADABLE, 0.0),
    "nothing": (Fault(body=""), UNREADABLE, 0.0),
    "a tower": (Fault(body="[" * 100_000 + "]" * 100_000), UNREADABLE, 0.0),
    "slow": (Fault(delay=0.3), "It did not answer in time.", 0.0),
    "cut off": (Fault(cut=True), "Its answer broke off.", 0.0),
    "huge": (Fault(huge=True), "Its answer is too large.", 0.0),
    "another list": (Fault(body="[1]"), ODD, 0.0),
    "null": (Fault(body="null"), ODD, 0.0),
    "an empty object": (Fault(body="{}"), ODD, 0.0),
}
NOT_THERE = "It does not know this user: join its Discord server (discord.gg/lanyard) and stay there."
# Where a source knows better what it means: (what is said, the least seconds until it is asked again).
OWN = {
    ("wakatime", "302"): ("It says that we ask too often (302).", 0.0),
    ("lanyard", "404"): (NOT_THERE, HOUR),
    ("mastodon", "401"): (
        "It shows its posts only to those who are signed in (secure mode), so there can be no card of it.",
        HOUR,
    ),
    ("mastodon", "404"): ("It knows no such account: look at [mastodon] account and base_url.", HOUR),
}


@pytest.fixture(scope="module")
async def shelf(databases, stand_ins, tmp_path_factory):
    """A store for all cases, with all sources on."""
    url = await databases.take()
    config = Config(
        database=Database(url=url, pool_min=1, pool_max=2),
        web=Web(secret_key="0123456789abcdef" * 4),
        data=Data(dir=str(tmp_path_factory.mktemp("data"))),
    )
    async with open_store(msgspec.structs.replace(config, **stand_ins[-1])) as store:
        yield store
    await databases.give_back(url)


class Round:
    """One source over the time of a test. Only its questions: who listens is another matter."""

    def __init__(self, store, desk, name):
        self.store, self.desk, self.name, self.now = store, desk, name, NOON
        self.settings = store.config.sources[name]
        module = SimpleNamespace(fetch=import_module(f"cogs.integrations.{name}").fetch)
        self.outbound = desk.outbound(name)
        asked = Asked(name, module, self.settings, self.outbound)
        self.asker = Asker(store, asked, "here", clock=lambda: self.now, chance=lambda: 0.5, fell=lambda: None)

    async def asks(self, after=0.0):
        self.now += timedelta(seconds=after)
        self.desk.now += after
        while await self.asker.turn(is_watched=True) <= 0:
            pass

    @property
    def shown(self):
        return next((card for card in cards.shown(self.store, self.now) if card.name == self.name), None)

    async def state(self):
        return await cards.state(self.store.pool, self.name)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("case", TABLE)
async def test_each_fault_leaves_the_last_value_until_it_is_stale_and_is_said_in_a_sentence(
    shelf, desk, monkeypatch, name, case
):
    fault, *usual = TABLE[case]
    sentence, least = OWN.get((name, case), usual)
    await shelf.pool.execute("delete from cards")
    shelf.cards.current.clear()
    card = Round(shelf, desk, name)
    await card.asks()
    good = card.shown
    assert good.data

    desk.faults.always[name] = fault
    if case == "slow":
        monkeypatch.setattr(card.outbound, "timeout", ClientTimeout(total=0.15))
    await card.asks(after=MINUTES)
    state = await card.state()
    assert (state.last_error, card.shown) == (sentence, good)
    assert card.shown.age(card.now) == MINUTES
    assert (state.next_at - card.now).total_seconds() >= max(least, card.settings.period if sentence else 0.0)
    assert state.next_at - card.now <= timedelta(hours=1.1)

    card.now += timedelta(seconds=card.settings.stale_after)
    assert card.shown is None

    desk.faults.always.clear()
    monkeypatch.undo()
    await card.asks(after=2 * HOUR)
    assert card.shown.data
    assert (await card.state()).last_error == ""
