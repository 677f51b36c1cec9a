"""Rooms over HTTP: GET /api/v1/rooms/hangout/messages, and .../{id}/messages for the members of a chat.

For those without a socket, and for older pages.
"""

import time

import msgspec
from aiohttp import web

from db import chats, messages, rooms
from db.errors import NotFound, Refused, TooOften

from . import frames, keys
from .hall import whole_number
from .proxies import client_address, network_key
from .sessions import current_person

LIMIT_MAX = 100
READING_RATE, READING_BURST = 10.0, 100  # pages a second and network, and at once


async def list_messages(request: web.Request) -> web.Response:
    _check_pace(request)
    return await _list(request, request.app[keys.HALL].room_id)


async def list_room_messages(request: web.Request) -> web.Response:
    """Whatever the id, there is nothing for whoever is not in that chat."""
    _check_pace(request)
    person, room_id = await current_person(request), whole_number(request.match_info["id"])
    if person is None or room_id is None:
        raise NotFound
    await chats.enter(request.app[keys.STORE].pool, room_id, person.id)
    return await _list(request, room_id)


def _check_pace(request: web.Request) -> None:
    network = network_key(client_address(request))
    wait = request.app[keys.STORE].limits.reading.take(network, time.monotonic(), READING_RATE, READING_BURST)
    if wait:
        raise TooOften("That was a lot of reading at once. Please wait a moment.", wait)


async def _list(request: web.Request, room_id: int) -> web.Response:
    """`before`: messages older than that id. `after`: what changed since that seq, deletions too. Neither: the
    newest page.
    """
    store = request.app[keys.STORE]
    before, after = _number(request, "before"), _number(request, "after")
    limit = min(max(_number(request, "limit") or store.config.hangout.page, 1), LIMIT_MAX)
    reset = False
    if before is not None:
        seq = await rooms.current_seq(store.pool, room_id)
        found = await messages.page_before(store.pool, room_id, before, limit + 1)
    elif after is not None:
        most = store.config.hangout.resume_max
        seq, found = await messages.changed_after(store.pool, room_id, after, most)
        reset = len(found) > most or after > seq
    if before is None and (after is None or reset):
        seq, found = await messages.newest(store.pool, room_id, limit + 1)
    is_page = before is not None or after is None or reset
    more = is_page and len(found) > limit
    person = await current_person(request)
    shown = found[-limit:] if is_page else found
    held = await messages.emoji_held_by(store.pool, person.id, [one.id for one in shown]) if person else {}
    body = {
        "seq": seq,
        "messages": [frames.message(one, held.get(one.id, frozenset())) for one in shown],
        "reset": reset,
        "more": more,
    }
    headers = {"Cache-Control": "no-store" if person else "no-cache", "Vary": "Cookie"}
    return web.Response(body=msgspec.json.encode(body), content_type="application/json", headers=headers)


def _number(request: web.Request, name: str) -> int | None:
    text = request.query.get(name, "")
    if text and not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Refused(f"The parameter {name} must be a whole number.", "bad_parameter")
    return int(text) if text else None
