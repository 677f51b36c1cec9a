"""The feed of a post's comments, for who wants to follow what is said there: the newest ones, as Atom."""

import asyncio
from datetime import UTC, datetime
from urllib.parse import urlsplit

from aiohttp import web

from db import comments
from db.markup import excerpt
from db.messages import Message
from db.posts import Post

from . import _comment_shapes, _feed_forms, feeds, frames, keys, pages
from ._feed_forms import Feed, Item, fit
from ._feed_html import absolute
from .sheets import Drawn

NEWEST = 50


async def answer(request: web.Request, post: Post) -> web.Response:
    app = request.app

    async def make() -> Drawn:
        feed = await _read(app, post)
        body = await asyncio.to_thread(_feed_forms.atom, feed)
        return Drawn(body, feeds.TYPES["atom"][0], (body,), feed.updated, feeds.HEADERS)

    return feeds.answer(request, await app[keys.SHELF].find(("comments", post.id), make), "atom")


async def _read(app: web.Application, post: Post) -> Feed:
    config = app[keys.CONFIG]
    found = await comments.newest(app[keys.STORE].pool, post.room_id, NEWEST) if post.room_id else []
    home = config.public_url
    items = await asyncio.to_thread(lambda: tuple(_item(app, post, one, home) for one in found))
    return Feed(
        title=f"Comments on {fit(post.title)}",
        description=f"What is said about it on {config.site.name}.",
        language=config.site.language,
        author=config.site.owner_name or config.site.name,
        home=home,
        page=home + pages.url_for(app, "blog.show", {"slug": post.slug}) + "#comments",
        address=home + pages.url_for(app, "comments.feed", {"slug": post.slug}),
        hub="",
        style=app[keys.STATICS].url("feed.css"),
        updated=max((one.updated for one in items), default=post.published_at or datetime(2020, 1, 1, tzinfo=UTC)),
        items=items,
    )


def _item(app: web.Application, post: Post, one: Message, home: str) -> Item:
    url = home + _comment_shapes.way_to(app, post, one.id)
    author = one.author
    return Item(
        id=f"tag:{urlsplit(home).hostname},{one.created_at:%Y-%m-%d}:comment-{one.id}",
        url=url,
        title=fit(f"{author.name} on {post.title}"),
        summary=fit(excerpt(one.content, 200, one.mentions)),
        html=fit(absolute(frames.html(one), home, url)),
        author=fit(author.name),
        author_url=f"{home}/people/{author.username}" if author.username else "",
        tags=(),
        image="",
        published=one.created_at,
        updated=one.edited_at or one.created_at,
    )
