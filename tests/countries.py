"""A small database of countries, in the form of MaxMind (https://maxmind.github.io/MaxMind-DB/): IPv6, 24 bits."""

from ipaddress import IPv4Network, ip_network
from typing import Any

MARKER = b"\xab\xcd\xefMaxMind.com"


def database(countries: dict[str, str]) -> bytes:
    """By network; those must not lie in one another."""
    data, places = b"", dict[str, int]()
    for code in countries.values():
        places.setdefault(code, len(data))
        data += _encoded({"country": {"iso_code": code}})
    nodes: list[list[int | None]] = [[None, None]]
    leaves: dict[tuple[int, int], str] = {}
    for network, code in countries.items():
        _grow(nodes, leaves, _bits(network), code)
    tree = b"".join(
        _record(node[side], leaves.get((number, side)), places, len(nodes)).to_bytes(3, "big")
        for number, node in enumerate(nodes)
        for side in (0, 1)
    )
    about = {
        "node_count": b"\xc4" + len(nodes).to_bytes(4, "big"),
        "record_size": 24,
        "ip_version": 6,
        "database_type": "Test-Country",
        "languages": ["en"],
        "binary_format_major_version": 2,
        "binary_format_minor_version": 0,
        "build_epoch": b"\x08\x02" + (1).to_bytes(8, "big"),
        "description": {"en": "Test"},
    }
    return tree + bytes(16) + data + MARKER + _encoded(about)


def _bits(text: str) -> str:
    """IPv4 lies in ::/96."""
    network = ip_network(text)
    if isinstance(network, IPv4Network):
        return "0" * 96 + f"{int(network.network_address):032b}"[: network.prefixlen]
    return f"{int(network.network_address):0128b}"[: network.prefixlen]


def _grow(nodes: list[list[int | None]], leaves: dict[tuple[int, int], str], bits: str, code: str) -> None:
    here = 0
    for bit in map(int, bits[:-1]):
        after = nodes[here][bit]
        if after is None:
            after = nodes[here][bit] = len(nodes)
            nodes.append([None, None])
        here = after
    leaves[here, int(bits[-1])] = code


def _record(node: int | None, code: str | None, places: dict[str, int], count: int) -> int:
    if code is not None:
        return count + 16 + places[code]
    return count if node is None else node


def _encoded(value: Any) -> bytes:
    if isinstance(value, str):
        return bytes([(2 << 5) | len(value)]) + value.encode()
    if isinstance(value, dict):
        return bytes([(7 << 5) | len(value)]) + b"".join(_encoded(one) for pair in value.items() for one in pair)
    if isinstance(value, list):
        return bytes([len(value), 4]) + b"".join(map(_encoded, value))
    if isinstance(value, bytes):  # numbers of 32 and 64 bits, as they are
        return value
    return bytes([(5 << 5) | 2]) + int(value).to_bytes(2, "big")
