"""Draws the hangout's two pages for web/hangout.py: the room, and one message of it with what may be done about it."""

import random
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from db import messages, rooms
from db.errors import NotFound
from db.names import suggest_name

from . import frames, keys, pages
from .hall import whole_number
from .sessions import current_person

GONE = "This message was deleted."


async def room_page(
    request: web.Request,
    status: int = 200,
    *,
    error: str = "",
    name_error: str = "",
    typed: str = "",
    typed_name: str = "",
    nonce: str = "",
) -> web.Response:
    """The newest page of the room, or with ?before=ID an older one; what was refused stands in its form again."""
    store = request.app[keys.STORE]
    presence = store.presence
    seq, found, is_newest = await _history(request, request.query.get("before", ""))
    oldest = found[0].id if found else None
    more = await messages.page_before(store.pool, request.app[keys.HALL].room.id, oldest, 1) if oldest else []
    context: dict[str, Any] = {
        "messages": await _for_reader(request, found),
        "seq": seq,
        "online": presence.online,
        "members": presence.members,
        "relay": presence.relay if request.app[keys.HALL].is_bridged else "none",
        "older": str(oldest) if more else None,
        "newest": is_newest,
        "limits": _limits(request),
        "suggested_name": suggest_name(random.SystemRandom()),
        "error": error,
        "name_error": name_error,
        "typed": typed,
        "typed_name": typed_name,
        "nonce": nonce or new_nonce(),
    }
    return await pages.render(request, "hangout/show.html", context, status)


async def message_page(
    request: web.Request,
    message_id: int,
    status: int = 200,
    *,
    error: str = "",
    reply: str = "",
    edited: str | None = None,
    nonce: str = "",
) -> web.Response:
    """The message alone. Raises NotFound for one that never was; a deleted one answers 410, for good."""
    store = request.app[keys.STORE]
    found = await messages.get(store.pool, request.app[keys.HALL].room.id, [message_id])
    if not found:
        raise NotFound("There is no such message here.")
    [one] = found
    if one.deleted:
        return await pages.render(request, "hangout/gone.html", {"sentence": GONE}, 410)
    you = await current_person(request)
    is_own = you is not None and you.id == one.author.id and one.source == "web"
    window = timedelta(seconds=store.config.hangout.edit_window)
    [shown] = await _for_reader(request, found)
    context = {
        "message": shown,
        "is_own": is_own,
        "is_editable": is_own and datetime.now(UTC) - one.created_at < window,
        "limits": _limits(request),
        "error": error,
        "reply": reply,
        "edited": one.content if edited is None else edited,
        "nonce": nonce or new_nonce(),
    }
    return await pages.render(request, "hangout/message.html", context, status)


def new_nonce() -> str:
    return secrets.token_urlsafe(12)


def _limits(request: web.Request) -> dict[str, int]:
    config = request.app[keys.CONFIG]
    of_room = {key: getattr(config.hangout, key) for key in ("content_max", "name_max", "edit_window")}
    return of_room | {"upload_max": config.media.upload_max}


async def _for_reader(request: web.Request, found: Sequence[messages.Message]) -> list[frames.Frame]:
    """The messages for a template, with what the reader has reacted with."""
    pool = request.app[keys.STORE].pool
    person = await current_person(request)
    held = await messages.emoji_held_by(pool, person.id, [one.id for one in found]) if person else {}
    return [frames.for_page(one, held.get(one.id, frozenset())) for one in found]


async def _history(request: web.Request, before: str) -> tuple[int, list[messages.Message], bool]:
    store = request.app[keys.STORE]
    room_id = request.app[keys.HALL].room.id
    older_than = whole_number(before)
    if older_than is not None and request.method in {"GET", "HEAD"}:
        page = await messages.page_before(store.pool, room_id, older_than, store.config.hangout.page)
        return await rooms.current_seq(store.pool, room_id), page, False
    seq, page = await messages.newest(store.pool, room_id, store.config.hangout.page)
    return seq, page, True
