"""The blog as readers see it: /blog, its tags and years, the posts, and the standing pages such as /about."""

import re
from datetime import UTC, datetime

from aiohttp import web

from db import posts, visits
from db.errors import NotFound, Refused
from db.posts import Gone, Moved, Post

from . import _blog_pages, _comment_pages, keys, pages
from ._blog_pages import NO_PAGE, NO_TAG
from .sessions import current_person

NOTHING = "There is no such post."
PAGE = re.compile(r"[1-9][0-9]{0,5}")
NO_PAGES = {"static", "media", "ws", "api"}
OF_COMMENTS = {"comment", "before"}  # what else stands behind a "?" is somebody's own mark, and changes nothing
SLUG = re.compile(r"[a-z0-9-]{1,100}")


class TakenDown(Refused):
    """It was here, and is not coming back (RFC 9110, section 15.5.11)."""

    status = 410

    def __init__(self) -> None:
        super().__init__("What stood here was taken down by its author. Old links end at this sign.", "gone")


class Elsewhere(Exception):
    """The post has another address now."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


# Lists


async def list_posts(request: web.Request) -> web.Response:
    """GET /blog?page=: the newest first. With `by`, those of one author."""
    page, by = _page(request), request.query.get("by", "").lower()
    return await pages.shelved(
        request, ("blog.list", by, page), "blog/list.html", lambda: _blog_pages.of_list(request.app, page, by=by)
    )


async def tag(request: web.Request) -> web.Response:
    """GET /blog/tags/{tag}"""
    page, name = _page(request), request.match_info["tag"]
    if not name.isprintable():
        raise NotFound(NO_TAG)
    if name != name.lower():
        raise _for_good(pages.url_for(request.app, "blog.tag", {"tag": name.lower()}))
    return await pages.shelved(
        request, ("blog.tag", name, page), "blog/list.html", lambda: _blog_pages.of_list(request.app, page, tag=name)
    )


async def tags(request: web.Request) -> web.Response:
    """GET /blog/tags: all of them, those that most posts carry first."""
    return await pages.shelved(request, ("blog.tags",), "blog/tags.html", lambda: _blog_pages.of_tags(request.app))


async def archive(request: web.Request) -> web.Response:
    """GET /blog/archive/{year}"""
    page, year = _page(request), int(request.match_info["year"])
    return await pages.shelved(
        request,
        ("blog.archive", year, page),
        "blog/archive.html",
        lambda: _blog_pages.of_year(request.app, year, page),
    )


def _page(request: web.Request) -> int:
    """Raises NotFound for what is no number of a page."""
    asked = request.query.get("page", "1")
    if not PAGE.fullmatch(asked):
        raise NotFound(NO_PAGE)
    return int(asked)


# Posts


async def show(request: web.Request) -> web.Response:
    """GET /blog/{slug}"""
    return await _one(request, "post")


async def page(request: web.Request) -> web.Response:
    """GET /{slug}: a standing page, such as /about."""
    return await _one(request, "page")


async def _one(request: web.Request, kind: str) -> web.Response:
    app, slug = request.app, request.match_info["slug"]
    if not SLUG.fullmatch(slug.lower()):
        raise NotFound(NOTHING)
    if slug != slug.lower():
        raise _for_good(request.path.lower())

    if kind == "post" and await current_person(request) is None:
        _comment_pages.note_look(request, slug)

    async def read() -> pages.Context:
        post = await _find(app, slug, kind)
        return {
            **await _blog_pages.of_post(app, post),
            **await _blog_pages.comments_of(request, post, None, is_own=False),
        }

    async def own() -> pages.Context:
        return await _own(request, await _find(app, slug, kind))

    try:
        if OF_COMMENTS & request.query.keys():  # another page of the comments: nothing that many ask for
            return await pages.render(request, "blog/show.html", {**await read(), **await own()}, is_long=True)
        return await pages.shelved(request, ("blog.show", kind, slug), "blog/show.html", read, own)
    except Elsewhere as elsewhere:
        raise _for_good(elsewhere.path) from None


async def _own(request: web.Request, post: Post) -> pages.Context:
    """What on the page of a post is drawn for who asks."""
    person = await current_person(request)
    may_edit = person is not None and posts.may_edit(person, post)
    reads = await _reads(request.app, post) if may_edit else None
    return {"may_edit": may_edit, "reads": reads, **await _blog_pages.comments_of(request, post, person)}


async def _reads(app: web.Application, post: Post) -> int:
    """How often it was opened, at all the addresses that it ever had."""
    pool, name = app[keys.STORE].pool, "blog.page" if post.kind == "page" else "blog.show"
    slugs = await posts.addresses(pool, post.id)
    return await visits.of_path(pool, [pages.url_for(app, name, {"slug": slug}) for slug in slugs])


async def _find(app: web.Application, slug: str, kind: str) -> Post:
    """The post that readers see at this address. Raises NotFound, TakenDown, Elsewhere."""
    pool, now = app[keys.STORE].pool, datetime.now(UTC)
    found = await posts.find(pool, slug, now=now)
    if isinstance(found, Gone):
        raise TakenDown
    if isinstance(found, Moved):
        raise Elsewhere(_blog_pages.path_of(app, found))
    if not isinstance(found, Post) or not posts.is_out(found, now):
        raise NotFound(NOTHING)
    if found.kind != kind:
        raise Elsewhere(_blog_pages.path_of(app, found))
    return found


async def preview(request: web.Request) -> web.Response:
    """GET /blog/preview/{token}: a post as it would be, for who was given the link."""
    post = await posts.by_preview_token(request.app[keys.STORE], request.match_info["token"])
    context = await _blog_pages.of_post(request.app, post, is_preview=True)
    response = await pages.render(request, "blog/show.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


# Addresses that people mistype


async def tidy(request: web.Request) -> web.Response:
    """GET /.../: the same without the slash at the end, for good; among files and what programs read there is none."""
    path = "/" + request.rel_url.raw_path.strip("/")
    if path.split("/")[1] in NO_PAGES:
        raise NotFound
    raise _for_good(pages.local_path(path))


def _for_good(path: str) -> web.HTTPMovedPermanently:
    return web.HTTPMovedPermanently(path, headers={"Cache-Control": "public, no-cache"})
