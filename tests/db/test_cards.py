"""Live cards: what is kept of an answer, what is shown, and what others hear of it."""

from datetime import timedelta

import msgspec
import pytest

from db import cards
from db.cards import Cover, Picture, Snapshot, _queries
from db.config import Config, Github, Lastfm, Weather
from db.doctor import Finding, cards_to_ask, look_at_cards
from db.errors import Refused
from db.events import CardsChanged
from db.opening import open_store
from db.store import Store
from tests.members import NOON
from tests.pictures import still

TUNE = Snapshot({"title": "Harbour Lights", "recent": []})
SECOND = timedelta(seconds=1)


@pytest.fixture
def config(config: Config) -> Config:
    return with_sources(config)


def with_sources(config: Config) -> Config:
    lastfm = Lastfm(user="robin", api_key="key", period=50, stale_after=3600)
    return msgspec.structs.replace(config, lastfm=lastfm, weather=Weather(place="Kiel", latitude=54.3, longitude=10.1))


def names(store: Store, now: object = NOON) -> list[str]:
    return [card.name for card in cards.shown(store, now)]


async def test_an_answer_is_shown_at_once_and_after_a_restart(config: Config) -> None:
    async with open_store(config) as store:
        assert cards.shown(store, NOON) == []
        await cards.keep(store, "lastfm", TUNE, NOON, {})
        [card] = cards.shown(store, NOON + 12 * SECOND)
        assert (card.data, card.version, card.age(NOON + 12 * SECOND)) == (TUNE.data, 1, 12.0)
    async with open_store(config) as store:
        assert cards.shown(store, NOON + 1800 * SECOND) == [card]


async def test_the_same_answer_is_only_younger_and_another_one_is_announced(store: Store) -> None:
    heard: list[object] = []
    with store.live.listening(heard.append):
        for number, title in enumerate(["a", "a", "b", "b"]):
            await cards.keep(store, "lastfm", Snapshot({"title": title}), NOON + number * SECOND)
    [card] = cards.shown(store, NOON)
    assert (card.version, card.fetched_at, card.changed_at) == (2, NOON + 3 * SECOND, NOON + 2 * SECOND)
    assert heard == [CardsChanged("lastfm"), CardsChanged("lastfm")]


async def test_cards_stand_in_the_order_of_their_sections_and_go_when_they_are_stale(store: Store) -> None:
    await cards.keep(store, "weather", Snapshot({"words": "rain"}), NOON)
    await cards.keep(store, "lastfm", TUNE, NOON)
    assert names(store) == ["lastfm", "weather"]
    assert names(store, NOON + 3600 * SECOND) == ["lastfm", "weather"]
    assert names(store, NOON + 3601 * SECOND) == ["weather"]


async def test_a_source_that_is_switched_off_is_not_shown_unless_it_comes_by_itself(store: Store) -> None:
    await cards.keep(store, "mastodon", Snapshot({"html": "hello"}), NOON)
    assert names(store) == []
    await cards.keep(store, "lanyard", Snapshot({"status": "idle"}), NOON, is_fed=True)
    assert names(store) == ["lanyard"]
    state = await cards.state(store.pool, "lanyard")
    assert state
    assert state.next_at == NOON + timedelta(seconds=600), "nobody need be asked"
    with pytest.raises(Refused, match="by itself"):
        await cards.refresh(store, "lanyard", NOON + 599 * SECOND)
    with pytest.raises(Refused, match="is off"):
        await cards.refresh(store, "lanyard", NOON + 600 * SECOND)
    await cards.keep(store, "lanyard", Snapshot({"status": "idle"}), NOON)
    assert names(store) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [("data", [1, 2]), ("data", "words"), ("pictures", {"cover": 3}), ("pictures", [])],
)
async def test_what_is_kept_and_cannot_be_read_breaks_nothing(
    config: Config, caplog: pytest.LogCaptureFixture, column: str, value: object
) -> None:
    async with open_store(config) as store:
        await cards.keep(store, "lastfm", TUNE, NOON)
        await cards.keep(store, "weather", Snapshot({"words": "rain"}), NOON)
        await store.pool.execute(f"update cards set {column} = $1 where name = 'lastfm'", value)
        await store.pool.execute(
            "insert into cards (name, data, fetched_at, changed_at) values ('gone', '{}', $1, $1)", NOON
        )
    async with open_store(config) as store:
        assert names(store) == ["weather"]
        assert "lastfm cannot be read" in caplog.text
        await cards.renew(store)
        await cards.renew(store, "lastfm")
        await cards.keep(store, "lastfm", TUNE, NOON)
        assert names(store) == ["lastfm", "weather"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"text": "x" * 70_000}, "larger than"),
        ({"text": "a\0b"}, "no card can show"),
        ({"text": "\ud800"}, "no card can show"),
        ({"thing": object()}, "no card can show"),
        ([1, 2], "no card can show"),
    ],
    ids=["too large", "NUL", "half a pair", "no JSON", "a list"],
)
async def test_what_no_card_can_hold_is_refused_and_the_last_answer_stays(
    store: Store, data: dict[str, object], words: str
) -> None:
    await cards.keep(store, "lastfm", TUNE, NOON)
    with pytest.raises(Refused, match=words):
        await cards.keep(store, "lastfm", Snapshot(data), NOON + SECOND)
    [card] = cards.shown(store, NOON)
    assert (card.data, card.fetched_at) == (TUNE.data, NOON)


async def test_words_about_what_no_card_can_hold_are_words_like_others(store: Store) -> None:
    data = {"text": r"jsonb has no \u0000 and no \\u0000"}
    await cards.keep(store, "lastfm", Snapshot(data), NOON)
    await cards.load(store)
    assert [card.data for card in cards.shown(store, NOON)] == [data]
    with pytest.raises(Refused):
        await cards.keep(store, "lastfm", Snapshot({"text": "\\\0"}), NOON)


async def test_a_picture_is_made_small_and_kept_under_a_name_of_its_own(store: Store) -> None:
    source = "https://third.example/cover.jpg"
    cover = await cards.develop(store, still(size=(1200, 600)), source)
    assert (cover.content_type, cover.width, cover.height) == ("image/webp", 300, 150)
    snapshot = Snapshot(TUNE.data, {"cover": source, "missing": "https://third.example/none"})
    card = await cards.keep(store, "lastfm", snapshot, NOON, {"cover": cover})
    assert card.pictures == {"cover": Cover(f"/cards/lastfm/{cover.name}.webp", 300, 150)}
    assert await cards.picture(store.pool, "lastfm", cover.name) == cover
    assert source not in msgspec.json.encode(card).decode()
    again = await cards.keep(store, "lastfm", snapshot, NOON + SECOND)
    assert (again.pictures, again.version) == (card.pictures, 1), "it is known by its address"


async def test_a_picture_goes_a_day_after_it_was_last_wanted(store: Store) -> None:
    first, second = ("https://third.example/1", "https://third.example/2")
    old = await cards.develop(store, still(size=(20, 20)), first)
    await cards.keep(store, "lastfm", Snapshot({}, {"cover": first}), NOON, {"cover": old})
    new = await cards.develop(store, still(size=(30, 20)), second)
    day = timedelta(days=1)
    await cards.keep(store, "lastfm", Snapshot({}, {"cover": second}), NOON + day, {"cover": new})
    assert await cards.picture(store.pool, "lastfm", old.name)
    await cards.keep(store, "lastfm", Snapshot({}, {"cover": second}), NOON + 3 * day)
    assert await cards.picture(store.pool, "lastfm", old.name) is None
    assert await cards.picture(store.pool, "lastfm", new.name), "what is shown stays however old it is"


async def test_a_source_that_makes_up_pictures_does_not_fill_the_database(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_queries, "PICTURES_MAX", 3)
    seen = []
    for number in range(6):
        seen.append(Picture(f"{number:032x}", "image/webp", b"x", 1, 1, f"https://third.example/{number}"))
        snapshot = Snapshot({}, {"0": seen[0].source, "1": seen[-1].source})
        await cards.keep(store, "lastfm", snapshot, NOON + number * SECOND, {"0": seen[0], "1": seen[-1]})
    found = [one for one in seen if await cards.picture(store.pool, "lastfm", one.name)]
    assert found == [seen[number] for number in (0, 4, 5)], "what is shown, and the one before"


async def test_what_another_process_has_kept_is_read_and_announced_here(config: Config) -> None:
    async with open_store(config) as one, open_store(config) as other:
        await cards.keep(one, "lastfm", TUNE, NOON)
        assert names(other) == []
        heard: list[object] = []
        with other.live.listening(heard.append):
            await cards.renew(other, "lastfm", 1)
            await cards.renew(other)
        assert names(other) == ["lastfm"]
        assert heard == [CardsChanged("lastfm")]


async def test_a_late_answer_takes_no_newer_ones_place(config: Config) -> None:
    async with open_store(config) as store:
        old = await cards.keep(store, "lastfm", TUNE, NOON)
        await cards.keep(store, "lastfm", Snapshot({"title": "b"}), NOON + SECOND)
        async with open_store(config) as other:
            other.cards.current["lastfm"] = old
            await cards.renew(other, "lastfm")
            assert other.cards.current == store.cards.current


async def test_moderators_are_told_after_an_hour_of_failures_and_when_it_is_over(store: Store) -> None:
    hour, told = timedelta(hours=1), 7

    async def news(after: timedelta) -> str:
        state = await cards.untold(store.pool, ["lastfm"], NOON + after)
        return state.last_error or "back" if state else ""

    await cards.enrol(store, "lastfm", NOON)
    for minute in range(3):
        await cards.failed(store, "lastfm", f"no {minute}", NOON + timedelta(minutes=minute), NOON + 2 * hour)
    assert await news(hour - SECOND) == ""
    assert await news(hour) == "no 2"
    state = await cards.state(store.pool, "lastfm")
    assert state
    await cards.record_told(store, state, told)
    await cards.failed(store, "lastfm", "no 3", NOON + hour, NOON)
    assert await news(3 * hour) == "", "once"
    await cards.keep(store, "lastfm", TUNE, NOON + 4 * hour)
    assert await news(4 * hour) == "back"
    state = await cards.state(store.pool, "lastfm")
    assert state
    await cards.record_told(store, state, told + 1)
    assert await news(9 * hour) == ""


async def test_an_outage_that_nobody_has_looked_at_since_is_not_told(store: Store) -> None:
    hour = timedelta(hours=1)
    await cards.enrol(store, "lastfm", NOON)
    await cards.failed(store, "lastfm", "no", NOON, NOON + 100 * SECOND)
    assert await cards.untold(store.pool, ["lastfm"], NOON + 9 * hour) is None, "the site was away, or the card paused"
    await cards.failed(store, "lastfm", "no", NOON + 9 * hour, NOON + 10 * hour)
    assert await cards.untold(store.pool, ["lastfm"], NOON + 9 * hour)


async def test_a_short_failure_is_nobodys_news(store: Store) -> None:
    await cards.enrol(store, "lastfm", NOON)
    week = NOON + timedelta(days=7)
    await cards.failed(store, "lastfm", "no", NOON, week)
    await cards.keep(store, "lastfm", TUNE, NOON + SECOND, next_at=week)
    assert await cards.untold(store.pool, ["lastfm"], NOON + timedelta(days=1)) is None


async def test_a_card_that_comes_from_discord_alone_can_be_paused_and_goes_on(store: Store) -> None:
    await cards.keep(store, "lanyard", Snapshot({"status": "idle"}), NOON, is_fed=True)
    with pytest.raises(Refused, match="by itself"):
        await cards.refresh(store, "lanyard", NOON)
    await cards.pause(store, "lanyard")
    await cards.resume(store, "lanyard", NOON)
    state = await cards.state(store.pool, "lanyard")
    assert state
    assert not state.is_paused
    [found] = [one for one in look_at_cards(store.config, {"lanyard": state}) if one.subject == "Card lanyard"]
    assert found.sentence.startswith("on;")


async def test_a_source_that_was_switched_off_while_it_was_paused_goes_on_once_it_is_on(store: Store) -> None:
    await cards.pause(store, "mastodon")
    await cards.resume(store, "mastodon", NOON)
    with pytest.raises(Refused, match="is off"):
        await cards.resume(store, "mastodon", NOON)


async def test_the_doctor_says_how_each_card_is(store: Store) -> None:
    async def found() -> Finding:
        states = {state.name: state for state in await cards.states(store.pool)}
        return {one.subject: one for one in look_at_cards(store.config, states)}["Card lastfm"]

    assert await found() == Finding("Card lastfm", "on; it will be asked every 50 seconds")
    await cards.keep(store, "lastfm", TUNE, NOON)
    assert "the last answer is of 20" in (await found()).sentence
    await cards.failed(store, "lastfm", "The key is wrong.", NOON, NOON)
    assert (await found()).sentence.endswith("UTC): The key is wrong.")
    assert not (await found()).is_well
    state = {"lastfm": await cards.state(store.pool, "lastfm")}
    [answers] = [one for one in look_at_cards(store.config, state, {"lastfm": ""}) if one.subject == "Card lastfm"]
    assert answers == Finding("Card lastfm", "on; it answers")
    assert "lastfm" in cards_to_ask(store.config, state, NOON)
    await cards.failed(store, "lastfm", "Too often.", NOON, NOON, held_until=NOON + SECOND)
    state = {"lastfm": await cards.state(store.pool, "lastfm")}
    assert cards_to_ask(store.config, state, NOON) == ["weather"]
    await cards.pause(store, "lastfm")
    assert "paused" in (await found()).sentence
    half = msgspec.structs.replace(store.config, lastfm=Lastfm(user="robin"))
    told = Finding("Card lastfm", "half set: [lastfm] api_key is needed.", is_well=False)
    assert told in list(look_at_cards(half, {}))
    plain = msgspec.structs.replace(store.config, github=Github(user="robin"))
    [told] = [one for one in look_at_cards(plain, {}, {"github": ""}) if one.subject == "Card github"]
    sentence = "on; it answers (without the calendar, which needs [github] token)"
    assert told == Finding("Card github", sentence)  # which is how somebody may want it
    off = msgspec.structs.replace(store.config, lastfm=Lastfm())
    assert Finding("Card lastfm", "off; [lastfm] user and api_key are needed.") in list(look_at_cards(off, {}))
