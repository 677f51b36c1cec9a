"""Draws the editor for web/write.py: a post with what was typed, what was refused, and what somebody else saved
meanwhile.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp_jinja2
from aiohttp import web
from markupsafe import Markup

from db import media, posts
from db.errors import NotFound, Refused
from db.people import Person
from db.posts import Post
from db.store import Store

from . import keys, pages
from ._differences import compared
from ._drafting import LOCAL, fields_of, zone_of
from .days import filters
from .errors import wants_json

DONE = {
    "begun": "Here is your new post. Nobody sees it until you publish it.",
    "save": "Saved.",
    "publish": "It is out.",
    "schedule": "It will come out by itself.",
    "unlist": "It is out of the lists. Who has its address can read it.",
    "unpublish": "It is a draft again, and nobody else sees it.",
    "restore": "That revision is the newest now.",
}


async def page(
    request: web.Request,
    person: Person,
    post: Post,
    *,
    status: int = 200,
    typed: Mapping[str, str] | None = None,
    seen: int | None = None,
    problems: Mapping[str, str] | None = None,
    theirs: Mapping[str, Any] | None = None,
    drawn: str | None = None,
    note: str = "",
) -> web.Response:
    """`seen` is the revision that what is `typed` began with, `theirs` what somebody else saved meanwhile."""
    store, zone, now = request.app[keys.STORE], zone_of(request), datetime.now(UTC)
    fields = defaultdict(str, fields_of(post) if typed is None else typed)
    context = {
        "post": post,
        "typed": fields,
        "fresh": typed is None,
        "seen": post.revision if seen is None else seen,
        "problems": defaultdict(str, problems or {}),
        "theirs": theirs,
        "drawn": Markup(drawn) if drawn is not None else None,  # noqa: S704 - made by the press, which ends in nh3
        "note": note or _done(request.query.get("done", ""), post, now, zone),
        "cover": await _cover(request, person, fields["cover"]),
        "is_out": posts.is_out(post, now),
        "link": _link(store, post, now),
        "zone": zone,
        "at": fields["at"]
        or (f"{post.published_at.astimezone(zone):{LOCAL}}" if post.state == "scheduled" and post.published_at else ""),
        "upload_max": store.config.media.upload_max,
        "owner": person.owner,
    }
    return await pages.render(request, "write/edit.html", context, status)


def _done(act: str, post: Post, now: datetime, zone: ZoneInfo) -> str:
    """What was just done, in a sentence; when it will come out is said with it."""
    if act == "schedule" and post.published_at and post.published_at > now:
        clock = filters(zone.key)["clock"](post.published_at)
        return f"It will come out by itself: {clock}."
    return DONE.get(act, "")


def _link(store: Store, post: Post, now: datetime) -> str:
    """Where it is to be seen: by everybody once it is out, before that by whom the link was given."""
    if not posts.is_out(post, now):
        return f"/blog/preview/{posts.preview_token(store, post)}"
    return f"/blog/{post.slug}" if post.kind == "post" else f"/{post.slug}"


async def _cover(request: web.Request, person: Person, media_id: str) -> media.Media | None:
    found = await media.get(request.app[keys.STORE].pool, media_id[:64]) if media_id else None
    return found if found and (found.is_public or found.person_id == person.id) else None


async def refused(
    request: web.Request,
    person: Person,
    post: Post,
    typed: Mapping[str, str],
    refusal: Refused,
    seen: int | None,
    field: str = "form",
) -> web.Response:
    """The editor with what was typed and the sentence by its field, or by this one if it names none; after a conflict
    with both texts.
    """
    newest = await posts.get(request.app[keys.STORE].pool, post.id)
    if newest is None or refusal.status == 404:
        return await kept(request, typed)
    theirs = await _theirs(request, person, newest, typed) if refusal.code == "conflict" else None
    if wants_json(request):
        return _as_json(request, refusal, theirs)
    field = getattr(refusal, "field", field)
    response = await page(
        request,
        person,
        newest,
        status=refusal.status,
        typed=typed,
        seen=newest.revision if theirs else seen,
        problems={field: refusal.sentence},
        theirs=theirs,
    )
    return _with_wait(response, refusal)


async def _theirs(request: web.Request, person: Person, newest: Post, typed: Mapping[str, str]) -> dict[str, Any]:
    """`who` begins a sentence with who saved it, which is oneself where two windows are open."""
    saved = await posts.revision(request.app[keys.STORE].pool, newest.id, newest.revision)
    by = saved.by if saved else ""
    at = saved.created_at if saved else newest.updated_at
    return {
        "by": by,
        "who": "You, in another window," if by == person.name else by or "Somebody",
        "at": f"{at.astimezone(zone_of(request)):%H:%M}",
        "revision": newest.revision,
        "fields": fields_of(newest),
        "lines": await compared(newest.body, typed.get("body", "")),
    }


def _as_json(request: web.Request, refusal: Refused, theirs: Mapping[str, Any] | None) -> web.Response:
    error: dict[str, Any] = {"code": refusal.code, "message": refusal.sentence}
    if field := getattr(refusal, "field", ""):
        error["field"] = field
    if refusal.retry_after is not None:
        error["retry_after"] = round(refusal.retry_after, 3)
    if theirs:
        template = aiohttp_jinja2.get_env(request.app).get_template("write/_lines.html")
        lines = template.render(lines=theirs["lines"]) if theirs["lines"] else ""
        error["theirs"] = {**theirs, "lines": lines}
    return _with_wait(web.json_response({"error": error}, status=refusal.status), refusal)


def _with_wait(response: web.Response, refusal: Refused) -> web.Response:
    if refusal.retry_after is not None:
        response.headers["Retry-After"] = str(max(1, round(refusal.retry_after)))
    return response


async def kept(request: web.Request, typed: Mapping[str, str]) -> web.Response:
    """For who may write here no more, or whose post is gone: the words are theirs, and shown once more to be copied."""
    if wants_json(request) or not any(typed.get(name) for name in ("title", "body")):
        raise NotFound
    return await pages.render(request, "write/kept.html", {"typed": defaultdict(str, typed)}, 404)
