"""The sockets: the hangout's, a chat's, a post's, that of the live cards, and the one that tells members what waits for
them. The protocol is docs/protocol.md; who hears what is web/hall.py, web/chat_halls.py, web/comment_halls.py,
web/live_cards.py and web/notes.py.
"""

import asyncio
import socket

from aiohttp import web

from db import chats
from db.errors import NotFound
from db.people import Person

from . import counting, keys
from ._conversing import Conversation
from .audience import GRACE
from .comments import post_of
from .hall import Hall, whole_number
from .porch import Porch
from .proxies import client_address, network_key
from .sessions import current_person, current_session

HEARTBEAT = 25.0  # seconds between pings; half of that without a pong and the socket is closed
SEND_BUFFER = 128 * 1024  # bytes in the kernel; a larger one only hides for longer that nobody reads


async def hangout(request: web.Request) -> web.StreamResponse:
    """GET /ws/hangout"""
    porch, network = request.app[keys.PORCH], network_key(client_address(request))
    person = await current_person(request)
    with porch.rooms.taken(network, person):
        return await _sit(request, porch, porch.hangout, person, network)


async def room(request: web.Request) -> web.StreamResponse:
    """GET /ws/rooms/{id}: for the members of a chat; to everybody else there is none, whatever the id."""
    porch, network = request.app[keys.PORCH], network_key(client_address(request))
    person, room_id = await current_person(request), whole_number(request.match_info["id"])
    if person is None or room_id is None:
        raise NotFound
    await chats.enter(porch.store.pool, room_id, person.id)
    with porch.rooms.taken(network, person):
        async with porch.open_rooms.using(room_id) as hall:
            return await _sit(request, porch, hall, person, network)


async def comments(request: web.Request) -> web.StreamResponse:
    """GET /ws/blog/{slug}: the comments of a post, for everybody. Nothing is said here."""
    porch, network = request.app[keys.PORCH], network_key(client_address(request))
    person, post = await current_person(request), await post_of(request)
    with porch.rooms.taken(network, person):
        async with porch.open_posts.using(post.id) as hall:
            return await _sit(request, porch, hall, person, network)


async def cards(request: web.Request) -> web.StreamResponse:
    """GET /ws/cards: the live cards, for everybody. Nothing is said here."""
    porch, network = request.app[keys.PORCH], network_key(client_address(request))
    person = await current_person(request)
    with porch.windows.taken(network, person):
        async with porch.open_cards.using(0) as hall:
            return await _sit(request, porch, hall, person, network, asks="have")


async def me(request: web.Request) -> web.StreamResponse:
    """GET /ws/me: for members."""
    porch, network = request.app[keys.PORCH], network_key(client_address(request))
    person = await current_person(request)
    if person is None or not person.is_member:
        raise NotFound
    with porch.desks.taken(network, person):
        async with porch.open_desks.using(person.id) as desk:
            return await _sit(request, porch, desk, person, network)


async def _sit(
    request: web.Request, porch: Porch, hall: Hall, person: Person | None, network: str, *, asks: str = "after"
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
    seat = hall.audience.join(transport, person, await current_session(request))
    try:
        with porch.holding(ws, seat):
            await Conversation(hall, ws, seat, network).hold(request.query.get(asks, ""))
    finally:
        # A closed transport waits for its buffer to drain; who never reads would stay, and be counted by nobody.
        asyncio.get_running_loop().call_later(GRACE, transport.abort)
    return ws
