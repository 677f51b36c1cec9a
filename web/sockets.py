"""The sockets: the hangout's, a chat's, a post's, that of the live cards, and the one that tells members what waits for
them. The protocol is docs/protocol.md; who hears what is web/hall.py, web/chat_halls.py, web/comment_halls.py,
web/live_cards.py and web/notes.py.
"""

import asyncio
import socket

from aiohttp import web

from db import chats
from db.errors import NotFound
from db.sanctions import Caller

from . import counting, keys
from ._conversing import Conversation
from .audience import GRACE
from .comments import post_of
from .hall import Hall, whole_number
from .porch import Porch
from .sessions import caller, current_session

HEARTBEAT = 25.0  # seconds between pings; half of that without a pong and the socket is closed
SEND_BUFFER = 128 * 1024  # bytes in the kernel; a larger one only hides for longer that nobody reads


async def hangout(request: web.Request) -> web.StreamResponse:
    """GET /ws/hangout"""
    porch, who = request.app[keys.PORCH], await caller(request)
    with porch.rooms.taken(who.network, who.person):
        return await _sit(request, porch, porch.hangout, who)


async def room(request: web.Request) -> web.StreamResponse:
    """GET /ws/rooms/{id}: for the members of a chat; to everybody else there is none, whatever the id."""
    porch, who = request.app[keys.PORCH], await caller(request)
    room_id = whole_number(request.match_info["id"])
    if who.person is None or room_id is None:
        raise NotFound
    await chats.enter(porch.store.pool, room_id, who.person.id)
    with porch.rooms.taken(who.network, who.person):
        async with porch.open_rooms.using(room_id) as hall:
            return await _sit(request, porch, hall, who)


async def comments(request: web.Request) -> web.StreamResponse:
    """GET /ws/blog/{slug}: the comments of a post, for everybody. Nothing is said here."""
    porch, who, post = request.app[keys.PORCH], await caller(request), await post_of(request)
    with porch.rooms.taken(who.network, who.person):
        async with porch.open_posts.using(post.id) as hall:
            return await _sit(request, porch, hall, who)


async def cards(request: web.Request) -> web.StreamResponse:
    """GET /ws/cards: the live cards, for everybody. Nothing is said here."""
    porch, who = request.app[keys.PORCH], await caller(request)
    with porch.windows.taken(who.network, who.person):
        async with porch.open_cards.using(0) as hall:
            return await _sit(request, porch, hall, who, asks="have")


async def me(request: web.Request) -> web.StreamResponse:
    """GET /ws/me: for members."""
    porch, who = request.app[keys.PORCH], await caller(request)
    if who.person is None or not who.person.is_member:
        raise NotFound
    with porch.desks.taken(who.network, who.person):
        async with porch.open_desks.using(who.person.id) as desk:
            return await _sit(request, porch, desk, who)


async def _sit(
    request: web.Request, porch: Porch, hall: Hall, who: Caller, *, asks: str = "after"
) -> web.StreamResponse:
    """Reads and answers one socket until it closes. `asks`: where its address says what the page has seen already."""
    ws = web.WebSocketResponse(
        heartbeat=HEARTBEAT, compress=False, max_msg_size=porch.store.config.hangout.frame_max, timeout=1.5
    )
    await ws.prepare(request)
    counting.confirm(request)
    transport = request.transport
    if transport is None:  # it left while we shook hands
        return ws
    raw = transport.get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    seat = hall.audience.join(transport, who, await current_session(request))
    try:
        with porch.holding(ws, seat):
            await Conversation(hall, ws, seat).hold(request.query.get(asks, ""))
    finally:
        # A closed transport waits for its buffer to drain; who never reads would stay, and be counted by nobody.
        asyncio.get_running_loop().call_later(GRACE, transport.abort)
    return ws
