"""What the templates of the blog are given: lists in pages, a year by its months, a post with what is around it."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web
from markupsafe import Markup

from db import accounts, posts
from db.accounts import Account
from db.errors import NotFound
from db.people import Person
from db.posts import Entry, Moved, Post
from db.usernames import USERNAME

from . import _comment_pages, _head, keys, pages
from .days import MONTHS

NO_TAG = "Nothing is filed under this tag."
NO_PAGE = "There is no such page of the blog."
CONTENTS_WORDS, CONTENTS_LINES = 500, 3  # from which on a post has a table of contents
YEAR_PAGE = 100  # posts on one page of the archive
SOON = timedelta(minutes=10)  # what is mended this soon after coming out is not called edited
LATEST = 3


@dataclass(frozen=True, slots=True)
class Paging:
    """`newer` and `older` are addresses, empty at the ends."""

    page: int
    last: int
    newer: str
    older: str


def paging(app: web.Application, name: str, page: int, size: int, total: int, **params: object) -> Paging:
    """Raises NotFound for a page that is not there; the first one always is."""
    last = max(1, -(-total // size))
    if page > last:
        raise NotFound(NO_PAGE)

    def address(number: int) -> str:
        return pages.url_for(app, name, {**params, **({"page": number} if number > 1 else {})})

    newer, older = address(page - 1) if page > 1 else "", address(page + 1) if page < last else ""
    return Paging(page, last, newer, older)


# Lists


async def of_list(app: web.Application, page: int, *, tag: str = "", by: str = "") -> dict[str, Any]:
    """The whole blog, or what has this tag, or what this member wrote. Raises NotFound where there is no such page."""
    pool, size, now = app[keys.STORE].pool, app[keys.CONFIG].blog.page, datetime.now(UTC)
    author = await _author(app, by) if by else None
    author_id = author.person.id if author else None
    total, shelves = await asyncio.gather(
        posts.count(pool, now, tag=tag or None, author_id=author_id), around(app, now)
    )
    if tag and not total:
        raise NotFound(NO_TAG)
    name, params = _place(tag, by)
    there = paging(app, name, page, size, total, **params)
    start = (page - 1) * size
    found = await posts.listed(pool, now, size, offset=start, total=total, tag=tag or None, author_id=author_id)
    title = f"Tag: {tag}" if tag else f"Posts by {author.person.name}" if author else "Blog"
    if page > 1:
        title += f", page {page}"
    path = pages.url_for(app, name, {**params, **({"page": page} if page > 1 else {})})
    return {
        "head": _head.of_page(app, title, path),
        "found": found,
        "tag": tag,
        "by": author.person if author else None,
        "total": total,
        "pins": not (tag or by),
        "paging": there,
        **shelves,
    }


def _place(tag: str, by: str) -> tuple[str, dict[str, object]]:
    """The route of a list and what its address holds."""
    if tag:
        return "blog.tag", {"tag": tag}
    return "blog.list", {"by": by} if by else {}


async def _author(app: web.Application, username: str) -> Account:
    found = await accounts.by_username(app[keys.STORE].pool, username) if USERNAME.fullmatch(username) else None
    if found is None or found.disabled_at:
        raise NotFound("Nobody of that name writes here.")
    return found


async def around(app: web.Application, now: datetime) -> dict[str, Any]:
    """All tags and years, for below a list."""
    pool, zone = app[keys.STORE].pool, app[keys.CONFIG].site.timezone

    async def read() -> dict[str, Any]:
        tags, years = await asyncio.gather(posts.tags(pool, now), posts.years(pool, now, zone=zone))
        return {"tags_known": tags, "years": years}

    return await app[keys.SHELF].recall("around", read)


async def of_tags(app: web.Application) -> dict[str, Any]:
    """All of the tags; below the lists stand only those that most posts carry."""
    head = _head.of_page(app, "Tags", pages.url_for(app, "blog.tags", {}))
    return {"head": head, **await around(app, datetime.now(UTC))}


async def of_year(app: web.Application, year: int, page: int) -> dict[str, Any]:
    """A year by its months, the newest first. Raises NotFound for one without posts."""
    pool, timezone, now = app[keys.STORE].pool, app[keys.CONFIG].site.timezone, datetime.now(UTC)
    total = await posts.count(pool, now, year=year, zone=timezone)
    if not total:
        raise NotFound("Nothing was written in that year.")
    there = paging(app, "blog.archive", page, YEAR_PAGE, total, year=year)
    start = (page - 1) * YEAR_PAGE
    found = await posts.listed(pool, now, YEAR_PAGE, offset=start, total=total, year=year, zone=timezone)
    zone = ZoneInfo(timezone)

    def month(entry: Entry) -> int:
        assert entry.published_at
        return entry.published_at.astimezone(zone).month

    path = pages.url_for(app, "blog.archive", {"year": year, **({"page": page} if page > 1 else {})})
    return {
        "head": _head.of_page(app, f"Archive of {year}", path),
        "months": [(MONTHS[number - 1], list(some)) for number, some in groupby(found, month)],
        "here_year": year,
        "total": total,
        "paging": there,
        **await around(app, now),
    }


# Posts


def path_of(app: web.Application, post: Entry | Moved) -> str:
    return pages.url_for(app, "blog.page" if post.kind == "page" else "blog.show", {"slug": post.slug})


async def of_post(app: web.Application, post: Post, *, is_preview: bool = False) -> dict[str, Any]:
    now = datetime.now(UTC)
    older, newer, related = None, None, list[Entry]()
    if post.kind == "post" and not is_preview:
        pool = app[keys.STORE].pool
        (older, newer), related = await asyncio.gather(
            posts.neighbours(pool, post, now), posts.related(pool, post, now)
        )
    is_long = post.words >= CONTENTS_WORDS and len(post.contents) >= CONTENTS_LINES
    head = (
        _head.of_page(app, post.title, "", post.summary) if is_preview else _head.of_post(app, post, path_of(app, post))
    )
    return {
        "head": head,
        "post": post,
        "html": Markup(post.html),  # noqa: S704 - printed by db/press, which ends in nh3
        "has_contents": is_long and post.kind == "post",
        "is_edited": post.published_at is not None and post.updated_at - post.published_at > SOON,
        "is_preview": is_preview,
        "older": older,
        "newer": newer,
        "related": related,
    }


async def comments_of(
    request: web.Request, post: Post, person: Person | None, *, is_own: bool = True
) -> dict[str, Any]:
    """What the comments below a post need, as this one sees them; without `is_own` as strangers do, whoever asks."""
    if post.kind != "post":
        return {"post": post}
    return await _comment_pages.section(request, post, person, is_own=is_own)


async def latest(app: web.Application) -> list[Entry]:
    """For the porch."""
    return await posts.listed(app[keys.STORE].pool, datetime.now(UTC), LATEST, pins=False)
