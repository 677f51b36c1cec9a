"""Addresses of posts: made from titles, never given twice. Rules, and the lock under which one is taken."""

import re
import unicodedata
from collections.abc import Container
from itertools import count

from db.store import Conn

SLUG_MAX = 100
BASE_MAX = 90  # of a made one, so that a number fits behind it
TAG_MAX = 50
APART = re.compile(r"[^a-z0-9]+")
SPELLED = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i", "&": " and "}
)
SIGNS = (("++", "pp"), ("#", "sharp"), ("+", "plus"))  # c++ and c# are not c
# What stands under /blog/ beside the posts, and what begins an address of the site: no page may be called so.
RESERVED = frozenset({"archive", "feed", "page", "preview", "tags"})
RESERVED_PAGES = RESERVED | {
    "admin", "api", "atom", "auth", "avatars", "blog", "cards", "cases", "chats", "comments", "favicon", "forgotten",
    "hangout", "healthz", "humans", "login", "logout", "manifest", "media", "people", "posts", "privacy", "projects",
    "readyz", "register", "report", "robots", "rss", "search", "seen", "settings", "sitemap", "static", "stats",
    "theme", "write", "ws",
}  # fmt: skip


# Rules


def slug_of(title: str) -> str:
    """Small Latin letters, digits and single hyphens, at most 90; empty where nothing can be written so."""
    folded = unicodedata.normalize("NFKD", title.casefold().translate(SPELLED))
    letters = "".join(character for character in folded if not unicodedata.combining(character))
    slug = APART.sub("-", letters.replace("'", "").replace("\u2019", "")).strip("-")
    return slug if len(slug) <= BASE_MAX else _cut(slug)


def _cut(slug: str) -> str:
    """Between two words, where there are several."""
    whole, _, _ = slug[: BASE_MAX + 1].rpartition("-")
    return (whole or slug[:BASE_MAX]).strip("-")


def tag_of(typed: str) -> str:
    """A tag as it is kept and as addresses have it; empty where nothing is left."""
    tag = typed.strip().lower().removeprefix("#")
    for sign, word in SIGNS:
        tag = tag.replace(sign, word)
    return slug_of(tag)[:TAG_MAX].strip("-")


def is_reserved(slug: str, kind: str) -> bool:
    return slug in (RESERVED_PAGES if kind == "page" else RESERVED)


def free_slug(base: str, kind: str, taken: Container[str]) -> str:
    """The base itself, or with the first number that makes it nobody's."""
    if base not in taken and not is_reserved(base, kind):
        return base
    return next(slug for number in count(2) if (slug := f"{base}-{number}") not in taken)


# Queries


async def lock(conn: Conn) -> None:
    """Until the transaction ends, nobody else takes an address. Who holds a post's row may ask for it, not the other
    way round.
    """
    await conn.execute("/* slugs.lock */ select pg_advisory_xact_lock(hashtextextended('porchlight slugs', 0))")


async def like(conn: Conn, base: str) -> dict[str, int]:
    """The addresses that are taken and begin so, with the posts that took them."""
    rows = await conn.fetch(
        "/* slugs.like */ select slug, post_id from slugs where slug = $1 or starts_with(slug, $1 || '-')", base
    )
    return {row["slug"]: row["post_id"] for row in rows}


async def take(conn: Conn, slug: str, post_id: int) -> None:
    await conn.execute(
        "/* slugs.take */ insert into slugs (slug, post_id) values ($1, $2) on conflict do nothing", slug, post_id
    )
