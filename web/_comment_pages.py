"""What the templates of comments are given: the section below a post, the form, and the pages of one comment.

The section is drawn for a stranger as well as for who has come in: `section` says for whom, whoever asks.
"""

import asyncio
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web
from markupsafe import Markup

from db import comments, posts, rooms, sanctions
from db.comments import Comment
from db.errors import NotFound, Refused, TooOften
from db.people import Person
from db.posts import Post
from db.store import Store
from db.writer import COMMENTS_SHUT

from . import _records, barred, keys, pages
from ._comment_shapes import Context, brought, comment, thread
from .hall import whole_number
from .proxies import client_address, network_key
from .sessions import caller, current_person

NAME_CODES = {"bad_name"}
NOTHING = "There is no such comment here."
LOOKING_RATE, LOOKING_BURST = 10.0, 100  # previews a second of one network, and at once; shared with reading history


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


async def section(request: web.Request, post: Post, person: Person | None, *, is_own: bool = True) -> Context:
    """What `comments/_section.html` needs besides what every page knows: `post` and `comments`. ?before= asks for an
    older page, ?comment= for the one with that comment. Without `is_own` it is the one for strangers, whoever asks.
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
        whole=found[0] if found else None,
        window=store.config.comments.edit_window,
    )
    shut = await _shut(store, post)
    threads = await asyncio.to_thread(lambda: [thread(one, post) for one in page.comments])
    seq = await _seq_of(store, post)
    return {
        "post": post,
        "comments": {
            "threads": threads,
            "seq": seq,
            "older": page.older,
            "newer": page.newer,
            "is_open": comments.is_open(post, store.config.comments, now) and not shut,
            "shut": shut,
            "liked": person is not None and await posts.liked_by(store.pool, post.id, person.id),
            **await _waiting(store, post, person),
            "barred": await barred.keeping_silent(store, await caller(request)) if is_own else None,
            "record": await _records.of_page(store, person),
            "form": form(request, post, NOTHING_TYPED if person else _strangers_form(store, post, seq, now)),
        },
    }


async def _shut(store: Store, post: Post) -> str:
    """What stands in place of the form while a moderator has closed the comments."""
    manner = await rooms.manner_of(store.pool, post.room_id) if post.room_id else rooms.Manner()
    return COMMENTS_SHUT if manner.locked else ""


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


# The form


def _strangers_form(store: Store, post: Post, seq: int, now: datetime) -> Typed:
    nonce, stamp = comments.kept_marks(store.secret_key, post, seq, now)
    return Typed(nonce=nonce, stamp=stamp)


def note_look(request: web.Request, slug: str) -> None:
    """A stranger has the page of a post before them, whose stamp may be much older."""
    looks = request.app[keys.STORE].limits.looks
    looks.note(f"{network_key(client_address(request))} {slug}", time.monotonic())


def had_for(request: web.Request, slug: str) -> float | None:
    """For how many seconds they have had it, or their household."""
    looks = request.app[keys.STORE].limits.looks
    return looks.age(f"{network_key(client_address(request))} {slug}", time.monotonic())


def check_pace(request: web.Request) -> None:
    """Of who looks at what they are writing, while they are writing it."""
    network = network_key(client_address(request))
    wait = request.app[keys.STORE].limits.reading.take(network, time.monotonic(), LOOKING_RATE, LOOKING_BURST)
    if wait:
        raise TooOften("That was a lot of looking at once. Please wait a moment.", wait)


def new_nonce() -> str:
    return secrets.token_urlsafe(12)


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


async def is_under(request: web.Request, post: Post, message_id: int) -> bool:
    return await _one(request, post, message_id) is not None


async def comment_page(
    request: web.Request,
    post: Post,
    message_id: int,
    form: Context,
    status: int = 200,
    *,
    problem: str = "",
    reason: str = "",
) -> web.Response:
    """One comment, to be answered; for the owner, to be removed with a `reason`. Raises NotFound, or TakenBack."""
    shown = await _one(request, post, message_id)
    if shown is None:
        raise NotFound(NOTHING)
    if shown["deleted"]:
        raise TakenBack
    store = request.app[keys.STORE]
    you = await current_person(request)
    context = {
        "post": post,
        "comment": shown,
        "form": form,
        "is_open": comments.is_open(post, store.config.comments, datetime.now(UTC)),
        "shut": await _shut(store, post),
        "barred": await barred.keeping_silent(store, await caller(request)),
        "may_remove": you is not None and you.owner and not shown["mine"],
        "problem": problem,
        "reason": reason,
    }
    return await pages.render(request, "comments/show.html", context, status)


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
        "is_banned": sanctions.in_force(store, one.author.id, now, "ban") is not None,
        "error": refusal.sentence if refusal else "",
        "typed": typed or one.content,
    }
    return await pages.render(request, "comments/own.html", context, status)
