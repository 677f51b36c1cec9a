"""Who is asking: the visitor's address and scheme, believing forwarded headers from `web.trusted_proxies` only."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from aiohttp import web

from . import keys

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def parse_networks(trusted: Sequence[str]) -> tuple[Network, ...]:
    """Addresses and networks as `web.trusted_proxies` lists them. Raises ValueError for anything else."""
    return tuple(ip_network(one.strip(), strict=False) for one in trusted)


def parse_address(text: str) -> Address | None:
    """An address without its zone; one mapped into IPv6 (::ffff:192.0.2.1) is the IPv4 address it is."""
    try:
        address = ip_address(text.strip().partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def visitor(peer: str, forwarded: Sequence[str], trusted: Sequence[Network]) -> str:
    """The first address, seen from us, that is not a trusted proxy.

    Each proxy appends the address it was asked from, so only the right end of X-Forwarded-For is known to be true:
    it is read from there, and reading stops at the first stranger. What cannot be parsed leaves the peer.
    """
    here = parse_address(peer)
    if here is None:
        return peer
    hops = [hop for line in forwarded for hop in line.split(",")]
    nearest = here
    while hops and _is_among(nearest, trusted):
        next_hop = parse_address(hops.pop())
        if next_hop is None:
            return str(here)
        nearest = next_hop
    return str(nearest)


def client_address(request: web.Request) -> str:
    """The visitor's address; empty when the connection has none (it is closed, or a unix socket)."""
    return visitor(_peer(request), request.headers.getall("X-Forwarded-For", ()), request.app[keys.TRUSTED])


def is_https(request: web.Request) -> bool:
    """Whether the visitor's own connection is encrypted, as a trusted proxy says or as ours is."""
    peer = parse_address(_peer(request))
    if peer is not None and _is_among(peer, request.app[keys.TRUSTED]):
        said = request.headers.get("X-Forwarded-Proto")
        if said is not None:
            return said.rpartition(",")[2].strip().lower() == "https"
    return request.secure


def network_key(address: str) -> str:
    """What limits count by: an IPv4 address, or the /64 that an IPv6 visitor may pick addresses from at will."""
    parsed = parse_address(address)
    if isinstance(parsed, IPv6Address):
        return str(IPv6Network((parsed, 64), strict=False))
    return str(parsed) if parsed else address


def _peer(request: web.Request) -> str:
    peer = request.get_extra_info("peername")
    return str(peer[0]) if isinstance(peer, tuple) else ""


def _is_among(address: Address, networks: Sequence[Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)
