"""Whether the house is raided, or in a panic: known in memory, so that whoever speaks in quiet times costs no query.

PostgreSQL is the truth: it is read at the start, after each change, and where another process tells of one.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import asyncpg

from db.events import Missed, RoomChanged
from db.loops import heeding

if TYPE_CHECKING:  # the store holds the alarms
    from db.store import Store

KNOWN_MAX = 20_000
PANIC = "panic"  # the setting under which it is kept


@dataclass(slots=True)
class Alarms:
    """`raid_id` of the raid that goes on, 0 for none, and since when it does; since when there is a panic. `known` are
    people of whom it is certain that they had spoken before one of these times: that does not change any more. `heard`:
    who has said something while this process ran.
    """

    raid_id: int = 0
    raid_since: datetime | None = None
    panic_since: datetime | None = None
    known: set[tuple[int, datetime]] = field(default_factory=set)
    heard: set[int] = field(default_factory=set)

    @property
    def is_panic(self) -> bool:
        return self.panic_since is not None

    def remember(self, person_id: int, since: datetime) -> None:
        if len(self.known) >= KNOWN_MAX:
            self.known.clear()
        self.known.add((person_id, since))

    def hear(self, person_id: int) -> None:
        if len(self.heard) >= KNOWN_MAX:
            self.heard.clear()
        self.heard.add(person_id)

    def take(self, row: asyncpg.Record) -> bool:
        """Whether this is anything new."""
        before = self.raid_id, self.panic_since
        self.raid_id, self.raid_since, self.panic_since = row["raid_id"] or 0, row["raid_since"], row["panic_since"]
        if not (self.raid_id or self.panic_since):
            self.known.clear()
        return before != (self.raid_id, self.panic_since)


async def load(store: "Store") -> bool:
    """Reads how it is. Returns whether that is news to this process."""
    row = await store.pool.fetchrow(
        """/* floods.load */ select r.id as raid_id, r.started_at as raid_since,
            (select (value ->> 'since')::timestamptz from settings where key = $1) as panic_since
        from (select 1) as one left join raids r on r.ended_at is null""",
        PANIC,
    )
    assert row
    return store.alarms.take(row)


async def follow(store: "Store") -> None:
    """Keeps this process's alarms as the others have them. Runs until it is cancelled. What is news here is told here:
    who heard of it before this process had read it saw the old state.
    """

    async def read() -> None:
        if await load(store):
            store.live.announce(RoomChanged())

    await heeding(store.live, "Following the alarms of other processes", _is_behind, read)


def _is_behind(event: object) -> bool:
    return isinstance(event, Missed) or (isinstance(event, RoomChanged) and event.room_id == 0)
