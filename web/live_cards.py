"""The live cards on pages, and the hall where open pages are told of them: /ws/cards.

One partial, `templates/cards/_NAME.html`, draws a card for the page and for what is pushed to it. Nothing is asked of
anybody: what db/cards has is shown. The hall is opened by web/porch.py with the first socket, and closed behind the
last.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import aiohttp_jinja2
from aiohttp import web
from markupsafe import Markup

from db import cards
from db.cards import Card
from db.config import Config
from db.events import CardsChanged, Missed, PresenceChanged
from db.loops import again_and_again, doing
from db.store import Store

from . import frames, keys, pages
from ._card_values import age_words, short_time, times
from ._incoming import PingOnly
from .audience import Audience, Seat
from .hall import Hall, whole_number
from .statics import Statics

log = logging.getLogger(__name__)

Drawn = dict[str, tuple[Card, int, str]]  # of each card the last drawing, and how old it said that the card is
TEMPLATES = Path(__file__).parents[1] / "templates"
LOOK_EVERY = 5.0  # seconds between two looks for cards that have become too old, or were found to be as they were
HAVE_MAX = 2_000  # characters of what a page says that it has


def drawn(app: web.Application, card: Card, now: datetime) -> str:
    """The card as HTML, once a second; empty where it cannot be drawn, so that no page fails by what came from
    elsewhere.
    """
    age = card.age(now)
    kept = app[keys.DRAWN].get(card.name)
    if kept is None or kept[0] is not card or kept[1] != int(age):
        kept = app[keys.DRAWN][card.name] = card, int(age), _draw(app, card, now, age)
    return kept[2]


def _draw(app: web.Application, card: Card, now: datetime, age: float) -> str:
    """The log is told once of a version that cannot be drawn, and the owner by `undrawn`."""
    if card.name not in app[keys.CONFIG].sources:
        return ""
    undrawn = app[keys.STORE].cards.undrawn
    try:
        html = _render(app, card, now, age)
    except Exception:
        if undrawn.get(card.name) != card.version:
            log.exception("The card of %s could not be drawn", card.name)
        undrawn[card.name] = card.version
        return ""
    undrawn.pop(card.name, None)
    return html


def _render(app: web.Application, card: Card, now: datetime, age: float) -> str:
    source = app[keys.CONFIG].sources[card.name]
    zone = ZoneInfo(app[keys.CONFIG].site.timezone)
    context = {
        "card": card,
        "data": card.data,
        "pictures": card.pictures,
        "age": int(age),
        "period": source.period,
        "age_line": age_words(age, source.period, short_time(card.fetched_at, zone, now)),
        **times(zone, now),
    }
    return aiohttp_jinja2.get_env(app).get_template(f"cards/_{card.name}.html").render(context).strip()


def undrawable(config: Config, kept: Iterable[Card], templates: Path = TEMPLATES) -> dict[str, str]:
    """For the doctor: of the cards that no page can draw, the kind of error."""
    app, now, found = web.Application(), datetime.now(UTC), dict[str, str]()
    app[keys.CONFIG] = config
    app[keys.STATICS] = Statics(templates.parent / "static")
    pages.set_up(app, templates)
    for card in kept:
        try:
            _render(app, card, now, card.age(now))
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it
            found[card.name] = type(error).__name__
    return found


def on_page(app: web.Application, now: datetime) -> list[Markup]:
    """Every card that there is something to show of, in their order."""
    found = (drawn(app, card, now) for card in cards.shown(app[keys.STORE], now))
    return [Markup(html) for html in found if html]  # noqa: S704 - drawn by the templates, which escape


# The hall


class CardHall(Hall):
    """`_told` are the cards as everybody who sits here has them."""

    incoming = PingOnly

    def __init__(self, app: web.Application, audience: Audience) -> None:
        super().__init__(app[keys.STORE], 0, audience)
        self._app = app
        self._told = shown(self.store, datetime.now(UTC))
        self._owner = self.store.presence.owner
        self._look = asyncio.Event()

    async def hello(self, seat: Seat, after: str) -> frames.Frame:
        """`after` is what the page has, `lastfm:3,weather:1`: it gets what is otherwise, and how old everything is."""
        del seat
        return hello(self._app, versions(after), datetime.now(UTC))

    def hear(self, event: object) -> None:
        super().hear(event)
        if isinstance(event, CardsChanged | Missed):
            self._look.set()
        elif isinstance(event, PresenceChanged) and self.store.presence.owner != self._owner:
            self._owner = self.store.presence.owner
            self.audience.tell_all(lamp(self._owner))

    async def keep_up(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_EVERY):
                await self._look.wait()
        self._look.clear()
        cards.looked(self.store)
        self.tell_news(datetime.now(UTC))

    def tell_news(self, now: datetime) -> None:
        """Cards that are otherwise than they were told, or gone; of the others only that they are still so."""
        before, self._told = self._told, shown(self.store, now)
        ages = {}
        for name, card in self._told.items():
            if name not in before or card.version != before[name].version:
                self.audience.tell_all(news(self._app, card, now))
            elif card.fetched_at != before[name].fetched_at:
                ages[name] = int(card.age(now))
        for name in before.keys() - self._told.keys():
            self.audience.tell_all(gone(name))
        if ages:
            self.audience.tell_all(still(ages))


def versions(have: str) -> dict[str, int]:
    """What a page says that it has; what makes no sense it has not."""
    pairs = (one.partition(":") for one in have[:HAVE_MAX].split(","))
    return {name: whole_number(version) or 0 for name, _, version in pairs if name.isascii() and name.isidentifier()}


def shown(store: Store, now: datetime) -> dict[str, Card]:
    return {card.name: card for card in cards.shown(store, now)}


def hello(app: web.Application, had: dict[str, int], now: datetime) -> frames.Frame:
    """The first frame: what is otherwise than the page `had` it."""
    store = app[keys.STORE]
    here = shown(store, now)
    changed = [news(app, card, now) for card in here.values() if had.get(card.name) != card.version]
    return {
        "type": "hello",
        "seq": 0,
        "cards": changed + [gone(name) for name in had if name not in here],
        "ages": {card.name: int(card.age(now)) for card in here.values()},
        "owner": store.presence.owner,
    }


def news(app: web.Application, card: Card, now: datetime) -> frames.Frame:
    return {"type": "card", "name": card.name, "html": drawn(app, card, now), "version": card.version}


def gone(name: str) -> frames.Frame:
    return {"type": "card", "name": name, "html": "", "version": 0}


def still(ages: dict[str, int]) -> frames.Frame:
    return {"type": "ages", "ages": ages}


def lamp(owner: str) -> frames.Frame:
    return {"type": "lamp", "owner": owner}


@asynccontextmanager
async def open_cards(app: web.Application) -> AsyncIterator[Hall]:
    hall = CardHall(app, Audience(0))
    with app[keys.STORE].live.listening(hall.hear):
        async with doing(again_and_again("Telling of cards", hall.keep_up, longest=2.0), "cards"):
            yield hall
