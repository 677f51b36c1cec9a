"""Whose name somebody new bears, or one that a reader would take for it: the owner's, a member's, or that of somebody
who speaks in Discord.
"""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from db.names import skeleton
from db.people import Person

if TYPE_CHECKING:  # the store holds the memory
    from db.store import Conn, Store

MOST = 20_000  # names
FRESH = 300.0  # seconds for which they are taken as they were read
LETTERS_MIN = 3

Named = tuple[int | None, str]  # whose it is; None for the house's own


class Namesakes:
    def __init__(self) -> None:
        self._by_look: dict[str, Named] = {}
        self._read_at = float("-inf")

    def are_old(self, now: float) -> bool:
        return not 0 <= now - self._read_at < FRESH

    def take(self, by_look: dict[str, Named], now: float) -> None:
        self._by_look, self._read_at = by_look, now

    def of(self, author: Person) -> str:
        """The name that theirs looks like, or an empty text. Who is known in Discord bears the name they have there."""
        if author.discord_id is not None:
            return ""
        looks = {skeleton(author.name), skeleton("".join(filter(str.isalnum, author.name)))}
        found = (self._by_look[look] for look in looks if len(look) >= LETTERS_MIN and look in self._by_look)
        return next((name for person_id, name in found if person_id != author.id), "")


# Queries


async def known_names(conn: "Conn") -> list[Named]:
    """The owner's names come last, and so win over others that look alike."""
    rows = await conn.fetch(
        """/* filters.known_names */ select id, unnest(array[name, username]) as name from (
            select id, name, username, owner from people
            where (owner or username is not null or discord_id is not null) and merged_into is null
            order by owner desc, id desc limit $1
        ) as known order by owner, id desc""",
        MOST,
    )
    return [(row["id"], row["name"]) for row in rows if row["name"]]


# Acts


async def renew(store: "Store", now: float) -> None:
    """Reads them anew where they are old."""
    if store.filters.namesakes.are_old(now):
        own = [(None, name) for name in (store.config.site.owner_name, store.config.site.name) if name]
        names = [*await known_names(store.pool), *own]
        store.filters.namesakes.take(await asyncio.to_thread(_by_look, names), now)


def _by_look(names: Sequence[Named]) -> dict[str, Named]:
    return {skeleton(name): (person_id, name) for person_id, name in names}
