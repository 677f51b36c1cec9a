"""What was noted goes to PostgreSQL, each second: one short transaction for many visits. Acts; run by web/counting.py.

Processes take turns, so that a visitor who comes to two of them at once is one. Whoever is killed loses a second.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import islice

from db.errors import AWAY, UNFIT
from db.loops import again_and_again, doing
from db.store import Store

from . import _rolling, _salts
from ._entries import Entry
from ._visits import BATCH
from ._writing import write

log = logging.getLogger(__name__)

EVERY = 0.8  # seconds; what a kill may take along, with the time that writing takes, is a second
LAST_PATIENCE = 3.0  # seconds for what is left at the end


@asynccontextmanager
async def counting(store: Store) -> AsyncIterator[None]:
    """Writes and adds up while the body runs, and writes the rest at its end."""
    async with (
        doing(again_and_again("Writing visits", lambda: _write_on(store), 5.0), "writing visits"),
        doing(again_and_again("Adding up visits", lambda: _rolling.keep_up(store)), "adding up visits"),
    ):
        yield
    await _write_rest(store)


async def _write_on(store: Store) -> None:
    await asyncio.sleep(EVERY)
    await flush(store, datetime.now(UTC))


async def _write_rest(store: Store) -> None:
    try:
        async with asyncio.timeout(LAST_PATIENCE):
            await flush(store, datetime.now(UTC))
    except AWAY as error:
        log.warning("The last visits could not be written (%s)", type(error).__name__)


async def flush(store: Store, now: datetime) -> None:
    """Writes what has been noted until now, and changes salts in time, also where nobody comes. Raises AWAY; then it
    waits for the next time.
    """
    visits = store.visits
    async with visits.writing:
        is_due = _salts.is_due(visits.salts, now)  # so it is after a start: a salt of before may lie there for too long
        if not (visits.is_waiting or is_due):
            return
        try:
            if is_due:
                visits.salts = await _salts.renew(store, now)
        finally:
            await visits.digest(now)
        while visits.entries or visits.signs:
            await _write_batch(store, now)
            if not visits.entries:
                break


async def _write_batch(store: Store, now: datetime) -> None:
    visits = store.visits
    batch = list(islice(visits.entries, BATCH))
    is_last = len(batch) == len(visits.entries)  # signs wait for it: their visits may be in any
    try:
        unfound = await write(store, batch, visits.signs if is_last else [], now)
    except UNFIT:
        for entry in batch:  # one that PostgreSQL will not take must not stay in the way of the others
            await _write_alone(store, entry, now)
        unfound = visits.signs
    visits.written(len(batch))
    if is_last:
        visits.unfound(unfound)


async def _write_alone(store: Store, entry: Entry, now: datetime) -> None:
    try:
        await write(store, [entry], [], now)
    except UNFIT as error:
        log.error("A page view cannot be written and is not counted (%s)", type(error).__name__)
