"""The three forms of a feed: RSS 2.0 and Atom by feedgen, JSON Feed 1.1. Plain values in, bytes out."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec
from feedgen.entry import FeedEntry  # type: ignore[import-untyped]
from feedgen.ext.base import BaseExtension  # type: ignore[import-untyped]
from feedgen.feed import FeedGenerator  # type: ignore[import-untyped]
from feedgen.util import xml_elem  # type: ignore[import-untyped]

from db.posts import Post

from . import days
from ._feed_html import absolute

UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2
ATOM = "http://www.w3.org/2005/Atom"


def fit(text: str) -> str:
    """Without characters that XML cannot hold."""
    return UNFIT.sub("", text)


@dataclass(frozen=True, slots=True)
class Item:
    """A post in a feed. `id` never changes, whatever the post is called; `updated` moves when it is really edited."""

    id: str
    url: str
    title: str
    summary: str
    html: str
    author: str
    author_url: str
    tags: tuple[str, ...]
    image: str
    published: datetime
    updated: datetime

    @classmethod
    def of(cls, post: Post, home: str) -> "Item":
        url = f"{home}/blog/{post.slug}"
        published = post.published_at or post.created_at
        cover = f"{home}/media/{post.cover.media}/full.{post.cover.ext}" if post.cover else ""
        return cls(
            # RFC 4151: whose the name is, since when, and what of theirs
            id=f"tag:{urlsplit(home).hostname},{post.created_at:%Y-%m-%d}:post-{post.id}",
            url=url,
            title=fit(post.title),
            summary=fit(post.summary),
            html=fit(absolute(post.html, home, url)),
            author=fit(post.author.name),
            author_url=f"{home}/people/{post.author.username}" if post.author.username else "",
            tags=post.tags,
            image=cover,
            published=published.replace(microsecond=0),
            updated=max(published, post.updated_at).replace(microsecond=0),
        )


@dataclass(frozen=True, slots=True)
class Feed:
    """`page` is what it is the feed of, `address` its own, `style` a stylesheet for who opens it in a browser."""

    title: str
    description: str
    language: str
    author: str
    home: str
    page: str
    address: str
    hub: str
    style: str
    updated: datetime
    items: tuple[Item, ...]


class HubExtension(BaseExtension):  # type: ignore[misc]  # feedgen has no types
    """What feedgen leaves out of the links in RSS: the type of its own, and where who follows by WebSub asks."""

    address = ""

    def extend_rss(self, feed: Any) -> Any:
        for own in feed[0].iter(f"{{{ATOM}}}link"):
            own.set("type", "application/rss+xml")
        if self.address:
            link = xml_elem(f"{{{ATOM}}}link", feed[0])
            link.set("href", self.address)
            link.set("rel", "hub")
        return feed


def rss(feed: Feed) -> bytes:
    made = _generator(feed)
    made.description(fit(feed.description) or feed.title)
    made.link(href=feed.page, rel="alternate")
    for item in feed.items:
        entry = _entry(made, item)
        entry.guid(item.id, permalink=False)
        entry.dc.dc_creator(item.author)
        entry.description(item.summary)
        entry.content(item.html, type="CDATA")
    return _styled(made.rss_str(pretty=False), feed)


def atom(feed: Feed) -> bytes:
    made = _generator(feed)
    made.subtitle(fit(feed.description))
    made.link(href=feed.page, rel="alternate", type="text/html")
    if feed.hub:
        made.link(href=feed.hub, rel="hub", replace=False)
    made.author({"name": feed.author, "uri": feed.home + "/"})
    for item in feed.items:
        entry = _entry(made, item)
        entry.author({"name": item.author, **({"uri": item.author_url} if item.author_url else {})})
        entry.summary(item.summary)
        entry.content(item.html, type="html")
    return _styled(made.atom_str(pretty=False), feed)


def _generator(feed: Feed) -> FeedGenerator:
    made = FeedGenerator()
    made.load_extension("dc", atom=False, rss=True)
    made.register_extension("hub", HubExtension, None, atom=False, rss=True)
    made.hub.address = feed.hub
    made.id(f"tag:{urlsplit(feed.home).hostname},2020:feed:{urlsplit(feed.page).path}")
    made.title(fit(feed.title))
    made.link(href=feed.address, rel="self")
    made.language(feed.language)
    made.generator("Porchlight")
    made.updated(feed.updated)
    made.lastBuildDate(feed.updated)
    return made


def _entry(made: FeedGenerator, item: Item) -> FeedEntry:
    entry = made.add_entry(order="append")
    entry.id(item.id)
    entry.title(item.title)
    entry.link(href=item.url, rel="alternate")
    entry.published(item.published)
    entry.updated(item.updated)
    for tag in item.tags:
        entry.category(term=tag)
    return entry


def _styled(xml: bytes, feed: Feed) -> bytes:
    head, body = xml.split(b"?>", 1)
    return head + f'?>\n<?xml-stylesheet type="text/css" href="{feed.style}"?>'.encode() + body


def json_feed(feed: Feed) -> bytes:
    """https://www.jsonfeed.org/version/1.1/"""
    made: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": feed.address,
        "description": feed.description,
        "language": feed.language,
        "authors": [{"name": feed.author, "url": feed.home + "/"}],
        "items": [_json_item(item) for item in feed.items],
    }
    if feed.hub:
        made["hubs"] = [{"type": "WebSub", "url": feed.hub}]
    return msgspec.json.encode(made)


def _json_item(item: Item) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": item.id,
        "url": item.url,
        "title": item.title,
        "content_html": item.html,
        "summary": item.summary,
        "date_published": days.iso(item.published),
        "date_modified": days.iso(item.updated),
        "authors": [{"name": item.author, **({"url": item.author_url} if item.author_url else {})}],
        "tags": list(item.tags),
    }
    return made | ({"image": item.image} if item.image else {})
