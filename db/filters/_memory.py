"""The rules, made ready and in memory, so that asking them costs no query. Read anew before the next words are judged
once they have changed here or anywhere else.
"""

import asyncio
import logging
from typing import TYPE_CHECKING

from db.errors import Refused
from db.events import FiltersChanged, Missed
from db.filters._kinds import Rule, made_ready
from db.filters._links import host_of
from db.filters._namesakes import Namesakes
from db.filters._queries import listing
from db.filters._repeating import Repeats
from db.filters._shape import WEIGHTS, Filter

if TYPE_CHECKING:  # the store holds the memory
    from db.store import Store

log = logging.getLogger(__name__)


class Filters:
    """`rules`: the heaviest first, so that the first that has something against it is the one that counts."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []
        self.is_behind = True
        self.repeats = Repeats()
        self.namesakes = Namesakes()

    def hear(self, event: object) -> None:
        if isinstance(event, FiltersChanged | Missed):
            self.is_behind = True

    def has(self, kind: str) -> bool:
        return any(rule.filter.kind == kind for rule in self.rules)


async def load(store: "Store") -> None:
    """At the start; from here on it hears of changes."""
    store.live.add(store.filters.hear)
    await renew(store)


async def renew(store: "Store") -> None:
    """Reads the rules where they have changed. What is read while they change once more is read again."""
    memory = store.filters
    if not memory.is_behind:
        return
    memory.is_behind = False
    try:
        rules = await listing(store.pool)
        memory.rules = await asyncio.to_thread(_made_ready, rules, host_of(store.config.public_url))
    except BaseException:
        memory.is_behind = True
        raise


def _made_ready(filters: list[Filter], own_host: str) -> list[Rule]:
    ready = []
    for one in sorted(filters, key=lambda one: (-WEIGHTS[one.action], one.id)):
        try:
            ready.append(made_ready(one, own_host))
        except Refused as refusal:  # another release of RE2 may see it otherwise
            log.warning("Filter %d (%s) is left out: %s", one.id, one.kind, refusal.sentence)
    return ready
