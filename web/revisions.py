"""What a post was before: /write/{id}/history, where two revisions are compared and an earlier one comes back."""

from datetime import UTC, datetime

from aiohttp import web

from db import posts
from db.posts import Revision

from . import _drafting, keys, pages
from ._differences import compared
from .hall import whole_number

PLACES = (("title", "Title"), ("slug", "Address"), ("summary", "Summary"))


async def show(request: web.Request) -> web.Response:
    """GET /write/{id}/history: all of them, and with `?from=2&to=5` what is different between these two."""
    _, post = await _drafting.own_post(request)
    pool = request.app[keys.STORE].pool
    kept = await posts.revisions(pool, post.id)
    known = {one.number for one in kept}
    chosen = [whole_number(request.query.get(name)) for name in ("from", "to")]
    numbers = sorted(number for number in chosen if number in known and number is not None)
    before, after = ([await posts.revision(pool, post.id, number) for number in numbers] + [None, None])[:2]
    context = {
        "post": post,
        "revisions": kept,
        "before": before,
        "after": after,
        "places": _places(before, after) if before and after else [],
        "lines": await compared(before.body, after.body) if before and after else [],
    }
    return await pages.render(request, "revisions/show.html", context)


async def restore(request: web.Request) -> web.Response:
    """POST /write/{id}/history: revision `number` becomes the newest once more."""
    person, post = await _drafting.own_post(request)
    form = await request.post()
    number = whole_number(str(form.get("number", ""))) or 0
    await posts.restore(request.app[keys.STORE], person, post.id, number, datetime.now(UTC), source="web")
    raise web.HTTPSeeOther(pages.url_for(request.app, "write.edit", {"id": post.id, "done": "restore"}))


def _places(before: Revision, after: Revision) -> list[tuple[str, str, str]]:
    """What is different besides the text: what it is called, what it was, and what it became."""
    places = [(words, getattr(before, name), getattr(after, name)) for name, words in PLACES]
    places.append(("Tags", ", ".join(before.tags), ", ".join(after.tags)))
    places.append(("Cover", before.cover_alt or before.cover or "", after.cover_alt or after.cover or ""))
    return [place for place in places if place[1] != place[2]]
