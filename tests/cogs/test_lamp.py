"""The lamp and the card of Discord: from the gateway where the intent is there, by Lanyard where it is not."""

from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta

import aiohttp
import msgspec

from cogs.integrations import _engine as engine
from cogs.integrations import _presences as presences
from cogs.integrations._engine import refreshing
from db import cards
from db.cards import Snapshot
from db.config import load
from db.events import PresenceChanged
from db.loops import doing
from practice import evening, sources
from practice.porch import GUILD_PRESENCES
from practice.sources import lanyard
from tests.cogs.conftest import until


def with_stand_ins(config, practice):
    """With Lanyard and the weather, as the practice server answers for them."""
    known = load(sources.environment(practice.base))
    return msgspec.structs.replace(config, lanyard=known.lanyard, weather=known.weather)


@asynccontextmanager
async def all_of_it(opened, config):
    """The bridge with what bot.py runs beside it for the cards."""
    async with AsyncExitStack() as stack:
        porch = await stack.enter_async_context(opened(config))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        for work in (refreshing(porch.store, session), cards.light(porch.store)):
            await stack.enter_async_context(doing(work, "cards"))
        await porch.is_on()
        yield porch


def shown(porch):
    card = porch.store.cards.current.get("lanyard")
    return card.data if card else {}


def away_once(monkeypatch):
    """The database as it is when it goes away for a moment."""
    there = cards.state

    async def away(*_given):
        monkeypatch.setattr(cards, "state", there)
        raise ConnectionResetError

    return away


def asked(practice):
    return [path for name, path, _ in practice.sources.requests if name == lanyard.NAME]


async def test_what_the_owner_does_comes_from_the_gateway_and_nobody_else_is_asked(
    porch_config, opened, practice, monkeypatch
):
    monkeypatch.setattr(engine, "FIRST", 0.0)
    practice.set_activities(
        "owner", evening.custom("up late", "🌙"), evening.activity(0, "Lantern Keeper", 1, details="Chapter 3")
    )
    async with opened(with_stand_ins(porch_config, practice)) as porch, aiohttp.ClientSession() as session:
        await until(lambda: shown(porch).get("custom") == "up late")
        async with doing(refreshing(porch.store, session), "cards"):
            await until(lambda: "weather" in porch.store.cards.current)  # so all have been looked after
        card = porch.store.cards.current["lanyard"]
        assert card.data["activities"][0]["details"] == "Chapter 3"
        assert card.is_fed
        assert card in cards.shown(porch.store, datetime.now(UTC))
        picture = {"application_id": "42", "assets": {"large_image": "43"}}
        music = evening.activity(2, "Spotify", 1, details="Moths", state="The Shift", sync_id="1", session_id="2")
        practice.set_activities("owner", music, evening.activity(0, "An editor", 1, **picture))
        await until(lambda: porch.store.cards.current["lanyard"].pictures)
        assert [(one["kind"], one["name"], one["details"]) for one in shown(porch)["activities"]] == [
            ("listening", "Spotify", "Moths"),
            ("playing", "An editor", None),
        ]
        assert shown(porch)["custom"] is None
        assert porch.store.cards.current["lanyard"].pictures["activity1"].url.startswith("/cards/lanyard/")
        practice.set_status("owner", "offline")
        await until(lambda: shown(porch)["status"] == "offline" == porch.store.presence.owner)
        assert shown(porch)["activities"] == []
        assert datetime.now(UTC) - datetime.fromisoformat(shown(porch)["seen_at"]) < timedelta(seconds=5)
        monkeypatch.setattr(cards, "state", away_once(monkeypatch))
        practice.set_status("owner", "idle")
        await until(lambda: shown(porch)["status"] == "idle")
    assert asked(practice) == []


async def test_without_the_intent_the_lamp_is_as_lanyard_says_and_follows_it_at_once(
    porch_config, opened, practice, monkeypatch
):
    monkeypatch.setattr(engine, "FIRST", 0.0)
    practice.faults.withdraw_intents(GUILD_PRESENCES)
    async with all_of_it(opened, with_stand_ins(porch_config, practice)) as porch:
        await until(lambda: porch.store.presence.owner == "online")
        heard = []
        with porch.store.live.listening(heard.append):
            practice.set_status("owner", "dnd")
            await until(lambda: porch.store.presence.owner == "dnd", 1.0)
        assert PresenceChanged() in heard
        assert not porch.store.cards.current["lanyard"].is_fed
        assert asked(practice) == ["/sources/lanyard/socket"]
        practice.set_status("owner", "offline")
        await until(lambda: shown(porch)["seen_at"] and porch.store.presence.owner == "offline")
        practice.set_status("owner", "dnd")
        await until(lambda: porch.store.presence.owner == "dnd")
        porch.practice.faults.drop_gateway()
        await until(lambda: porch.practice.gateway.resumed)
        assert porch.store.presence.owner == "dnd"


async def test_a_word_of_lanyard_that_is_old_leaves_the_lamp_dark_and_so_does_a_section_without_a_name(store):
    told = presences.presence("online", ())
    now = datetime.now(UTC)
    await cards.keep(store, "lanyard", told, now)
    store.presence.owner = "idle"
    async with doing(cards.light(store), "lamp"):
        await until(lambda: store.presence.owner == "offline")  # nobody said whose status that would be
        lit = msgspec.structs.replace(store.config, lanyard=msgspec.structs.replace(store.config.lanyard, user_id=7))
        store.config = lit
        await cards.keep(store, "lanyard", Snapshot({**told.data, "status": "dnd"}), now)
        await until(lambda: store.presence.owner == "dnd")
        old = now - timedelta(seconds=lit.lanyard.stale_after + 60)
        await cards.keep(store, "lanyard", told, old)
        await until(lambda: store.presence.owner == "offline")
