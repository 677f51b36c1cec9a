"""Comments on the page: writing one below a post, answering, changing one's own, deciding. The feed of them.
Everything works without JavaScript: what worked leads back to the post, what was refused stands in its form again.
"""

from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from db import comments, messages, posts, rooms
from db.comments import Comment, Trap
from db.errors import NotFound, Refused
from db.moderators import Moderator
from db.names import clean_content
from db.people import Person
from db.posts import Moved, Post

from . import _comment_feed, _comment_pages, _comment_shapes, extras, keys, pages
from ._comment_pages import Typed
from .errors import wants_json
from .hall import whole_number
from .hangout import take_name
from .sessions import caller, current_person, enter

NO_POST = "There is no such post."
NO_COMMENT = "There is no such comment here."


async def post_of(request: web.Request) -> Post:
    """The post that readers see at this address, or saw before it moved. Raises NotFound."""
    pool, slug = request.app[keys.STORE].pool, request.match_info["slug"]
    found = await posts.find(pool, slug)
    if isinstance(found, Moved):
        found = await posts.by_slug(pool, found.slug)
    if not isinstance(found, Post) or found.kind != "post" or not posts.is_out(found, datetime.now(UTC)):
        raise NotFound(NO_POST)
    return found


# Writing


async def post(request: web.Request) -> web.Response:
    """POST /blog/{slug}/comments: `name` (of who has none yet), `content`, `reply_to`; with `preview` only drawn."""
    under, form = await post_of(request), await request.post()
    typed = Typed(
        name=str(form.get("name", "")),
        content=str(form.get("content", "")),
        reply_to=whole_number(str(form.get("reply_to", ""))),
        nonce=str(form.get("nonce", "")),
        stamp=str(form.get("stamp", "")),
    )
    try:
        if form.get("preview"):
            return await _preview(request, under, typed)
        comment = await _post(request, under, typed, str(form.get("website", "")))
    except Refused as refusal:
        if wants_json(request):
            raise
        again = _comment_pages.form(request, under, typed, refusal)
        return await _comment_pages.writing_page(request, under, again, refusal.status)
    if wants_json(request):
        return web.json_response(await _told(request, under, comment), status=201)
    raise web.HTTPSeeOther(_way_to(request, under, comment))


async def _post(request: web.Request, under: Post, typed: Typed, website: str) -> Comment:
    store, now = request.app[keys.STORE], datetime.now(UTC)
    clean_content(typed.content, store.config.hangout.content_max)  # before anybody is given a name for it
    who = await caller(request)
    person = who.person
    had_for = None if person else _comment_pages.had_for(request, under.slug)
    if person is None:
        await rooms.check_comments(store.pool, under.room_id)
        person = await take_name(request, typed.name)
        await enter(request, person)
    return await comments.post(
        store,
        person,
        under,
        typed.content,
        typed.nonce or _comment_pages.new_nonce(),
        now,
        network=who.network,
        session_id=who.session_id,
        reply_to=typed.reply_to,
        trap=Trap(website, typed.stamp, had_for),
    )


async def _preview(request: web.Request, under: Post, typed: Typed) -> web.Response:
    """What it would look like; nothing is kept."""
    _comment_pages.check_pace(request)
    words = clean_content(typed.content, request.app[keys.STORE].config.hangout.content_max)
    html = extras.drawn(words)
    if wants_json(request):
        return web.json_response({"html": html})
    form = _comment_pages.form(request, under, typed, preview=html)
    return await _comment_pages.writing_page(request, under, form)


async def _told(request: web.Request, under: Post, comment: Comment) -> dict[str, Any]:
    """For the page's script: what it says now, and the comment as its author sees it."""
    return {
        "id": str(comment.message_id) if comment.message_id else None,
        "state": "approved" if comment.state == "approved" else "waiting",
        "url": _way_to(request, under, comment),
        "html": await _comment_shapes.drawn_for_author(request, under, comment),
    }


def _way_to(request: web.Request, under: Post, comment: Comment) -> str:
    """Where the comment stands on the post's page."""
    if comment.message_id is None or comment.state != "approved":
        return f"{pages.url_for(request.app, 'blog.show', {'slug': under.slug})}#waiting-{comment.id}"
    return _comment_shapes.way_to(request.app, under, comment.message_id)


# One comment


async def show(request: web.Request) -> web.Response:
    """GET /blog/{slug}/comments/{id}: one comment by itself, to be answered."""
    under, message_id = await post_of(request), number_of(request)
    form = _comment_pages.form(request, under, Typed(reply_to=message_id))
    return await _comment_pages.comment_page(request, under, message_id, form)


def number_of(request: web.Request) -> int:
    if (number := whole_number(request.match_info["id"])) is None:
        raise NotFound(NO_COMMENT)
    return number


async def remove(request: web.Request) -> web.Response:
    """POST /blog/{slug}/comments/{id}/remove: takes it away, with a `reason`. For the owner."""
    under, message_id = await post_of(request), number_of(request)
    store, person = request.app[keys.STORE], await current_person(request)
    if person is None or not person.owner or not await _comment_pages.is_under(request, under, message_id):
        raise NotFound(NO_COMMENT)
    reason = str((await request.post()).get("reason", ""))
    try:
        await messages.remove(store, Moderator(person, door="site"), message_id, datetime.now(UTC), reason=reason)
    except Refused as refusal:
        if wants_json(request):
            raise
        form = _comment_pages.form(request, under, Typed(reply_to=message_id))
        why = {"problem": refusal.sentence, "reason": reason}
        return await _comment_pages.comment_page(request, under, message_id, form, refusal.status, **why)
    raise web.HTTPSeeOther(pages.url_for(request.app, "blog.show", {"slug": under.slug}) + "#comments")


# One's own, and the owner's say


async def own(request: web.Request) -> web.Response:
    """GET /comments/{id}: a comment as its author may change it and the owner decide on it; as JSON how it stands."""
    under, one = await _whose(request)
    if wants_json(request):
        return web.json_response(await _told(request, under, one))
    return await _comment_pages.own_page(request, under, one)


async def edit(request: web.Request) -> web.Response:
    """POST /comments/{id}/edit: other `content`."""
    under, one = await _whose(request)
    content = str((await request.post()).get("content", ""))
    person = await _author(request, one)
    try:
        who, store, now = await caller(request), request.app[keys.STORE], datetime.now(UTC)
        changed = await comments.edit(
            store, person, one.id, content, now, network=who.network, session_id=who.session_id
        )
    except Refused as refusal:
        return await _refused(request, under, one, refusal, content)
    if wants_json(request):
        return web.json_response(await _told(request, under, changed))
    raise web.HTTPSeeOther(_way_to(request, under, changed))


async def delete(request: web.Request) -> web.Response:
    """POST /comments/{id}/delete"""
    under, one = await _whose(request)
    person = await _author(request, one)
    try:
        await comments.delete(request.app[keys.STORE], person, one.id, datetime.now(UTC))
    except Refused as refusal:
        return await _refused(request, under, one, refusal)
    if wants_json(request):
        return web.json_response({"state": "deleted"})
    raise web.HTTPSeeOther(pages.url_for(request.app, "blog.show", {"slug": under.slug}) + "#comments")


async def decide(request: web.Request) -> web.Response:
    """POST /comments/{id}/decide: `decision` is approve, delete, spam, ban or unban. For the owner."""
    under, one = await _whose(request)
    form = await request.post()
    decision, seen = str(form.get("decision", "")), str(form.get("seen", "")) or None
    store, person = request.app[keys.STORE], await current_person(request)
    if person is None or not person.owner:
        raise NotFound(NO_COMMENT)
    try:
        decided = await comments.decide(store, one.id, decision, person, datetime.now(UTC), seen=seen)
    except Refused as refusal:
        return await _refused(request, under, await comments.get(store.pool, one.id) or one, refusal)
    if decision in {"ban", "unban"} or decided.state != "approved":
        raise web.HTTPSeeOther(pages.url_for(request.app, "blog.show", {"slug": under.slug}) + "#comments")
    raise web.HTTPSeeOther(_way_to(request, under, decided))


async def _whose(request: web.Request) -> tuple[Post, Comment]:
    """The comment and its post. Raises NotFound for everybody but its author and the owner."""
    pool, person = request.app[keys.STORE].pool, await current_person(request)
    one = await comments.get(pool, number_of(request))
    if one is None or person is None or not (person.owner or person.id == one.author.id):
        raise NotFound(NO_COMMENT)
    under = await posts.get(pool, one.post_id)
    # Of a post that was taken back, who commented knows what it was called then, and not what it is called by now.
    if under is None or not (person.owner or posts.is_out(under, datetime.now(UTC))):
        raise NotFound(NO_COMMENT)
    return under, one


async def _author(request: web.Request, one: Comment) -> Person:
    """Whoever asks, if they wrote it: not even the owner puts words into somebody's mouth. Raises NotFound."""
    person = await current_person(request)
    if person is None or person.id != one.author.id:
        raise NotFound(NO_COMMENT)
    return person


async def _refused(request: web.Request, under: Post, one: Comment, refusal: Refused, typed: str = "") -> web.Response:
    if wants_json(request):
        raise refusal
    return await _comment_pages.own_page(request, under, one, refusal.status, refusal=refusal, typed=typed)


# The feed


async def feed(request: web.Request) -> web.Response:
    """GET /blog/{slug}/comments.atom"""
    return await _comment_feed.answer(request, await post_of(request))
