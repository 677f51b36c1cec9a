"""Keeps pictures' addresses, which strangers may write, from leading into the house's own network.

What is checked is the address that is about to be connected to, not the name: a name may stand for another address
the next time it is looked up.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

import aiohttp
from yarl import URL

from ._failures import SourceFailed

NO_ADDRESS = "Its picture has no address that could be asked."
PORTS = frozenset({80, 443})
NAT64 = ip_network("64:ff9b::/96")
COMPATIBLE = ip_network("::/96")  # an IPv4 address in the last 32 bits, RFC 4291 2.5.5.1


def is_public(address: str) -> bool:
    """Whether it is one of the internet's, also within what carries IPv4 addresses in IPv6: mapped, compatible, NAT64,
    6to4 and Teredo. `ipaddress` alone takes several of these for global.
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return found.is_global and not found.is_multicast and all(map(is_public, map(str, _carried(found))))


def _carried(address: IPv4Address | IPv6Address) -> list[IPv4Address]:
    if isinstance(address, IPv4Address):
        return []
    carried = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in NAT64 or address in COMPATIBLE:
        carried.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return [one for one in carried if one is not None]


def address(url: str, base: URL | None = None) -> URL:
    """An http or https address with a host, and without a name and password in it; relative ones count from `base`.
    Raises SourceFailed for anything else.
    """
    try:
        found = base.join(URL(url)) if base else URL(url)
        if found.scheme in {"http", "https"} and found.host and found.user is None and found.password is None:
            return found
    except ValueError:
        pass
    raise SourceFailed(NO_ADDRESS)


class Guard:
    """The `socket_factory` of a connector. `has_refused` tells afterwards why a connection did not come about."""

    def __init__(self) -> None:
        self.has_refused = False

    def __call__(self, target: tuple[Any, Any, int, str, tuple[Any, ...]]) -> socket.socket:
        family, kind, protocol, _, address = target
        if not is_public(str(address[0])):
            self.has_refused = True
            raise OSError("not a public address")
        return socket.socket(family, kind, protocol)

    def session(self) -> aiohttp.ClientSession:
        """One that connects to public addresses only, and keeps neither connections nor cookies."""
        connector = aiohttp.TCPConnector(socket_factory=self, force_close=True, use_dns_cache=False)
        return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False)
