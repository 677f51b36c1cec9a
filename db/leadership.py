"""Leadership: one process at a time holds the gateway and the relay.

The leader holds an advisory lock on a connection of its own, and its number (`term`, one higher for each new
holder) stands in the table `leaders`, so that what an old leader still tries to write can be told from the new one's.
PostgreSQL itself ends the lock of a leader that is frozen or cut off: the connection may be idle for 6 seconds only.
"""

import asyncio
import logging
import os
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import asyncpg

from db.loops import doing, pause
from db.store import Store

log = logging.getLogger(__name__)
LOCK = 0x706F7264
ASK_EVERY = 1.5  # seconds between two tries for the lock, and between two signs of life of its holder
TRUST = 4.0  # seconds since the last sign of life during which the lock is surely still ours (PostgreSQL waits 6)


class Lease:
    """Leadership as long as it lasts. `lost` is set when another process took over."""

    def __init__(self, dsn: str) -> None:
        self.term = 0
        self.lost = asyncio.Event()
        self._dsn = dsn
        self._conn: asyncpg.Connection | None = None
        self._sure_until = 0.0

    @property
    def is_sure(self) -> bool:
        """Whether nobody else can be leader right now. False while PostgreSQL is away: then nothing may be sent."""
        return not self.lost.is_set() and time.monotonic() < self._sure_until

    async def acquire(self) -> None:
        """Waits until this process is the leader."""
        while not await self._try_acquire():
            await pause(ASK_EVERY)

    async def keep(self) -> None:
        """Shows life until the leadership is lost; survives a PostgreSQL that goes and comes back."""
        while not self.lost.is_set():
            await asyncio.sleep(ASK_EVERY)
            try:
                await self._show_life()
            except Exception as error:  # noqa: BLE001 - a leader that stopped looking would stay one in silence
                log.warning("The leader's connection is gone (%s)", type(error).__name__)
                await self._drop()

    async def release(self) -> None:
        await self._drop()

    async def _show_life(self) -> None:
        if self._conn is None:
            await self._resume()
            return
        asked = time.monotonic()
        await self._conn.fetchval("/* leadership.show_life */ select 1", timeout=2)
        self._sure_until = asked + TRUST

    async def _resume(self) -> None:
        """Takes the lock again after a lost connection. If another process led meanwhile, the leadership is lost."""
        term = self.term
        if not await self._try_acquire(resumes=term):
            return
        if self.term != term:
            log.warning("Another process led in between: starting anew as term %s", self.term)
            self.lost.set()

    async def _try_acquire(self, resumes: int = 0) -> bool:
        try:
            if self._conn is None:
                self._conn = await _connect(self._dsn)
            asked = time.monotonic()
            if await self._conn.fetchval("/* leadership.try */ select pg_try_advisory_lock($1)", LOCK):
                self.term = await _begin_term(self._conn, resumes)
                self._sure_until = asked + TRUST
                return True
            if resumes:
                self.lost.set()
        except Exception as error:  # noqa: BLE001 - PostgreSQL may refuse in many ways while it changes hands
            log.info("The leadership cannot be asked for (%s)", type(error).__name__)
            await self._drop()
        return False

    async def _drop(self) -> None:
        """Without the connection there is no lock, so from here on nothing is sure."""
        self._sure_until = 0.0
        conn, self._conn = self._conn, None
        if conn:
            with suppress(Exception):
                await conn.close(timeout=1)


async def _connect(dsn: str) -> asyncpg.Connection:
    settings = {"application_name": "porchlight leader", "idle_session_timeout": "6s", "tcp_keepalives_idle": "3"}
    return await asyncpg.connect(dsn, timeout=3, command_timeout=3, server_settings=settings)


async def _begin_term(conn: asyncpg.Connection, resumes: int) -> int:
    """The number of the term that begins; the same as before when nobody else led since `resumes`."""
    term: int = await conn.fetchval(
        """/* leadership.begin_term */ insert into leaders (name, term, holder) values ('discord', 1, $1)
        on conflict (name) do update set holder = excluded.holder, since = now(),
            term = leaders.term + case when leaders.term = $2 then 0 else 1 end
        returning term""",
        f"{socket.gethostname()}:{os.getpid()}",
        resumes,
    )
    return term


@asynccontextmanager
async def leading(store: Store) -> AsyncIterator[Lease]:
    """Waits for the leadership and holds it during the body. Watch `lease.lost`."""
    lease = Lease(store.dsn)
    try:
        await lease.acquire()
        log.info("This process holds the gateway now (term %s)", lease.term)
        async with doing(lease.keep(), "leadership"):
            yield lease
    finally:
        await lease.release()
