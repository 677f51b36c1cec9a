"""Clearing away: pictures that nobody used for UNUSED, and bytes that no row needs any more.

A row outlives its bytes, so whatever is killed in the middle is taken up by the next sweep. Whether bytes are needed is
decided under a lock; they are removed after it, while a mark keeps everybody from beginning to need them.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from db.darkroom import VARIANTS
from db.errors import Unavailable
from db.media import _queries as queries
from db.media._shape import DAY, UNUSED, blob_name
from db.store import Conn, Store

BATCH = 100  # pictures that are cleared away at once
PATIENCE = 15.0  # seconds for the bytes of one picture; half of what its mark keeps others away
TRIES, PAUSE = 20, 0.25  # how often, and after how many seconds, is asked whether a removal has ended
BUSY = "That same picture is being cleared away just now. Please try again in a moment."


@asynccontextmanager
async def needing(store: Store, digest: str) -> AsyncIterator[Conn]:
    """A transaction to write a row in that needs these bytes. Waits while they are being removed; raises Unavailable
    when that takes more than 5 seconds.
    """
    for _ in range(TRIES):
        async with store.pool.acquire() as conn, conn.transaction():
            await queries.lock_digest(conn, digest)
            if not await queries.is_being_removed(conn, digest):
                yield conn
                return
        await asyncio.sleep(PAUSE)
    raise Unavailable(BUSY)


async def remove_unused(store: Store, now: datetime) -> int:
    """Removes pictures that nobody used for a day, and bytes that no row needs any more. Returns how many files.

    What cannot be removed just now waits for the next time. Raises Unavailable.
    """
    await queries.release_unused(store.pool, now - UNUSED, BATCH)
    removed = 0
    for digest in await queries.released(store.pool, BATCH):
        removed += await _remove(store, digest)
    await queries.forget_gone(store.pool, now - DAY)
    return removed


async def tidy(store: Store) -> None:
    """Removes what killed processes had begun to write."""
    await store.blobs.tidy()


async def _remove(store: Store, digest: str) -> int:
    async with store.pool.acquire() as conn, conn.transaction():
        await queries.lock_digest(conn, digest)
        if await queries.is_needed(conn, digest):
            return await queries.let_go(conn, digest)
        since = await queries.mark_removal(conn, digest)
    if since is None:
        return 0  # somebody else is at it
    await _remove_bytes(store, digest)
    async with store.pool.acquire() as conn, conn.transaction():
        is_ours = await queries.end_removal(conn, digest, since)
        return await queries.let_go(conn, digest) if is_ours else 0


async def _remove_bytes(store: Store, digest: str) -> None:
    """When it fails the mark stays, for the last request may still be on its way."""
    try:
        async with asyncio.timeout(PATIENCE):
            await store.blobs.remove(_all_names(digest))
    except TimeoutError:
        raise Unavailable from None


def _all_names(digest: str) -> Sequence[str]:
    return [blob_name(digest), *(blob_name(digest, width) for width in VARIANTS)]
