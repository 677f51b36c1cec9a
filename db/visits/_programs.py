"""Which browser, which system, which kind of device: what a user agent tells, in words that many share. Rules."""

import re
from functools import cache, lru_cache
from typing import NamedTuple

from ua_parser import Domain, Parser

REMEMBERED = 2048  # user agents, in memory only
LOOKED_AT = 512  # characters
LENGTH = 60
UNKNOWN = "Other"

# What the database of user agents tells apart, and readers of numbers do not.
NAMES = {
    "Mobile Safari": "Safari",
    "Mobile Safari UI/WKWebView": "Safari",
    "Chrome Mobile": "Chrome",
    "Chrome Mobile iOS": "Chrome",
    "Chrome Mobile WebView": "Chrome",
    "Firefox Mobile": "Firefox",
    "Firefox iOS": "Firefox",
    "Edge Mobile": "Edge",
    "Opera Mobile": "Opera",
    "Mac OS X": "macOS",
    "Chrome OS": "ChromeOS",
    "Ubuntu": "Linux",
    "Fedora": "Linux",
    "Debian": "Linux",
}
TABLET = re.compile(r"iPad|Tablet|PlayBook|Silk(?!.*Mobile)|Kindle|Android(?!.*Mobile)")
PHONE = re.compile(r"Mobi|iPhone|iPod|Windows Phone|Opera Mini")
TELEVISION = re.compile(r"\bTV\b|SmartTV|SMART-TV|AppleTV|GoogleTV|BRAVIA|Roku|CrKey|AFT[A-Z]|Web0S")


class Programs(NamedTuple):
    browser: str
    system: str
    device: str


@cache
def parser() -> Parser:
    """Some 30 MiB and a quarter of a second, once in a process: for a thread."""
    from ua_parser.loaders import load_lazy_builtins  # noqa: PLC0415 - not before somebody comes
    from ua_parser.regex import Resolver  # noqa: PLC0415

    return Parser(Resolver(load_lazy_builtins()))


def is_loaded() -> bool:
    return parser.cache_info().currsize > 0


@lru_cache(REMEMBERED)
def programs_of(agent: str) -> Programs:
    agent = agent[:LOOKED_AT].encode("utf-8", "replace").decode()  # headers may hold half of a character
    found = parser()(agent, Domain.USER_AGENT | Domain.OS)
    browser = found.user_agent.family if found.user_agent else UNKNOWN
    system = found.os.family if found.os else UNKNOWN
    return Programs(_named(browser), _named(system), device_of(agent))


def device_of(agent: str) -> str:
    for pattern, device in ((TELEVISION, "television"), (TABLET, "tablet"), (PHONE, "phone")):
        if pattern.search(agent):
            return device
    return "desktop"


def _named(family: str) -> str:
    name = NAMES.get(family, family)[:LENGTH]
    return name if name.isprintable() and name else UNKNOWN
