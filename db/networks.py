"""Networks: an IPv4 address or an IPv6 /64, kept as a keyed hash only. Those that many share, such as the inside of a
house or a proxy that nobody trusts, are never kept.
"""

import hashlib
import hmac
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network

LIFE = timedelta(days=30)  # addresses change hands
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


def discord_hash(key: bytes, discord_id: int) -> bytes:
    """What is kept, in a network's place, of a Discord user who was kept out and has deleted their account."""
    return hmac.digest(key, f"discord {discord_id}".encode(), hashlib.sha256)
