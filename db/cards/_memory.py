"""The cards in memory: loaded at the start, read again when another process has changed them, and what is shown."""

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from db.cards import _queries as queries
from db.cards._shape import Card, is_shown
from db.events import CardsBehind, CardsChanged, CardsLookedAt, Missed
from db.loops import again_and_again

if TYPE_CHECKING:  # the store holds the cards
    from db.store import Store

LOOKED = 30.0  # seconds in which it is said once that somebody looks


def shown(store: "Store", now: datetime) -> list[Card]:
    """What the pages show, in the order of the sections of config.toml."""
    current, sources = store.cards.current, store.config.sources
    found = ((current[name], section) for name, section in sources.items() if name in current)
    return [card for card, section in found if is_shown(card, section.off, section.stale_after, now)]


def looked(store: "Store") -> None:
    """Somebody has a page with cards open. Said to everybody, but not often."""
    now = asyncio.get_running_loop().time()
    if now - store.cards.looked_at >= LOOKED:
        store.cards.looked_at = now
        store.live.announce(CardsLookedAt())


async def load(store: "Store") -> None:
    """All that is kept, of the sources that there are."""
    known = store.config.sources
    store.cards.current = {card.name: card for card in await queries.kept(store.pool) if card.name in known}


async def renew(store: "Store", name: str = "", version: int = 0) -> None:
    """Reads the card again, or all with an empty name: what another process has kept, from Redis if it is there in
    this version at least. What shows something else from here is announced in this process.
    """
    if name:
        card = await _faded(store, name, version) or await queries.one(store.pool, name)
        read = [card] if card else []
    else:
        read = await queries.kept(store.pool)
    for card in read:
        _take(store, card)


async def follow(store: "Store") -> None:
    """Keeps this process's cards as the others have them. Runs until it is cancelled."""
    await again_and_again("Following the cards of other processes", lambda: _follow(store))


async def _follow(store: "Store") -> None:
    """What is lost when it fails is made good by the next `Missed`."""
    behind: asyncio.Queue[CardsBehind] = asyncio.Queue()

    def hear(event: object) -> None:
        if isinstance(event, CardsBehind):
            behind.put_nowait(event)
        elif isinstance(event, Missed) and behind.empty():
            behind.put_nowait(CardsBehind())

    with store.live.listening(hear):
        while True:
            event = await behind.get()
            await renew(store, event.name, event.version)


async def _faded(store: "Store", name: str, version: int) -> Card | None:
    found = await store.cards.fading.get(name)
    try:
        card = msgspec.json.decode(found, type=Card) if found else None
    except msgspec.DecodeError:  # something else lies there
        return None
    return card if card and card.name == name and card.version >= max(1, version) else None


def _take(store: "Store", card: Card) -> None:
    there = store.cards.current.get(card.name)
    if card.name not in store.config.sources:
        return
    if there and (there.version, there.fetched_at) > (card.version, card.fetched_at):
        return
    store.cards.current[card.name] = card
    if there is None or there.version != card.version:
        store.live.announce(CardsChanged(card.name, card.version, is_news=False))
