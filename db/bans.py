"""Bans: who may not write here any more, as a person or from a network. Asked by db/comments and by who takes likes.

A network is kept as a keyed hash only, and for 30 days: addresses change hands. Those that many share, such as the
inside of a house or a proxy that nobody trusts, are never kept.
"""

import hashlib
import hmac
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network

from db.errors import Forbidden
from db.store import Conn

NETWORK_LIFE = timedelta(days=30)
SENTENCE = "You cannot write here any more."
SHARED = tuple(
    ip_network(one)
    for one in (
        "127.0.0.0/8",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",
        "fe80::/10",
        "fc00::/7",
    )
)


# Rules


def is_shared(network: str) -> bool:
    """Whether this is no single visitor's network; true as well for what is none."""
    try:
        parsed = ip_network(network, strict=False)
    except ValueError:
        return True
    return parsed.network_address.is_loopback or str(parsed) == "::/64" or any(_holds(one, parsed) for one in SHARED)


def _holds(shared: IPv4Network | IPv6Network, one: IPv4Network | IPv6Network) -> bool:
    return shared.version == one.version and one.network_address in shared


def network_hash(key: bytes, network: str) -> bytes | None:
    """What is kept of the network that somebody writes from; None for one that many share."""
    return None if is_shared(network) else hmac.digest(key, f"network {network}".encode(), hashlib.sha256)


# Queries


async def check(conn: Conn, person_id: int | None, network: bytes | None, now: datetime) -> None:
    """Raises Forbidden (`banned`) for whom the owner has shown the door, or who writes from where such a one did."""
    if await is_banned(conn, person_id, network, now):
        raise Forbidden(SENTENCE, "banned")


async def is_banned(conn: Conn, person_id: int | None, network: bytes | None, now: datetime) -> bool:
    found: bool = await conn.fetchval(
        """/* bans.is_banned */ select exists (
            select from bans where person_id = $1 and (until is null or until > $3)
            union all select from bans where network = $2 and (until is null or until > $3))""",
        person_id,
        network,
        now,
    )
    return found


async def add(conn: Conn, person_id: int, network: bytes | None, by_id: int | None, now: datetime) -> None:
    """Bans the person for good and the network for a while. To be called in a transaction."""
    await lift(conn, person_id, network)
    await conn.execute(
        """/* bans.add */ insert into bans (person_id, network, by_id, created_at, until)
        select $1::bigint, null::bytea, $3::bigint, $4::timestamptz, null::timestamptz
        union all select $1, $2, $3, $4, $5 where $2::bytea is not null""",
        person_id,
        network,
        by_id,
        now,
        now + NETWORK_LIFE,
    )


async def lift(conn: Conn, person_id: int, network: bytes | None) -> None:
    await conn.execute("/* bans.lift */ delete from bans where person_id = $1 or network = $2", person_id, network)
