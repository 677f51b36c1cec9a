"""What live cards show, whatever comes from elsewhere."""

import html
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from aiohttp import web

from db.cards import Cards
from db.config import Config, Site
from tests.cards import DATA, SETTINGS, card
from web import keys, live_cards, pages
from web.statics import Statics

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
EVIL = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
# What is in the data is in nobody's hands; all of these are to be drawn, or left out.
STRANGE = [
    None,
    "",
    EVIL,
    "x" * 10_000,
    "javascript:alert(1)",
    "9999-12-31T23:59:59+00:00",
    "0001-01-01T00:00:00+00:00",
    -1,
    10**400,
    float("nan"),
    True,
    [],
    [None],
    {},
    {"a": 1},
]


@pytest.fixture(scope="module")
def app():
    """As much of the site as drawing needs."""
    app = web.Application()
    app[keys.CONFIG] = Config(site=Site(owner_name="Robin", timezone="Etc/GMT-1"), **SETTINGS)
    app[keys.STATICS] = Statics(ROOT / "static")
    app[keys.DRAWN] = {}
    app[keys.STORE] = SimpleNamespace(cards=Cards())
    pages.set_up(app, ROOT / "templates")
    return app


class Read(HTMLParser):
    """The elements of what was drawn and their attributes, as a browser reads them."""

    def __init__(self, drawn):
        super().__init__()
        self.tags, self.names, self.addresses = set(), set(), set()
        self.feed(drawn)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.names |= {name for name, _ in attributes}
        self.addresses |= {value for name, value in attributes if name in ("href", "src")}


def words(drawn):
    """What a reader sees of it, in one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", drawn)).split())


def test_each_card_says_in_words_what_it_shows(app):
    seen = {name: words(live_cards.drawn(app, card(name, now=NOON), NOON)) for name in DATA}
    assert all("just now" not in drawn for drawn in seen.values())  # which says nothing
    for name, wanted in {
        "lanyard": ["Away", "🔧 soldering", "Playing since 11:30 Chess Endgame", "Watching Columbo"],
        "lastfm": ["Now playing Harvest Moon", "loved", "Neil Young", "Pink Moon · Nick Drake 11:30"],
        "wakatime": ["Today 2 h 50 min", "Seven days 21 h 11 min", "Python 82 %"],
        "github": ["1,284 contributions", "12 days in a row", "Pushed to robin/porchlight"],
        "mastodon": ["On Mastodon", "Robin @robin@example.com", "A cat, and moths .", "31 likes", "a poll", "On lamps"],
        "bluesky": ["On Bluesky"],
        "weather": ["-8°C", "Light rain in Lisbon", "Feels like -9 °C", "2 / -8 °C", "14 km/h", "63 %"],
    }.items():
        assert [one for one in wanted if one not in seen[name]] == [], seen[name]
    assert "replies" not in seen["mastodon"]  # there are none


def test_what_is_drawn_has_words_for_who_does_not_see_it(app):
    calendar = live_cards.drawn(app, card("github"), NOON)
    assert 'aria-label="Calendar of contributions: something on 210 of the last 366 days' in calendar
    assert "2026-05-01: 16 min;" in live_cards.drawn(app, card("wakatime"), NOON)
    assert 'alt="A cat on wooden steps" width="300" height="200"' in live_cards.drawn(app, card("mastodon"), NOON)


def test_a_warning_is_closed_over_everything_and_a_sensitive_post_over_its_pictures(app):
    def closed(**data):
        drawn = live_cards.drawn(app, card("mastodon", **data), NOON)
        [found] = re.findall(r"<details class.*?</details>", drawn, re.DOTALL)
        return found

    warned = closed(warning="Spoilers")
    assert words(warned).startswith("Spoilers A cat, and moths")
    assert "<img" in warned
    sensitive = closed(is_sensitive=True)
    assert ("<img" in sensitive, "moths" in sensitive) == (True, False)
    assert "<details" not in live_cards.drawn(app, card("mastodon"), NOON)


@pytest.mark.parametrize(
    ("age", "line"),
    [(1800, ""), (1801, "30 min ago"), (3600, "1 h ago"), (3601, "as of 11:59"), (90_000, "as of 30 Apr, 12:00")],
)
def test_a_card_that_should_be_newer_says_how_old_it_is_and_once_it_missed_a_turn_as_of_when(app, age, line):
    drawn = live_cards.drawn(app, card("weather", age=age, now=NOON), NOON)
    assert f">{line}</time>" in drawn
    assert ('<p class="age" hidden>' in drawn) == (not line)
    assert '<p class="age" hidden>' in live_cards.drawn(app, card("lastfm", age=min(age, 120), now=NOON), NOON)
    assert f'data-age="{age}"' in drawn


def test_the_weather_is_told_in_the_owners_units(app):
    seen = words(live_cards.drawn(app, card("weather", units="imperial"), NOON))
    wanted = ["18°F", "Feels like 16 °F", "36 / 18 °F", "9 mph"]  # -7.6 °C, which is not -8
    assert [one for one in wanted if one not in seen] == [], seen


def test_one_is_not_many_and_a_link_says_where_it_leads(app):
    drawn = words(live_cards.drawn(app, card("mastodon", replies=1, reposts=2, likes=1), NOON))
    assert "1 reply 2 reposts 1 like" in drawn
    assert "Post of 11:30 on Mastodon" in drawn.replace("1 May, ", "")


@pytest.mark.parametrize("name", DATA)
def test_whatever_comes_from_elsewhere_is_drawn_and_nothing_of_it_is_markup(app, name, caplog):
    own = Read(live_cards.drawn(app, card(name), NOON))
    own.tags |= {"details", "summary", "p", "br", "a"}
    own.names |= {"data-key", "data-status", "href", "rel"}

    def check(**data):
        drawn = live_cards.drawn(app, card(name, **data), NOON)
        assert drawn.startswith("<article")
        assert len(drawn) < 60_000
        read = Read(drawn)
        assert (read.tags - own.tags, read.names - own.names) == (set(), set())
        assert all(one.startswith(("https://", "/cards/")) for one in read.addresses)

    for key, value in DATA[name].items():
        for strange in STRANGE:
            check(**{key: strange})
            if isinstance(value, list) and value and isinstance(value[0], dict):
                check(**{key: [dict.fromkeys(value[0], strange)] * 9})
    for strange in STRANGE:
        check(**dict.fromkeys(DATA[name], strange))
    bare = replace(card(name), data={}, pictures={})
    assert live_cards.drawn(app, bare, NOON).startswith("<article")
    assert caplog.records == []


def test_words_of_a_post_are_cleaned_once_more(app):
    drawn = live_cards.drawn(
        app, card("bluesky", html=f'<p class="x" onclick="x()">a{EVIL}<a href="javascript:x">b</a></p>'), NOON
    )
    assert '<p>a"&gt;<a rel="nofollow noopener ugc">b</a></p>' in drawn


def test_a_card_that_cannot_be_drawn_is_left_out_and_told_in_the_log_once(app, caplog):
    undrawn = app[keys.STORE].cards.undrawn
    broken = replace(card("lastfm", 3), pictures=None)
    for seconds in range(3):
        assert live_cards.drawn(app, broken, NOON + timedelta(seconds=seconds)) == ""
    assert caplog.text.count("The card of lastfm could not be drawn") == 1
    assert undrawn == {"lastfm": 3}
    live_cards.drawn(app, replace(broken, version=4), NOON)
    assert caplog.text.count("The card of lastfm could not be drawn") == 2
    whole = card("lastfm", 5)
    assert live_cards.undrawable(app[keys.CONFIG], [broken, card("weather")], ROOT / "templates") == {
        "lastfm": "UndefinedError"
    }
    assert live_cards.drawn(app, whole, NOON)
    assert undrawn == {}
