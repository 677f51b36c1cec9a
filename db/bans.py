"""Bans: who may not write here any more, as a person or from a network. Asked by db/comments and by who takes likes."""

from datetime import datetime

from db.errors import Forbidden
from db.networks import LIFE, is_shared, network_hash
from db.store import Conn

NETWORK_LIFE = LIFE
SENTENCE = "You cannot write here any more."
__all__ = ["NETWORK_LIFE", "add", "check", "is_banned", "is_shared", "lift", "network_hash"]


# Queries


async def check(conn: Conn, person_id: int | None, network: bytes | None, now: datetime) -> None:
    """Raises Forbidden (`banned`) for whom the owner has shown the door, or who writes from where such a one did."""
    if await is_banned(conn, person_id, network, now):
        raise Forbidden(SENTENCE, "banned")


async def is_banned(conn: Conn, person_id: int | None, network: bytes | None, now: datetime) -> bool:
    found: bool = await conn.fetchval(
        """/* bans.is_banned */ select exists (
            select from sanctions where person_id = $1 and (until is null or until > $3)
            union all select from sanctions where network = $2 and (until is null or until > $3))""",
        person_id,
        network,
        now,
    )
    return found


async def add(conn: Conn, person_id: int, network: bytes | None, by_id: int | None, now: datetime) -> None:
    """Bans the person for good and the network for a while. To be called in a transaction."""
    await lift(conn, person_id, network)
    await conn.execute(
        """/* bans.add */ insert into sanctions (person_id, network, by_id, created_at, until)
        select $1::bigint, null::bytea, $3::bigint, $4::timestamptz, null::timestamptz
        union all select $1, $2, $3, $4, $5 where $2::bytea is not null""",
        person_id,
        network,
        by_id,
        now,
        now + NETWORK_LIFE,
    )


async def lift(conn: Conn, person_id: int, network: bytes | None) -> None:
    await conn.execute("/* bans.lift */ delete from sanctions where person_id = $1 or network = $2", person_id, network)
