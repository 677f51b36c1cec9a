"""The engine over a source of the tests' own: when it is asked, and what becomes of what it answers or does not."""

import asyncio
import itertools
import logging
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

import aiohttp
import msgspec
import pytest

from cogs.integrations import _asking, _engine, _keeping, _listening
from cogs.integrations import _schedule as schedule
from cogs.integrations._asking import Asker
from cogs.integrations._engine import Engine, refreshing, sources
from cogs.integrations._keeping import Asked
from cogs.integrations._outbound import SourceFailed, StillComputing
from db import cards
from db.cards import Snapshot
from db.config import Config, Lastfm
from db.errors import AWAY
from db.events import CardsChanged
from db.loops import doing
from db.opening import open_store
from db.store import Store
from tests.cogs.conftest import until
from tests.cogs.integrations.sources import Outbound, Tune
from tests.members import NOON
from tests.pictures import still

PICTURE = "https://third.example/cover.jpg"


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> Any:
        return self.now

    def goes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Spoken(Tune):
    """One that tells by itself, for as long as nothing is put that it raises."""

    def __init__(self) -> None:
        super().__init__()
        self.words: asyncio.Queue[Any] = asyncio.Queue()
        self.listeners = 0

    async def listen(self, outbound: object, settings: object, put: Callable[[Snapshot], Any]) -> None:
        self.listeners += 1
        try:
            while True:
                word = await self.words.get()
                if isinstance(word, Exception):
                    raise word
                await put(Snapshot(word))
        finally:
            self.listeners -= 1


@pytest.fixture
def config(config: Config) -> Config:
    return msgspec.structs.replace(config, lastfm=Lastfm(user="robin", api_key="secret-key", period=50))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tune() -> Tune:
    return Tune()


@pytest.fixture
def outbound() -> Outbound:
    return Outbound()


def asker_of(store: Store, module: Any, clock: Clock, outbound: Any = None, by: str = "here") -> Asker:
    asked = Asked("lastfm", module, store.config.lastfm, outbound or Outbound())
    return Asker(store, asked, by, clock=clock, chance=lambda: 0.5, fell=lambda: None)


@pytest.fixture
def asker(store: Store, tune: Tune, clock: Clock, outbound: Outbound) -> Asker:
    return asker_of(store, tune, clock, outbound)


async def rounds(asker: Asker, count: int = 3, *, is_watched: bool = True) -> float:
    """So many turns at one moment; how long the last one would wait."""
    wait = 0.0
    for _ in range(count):
        wait = await asker.turn(is_watched=is_watched)
    return wait


async def state(store: Store) -> cards.State:
    found = await cards.state(store.pool, "lastfm")
    assert found
    return found


def shown(store: Store, clock: Clock) -> list[Any]:
    return [card.data for card in cards.shown(store, clock.now)]


async def test_a_source_is_asked_once_a_period_and_what_it_says_is_shown(
    store: Store, asker: Asker, tune: Tune, clock: Clock
) -> None:
    assert await rounds(asker) == 50
    assert shown(store, clock) == [{"title": "a"}]
    tune.says = {"title": "b"}
    clock.goes(49)
    await rounds(asker)
    assert (tune.asked, shown(store, clock)) == (1, [{"title": "a"}])
    clock.goes(1)
    await rounds(asker)
    assert (tune.asked, shown(store, clock)) == (2, [{"title": "b"}])


async def test_while_nobody_looks_it_is_asked_more_slowly_and_at_once_when_somebody_does(
    asker: Asker, tune: Tune, clock: Clock
) -> None:
    await rounds(asker)
    clock.goes(299)
    await rounds(asker, is_watched=False)
    assert tune.asked == 1
    clock.goes(1)
    await rounds(asker, is_watched=False)
    assert tune.asked == 2
    clock.goes(60)
    await rounds(asker, is_watched=False)
    assert tune.asked == 2
    await rounds(asker)
    assert tune.asked == 3


async def test_while_nobody_looks_it_is_still_asked_twice_before_it_would_be_stale(
    store: Store, tune: Tune, clock: Clock
) -> None:
    settings = Lastfm(user="robin", api_key="secret-key", period=50, stale_after=200)
    asked = Asked("lastfm", tune, settings, Outbound())  # type: ignore[arg-type]
    asker = Asker(store, asked, "here", clock=clock, chance=lambda: 0.5, fell=lambda: None)
    await rounds(asker)
    clock.goes(99)
    await rounds(asker, is_watched=False)
    assert tune.asked == 1
    clock.goes(1)
    await rounds(asker, is_watched=False)
    assert tune.asked == 2


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        (SourceFailed("It says that the key is wrong."), "It says that the key is wrong."),
        (ValueError("api_key=secret-key"), "What it answered cannot be understood."),
        (aiohttp.ClientPayloadError("api_key=secret-key"), "It cannot be reached."),
        (TimeoutError(), "There was no answer within 10 seconds."),
        ({"title": "x" * 70_000}, "The answer is larger than a card may be."),
    ],
    ids=["said", "unforeseen", "connection", "timeout", "huge"],
)
async def test_whatever_goes_wrong_the_last_answer_stays_and_the_owner_is_told_why(
    store: Store,
    asker: Asker,
    tune: Tune,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
    trouble: Any,
    sentence: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    await rounds(asker)
    tune.says = trouble
    clock.goes(50)
    await rounds(asker)
    now = await state(store)
    assert (now.last_error, now.failures, now.failing_since) == (sentence, 1, clock.now)
    assert shown(store, clock) == [{"title": "a"}]
    assert sentence in caplog.text
    assert "secret-key" not in caplog.text
    tune.says = {"title": "b"}
    clock.goes(50)
    await rounds(asker)
    now = await state(store)
    assert (now.last_error, now.failures, now.failing_since) == ("", 0, None)
    assert shown(store, clock) == [{"title": "b"}]


async def test_a_source_that_does_not_answer_is_given_up(
    store: Store, asker: Asker, tune: Tune, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_asking, "PATIENCE", 0.05)
    tune.is_slow = True
    await rounds(asker)
    assert (await state(store)).last_error == "There was no answer within 10 seconds."


async def test_the_longer_it_fails_the_more_seldom_it_is_asked(asker: Asker, tune: Tune, clock: Clock) -> None:
    tune.says = SourceFailed("Not today.")
    waits = []
    for _ in range(9):
        await rounds(asker)
        before, asked = clock.now, tune.asked
        while tune.asked == asked:
            clock.goes(50)
            await rounds(asker, 1)
        waits.append((clock.now - before).total_seconds())
    assert waits == [50, 100, 200, 400, 800, 1600, 3200, 3600, 3600]


@pytest.mark.parametrize(
    ("error", "low", "high"),
    [
        (SourceFailed("x"), 45, 55),
        (SourceFailed("x", retry_after=600), 600, 660),
        (SourceFailed("x", retry_after=1), 45, 55),
        (SourceFailed("x", retry_after=10**9), 86_400, 95_040),
        (SourceFailed("x", retry_after=-5), 45, 55),
        (SourceFailed("x", is_setup=True), 3240, 3960),
    ],
)
def test_what_it_asked_us_to_wait_is_waited(error: SourceFailed, low: float, high: float) -> None:
    waits = [schedule.after_failure(50, 0, error, random.random()) for _ in range(50)]
    assert low <= min(waits)
    assert max(waits) <= high
    assert len(set(waits)) > 1, "not all at once"


async def test_one_that_needs_a_while_yet_has_not_failed(store: Store, asker: Asker, tune: Tune, clock: Clock) -> None:
    await rounds(asker)
    tune.says = StillComputing("It is being computed.", retry_after=30)
    clock.goes(50)
    assert await rounds(asker) == 30
    now = await state(store)
    assert (now.failures, now.last_error) == (0, "")
    assert shown(store, clock) == [{"title": "a"}]


async def test_a_restart_asks_no_sooner_and_shows_the_last_answer_though_the_source_is_down_for_an_hour(
    config: Config, tune: Tune, clock: Clock
) -> None:
    async with open_store(config) as store:
        await rounds(asker_of(store, tune, clock))
    tune.says = SourceFailed("It cannot be reached.")
    for _ in range(12):
        async with open_store(config) as store:
            asker, asked = asker_of(store, tune, clock), tune.asked
            assert shown(store, clock) == [{"title": "a"}]
            await rounds(asker)
            clock.goes(300)
            assert tune.asked <= asked + 1
            [card] = cards.shown(store, clock.now)
            assert card.age(clock.now) == (clock.now - NOON).total_seconds()
    assert clock.now - NOON == timedelta(hours=1)
    assert tune.asked < 8, "restarts do not make it ask more often"


async def test_of_two_processes_one_asks_and_a_dead_ones_question_is_taken_over(
    config: Config, store: Store, tune: Tune, clock: Clock
) -> None:
    async with open_store(config) as other:
        await cards.enrol(store, "lastfm", clock.now)
        tune.is_slow = True
        here, there = asker_of(store, tune, clock), asker_of(other, tune, clock, by="there")
        task = asyncio.create_task(here.turn(is_watched=True))
        await until(lambda: tune.asked == 1)
        assert await rounds(there) == _asking.TAKEN
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        tune.is_slow = False
        clock.goes(29)
        await rounds(there)
        assert tune.asked == 1, "nobody knows yet that it is dead"
        clock.goes(1)
        await rounds(there)
        assert (tune.asked, shown(other, clock)) == (2, [{"title": "a"}])


async def test_a_paused_source_is_not_asked_also_after_a_restart_until_it_is_resumed(
    config: Config, tune: Tune, clock: Clock
) -> None:
    async with open_store(config) as store:
        await rounds(asker_of(store, tune, clock))
        await cards.pause(store, "lastfm")
    async with open_store(config) as store:
        asker = asker_of(store, tune, clock)
        clock.goes(3600)
        await rounds(asker)
        assert (tune.asked, shown(store, clock)) == (1, [{"title": "a"}])
        await cards.resume(store, "lastfm", clock.now)
        await rounds(asker)
        assert tune.asked == 2


async def test_pictures_are_brought_once_and_one_that_fails_leaves_the_card_without_it(
    store: Store, asker: Asker, tune: Tune, clock: Clock, outbound: Outbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_keeping, "QUICK", 10.0)
    outbound.pictures = {PICTURE: still(size=(600, 600)), "https://third.example/bad": b"no picture"}
    tune.pictures = {"cover": PICTURE, "gone": "https://third.example/gone", "bad": "https://third.example/bad"}
    for _ in range(3):
        await rounds(asker)
        clock.goes(50)
    [card] = cards.shown(store, clock.now)
    assert card.pictures.keys() == {"cover"}
    assert card.pictures["cover"].width == 300
    assert sorted(outbound.asked) == sorted(tune.pictures.values())


async def test_the_words_do_not_wait_for_a_picture_that_takes_long(
    store: Store, asker: Asker, tune: Tune, clock: Clock, outbound: Outbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_keeping, "QUICK", 0.0)
    outbound.pictures, tune.pictures = {PICTURE: still(size=(64, 64))}, {"cover": PICTURE}
    await rounds(asker)
    [card] = cards.shown(store, clock.now)
    assert (card.data, card.pictures, card.version) == ({"title": "a"}, {}, 1)
    await until(lambda: store.cards.current["lastfm"].pictures)
    assert store.cards.current["lastfm"].version == 2
    assert (await state(store)).next_at == NOON + timedelta(seconds=50)


async def test_what_was_planned_for_much_later_is_planned_anew_at_the_start(
    store: Store, asker: Asker, tune: Tune, clock: Clock
) -> None:
    await cards.enrol(store, "lastfm", NOON + timedelta(days=400))
    assert await rounds(asker) == _asking.LOOK
    assert (await state(store)).next_at == NOON + timedelta(seconds=3960)
    held = NOON + timedelta(hours=25)
    await cards.failed(store, "lastfm", "Too often.", NOON, held, held_until=held)
    await rounds(asker_of(store, tune, clock))
    assert (await state(store)).next_at == held, "what a source asked for is kept to"
    assert tune.asked == 0


async def test_a_clock_that_was_wrong_for_a_while_holds_no_source_back_for_good(
    store: Store, asker: Asker, tune: Tune, clock: Clock
) -> None:
    clock.now = NOON + timedelta(days=400)
    await rounds(asker)
    assert await cards.take(store, "lastfm", clock.now, "there", is_due=False)
    clock.now = NOON
    await rounds(asker)
    clock.goes(4000)
    await rounds(asker)
    assert (tune.asked, (await state(store)).failures) == (2, 0)


# Listening


@pytest.fixture
async def spoken(store: Store) -> Spoken:
    return Spoken()


@pytest.fixture
async def hearing(store: Store, spoken: Spoken, clock: Clock) -> AsyncIterator[Asker]:
    asker = asker_of(store, spoken, clock)
    yield asker
    await asker.rest()


async def test_while_a_source_tells_by_itself_it_is_not_asked(
    store: Store, spoken: Spoken, hearing: Asker, clock: Clock
) -> None:
    await rounds(hearing)
    spoken.words.put_nowait({"title": "told"})
    await until(lambda: shown(store, clock) == [{"title": "told"}])
    for _ in range(30):
        clock.goes(15)
        assert await rounds(hearing, 1) == _asking.HOLD_EVERY
    assert spoken.asked == 0
    [card] = cards.shown(store, clock.now)
    assert card.age(clock.now) == 0, "it is still so"


async def test_one_that_tells_without_end_is_heard_slowly(
    store: Store, spoken: Spoken, hearing: Asker, clock: Clock
) -> None:
    for number in range(_listening.BURST + 20):
        spoken.words.put_nowait({"title": str(number)})
    await rounds(hearing)
    await until(lambda: spoken.words.qsize() == 19)
    assert (await state(store)).version == _listening.BURST, "of the one that was taken nothing is kept yet"


async def test_one_that_does_not_speak_or_stops_is_asked_instead(
    store: Store, spoken: Spoken, hearing: Asker, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_listening, "GRACE", 0.0)
    monkeypatch.setattr(_listening, "SHORT", 0.05)
    await rounds(hearing)
    assert shown(store, clock) == [{"title": "a"}]
    spoken.words.put_nowait({"title": "told"})
    await until(lambda: shown(store, clock) == [{"title": "told"}])
    spoken.words.put_nowait(ConnectionResetError("secret-key"))
    await until(lambda: spoken.listeners == 0)
    clock.goes(50)
    await rounds(hearing)
    assert (spoken.asked, shown(store, clock)) == (2, [{"title": "a"}])
    await until(lambda: spoken.listeners == 1)


async def test_what_the_gateway_feeds_is_neither_listened_to_nor_asked_until_it_falls_silent(
    store: Store, spoken: Spoken, hearing: Asker, clock: Clock
) -> None:
    await rounds(hearing)
    await until(lambda: spoken.listeners == 1)
    await cards.keep(store, "lastfm", Snapshot({"title": "fed"}), clock.now, is_fed=True)
    await rounds(hearing)
    assert (spoken.listeners, spoken.asked) == (0, 0)
    clock.goes(125)
    await rounds(hearing, 2)
    await until(lambda: spoken.listeners == 1)


async def test_of_two_processes_one_listens(config: Config, hearing: Asker, spoken: Spoken, clock: Clock) -> None:
    await rounds(hearing)
    async with open_store(config) as other:
        there = asker_of(other, spoken, clock, by="there")
        await rounds(there)
        await asyncio.sleep(0)
        assert (spoken.listeners, spoken.asked) == (1, 0)
        await hearing.rest()
        clock.goes(60)
        await rounds(there)
        await until(lambda: spoken.listeners == 1)
        await there.rest()


# The loops themselves, in real time


@asynccontextmanager
async def engine(store: Store, **modules: Any) -> AsyncIterator[Engine]:
    made = Engine(store, None, modules, outbound=Outbound, chance=lambda: 0.0)  # type: ignore[arg-type]
    async with doing(made.run(), "engine"):
        yield made


async def test_the_loop_asks_by_itself_survives_the_database_and_hears_the_owner(
    store: Store, tune: Tune, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_engine, "SHORT", 0.05)
    heard: list[object] = []
    real, tries = cards.state, itertools.count()

    async def state(*arguments: Any) -> Any:
        if next(tries) < 3:
            raise AWAY[0]
        return await real(*arguments)

    with store.live.listening(heard.append):
        monkeypatch.setattr(cards, "state", state)
        async with engine(store, lastfm=tune):
            await until(lambda: heard == [CardsChanged("lastfm")])
            tune.says = {"title": "b"}
            await cards.refresh(store, "lastfm", (await real(store.pool, "lastfm")).fetched_at)
            await until(lambda: CardsChanged("lastfm") in heard[1:], 1.0)
    assert tune.asked == 2


async def test_a_stop_waits_for_no_source_and_what_was_taken_may_be_taken_at_once(store: Store, tune: Tune) -> None:
    tune.is_slow = True
    async with engine(store, lastfm=tune):
        await until(lambda: tune.asked == 1)
        began = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - began < 1.0
    assert (await state(store)).taken_until is None


async def test_a_source_that_is_off_or_unknown_is_not_asked(store: Store, tune: Tune) -> None:
    made = Engine(store, None, {"mastodon": tune, "nothing": tune}, outbound=Outbound)  # type: ignore[arg-type]
    assert made.rounds == []


async def test_the_sources_are_the_modules_of_the_package_that_have_a_section(config: Config, store: Store) -> None:
    assert {name for name in sources() if not name.startswith("_")} <= config.sources.keys()
    async with aiohttp.ClientSession() as session, doing(refreshing(store, session), "cards") as task:
        await asyncio.sleep(0)
        assert not task.done()
