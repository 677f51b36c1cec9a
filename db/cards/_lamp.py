"""The porch lamp, where our own bot may not know how the owner is: it follows the card of Discord, if there is one."""

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from db.cards._shape import is_shown
from db.events import CardsChanged, PresenceChanged

if TYPE_CHECKING:  # the store holds the cards
    from db.store import Store

NAME = "lanyard"
LOOK = 15.0  # seconds between two looks at whether it is still true


async def light(store: "Store") -> None:
    """Keeps the lamp as a third party says that the owner is. Runs until it is cancelled. What came from Discord's
    gateway is not looked at: whoever hears that lights the lamp too.
    """
    changed = asyncio.Event()
    changed.set()
    told: object = None

    def hear(event: object) -> None:
        if isinstance(event, CardsChanged) and event.name in {NAME, ""}:
            changed.set()

    with store.live.listening(hear):
        while True:
            try:
                async with asyncio.timeout(LOOK):
                    await changed.wait()
            except TimeoutError:
                pass
            changed.clear()
            status = told_of(store, datetime.now(UTC))
            if status is not None and status != told:
                show(store, status)
            told = status


def show(store: "Store", status: str) -> None:
    """The lamp of this process; everybody is told when it is another."""
    if store.presence.owner != status:
        store.presence.owner = status
        store.live.announce(PresenceChanged())


def told_of(store: "Store", now: datetime) -> str | None:
    """How the owner is as a third party says; None when none was asked."""
    card, section = store.cards.current.get(NAME), store.config.sources[NAME]
    if card is None or card.is_fed:
        return None
    is_known = is_shown(card, section.off, section.stale_after, now)
    return str(card.data.get("status", "offline")) if is_known else "offline"
