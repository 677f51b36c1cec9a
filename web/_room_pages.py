"""Draws the two pages that every room has, the hangout and each chat: the room, and one message of it with what may be
done about it. Called by web/_talking.py and by the handlers of the rooms.
"""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web
from markupsafe import Markup

from db import held, messages, rooms
from db.errors import NotFound

from . import _records, barred, extras, frames, keys, pages
from ._places import Place
from .hall import whole_number
from .sessions import caller, current_person

GONE = "This message was deleted."


async def room_page(
    request: web.Request,
    place: Place,
    status: int = 200,
    *,
    error: str = "",
    typed: str = "",
    nonce: str = "",
    **more: Any,
) -> web.Response:
    """The newest page of the room, or with ?before=ID an older one; what was refused stands in its form again.

    `more` replaces what the place itself gives to its page.
    """
    store = request.app[keys.STORE]
    seq, found, is_newest = await _history(request, place, request.query.get("before", ""))
    oldest = found[0].id if found else None
    older = await messages.page_before(store.pool, place.id, oldest, 1) if oldest else []
    kept = await barred.keeping_silent(store, await caller(request))
    context: dict[str, Any] = {
        **place.around(),
        "room": place,
        "here": place.here,  # a refused form is drawn under the form's own address, to which nobody can go back
        "messages": _with_ticks(place, await for_reader(request, found)),
        "seq": seq,
        "older": str(oldest) if older else None,
        "newest": is_newest,
        "limits": _limits(request),
        "error": "" if kept and kept.sentence == error else error,  # said in place of the form already
        "typed": typed,
        "nonce": nonce or new_nonce(),
        "barred": kept,
        "record": await _records.of_page(store, await current_person(request)),
        "held": await _waiting(request, place),
        **more,
    }
    return await pages.render(request, place.template(place.home), context, status)


async def message_page(
    request: web.Request,
    place: Place,
    message_id: int,
    status: int = 200,
    *,
    error: str = "",
    reply: str = "",
    edited: str | None = None,
    nonce: str = "",
    reason: str = "",
) -> web.Response:
    """The message alone. Raises NotFound for one that never was; a deleted one answers 410, for good."""
    store = request.app[keys.STORE]
    found = await messages.get(store.pool, place.id, [message_id])
    if not found:
        raise NotFound("There is no such message here.")
    [one] = found
    around = {**place.around(), "room": place, "here": place.here}
    if one.deleted:
        return await pages.render(request, place.template("gone"), {**around, "sentence": GONE}, 410)
    you = await current_person(request)
    is_own = you is not None and you.id == one.author.id and one.source == "web"
    window = timedelta(seconds=store.config.hangout.edit_window)
    [shown] = _with_ticks(place, await for_reader(request, found))
    kept = await barred.keeping_silent(store, await caller(request))
    context = {
        **around,
        "message": shown,
        "is_own": is_own,
        "barred": kept,
        "may_remove": you is not None and you.owner and not is_own and not place.is_chat,
        "reason": reason,
        "is_editable": is_own and place.is_open and datetime.now(UTC) - one.created_at < window,
        "limits": _limits(request),
        "error": "" if kept and kept.sentence == error else error,
        "reply": reply,
        "edited": one.content if edited is None else edited,
        "nonce": nonce or new_nonce(),
    }
    return await pages.render(request, place.template("message"), context, status)


async def _waiting(request: web.Request, place: Place) -> list[frames.Frame]:
    """What whoever reads has said here and a moderator has not let through yet."""
    person = await current_person(request)
    if person is None or place.is_chat:
        return []
    own = await held.own(request.app[keys.STORE].pool, person.id)
    return [
        {"nonce": one.nonce, "html": Markup(extras.drawn(one.content)), "content": one.content}  # noqa: S704 - as said ones
        for one in own
        if one.room_id == place.id
    ]


def new_nonce() -> str:
    return secrets.token_urlsafe(12)


def _limits(request: web.Request) -> dict[str, int]:
    config = request.app[keys.STORE].config
    of_room = {key: getattr(config.hangout, key) for key in ("content_max", "name_max", "edit_window")}
    return of_room | {"upload_max": config.media.upload_max}


async def for_reader(request: web.Request, found: Sequence[messages.Message]) -> list[frames.Frame]:
    """The messages for a template, with what the reader has reacted with."""
    pool = request.app[keys.STORE].pool
    person = await current_person(request)
    held = await messages.emoji_held_by(pool, person.id, [one.id for one in found]) if person else {}
    return [frames.for_page(one, held.get(one.id, frozenset())) for one in found]


def _with_ticks(place: Place, shown: list[frames.Frame]) -> list[frames.Frame]:
    """In a chat, whether the other has read each. What was changed since stays read."""
    return [one | {"tick": "read" if int(one["id"]) <= place.read_to else "sent"} for one in shown]


async def _history(request: web.Request, place: Place, before: str) -> tuple[int, list[messages.Message], bool]:
    store = request.app[keys.STORE]
    older_than = whole_number(before)
    if older_than is not None and request.method in {"GET", "HEAD"}:
        page = await messages.page_before(store.pool, place.id, older_than, store.config.hangout.page)
        return await rooms.current_seq(store.pool, place.id), page, False
    seq, page = await messages.newest(store.pool, place.id, store.config.hangout.page)
    return seq, page, True
