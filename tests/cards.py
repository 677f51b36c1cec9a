"""Live cards for tests: of each source what it may answer, in the shapes that docs/cards.md lists."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from db.cards import Card, Cover
from db.config import Bluesky, Github, Lanyard, Lastfm, Mastodon, Wakatime, Weather
from db.events import CardsChanged
from db.store import Store

HASH = "0123456789abcdef" * 2
LONG_AGO = "2026-05-01T10:30:00+00:00"
SETTINGS: dict[str, Any] = {
    "lanyard": Lanyard(user_id=5),
    "lastfm": Lastfm(user="robin", api_key="key"),
    "wakatime": Wakatime(api_key="key"),
    "github": Github(user="robin"),
    "mastodon": Mastodon(account="robin"),
    "bluesky": Bluesky(handle="robin.example.com"),
    "weather": Weather(place="Lisbon", latitude=38.7, longitude=-9.1),
}
POST = {
    "name": "Robin",
    "handle": "@robin@example.com",
    "url": "https://example.com/@robin/1",
    "at": LONG_AGO,
    "html": '<p>A cat, and <a href="https://example.com/moths">moths</a>.</p>',
    "warning": None,
    "is_sensitive": False,
    "reposts": 4,
    "likes": 31,
    "replies": 0,
    "pictures": [{"key": "0", "alt": "A cat on wooden steps"}],
    "link": {"url": "https://example.com/lamps", "title": "On lamps"},
    "poll": True,
}
DATA: dict[str, dict[str, Any]] = {
    "lanyard": {
        "status": "idle",
        "custom": "soldering",
        "custom_emoji": "🔧",
        "activities": [
            {"kind": "playing", "name": "Chess", "details": "Endgame", "state": None, "since": LONG_AGO},
            {"kind": "watching", "name": "Columbo", "details": None, "state": None, "since": None},
        ],
        "seen_at": LONG_AGO,
    },
    "lastfm": {
        "title": "Harvest Moon",
        "artist": "Neil Young",
        "album": "Harvest Moon",
        "url": "https://example.com/music",
        "is_playing": True,
        "played_at": LONG_AGO,
        "loved": True,
        "user_url": "https://example.com/robin",
        "recent": [{"title": "Pink Moon", "artist": "Nick Drake", "url": None, "played_at": LONG_AGO}],
    },
    "wakatime": {
        "today_seconds": 10_230,
        "today_text": "2 hrs 50 mins",
        "week_seconds": 76_310,
        "week_text": "21 hrs",
        "average_text": None,
        "languages": [
            {"name": "Python", "percent": 81.5, "text": None},
            {"name": "CSS", "percent": 18.5, "text": None},
        ],
        "days": [{"date": f"2026-05-0{day}", "seconds": day * 1000} for day in range(1, 8)],
    },
    "github": {
        "user": "robin",
        "url": "https://example.com/robin",
        "total": 1284,
        "streak": 12,
        "weeks": [[0, 1, 2, 3, 4, 0, 0]] * 52 + [[1, 1, None, None, None, None, None]],
        "latest": [{"verb": "pushed to", "what": "robin/porchlight", "url": "https://example.com/p", "at": LONG_AGO}],
    },
    "mastodon": POST,
    "bluesky": POST,
    "weather": {
        "place": "Lisbon",
        "units": "metric",
        "temperature_c": -7.6,
        "feels_c": -9,
        "code": 61,
        "words": "light rain",
        "is_day": False,
        "wind_kmh": 14.2,
        "humidity": 63,
        "high_c": 2,
        "low_c": -8,
        "sunrise": LONG_AGO,
        "sunset": LONG_AGO,
    },
}
PICTURES = {key: Cover(f"/cards/lastfm/{HASH}.webp", 300, 200) for key in ("cover", "activity0", "0", "1", "2", "3")}
NO_PICTURES: dict[str, Cover] = {}


def card(
    source: str,
    version: int = 1,
    /,
    *,
    age: float = 5.0,
    now: datetime | None = None,
    covers: Mapping[str, Cover] = PICTURES,
    **data: Any,
) -> Card:
    """The card of this source, `age` seconds old, with `data` otherwise than it stands above. A browser, which asks for
    the `covers`, is given none.
    """
    at = (now or datetime.now(UTC)) - timedelta(seconds=age)
    return Card(source, {**DATA[source], **data}, covers, version, at, at)


def put(store: Store, *shown: Card) -> None:
    for one in shown:
        store.cards.current[one.name] = one


def change(store: Store, one: Card) -> None:
    """As when its source has answered something else."""
    put(store, one)
    store.live.announce(CardsChanged(one.name))
