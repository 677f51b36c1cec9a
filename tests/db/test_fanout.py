"""What processes tell each other through a real Valkey: who is here, and how the leader says that Discord is."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
import redis.asyncio as redis

from db import cards, fanout, messages
from db.cards import Snapshot
from db.config import Config, Lanyard, Redis, Weather
from db.events import (
    CardsChanged,
    CardsDue,
    CardsLookedAt,
    Changed,
    Missed,
    Noted,
    Parted,
    PostsChanged,
    PresenceChanged,
    Read,
    SessionEnded,
)
from db.fanout import spreading
from db.loops import doing
from db.opening import open_store
from db.store import Store
from tests.members import NOON, chat_between, member
from tests.programs import Valkey, until


@pytest.fixture
async def valkey(session_folder: Path) -> AsyncIterator[Valkey]:
    folder = session_folder / f"fanout-{time.monotonic_ns()}"
    folder.mkdir()
    async with Valkey(folder) as valkey:
        yield valkey


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fanout, "SPEAK", 0.2)


@asynccontextmanager
async def process(config: Config, valkey: Valkey) -> AsyncIterator[Store]:
    """A store that is joined with the others."""
    async with open_store(msgspec.structs.replace(config, redis=Redis(url=valkey.url))) as store, spreading(store):
        yield store


def enters(store: Store, visitor: str) -> None:
    store.presence.enter(visitor)
    store.live.announce(PresenceChanged())


def shows(store: Store, owner: str, relay: str) -> None:
    """As the cogs of the process that leads do."""
    store.leads = True
    store.presence.owner, store.presence.relay = owner, relay
    store.live.announce(PresenceChanged())


async def test_people_are_counted_everywhere_until_their_process_falls_silent(config: Config, valkey: Valkey) -> None:
    async with process(config, valkey) as here:
        enters(here, "person 1")
        async with process(config, valkey) as there:
            enters(there, "person 2")
            enters(there, "person 3")
            await until(lambda: here.presence.online == there.presence.online == 3)
        await until(lambda: here.presence.online == 1)


async def test_a_process_with_much_to_say_is_not_taken_for_a_silent_one(config: Config, valkey: Valkey) -> None:
    async with process(config, valkey) as busy, process(config, valkey) as quiet:
        enters(busy, "person 1")
        enters(quiet, "person 2")
        await until(lambda: quiet.presence.online == busy.presence.online == 2)
        counts = set()
        for _ in range(60):
            busy.live.announce(Changed(1, 1, "create", None))  # type: ignore[arg-type]  # only the hint of it travels
            await asyncio.sleep(0.02)
            counts.add(quiet.presence.online)
        assert counts == {2}


async def test_how_discord_is_comes_from_the_leader_and_goes_with_it(config: Config, valkey: Valkey) -> None:
    async with process(config, valkey) as pages:
        async with process(config, valkey) as leader:
            shows(leader, "idle", "on")
            await until(lambda: (pages.presence.owner, pages.presence.relay) == ("idle", "on"))
            shows(leader, "dnd", "delayed")
            await until(lambda: (pages.presence.owner, pages.presence.relay) == ("dnd", "delayed"))
        await until(lambda: (pages.presence.owner, pages.presence.relay) == ("offline", "off"))


async def test_a_lamp_that_a_third_party_lights_does_not_go_dark_with_the_leader(
    config: Config, valkey: Valkey
) -> None:
    config = msgspec.structs.replace(config, lanyard=Lanyard(user_id=7))
    async with process(config, valkey) as pages, doing(cards.light(pages), "the lamp"):
        async with process(config, valkey) as leader:
            shows(leader, "dnd", "on")
            await until(lambda: pages.presence.relay == "on")
            await cards.keep(pages, "lanyard", Snapshot({"status": "dnd"}), datetime.now(UTC))
            await until(lambda: pages.presence.owner == "dnd")
        await until(lambda: pages.presence.relay == "off")
        assert pages.presence.owner == "dnd"


async def test_after_valkey_was_away_nobody_flickers(
    config: Config, valkey: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fanout, "SPEAK", 0.7)  # a busy machine is not to be taken for a silent process
    monkeypatch.setattr(fanout, "RETRY", 0.3)  # as in earnest, all are back before the next word is due
    async with process(config, valkey) as pages, process(config, valkey) as leader:
        shows(leader, "idle", "on")
        await until(lambda: pages.presence.relay == "on")
        told: list[str] = []
        with pages.live.listening(lambda _: told.append(pages.presence.relay)):
            await valkey.kill()
            await asyncio.sleep(2.5)  # longer than a process may be silent
            await valkey.start()
            shows(leader, "dnd", "on")
            await until(lambda: pages.presence.owner == "dnd")
        assert set(told) == {"on"}


@pytest.mark.parametrize(
    "event",
    [
        SessionEnded(b"\x00" * 31 + b"\xff"),
        Noted(7),
        Noted(7, 3),
        Parted(3),
        Read(3, 7, 12),
        PostsChanged(),
        PostsChanged(7),
        CardsLookedAt(),
        CardsDue(),
    ],
    ids=lambda event: type(event).__name__,
)
async def test_what_moves_sockets_and_counts_is_heard_in_every_process(
    config: Config, valkey: Valkey, event: object
) -> None:
    async with process(config, valkey) as here, process(config, valkey) as there:
        told: list[object] = []
        with there.live.listening(told.append):
            await until(lambda: Missed() in told)  # by which it listens
            here.live.announce(event)
            await until(lambda: event in told)
        back: list[object] = []
        with here.live.listening(back.append):
            await asyncio.sleep(0.3)
        assert event not in back, "it does not travel back"


async def test_members_are_known_to_be_here_whichever_process_they_are_in(config: Config, valkey: Valkey) -> None:
    async with process(config, valkey) as here:
        async with process(config, valkey) as there:
            there.presence.arrive(7)
            there.live.announce(PresenceChanged())
            await until(lambda: here.presence.is_here(7))
            assert here.presence.online == 0, "only the hangout counts its visitors"
            there.presence.depart(7)
            there.live.announce(PresenceChanged())
            await until(lambda: not here.presence.is_here(7))
            there.presence.arrive(8)
            there.live.announce(PresenceChanged())
            await until(lambda: here.presence.is_here(8))
        await until(lambda: not here.presence.is_here(8))


async def test_nothing_that_is_said_in_a_chat_goes_through_valkey(config: Config, valkey: Valkey) -> None:
    async with process(config, valkey) as store:
        ada, bob = await member(store, "ada"), await member(store, "bob")
        client = redis.Redis.from_url(valkey.url, protocol=2)
        async with client.pubsub(ignore_subscribe_messages=True) as pubsub:
            await pubsub.subscribe(fanout.CHANNEL)
            room_id = await chat_between(store, ada, bob)
            said = await messages.say(store, room_id, ada, "unmistakable", "n", NOON, network="n")
            await messages.edit(store, room_id, ada, said.id, "unmistakably other", NOON)
            heard = b""
            async with asyncio.timeout(10):
                while heard.count(b'"noted"') < 3 or heard.count(b'"room"') < 4:
                    packet = await pubsub.get_message(timeout=1)
                    heard += packet["data"] if packet else b""
        await client.aclose()
        assert b"unmistak" not in heard
        assert b"hello" not in heard


async def test_without_redis_what_was_missed_is_looked_for(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fanout, "POLL_SLOWLY", 0.1)
    async with open_store(config) as store, spreading(store):
        told: list[object] = []
        with store.live.listening(told.append):
            await until(lambda: Missed() in told)


async def test_a_card_that_changes_is_shown_in_every_process_at_once_and_read_from_valkey(
    config: Config, valkey: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = msgspec.structs.replace(config, weather=Weather(place="Kiel", latitude=54.3, longitude=10.1))
    async with process(config, valkey) as here, process(config, valkey) as there, doing(cards.follow(there), "follow"):
        told: list[object] = []
        back: list[object] = []
        with there.live.listening(told.append):
            await until(lambda: Missed() in told)  # by which it listens

            async def away(*_: object) -> None:
                raise AssertionError("it is in Valkey")

            monkeypatch.setattr(cards._queries, "one", away)
            with here.live.listening(back.append):
                kept = await cards.keep(here, "weather", Snapshot({"words": "rain"}), NOON)
                await until(lambda: CardsChanged("weather") in told, 1.0)
                there.live.announce(CardsDue())  # after whatever it may have sent back
                await until(lambda: CardsDue() in back)
        assert there.cards.current == {"weather": kept}
        assert back.count(CardsChanged("weather")) == 1, "it does not travel back"


async def test_without_valkey_a_card_of_another_process_comes_from_postgresql(
    config: Config, valkey: Valkey, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fanout, "POLL", 0.2)
    config = msgspec.structs.replace(config, weather=Weather(place="Kiel", latitude=54.3, longitude=10.1))
    async with process(config, valkey) as here, process(config, valkey) as there, doing(cards.follow(there), "follow"):
        await valkey.kill()
        caplog.set_level(logging.INFO)
        for words in ("rain", "sun"):
            kept = await cards.keep(here, "weather", Snapshot({"words": words}), NOON)
        await until(lambda: there.cards.current == {"weather": kept}, 5.0)
    assert caplog.text.count("Cards cannot be shared") == 1
