"""Where a visitor came from: host and path of the page with the link, without what is behind the question mark.

Rules. Dropped are the site's own pages, what is no page of the web, bare addresses of machines, and hosts that send
made-up referrers to be seen in lists like ours (referrer_spam.txt).
"""

import re
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

LENGTH = 300  # characters
HOST = re.compile(r"(?=.{4,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
SPAM = frozenset(
    line
    for line in (Path(__file__).parent / "referrer_spam.txt").read_text(encoding="utf-8").split("\n")
    if line and not line.startswith("#")
)


@lru_cache(1024)
def source_of(referrer: str, own_host: str) -> str:
    """`news.example/item/7` for `https://www.news.example/item/7?id=9#top`; empty for nothing worth keeping."""
    try:
        parts = urlsplit(referrer)
        host = (parts.hostname or "").rstrip(".").removeprefix("www.")
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not HOST.fullmatch(host):
        return ""
    if host == own_host.removeprefix("www.") or is_spam(host):
        return ""
    path = "".join(one if one.isprintable() else "\ufffd" for one in parts.path.rstrip("/"))
    return (host + path)[:LENGTH]


def is_spam(host: str) -> bool:
    """Whether the host, or one above it, is on the list."""
    labels = host.split(".")
    return any(".".join(labels[place:]) in SPAM for place in range(len(labels) - 1))
