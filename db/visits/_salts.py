"""Salts: what visitors' addresses are hashed with, for four hours, and known by for four more.

All processes share them, by PostgreSQL; one makes the next. When a salt is deleted its hashes go with it, and nobody
can find out any more whose they were.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from db.store import Conn, Store

USED = timedelta(hours=4)
KEPT = timedelta(hours=8) - timedelta(minutes=1)  # so that none is there that is older than eight hours
LOCK = 0x76697369  # whoever writes visits or changes salts; one at a time
SIZE, HASH_SIZE = 32, 16  # bytes


@dataclass(frozen=True, slots=True)
class Salt:
    id: int
    salt: bytes = field(repr=False)
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Marks:
    """What a visitor is known by: a hash by the newest salt and, while there is one, by the salt before."""

    salt_id: int
    newest: bytes
    before: bytes = b""

    @property
    def both(self) -> tuple[bytes, ...]:
        return (self.newest, self.before) if self.before else (self.newest,)


# Rules


def hash_of(salt: bytes, address: str, agent: str) -> bytes:
    text = f"{address}\0{agent}".encode("utf-8", "backslashreplace")
    return hashlib.blake2b(text, key=salt, digest_size=HASH_SIZE).digest()


def marks_of(salts: Sequence[Salt], address: str, agent: str) -> Marks:
    """`salts`: one or two, the newest first."""
    return Marks(salts[0].id, *(hash_of(one.salt, address, agent) for one in salts[:2]))


def is_good(made_at: datetime, now: datetime) -> bool:
    """A clock that was wrong may have made one in the future: a few hours do no harm, more and it would live long."""
    return -USED < now - made_at < KEPT


def good(salts: Sequence[Salt], now: datetime) -> list[Salt]:
    return [one for one in salts if is_good(one.made_at, now)]


def is_due(salts: Sequence[Salt], now: datetime) -> bool:
    """Whether there is to be a new one, or one is to go."""
    return not salts or now - salts[0].made_at >= USED or len(good(salts, now)) < len(salts)


# Queries


async def lock(conn: Conn) -> None:
    """Held until the transaction ends; the statements after it see what others wrote under it."""
    await conn.execute("/* salts.lock */ select pg_advisory_xact_lock($1)", LOCK)


async def remove(conn: Conn, now: datetime) -> bool:
    """Deletes those that are no good any more, with all that was hashed with them; whether there were any."""
    gone = await conn.fetch(
        "/* salts.remove */ delete from visit_salts where made_at <= $1 or made_at >= $2 returning id",
        now - KEPT,
        now + USED,
    )
    return bool(gone)


async def newest(conn: Conn) -> list[Salt]:
    rows = await conn.fetch(
        "/* salts.newest */ select id, salt, made_at from visit_salts order by made_at desc, id desc limit 2"
    )
    return [Salt(**row) for row in rows]


async def add(conn: Conn, now: datetime) -> None:
    await conn.execute(
        "/* salts.add */ insert into visit_salts (salt, made_at) values ($1, $2)", secrets.token_bytes(SIZE), now
    )


# Acts


async def renew(store: Store, now: datetime) -> list[Salt]:
    """The salts to be used from here, the newest first: what others made, or a new one where that is due."""
    async with store.pool.acquire() as conn:
        async with conn.transaction():
            await lock(conn)
            removed = await remove(conn, now)
            salts = await newest(conn)
            if is_due(salts, now):
                await add(conn, now)
                salts = await newest(conn)
        if removed:  # else the bytes would lie in the table's file until enough has gone for PostgreSQL to tidy up
            await conn.execute("/* salts.tidy */ vacuum visit_salts")
    return salts
