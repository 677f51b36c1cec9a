"""Whose machine an address is: networks by name, and those that monitor sites or rent machines out. Called by _bots.py
and, for `analytics.ignore_networks`, by what counts visits.

The files of `networks/` say in their heads where they are from and of which day. A look-up takes some microseconds:
for each length that a network here has, the longest first, it asks whether the beginning of the address is known.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from socket import AF_INET, AF_INET6, inet_pton

FOLDER = Path(__file__).parent / "networks"
MAPPED = bytes(10) + b"\xff\xff"  # how IPv6 writes an IPv4 address


class Networks:
    """Names of networks, given as `192.0.2.0/24`, `192.0.2.7`, `2001:db8::/32`; the smallest that has an address
    counts. Raises OSError for what is no network.
    """

    def __init__(self, named: Iterable[tuple[str, str]]) -> None:
        known: dict[int, dict[int, dict[int, str]]] = {32: {}, 128: {}}
        for network, name in named:
            first, _, length = network.partition("/")
            number, bits = _number(first)
            kept = int(length) if length else bits
            known[bits].setdefault(bits - kept, {})[number >> (bits - kept)] = name
        self._known = {bits: sorted(by_shift.items()) for bits, by_shift in known.items()}

    def find(self, address: str) -> str:
        """The name of the network that the address is in; empty for none, and for what is no address."""
        try:
            number, bits = _number(address)
        except (OSError, ValueError):
            return ""
        for shift, names in self._known[bits]:
            if name := names.get(number >> shift):
                return name
        return ""


def parse_networks(texts: Iterable[str]) -> Networks:
    """Networks without names of their own, as `analytics.ignore_networks` lists them."""
    return Networks((text.strip(), text.strip()) for text in texts)


@cache
def known_networks() -> Networks:
    """Those of the files; reading them takes some 20 milliseconds, once."""
    return Networks(line for path in sorted(FOLDER.glob("*.txt")) for line in _lines(path))


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    name = next(line.removeprefix("# name: ") for line in lines if line.startswith("# name: "))
    return ((line, name) for line in lines if line and not line.startswith("#"))


def _number(address: str) -> tuple[int, int]:
    """An address as a number and the bits that it has."""
    if ":" not in address:
        return int.from_bytes(inet_pton(AF_INET, address)), 32
    packed = inet_pton(AF_INET6, address.partition("%")[0])
    if packed.startswith(MAPPED):
        return int.from_bytes(packed[12:]), 32
    return int.from_bytes(packed), 128
