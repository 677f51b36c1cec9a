"""What the templates of comments are given: the section below a post, the form, and the pages of one comment.

The section is drawn for a stranger as well as for who has come in: `section` says for whom, whoever asks.
"""

import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp_jinja2
from aiohttp import web
from markupsafe import Markup

from db import bans, comments, posts, rooms
from db.comments import Comment, Threaded
from db.errors import NotFound, Refused, TooOften
from db.messages import Message
from db.people import Person, avatar_path
from db.posts import Post
from db.store import Store

from . import extras, frames, keys, pages
from .hall import whole_number
from .proxies import client_address, network_key
from .sessions import current_person

NAME_CODES = {"bad_name"}
NOTHING = "There is no such comment here."
LOOKING_RATE, LOOKING_BURST = 10.0, 100  # previews a second of one network, and at once; shared with reading history
Context = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody wrote into the form, and the marks that it came with."""

    name: str = ""
    content: str = ""
    reply_to: int | None = None
    nonce: str = ""
    stamp: str = ""


NOTHING_TYPED = Typed()


class TakenBack(Refused):
    """It was said here, and is not any more."""

    status = 410

    def __init__(self) -> None:
        super().__init__("This comment was deleted.", "gone")


async def section(request: web.Request, post: Post, person: Person | None) -> Context:
    """What `comments/_section.html` needs besides what every page knows: `post` and `comments`. ?before= asks for an
    older page, ?comment= for the one with that comment.
    """
    store, now = request.app[keys.STORE], datetime.now(UTC)
    asked, before = whole_number(request.query.get("comment")), whole_number(request.query.get("before"))
    found = await comments.page_of(store.pool, post, asked) if asked else None
    if found:
        before = found[1]
    page = await comments.thread(
        store.pool,
        post,
        person.id if person else None,
        now,
        before=before,
        replies=comments.REPLIES_MAX if found else 50,
        window=store.config.comments.edit_window,
    )
    threads = [thread(one, post) for one in page.comments]
    return {
        "post": post,
        "comments": {
            "threads": threads,
            "seq": await _seq_of(store, post),
            "older": page.older,
            "newer": page.newer,
            "is_open": comments.is_open(post, store.config.comments, now),
            "liked": person is not None and await posts.liked_by(store.pool, post.id, person.id),
            **await _waiting(store, post, person),
            "form": form(request, post),
        },
    }


async def _seq_of(store: Store, post: Post) -> int:
    return await rooms.current_seq(store.pool, post.room_id) if post.room_id else 0


async def _waiting(store: Store, post: Post, person: Person | None) -> Context:
    """What waits: everybody's for the owner, their own for others."""
    if person is None:
        return {"waiting": [], "to_decide": []}
    if person.owner:
        return {"waiting": [], "to_decide": [brought(one) for one in await comments.waiting(store.pool, post.id)]}
    own = await comments.waiting_of(store.pool, post.id, person.id)
    return {"waiting": [brought(one) for one in own], "to_decide": []}


# One comment


def way_to(app: web.Application, post: Post, message_id: int) -> str:
    """Where a comment stands below its post, whichever page of a long thread that is."""
    path = pages.url_for(app, "blog.show", {"slug": post.slug, "comment": message_id})
    return f"{path}#comment-{message_id}"


def told(app: web.Application, post: Post, message: Message, top: int) -> frames.Frame:
    """What open pages are told of a comment: how it is now, drawn for anybody, or that it is gone. `top` is the one
    that its thread begins with.
    """
    head = {"id": str(message.id), "top": str(top) if top != message.id else None}
    if message.deleted:
        return {"type": "comment_delete", **head}
    html = _draw(app, post, comment(Threaded(message), post, top), None)
    return {"type": "comment", **head, "author": str(message.author.id), "html": html}


async def drawn_for_author(request: web.Request, post: Post, one: Comment) -> str:
    """The same for who wrote it, who may change it."""
    person = await current_person(request)
    if one.message_id is None or post.room_id is None:
        known = {**pages.common(request, person), "post": post, "one": brought(one)}
        return aiohttp_jinja2.get_env(request.app).get_template("comments/_waiting.html").render(known)
    store, now = request.app[keys.STORE], datetime.now(UTC)
    found = await comments.one(
        store.pool, post.room_id, one.message_id, one.author.id, now, window=store.config.comments.edit_window
    )
    tops = await comments.tops_of(store.pool, post.room_id, [one.message_id])
    shown = comment(found, post, tops.get(one.message_id)) if found else None
    return _draw(request.app, post, shown, frames.person(person) if person else None) if shown else ""


def _draw(app: web.Application, post: Post, shown: Context, you: frames.Frame | None) -> str:
    template = aiohttp_jinja2.get_env(app).get_template("comments/_comment.html")
    return template.render(post=post, comment=shown, you=you, is_open=True)


def check_pace(request: web.Request) -> None:
    """Of who looks at what they are writing, while they are writing it."""
    network = network_key(client_address(request))
    wait = request.app[keys.STORE].limits.reading.take(network, time.monotonic(), LOOKING_RATE, LOOKING_BURST)
    if wait:
        raise TooOften("That was a lot of looking at once. Please wait a moment.", wait)


def new_nonce() -> str:
    return secrets.token_urlsafe(12)


def thread(one: Threaded, post: Post) -> Context:
    """A comment with its answers."""
    answers = [comment(answer, post, one.message.id) for answer in one.replies]
    return comment(one, post) | {"replies": answers, "hidden": one.hidden}


def comment(one: Threaded, post: Post, top: int | None = None) -> Context:
    """`to` is whom it answers, where that is not who began the thread."""
    frame = frames.for_page(one.message)
    answered = frame["reply_to"]
    return frame | {
        "at": one.message.created_at,
        "edited": one.message.edited_at,
        "by_author": one.message.author.id == post.author.id,
        "likes": comments.hearts(one.message),
        "liked": one.liked,
        "others": [each for each in frame["reactions"] if each["emoji"] != comments.HEART],
        "comment_id": one.comment_id,
        "mine": one.mine,
        "may_edit": one.may_edit_until is not None,
        "to": answered if answered and top is not None and answered["id"] != str(top) else None,
        "replies": [],
        "hidden": 0,
    }


def brought(one: Comment) -> Context:
    """A comment that is no message: it waits, or it is gone."""
    return {
        "id": one.id,
        "name": one.author.name,
        "username": one.author.username,
        "avatar_url": avatar_path(one.author.id, one.author.picture),
        "html": Markup(extras.drawn(one.content)),  # noqa: S704 - drawn by db/markup.py, as what is said is
        "content": one.content,
        "at": one.created_at,
        "state": one.state,
        "why": comments.WHY.get(one.held_for or "", ""),
        "decided_by": one.decided_by,
        "decided_at": one.decided_at,
        "message_id": one.message_id,
    }


# The form


def form(
    request: web.Request, post: Post, typed: Typed = NOTHING_TYPED, refusal: Refused | None = None, preview: str = ""
) -> Context:
    """What `comments/_form.html` needs as `form`: with what was typed, and a sentence by the field that it is about."""
    store = request.app[keys.STORE]
    is_of_name = refusal is not None and refusal.code in NAME_CODES
    sentence = refusal.sentence if refusal else ""
    return {
        "name": typed.name,
        "content": typed.content,
        "reply_to": typed.reply_to,
        "nonce": typed.nonce or new_nonce(),
        "stamp": typed.stamp or comments.stamp(store.secret_key, post.id, datetime.now(UTC)),
        "name_error": sentence if is_of_name else "",
        "error": "" if is_of_name else sentence,
        "preview": Markup(preview),  # noqa: S704 - drawn by db/markup.py, as what is said is
        "content_max": store.config.hangout.content_max,
        "name_max": store.config.hangout.name_max,
    }


async def writing_page(request: web.Request, post: Post, form: Context, status: int = 200) -> web.Response:
    """The form by itself, refused or with a preview; above it what it answers."""
    answered = None
    if form["reply_to"] is not None and post.room_id is not None:
        answered = await _one(request, post, form["reply_to"])
    context = {"post": post, "form": form, "answered": answered}
    return await pages.render(request, "comments/write.html", context, status)


async def comment_page(request: web.Request, post: Post, message_id: int, form: Context) -> web.Response:
    """One comment, to be answered. Raises NotFound, or TakenBack."""
    shown = await _one(request, post, message_id)
    if shown is None:
        raise NotFound(NOTHING)
    if shown["deleted"]:
        raise TakenBack
    is_open = comments.is_open(post, request.app[keys.CONFIG].comments, datetime.now(UTC))
    context = {"post": post, "comment": shown, "form": form, "is_open": is_open}
    return await pages.render(request, "comments/show.html", context)


async def _one(request: web.Request, post: Post, message_id: int) -> Context | None:
    store, person = request.app[keys.STORE], await current_person(request)
    if post.room_id is None:
        return None
    window, now = store.config.comments.edit_window, datetime.now(UTC)
    one = await comments.one(store.pool, post.room_id, message_id, person.id if person else None, now, window=window)
    return comment(one, post) if one and one.message.kind == "said" else None


async def own_page(
    request: web.Request,
    post: Post,
    one: Comment,
    status: int = 200,
    *,
    refusal: Refused | None = None,
    typed: str = "",
) -> web.Response:
    """A comment as its author or the owner handles it."""
    store, person, now = request.app[keys.STORE], await current_person(request), datetime.now(UTC)
    is_mine = person is not None and person.id == one.author.id
    age = (now - one.created_at).total_seconds()
    context = {
        "post": post,
        "one": brought(one),
        "is_mine": is_mine,
        "may_edit": is_mine and one.state != "deleted" and age <= store.config.comments.edit_window,
        "may_decide": person is not None and person.owner,
        "is_banned": await bans.is_banned(store.pool, one.author.id, None, now),
        "error": refusal.sentence if refusal else "",
        "typed": typed or one.content,
    }
    return await pages.render(request, "comments/own.html", context, status)
