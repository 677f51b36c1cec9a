"""Sessions: which browser is which person. Kept by the SHA-256 of a random token, so a leaked table opens no door.

Called by web/sessions.py. A session ends after 14 quiet days, after 90 days at the latest, or when it is revoked.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from db.events import SessionEnded
from db.store import Conn, Store

IDLE = timedelta(days=14)
LIFE = timedelta(days=90)
SEEN_EVERY = timedelta(hours=1)  # noting each visit to the second would cost a write for every page
COLUMNS = "id, token_hash, person_id, data, created_at, seen_at"


@dataclass(frozen=True, slots=True)
class Session:
    """`id` may be shown to its person; `data` holds `agent`, the browser in words, from its log in on."""

    id: int
    token_hash: bytes
    person_id: int | None
    data: dict[str, Any]
    created_at: datetime
    seen_at: datetime


# Rules


def new_token() -> str:
    """256 random bits, as 43 characters that fit in a cookie."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def is_due(session: Session, now: datetime) -> bool:
    """Whether this visit should be noted."""
    return now - session.seen_at >= SEEN_EVERY


# Queries


async def load(conn: Conn, token_hash: bytes, now: datetime) -> Session | None:
    row = await conn.fetchrow(
        f"""/* sessions.load */ select {COLUMNS} from sessions
        where token_hash = $1 and expires_at > $2 and seen_at > $3""",
        token_hash,
        now,
        now - IDLE,
    )
    return Session(**row) if row else None


async def touch(conn: Conn, token_hash: bytes, now: datetime) -> None:
    await conn.execute("/* sessions.touch */ update sessions set seen_at = $2 where token_hash = $1", token_hash, now)


async def add(conn: Conn, token_hash: bytes, person_id: int | None, data: dict[str, Any], now: datetime) -> None:
    await conn.execute(
        """/* sessions.add */ insert into sessions (token_hash, person_id, data, created_at, seen_at, expires_at)
        values ($1, $2, $3, $4, $4, $5)""",
        token_hash,
        person_id,
        data,
        now,
        now + LIFE,
    )


async def change(conn: Conn, token_hash: bytes, data: dict[str, Any], gone: list[str]) -> None:
    """Sets these keys and removes those that are `gone`; what other requests set meanwhile stays."""
    await conn.execute(
        "/* sessions.change */ update sessions set data = (data - $3::text[]) || $2 where token_hash = $1",
        token_hash,
        data,
        gone,
    )


async def rotate(
    conn: Conn,
    old_hash: bytes,
    new_hash: bytes,
    person_id: int | None,
    data: dict[str, Any],
    anew: datetime | None = None,
) -> bool:
    """Gives the session a new token and person, and the old token ends; its 90 days go on, or begin `anew` at that
    time. False: the session was gone already.
    """
    rotated = await conn.fetchval(
        """/* sessions.rotate */ update sessions set token_hash = $2, person_id = $3, data = $4,
            created_at = coalesce($5, created_at), seen_at = coalesce($5, seen_at),
            expires_at = coalesce($6, expires_at)
        where token_hash = $1 returning true""",
        old_hash,
        new_hash,
        person_id,
        data,
        anew,
        anew and anew + LIFE,
    )
    return bool(rotated)


async def revoke(conn: Conn, token_hash: bytes) -> None:
    await conn.execute("/* sessions.revoke */ delete from sessions where token_hash = $1", token_hash)


async def take(conn: Conn, token_hash: bytes, key: str) -> Any:
    """Takes an entry out of the session, None when it has none: of two who come at once, one gets it."""
    return await conn.fetchval(
        """/* sessions.take */ with held as (
            select token_hash, data -> $2::text as entry from sessions
            where token_hash = $1 and data ? $2::text for update
        ) update sessions s set data = s.data - $2::text from held
        where s.token_hash = held.token_hash returning held.entry""",
        token_hash,
        key,
    )


async def of_person(conn: Conn, person_id: int, now: datetime) -> list[Session]:
    """The sessions that are open for this person, the latest first."""
    rows = await conn.fetch(
        f"""/* sessions.of_person */ select {COLUMNS} from sessions
        where person_id = $1 and expires_at > $2 and seen_at > $3 order by created_at desc""",
        person_id,
        now,
        now - IDLE,
    )
    return [Session(**row) for row in rows]


async def still_open(conn: Conn, token_hashes: list[bytes], now: datetime) -> set[bytes]:
    """Which of these sessions may still be used, and are not those of a disabled account."""
    rows = await conn.fetch(
        """/* sessions.still_open */ select token_hash from sessions s
        where token_hash = any($1) and expires_at > $2 and seen_at > $3 and not exists (
            select from accounts where person_id = s.person_id and disabled_at is not null)""",
        token_hashes,
        now,
        now - IDLE,
    )
    return {row["token_hash"] for row in rows}


async def remove_ended(conn: Conn, now: datetime) -> int:
    """Deletes the sessions that nobody can use any more; returns how many."""
    return len(
        await conn.fetch(
            "/* sessions.remove_ended */ delete from sessions where expires_at <= $1 or seen_at <= $2 returning 1",
            now,
            now - IDLE,
        )
    )


async def remove_all(conn: Conn, person_id: int, keep: bytes | None = None) -> list[bytes]:
    """The hashes of the sessions that are gone by it; whoever asked announces them after the commit."""
    rows = await conn.fetch(
        """/* sessions.remove_all */ delete from sessions where person_id = $1 and token_hash is distinct from $2
        returning token_hash""",
        person_id,
        keep,
    )
    return [row["token_hash"] for row in rows]


async def still_holds(conn: Conn, person_id: int, password_hash: str) -> bool:
    """Whether this still is the member's password; from here on it is, until the transaction ends."""
    kept = await conn.fetchval(
        "/* sessions.still_holds */ select password_hash from accounts where person_id = $1 for share", person_id
    )
    return bool(kept == password_hash)


# Acts


async def begin(
    store: Store,
    old: Session | None,
    token_hash: bytes,
    person_id: int | None,
    data: dict[str, Any],
    now: datetime,
    proof: str | None,
) -> bool:
    """A session under a new token, in place of the `old` one if there is one. False where `proof`, the hash of the
    password by which somebody came in, is not theirs any more: changing it has ended all others just now.
    """
    async with store.pool.acquire() as conn, conn.transaction():
        if proof is not None and person_id is not None and not await still_holds(conn, person_id, proof):
            return False
        anew = now if old and old.person_id != person_id else None
        if old is None or not await rotate(conn, old.token_hash, token_hash, person_id, data, anew):
            await add(conn, token_hash, person_id, data, now)
    return True


async def end_all(store: Store, person_id: int, keep: bytes | None = None) -> int:
    """Ends every session of this person but the one whose token has the hash `keep`, and closes what they hold open.
    Returns how many.
    """
    ended = await remove_all(store.pool, person_id, keep)
    announce_ended(store, ended)
    return len(ended)


def announce_ended(store: Store, ended: list[bytes]) -> None:
    for token_hash in ended:
        store.live.announce(SessionEnded(token_hash))


async def end(store: Store, person_id: int, session_id: int) -> bool:
    """Ends one session of this person. False: there is no such one."""
    token_hash = await store.pool.fetchval(
        "/* sessions.end */ delete from sessions where person_id = $1 and id = $2 returning token_hash",
        person_id,
        session_id,
    )
    if token_hash is None:
        return False
    store.live.announce(SessionEnded(token_hash))
    return True
