"""Links in what was said, and whether a list of hosts lets them be."""

from collections.abc import Collection
from urllib.parse import urlsplit

import re2  # type: ignore[import-untyped]

LINK = re2.compile(rb"(?i)https?:[/\\]+[^\s/\\?#<>\"]+|\bwww\.[^\s/\\?#<>\"]+|\b(?:[a-z0-9-]+\.)+[a-z]{2,24}/[^\s]")
HOST = re2.compile(r"(?:[\pL\pN](?:[\pL\pN-]*[\pL\pN])?\.)*[\pL\pN](?:[\pL\pN-]*[\pL\pN])?")
HOST_MAX = 253


def hosts(text: str) -> list[str]:
    """The hosts that links in it lead to, as they are written. A dot alone makes no link: people forget spaces."""
    found = (match.group().decode("utf-8", "replace") for match in LINK.finditer(text.encode("utf-8", "replace")))
    return [_host(one) for one in found]


def _host(link: str) -> str:
    link = link.casefold().replace("\\", "/")
    rest = link.partition(":")[2].lstrip("/") if link.startswith("http") and ":" in link[:6] else link
    return rest.partition("/")[0].rpartition("@")[2].partition(":")[0].strip(".")


def is_allowed(host: str, allowed: Collection[str]) -> bool:
    """Whether the list has this host, or one that it belongs to."""
    return any(host == one or host.endswith(f".{one}") for one in allowed)


def listed(text: str) -> list[str] | None:
    """The hosts of an allow list, written with spaces or commas between; None where one of them is no host."""
    named = dict.fromkeys(word.strip(".") for word in text.casefold().replace(",", " ").split())
    return list(named) if all(len(one) <= HOST_MAX and HOST.fullmatch(one) for one in named) else None


def host_of(address: str) -> str:
    return (urlsplit(address).hostname or "").casefold()
