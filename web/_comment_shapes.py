"""A comment as templates and open pages are given it: what is said below a post, and what waits to be.

Called by web/_comment_pages.py, and by web/comment_halls.py for what open pages are told.
"""

from datetime import UTC, datetime
from typing import Any

import aiohttp_jinja2
from aiohttp import web
from markupsafe import Markup

from db import comments
from db.comments import Comment, Threaded
from db.messages import Message
from db.people import avatar_path
from db.posts import Post

from . import extras, frames, keys, pages
from .sessions import current_person

Context = dict[str, Any]


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
        "mark": comments.mark_of(one.content),
        "at": one.created_at,
        "state": one.state,
        "why": comments.WHY.get(one.held_for or "", ""),
        "decided_by": one.decided_by,
        "decided_at": one.decided_at,
        "message_id": one.message_id,
    }


# As it is told, and where it is


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
