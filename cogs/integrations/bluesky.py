"""Bluesky: the latest post of an account, from its public address, without a key.

Source: the lexicons `app.bsky.feed.getAuthorFeed`, `app.bsky.feed.defs`, `app.bsky.richtext.facet` and
`app.bsky.embed.*` of github.com/bluesky-social/atproto.
"""

import html
import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from db.cards import Snapshot
from db.config import Bluesky

from ._outbound import Outbound, SourceFailed
from ._posts import paragraphs, post
from ._words import Part, line, link, moment, shaped

APP = "https://bsky.app"
NOBODY = "It knows no such account: look at [bluesky] handle."
KEY = re.compile(r"/app\.bsky\.feed\.post/([A-Za-z0-9._:~-]{1,128})$")
NAME = re.compile(r"[A-Za-z0-9.:_-]{1,256}")
NO_HANDLE = "handle.invalid"  # of an account whose domain does not say so any more
SENSITIVE = {"porn", "sexual", "nudity", "graphic-media", "gore", "!warn"}
TEXT_MAX = 3_000  # characters; the app allows 300
FACETS_MAX = 100


class Author(Part, frozen=True):
    did: str
    handle: str = NO_HANDLE
    displayName: str | None = None  # noqa: N815 - as the lexicon has it


class Feature(Part, frozen=True):
    kind: str = msgspec.field(name="$type", default="")
    uri: str | None = None
    did: str | None = None
    tag: str | None = None


class Slice(Part, frozen=True, rename="camel"):
    byte_start: int
    byte_end: int


class Facet(Part, frozen=True):
    index: Slice
    features: tuple[Feature, ...] = ()


class Record(Part, frozen=True, rename="camel"):
    text: str = ""
    created_at: str = ""
    facets: list[Facet] | None = None


class Image(Part, frozen=True):
    thumb: str | None = None
    alt: str | None = None


class External(Part, frozen=True):
    uri: str | None = None
    title: str | None = None


class Embed(Part, frozen=True):
    """A view: `images`, an `external` link, a video with its `thumbnail`, or `media` beside what is quoted."""

    images: tuple[Image, ...] = ()
    external: External | None = None
    thumbnail: str | None = None
    alt: str | None = None
    media: "Embed | None" = None


class Label(Part, frozen=True):
    val: str = ""


class Post(Part, frozen=True, rename="camel"):
    uri: str
    author: Author
    record: Record
    indexed_at: str = ""
    embed: Embed | None = None
    labels: list[Label] | None = None
    reply_count: int | None = 0
    repost_count: int | None = 0
    like_count: int | None = 0


class Item(Part, frozen=True):
    post: dict[str, Any]
    reason: Any = None
    reply: Any = None


class Feed(Part, frozen=True):
    feed: list[Item]


async def fetch(outbound: Outbound, settings: Bluesky) -> Snapshot:
    query = {"actor": settings.handle.removeprefix("@"), "limit": "20", "filter": "posts_no_replies"}
    try:
        answer = await outbound.json("/xrpc/app.bsky.feed.getAuthorFeed", query=query)
    except SourceFailed as failed:
        raise SourceFailed(NOBODY, is_setup=True, status=400) if failed.status == 400 else failed from None
    latest = next(filter(_is_own, shaped(answer, Feed).feed), None)
    return _card(shaped(latest.post, Post)) if latest else Snapshot({})


def _is_own(item: Item) -> bool:
    """Neither passed on nor an answer; where the answered one is gone, only the record says that it is one."""
    record = item.post.get("record")
    return item.reason is None and item.reply is None and not (isinstance(record, dict) and record.get("reply"))


def _card(told: Post) -> Snapshot:
    embed = (told.embed.media or told.embed) if told.embed else Embed()
    pictures = [(one.thumb, one.alt) for one in embed.images] or [(embed.thumbnail, embed.alt)]
    outside = embed.external or External()
    author = told.author
    where = author.handle if author.handle != NO_HANDLE else author.did
    key = KEY.search(told.uri)
    return post(
        name=author.displayName or author.handle,
        handle=f"@{line(where, 200)}",
        url=f"{APP}/profile/{where}/post/{key[1]}" if key and NAME.fullmatch(where) else None,
        at=_written_at(told),
        markup=paragraphs(_drawn(told.record.text[:TEXT_MAX], told.record.facets or [])),
        pictures=pictures,
        card=(outside.uri, outside.title),
        is_sensitive=any(label.val in SENSITIVE for label in told.labels or []),
        reposts=told.repost_count,
        likes=told.like_count,
        replies=told.reply_count,
    )


def _written_at(told: Post) -> str | None:
    """What the writer says, but not what lies after the server's first sight of it."""
    said = [when for when in (moment(told.record.created_at), moment(told.indexed_at)) if when]
    return min(said, default=None)


def _drawn(text: str, facets: Iterable[Facet]) -> str:
    """The text escaped, with its facets as links; they count bytes of UTF-8. Those that cannot be are passed over."""
    raw = text.encode("utf-8", "replace")
    drawn, at = [], 0
    for start, end, to in sorted(_links(facets, len(raw))):
        if start >= at:
            drawn += [_escaped(raw[at:start]), f'<a href="{html.escape(to)}">{_escaped(raw[start:end])}</a>']
            at = end
    return "".join([*drawn, _escaped(raw[at:])])


def _links(facets: Iterable[Facet], length: int) -> Iterator[tuple[int, int, str]]:
    for facet in list(facets)[:FACETS_MAX]:
        start, end = facet.index.byte_start, facet.index.byte_end
        to = next(filter(None, map(_where, facet.features)), None)
        if to and 0 <= start < end <= length:
            yield start, end, to


def _where(feature: Feature) -> str | None:
    match feature.kind.rpartition("#")[2]:
        case "link":
            return link(feature.uri)
        case "mention" if feature.did and NAME.fullmatch(feature.did):
            return f"{APP}/profile/{feature.did}"
        case "tag" if feature.tag and feature.tag.isalnum():
            return f"{APP}/hashtag/{feature.tag[:64]}"
    return None


def _escaped(raw: bytes) -> str:
    """A facet may begin in the middle of a character; that one is lost."""
    return html.escape(raw.decode("utf-8", "ignore"))
