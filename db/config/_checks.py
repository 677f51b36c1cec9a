"""What a value of config.toml must be, beyond its type, and how that is said in words. For db/config/_sections.py."""

import ipaddress
from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from msgspec import Meta


class Check:
    """What the types cannot say about a value; `holds` returns False (or raises ValueError) for an impossible one."""

    def __init__(self, holds: Callable[[Any], bool]) -> None:
        self.holds = holds


def is_line(text: str) -> bool:
    return text.isprintable() and text == text.strip()


def is_word(text: str) -> bool:
    return text.isprintable() and not any(character.isspace() for character in text)


def is_name(text: str) -> bool:
    return is_word(text) and "/" not in text


def is_address(text: str, *schemes: str) -> bool:
    """An absolute address of one of these schemes, with a host. Raises ValueError for a port that is none."""
    parts = urlsplit(text)
    _ = parts.port
    return is_word(text) and parts.scheme in schemes and bool(parts.hostname)


def is_origin(text: str) -> bool:
    parts = urlsplit(text)
    plain = not parts.query and not parts.fragment and parts.username is None and parts.path in {"", "/"}
    return plain and is_address(text, "http", "https")


def is_database(text: str) -> bool:
    # A DSN for a unix socket has no host in its address (postgresql:///name?host=/run/postgresql).
    parts = urlsplit(text)
    _ = parts.port if "," not in parts.netloc else None
    return is_word(text) and parts.scheme in {"postgresql", "postgres"} and "://" in text


def is_redis(text: str) -> bool:
    return text.startswith("unix:///") if text.startswith("unix:") else is_address(text, "redis", "rediss")


def is_zone(text: str) -> bool:
    return text in available_timezones()


def is_network(text: str) -> bool:
    return bool(ipaddress.ip_network(text, strict=False))


def text_of(words: str, holds: Callable[[str], bool], most: int = 1000) -> Meta:
    return Meta(description=words, max_length=most, extra={"check": Check(holds)})


def whole(least: int, most: int) -> Meta:
    return Meta(ge=least, le=most, description=f"a whole number from {least} to {most}")


def degrees(most: int) -> Meta:
    """A number that may be left out, which is None."""
    holds = Check(lambda value: value is None or -most <= value <= most)
    return Meta(description=f"empty or degrees from -{most} to {most}", extra={"check": holds, "may_be_empty": True})


def per_second() -> Meta:
    return Meta(gt=0, le=1000, description="a number above 0 and at most 1000 (a second)")


HTTP = text_of("an http:// or https:// address", lambda text: is_address(text, "http", "https"))
SOCKET = text_of("a ws:// or wss:// address", lambda text: is_address(text, "ws", "wss"))
LINE = text_of("one line of text, at most 500 characters", is_line, 500)
DIGITS = Meta(ge=0, le=2**63 - 1, description="an id of digits only, or empty", extra={"digits": True})
Snowflake = Annotated[int, DIGITS]
