"""Live cards on the porch, and how open pages are told of them. What they look like: test_card_drawing.py."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from db import projects
from db.events import CardsLookedAt, PresenceChanged
from tests.cards import DATA, SETTINGS, card, change, put
from tests.cogs.conftest import until
from tests.glimpses import FIREFOX, HEADERS
from tests.posted import a_post
from tests.web.wire import Socket
from web import live_cards, make_app


@pytest.fixture
def config(config):
    return msgspec.structs.replace(config, **SETTINGS)


PERSON = {"User-Agent": FIREFOX, **HEADERS}
UPTIMEROBOT = "Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)"


@pytest.fixture
def app(store):
    return make_app(store)


async def joined(reader, have=""):
    socket = Socket(await reader.ws_connect(f"/ws/cards?have={have}"))
    return socket, await socket.next("hello")


# On the page


async def test_the_porch_shows_every_card_in_its_order_with_its_age_and_asks_nobody(store, reader):
    put(store, *(card(name, 3, age=20) for name in reversed(DATA)))
    page = await (await reader.get("/")).text()
    shown = re.findall(r'data-card="(\w+)" data-age="(\d+)" data-version="(\d+)"', page)
    assert [(name, version) for name, _, version in shown] == [(name, "3") for name in store.config.sources]
    assert {int(age) for _, age, _ in shown} <= {20, 21, 22}
    assert not re.search(r'(?:src|srcset|poster)="(?:https?:)?//', page)


async def test_without_a_card_there_is_no_place_for_them(store, reader):
    page = await (await reader.get("/")).text()
    assert re.search(r'<section class="now"[^>]* hidden>', page)
    put(store, card("lastfm"))
    page = await (await reader.get("/")).text()
    assert not re.search(r'<section class="now"[^>]* hidden>', page)


async def test_below_the_cards_stand_posts_what_was_said_and_the_first_projects(store, reader, ann):
    await a_post(store, ann, "lamps", title="On lamps")
    for number in range(4):
        await projects.add(store, replace(ann, owner=True), f"Project {number}", "It blinks.", [], datetime.now(UTC))
    page = await (await reader.get("/")).text()
    assert re.findall(r"<h2[^>]*>([^<]*)", page) == [
        "Right now",
        "Lately written",
        "Heard on the porch",
        "On the workbench",
    ]
    assert re.findall(r"<h3>(Project \d)</h3>", page) == ["Project 3", "Project 2", "Project 1"]
    assert page.index("On lamps") < page.index("Project 3")


# On open pages


async def test_a_change_is_on_open_pages_in_under_a_second_drawn_like_the_page(store, reader):
    put(store, card("lastfm", 3), card("weather", 1))
    socket, hello = await joined(reader, "lastfm:3,weather:1")
    assert (hello["cards"], hello["ages"].keys()) == ([], {"lastfm", "weather"})
    change(store, card("lastfm", 4, title="Pink Moon"))
    frame = await socket.next("card", seconds=1.0)
    assert (frame["name"], frame["version"], "Pink Moon" in frame["html"]) == ("lastfm", 4, True)
    store.cards.current["lastfm"] = replace(store.cards.current["lastfm"])  # which is drawn anew
    page = await (await reader.get("/")).text()
    age = re.compile(r'data-age="\d+"')
    assert age.sub("", frame["html"]) in age.sub("", page)


async def test_a_page_is_greeted_with_what_it_has_otherwise(store, reader):
    store.presence.owner = "dnd"
    put(store, card("lastfm", 4), card("weather", 2), card("github", 1))
    for have in ("lastfm:4,mastodon:7,weather:1", "lastfm:4,mastodon,weather:x,<b>:1,,:" + "9" * 5000):
        _, hello = await joined(reader, have)
        told = {one["name"]: bool(one["html"]) for one in hello["cards"]}
        assert told == {"weather": True, "github": True, "mastodon": False}
        assert hello["owner"] == "dnd"


async def test_a_card_that_becomes_too_old_is_hidden_from_open_pages_and_comes_back(store, app):
    told = []
    put(store, card("lastfm", 3), card("weather", 1))
    async with live_cards.open_cards(app) as hall:
        hall.audience.tell_all = told.append
        later = datetime.now(UTC) + timedelta(seconds=store.config.weather.stale_after + 60)
        hall.tell_news(later)
        assert told == [{"type": "card", "name": "weather", "html": "", "version": 0}]
        hall.tell_news(later)
        put(store, card("weather", 1, now=later))
        hall.tell_news(later)
        assert [(one["name"], bool(one["html"])) for one in told[1:]] == [("weather", True)]


async def test_a_card_that_was_found_to_be_as_it_was_is_told_to_be_fresh_and_not_drawn_again(store, app):
    told = []
    put(store, card("lastfm", 3, age=90), card("weather", 1, age=90))
    async with live_cards.open_cards(app) as hall:
        hall.audience.tell_all = told.append
        put(store, card("lastfm", 3, age=0.5))
        hall.tell_news(datetime.now(UTC))
        hall.tell_news(datetime.now(UTC))
    assert told == [{"type": "ages", "ages": {"lastfm": 0}}]


async def test_the_lamp_is_told_when_it_changes_and_only_then(store, reader):
    socket, _ = await joined(reader)
    for owner in ("online", "online", "idle"):
        store.presence.owner = owner
        store.live.announce(PresenceChanged())
    assert [await socket.next("lamp", "card") for _ in range(2)] == [
        {"type": "lamp", "owner": "online"},
        {"type": "lamp", "owner": "idle"},
    ]
    await socket.send(type="ping")
    assert (await socket.next("lamp", "pong"))["type"] == "pong"


async def test_that_somebody_looks_is_said_by_the_page_and_by_whoever_has_it_open(store, reader, monkeypatch):
    heard = []
    monkeypatch.setattr(live_cards, "LOOK_EVERY", 0.01)
    with store.live.listening(lambda event: heard.append(event) if isinstance(event, CardsLookedAt) else None):
        await reader.get("/")
        await reader.get("/", headers=PERSON | {"User-Agent": UPTIMEROBOT})
        await reader.get("/blog", headers=PERSON)
        assert heard == [], "only programs came, and somebody who sees no cards"
        await reader.get("/", headers=PERSON)
        assert len(heard) == 1
        store.cards.looked_at -= 60
        socket, _ = await joined(reader)
        await until(lambda: len(heard) == 2)
        await socket.ws.close()
