"""Whether the house is raided, or in a panic: known in memory, so that whoever speaks in quiet times costs no query.

PostgreSQL is the truth: it is read at the start, after each change, and where another process tells of one.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import asyncpg

from db.events import Missed, RoomChanged
from db.loops import again_and_again

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
    """Keeps this process's alarms as the others have them. Runs until it is cancelled."""
    await again_and_again("Following the alarms of other processes", lambda: _follow(store))


async def _follow(store: "Store") -> None:
    """What is news here is told here: who heard of it before this process had read it saw the old state."""
    behind = asyncio.Event()

    def hear(event: object) -> None:
        if isinstance(event, Missed) or (isinstance(event, RoomChanged) and event.room_id == 0):
            behind.set()

    with store.live.listening(hear):
        while True:
            await behind.wait()
            behind.clear()
            if await load(store):
                store.live.announce(RoomChanged())
