"""Faults: what went wrong that nobody foresaw. Taken from the log, one row a kind and hour, and told to the moderators
once with a count. bot.py listens with a `Catcher` and runs `keeping`; /site status shows the latest.

What is only the weather (a database or a Discord that is away) is logged without a traceback, and is no fault.
"""

import asyncio
import logging
import secrets
import time
import traceback
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from db.errors import AWAY
from db.events import ModNoticeDue
from db.logs import Redaction, calmed, escape, request_id, secrets_of
from db.loops import again_and_again
from db.store import Conn, Store

ROOT = Path(__file__).parents[1]
EVERY = 1.0  # seconds
KINDS_MAX = 50  # kinds that wait at once; more are a flood of its own, and the log has them all
KEPT_FOR = timedelta(days=30)
FORGET_EVERY = 3600.0  # seconds


@dataclass(frozen=True, slots=True)
class Fault:
    """`kind`: what and where (`KeyError in db/rooms.py`). `reference` is by which the log knows the first of them."""

    id: int
    kind: str
    hour: datetime
    count: int
    reference: str
    sentence: str
    first_at: datetime
    last_at: datetime


@dataclass(slots=True)
class Caught:
    """What waits to be kept of one kind."""

    reference: str
    sentence: str
    at: datetime
    count: int = 1


class Catcher(logging.Handler):
    """Takes the errors with a traceback out of what is logged, and never waits."""

    def __init__(self, redact: Redaction) -> None:
        super().__init__(logging.ERROR)
        self._redact = redact
        self.caught: dict[str, Caught] = {}

    def emit(self, record: logging.LogRecord) -> None:
        record = calmed(record)
        error = record.exc_info[1] if record.exc_info else None
        if error is None or record.levelno < logging.ERROR:
            return
        kind = kind_of(error)
        known = self.caught.get(kind)
        if known:
            known.count += 1
        elif len(self.caught) < KINDS_MAX:
            words = escape(self._redact(record.getMessage()))[:500]
            self.caught[kind] = Caught(reference_of(record), words, datetime.now(UTC))


# Rules


def kind_of(error: BaseException) -> str:
    """What it is and where of ours it came from, without any of its words: those may be a visitor's."""
    frames = [Path(frame.filename) for frame in traceback.extract_tb(error.__traceback__)]
    ours = [path.relative_to(ROOT) for path in frames if path.is_relative_to(ROOT) and ".venv" not in path.parts]
    return f"{type(error).__name__} in {ours[-1].as_posix() if ours else 'a library'}"[:200]


def reference_of(record: logging.LogRecord) -> str:
    """By which the line in the log is found: what it says itself (`reference`), the request's, or the time."""
    told = getattr(record, "reference", "") or request_id.get()
    return str(told) or f"{datetime.fromtimestamp(record.created, UTC):%H:%M:%S} {secrets.token_hex(2)}"


# Queries


async def shown(conn: Conn, fault_id: int) -> Fault | None:
    row = await conn.fetchrow(
        """/* faults.shown */ select id, kind, hour, count, reference, sentence, first_at, last_at
        from faults where id = $1""",
        fault_id,
    )
    return Fault(**row) if row else None


async def latest(conn: Conn, limit: int = 5) -> list[Fault]:
    rows = await conn.fetch(
        """/* faults.latest */ select id, kind, hour, count, reference, sentence, first_at, last_at
        from faults order by last_at desc limit $1""",
        limit,
    )
    return [Fault(**row) for row in rows]


async def add(conn: Conn, kind: str, caught: Caught, now: datetime) -> None:
    """Counts it; the moderators are told of the kind once an hour, and that message is kept up to date."""
    await conn.execute(
        """/* faults.add */ with kept as (
            insert into faults (kind, hour, count, reference, sentence, first_at, last_at)
            values ($1, date_trunc('hour', $2::timestamptz), $3, $4, $5, $2, $2)
            on conflict (kind, hour) do update set count = faults.count + excluded.count, last_at = excluded.last_at
            returning id
        ) insert into mod_notices (kind, subject_id, next_at, created_at) select 'fault', id, $6, $6 from kept
        on conflict (kind, subject_id) do update set wanted = mod_notices.wanted + 1,
            state = case when mod_notices.state = 'sent' then 'due' else mod_notices.state end,
            next_at = greatest(mod_notices.next_at, $6 + interval '1 minute')""",
        kind,
        caught.at,
        caught.count,
        caught.reference,
        caught.sentence,
        now,
    )


async def forget(conn: Conn, now: datetime) -> None:
    await conn.execute("/* faults.forget */ delete from faults where last_at < $1", now - KEPT_FOR)


# Acts


async def keep(store: Store, catcher: Catcher, now: datetime) -> None:
    """Writes what waits. While the database is away it goes on waiting."""
    waiting, catcher.caught = catcher.caught, {}
    for kind in list(waiting):
        try:
            await add(store.pool, kind, waiting[kind], now)
        except AWAY:
            catcher.caught = {**waiting, **catcher.caught}
            return
        del waiting[kind]
        store.live.announce(ModNoticeDue())


async def keeping(store: Store) -> None:
    """Catches and keeps them, for as long as the process runs."""
    catcher = Catcher(Redaction(secrets_of(store.config)))
    logging.getLogger().addHandler(catcher)
    forgotten_at = -FORGET_EVERY

    async def once() -> None:
        nonlocal forgotten_at
        await asyncio.sleep(EVERY)
        if catcher.caught:
            await keep(store, catcher, datetime.now(UTC))
        if time.monotonic() - forgotten_at > FORGET_EVERY:
            await forget(store.pool, datetime.now(UTC))
            forgotten_at = time.monotonic()

    try:
        await again_and_again("Keeping what went wrong", once)
    finally:
        logging.getLogger().removeHandler(catcher)
