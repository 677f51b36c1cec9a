"""What is let through at once and what waits, for which reason; and whether a post takes comments at all.

Everything here looks at each character a bounded number of times.
"""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta

from db import config
from db.comments._shape import Trap
from db.errors import Refused
from db.posts import Post, is_out

LINK = re.compile(r"https?://|(?<![\w/.])www\.", re.IGNORECASE)
WORD = re.compile(r"\w+")
QUICKEST = 3  # seconds; nobody reads the form and writes in less
LONG_ENOUGH = 24  # characters from which on two people hardly write the same by chance
AGAIN = timedelta(days=1)  # in which the same words are the same
STAMP = re.compile(r"(\d{1,12})\.([0-9a-f]{32})")

# Why a comment waits, as the owner is told.
WHY = {
    "all": "every comment waits here",
    "first": "nothing of theirs was approved before",
    "spam": "something of theirs was spam before",
    "links": "it has many links",
    "words": "it has a word that is looked out for",
    "repeat": "the same words came before",
    "trap": "a machine may have written it",
    "raid": "many new people came at once",
    "filter": "a filter holds it",
}


def is_open(post: Post, limits: config.Comments, now: datetime) -> bool:
    """Whether the post takes comments: it is out, it is no standing page, and not out for longer than its days."""
    days = limits.days if post.comments_days is None else post.comments_days
    if post.kind != "post" or post.comments_days == 0 or not is_out(post, now):
        return False
    return not days or (post.published_at is not None and now - post.published_at < timedelta(days=days))


def check_open(post: Post, limits: config.Comments, now: datetime) -> None:
    if not is_open(post, limits, now):
        raise Refused("The comments here are closed.", "comments_closed")


def count_links(content: str) -> int:
    return sum(1 for _ in LINK.finditer(content))


def has_word(content: str, words: Sequence[str]) -> bool:
    """Whether one of these words, or runs of words, stands in the content, whole and whatever its case."""
    if not words:
        return False
    said = _spaced(content)
    return any(one in said for one in map(_spaced, words) if one.strip())


def _spaced(text: str) -> str:
    return f" {' '.join(WORD.findall(unicodedata.normalize('NFKC', text).casefold()))} "


def suspicion(content: str, limits: config.Comments) -> str | None:
    """Why these words have to wait, whoever says them: a key of `WHY`."""
    if count_links(content) > limits.links_max:
        return "links"
    return "words" if has_word(content, limits.words) else None


def digest(content: str) -> bytes:
    """The same for words that differ in case and space only."""
    return hashlib.sha256(" ".join(content.casefold().split()).encode()).digest()


def mark_of(content: str) -> str:
    """By which a form or a button says which words it was shown with."""
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def own_nonce(post_id: int, reply_to: int | None, nonce: str, content: str) -> str:
    """The same form sent twice is one comment. A page may be kept by browsers and given to many, with one mark for
    all: who says something else with it says something else.
    """
    return hashlib.sha256(f"{post_id} {reply_to} {nonce} {content}".encode()).hexdigest()[:40]


def kept_marks(key: bytes, post: Post, seq: int, now: datetime) -> tuple[str, str]:
    """The form's own mark and its stamp on a page that is drawn once for all strangers: the same for an hour, while
    nothing has changed, so that the page is the same as well, whoever draws it.
    """
    hour = now.replace(minute=0, second=0, microsecond=0)
    return f"{post.revision}-{seq}-{int(hour.timestamp())}", stamp(key, post.id, hour)


def stamp(key: bytes, post_id: int, now: datetime) -> str:
    """When the form was drawn, signed."""
    at = int(now.timestamp())
    return f"{at}.{_signed(key, post_id, at)}"


def is_trapped(key: bytes, post_id: int, trap: Trap, now: datetime) -> bool:
    """Whether no person would have filled in the form like this: the hidden field, too quickly, or without a page."""
    found = STAMP.fullmatch(trap.stamp)
    if trap.filled or not found or (trap.had_for is not None and trap.had_for < QUICKEST):
        return True
    at = int(found[1])
    return not hmac.compare_digest(found[2], _signed(key, post_id, at)) or now.timestamp() - at < QUICKEST


def _signed(key: bytes, post_id: int, at: int) -> str:
    return hmac.new(key, f"comment {post_id} {at}".encode(), hashlib.sha256).hexdigest()[:32]
