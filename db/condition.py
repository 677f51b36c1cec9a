"""How the house is, in figures, for /site status: what the database, the queue and this process say of themselves."""

import os
import resource
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from db import desk, faults, outbox, rooms
from db.desk import Counts
from db.faults import Fault
from db.outbox import Report
from db.store import Store

PAGE_SIZE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


@dataclass(frozen=True, slots=True)
class Condition:
    """`database_ms`: how long it took to answer; `database_size` and `memory` in bytes (0 where it is not known)."""

    database_ms: float
    database_version: str
    database_size: int
    memory: int
    queue: Report
    waiting: Counts
    faults: list[Fault]


# Rules


def memory() -> int:
    """What this process has in memory; the most that it ever had where the system does not tell."""
    with suppress(OSError, ValueError, IndexError):
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE_SIZE
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


# Acts


async def look(store: Store) -> Condition:
    """Asks everything once."""
    began = time.monotonic()
    row = await store.pool.fetchrow(
        """/* condition.look */ select current_setting('server_version') as version,
            pg_database_size(current_database()) as size"""
    )
    took = (time.monotonic() - began) * 1000
    assert row
    room = await rooms.by_slug(store.pool, rooms.HANGOUT)
    return Condition(
        took,
        row["version"].split()[0],
        row["size"],
        memory(),
        await outbox.report(store.pool, room.id),
        await desk.counts(store.pool),
        await faults.latest(store.pool),
    )
