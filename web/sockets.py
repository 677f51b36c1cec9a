"""The hangout's socket: GET /ws/hangout. The protocol is docs/protocol.md; who hears what is web/hall.py."""

import asyncio
import logging
import socket
import time
from collections import deque
from datetime import UTC, datetime

import aiohttp
import msgspec
from aiohttp import web

from db import events, messages
from db.errors import AWAY, Refused, Unavailable
from db.events import PresenceChanged
from db.limits import Bucket
from db.people import Person

from . import frames, keys
from ._incoming import Delete, Edit, Incoming, Marked, Ping, React, Send, Typing, Unreact
from .audience import GRACE, Seat
from .hall import Hall, hello, whole_number
from .proxies import client_address, network_key
from .sessions import current_person, current_session

log = logging.getLogger(__name__)
HEARTBEAT = 25.0  # seconds between pings; half of that without a pong and the socket is closed
STRIKES, STRIKES_PERIOD = 10, 60.0
TYPING_EVERY = 3.0  # seconds
FRAMES_RATE, FRAMES_BURST = 20.0, 60  # frames a second of one socket, and at once, for the usual pace of speaking
SEND_BUFFER = 128 * 1024  # bytes in the kernel; a larger one only hides for longer that nobody reads


PONG = frames.encode({"type": "pong"})


async def hangout(request: web.Request) -> web.StreamResponse:
    """Reads and answers one socket until it closes."""
    hall = request.app[keys.HALL]
    network = network_key(client_address(request))
    person = await current_person(request)
    with hall.room_for(network, person):
        ws = web.WebSocketResponse(
            heartbeat=HEARTBEAT, compress=False, max_msg_size=hall.store.config.hangout.frame_max, timeout=1.5
        )
        await ws.prepare(request)
        transport = request.transport
        if transport is not None:  # else it left while we shook hands
            seat = hall.audience.join(transport, person, await current_session(request))
            await _converse(hall, ws, seat, network, request.query.get("after", ""))
    return ws


async def _converse(hall: Hall, ws: web.WebSocketResponse, seat: Seat, network: str, after: str) -> None:
    transport = seat.transport
    raw = transport.get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    hall.sockets.add(ws)
    try:
        await Conversation(hall, ws, seat, network).hold(after)
    finally:
        hall.sockets.discard(ws)
        # A closed transport waits for its buffer to drain; who never reads would stay, and be counted by nobody.
        asyncio.get_running_loop().call_later(GRACE, transport.abort)


class Conversation:
    """One socket's life: the hello, then frames one by one, each answered before the next is read."""

    def __init__(self, hall: Hall, ws: web.WebSocketResponse, seat: Seat, network: str) -> None:
        self._hall = hall
        self._store = hall.store
        self._ws = ws
        self._seat = seat
        self._network = network
        self._strikes: deque[float] = deque(maxlen=STRIKES)
        self._frames = Bucket()

    async def hold(self, after: str) -> None:
        visitor = f"person {self._seat.person.id}" if self._seat.person else f"socket {id(self._seat)}"
        presence = self._store.presence
        presence.enter(visitor)
        self._store.live.announce(PresenceChanged())
        try:
            if await self._greet(after):
                await self._listen()
        finally:
            self._hall.audience.leave(self._seat)
            presence.leave(visitor)
            self._store.live.announce(PresenceChanged())

    async def _greet(self, after: str) -> bool:
        try:
            frame = await hello(self._hall, self._seat.person, after)
        except AWAY:
            refusal = Unavailable()
            self._answer(frames.error(refusal.code, refusal.sentence, retry_after=refusal.retry_after))
            await self._ws.close(code=1011, message=b"the database is away")
            return False
        self._hall.audience.welcome(self._seat, frames.encode(frame), frame["seq"])
        return True

    async def _listen(self) -> None:
        async for packet in self._ws:
            if self._seat.is_gone:  # sent away, but not out of the door yet
                return
            if packet.type is not aiohttp.WSMsgType.TEXT:
                self._strike("Frames must be text.", None)
            elif self._is_too_quick():
                self._strikes.append(time.monotonic())
                nonce, wait = _nonce_of(packet.data), 1.0
                self._answer(frames.error("rate_limited", "That was a lot at once. Slow down a little.", nonce, wait))
            else:
                await self._take(packet.data)
            await asyncio.sleep(0)  # what is answered at once must not keep everybody else waiting
            if self._is_out():
                await self._ws.close(code=1008, message=b"too many bad frames")
                return

    def _is_too_quick(self) -> bool:
        pace = self._store.config.hangout
        return bool(
            self._frames.take("", time.monotonic(), FRAMES_RATE * max(1.0, pace.rate), FRAMES_BURST + 4 * pace.burst)
        )

    async def _take(self, data: str) -> None:
        try:
            frame = Incoming.decode(data)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            self._strike(f"This frame cannot be used: {_printable(error)}.", _nonce_of(data))
            return
        if isinstance(frame, Ping):
            self._seat.send(PONG)
        elif isinstance(frame, Typing):
            self._tell_typing()
        else:
            await self._do(frame)

    def _tell_typing(self) -> None:
        person = self._seat.person
        if person and not self._store.limits.typing.take(str(person.id), time.monotonic(), 1 / TYPING_EVERY, 1):
            self._store.live.announce(events.Typing(self._hall.room.id, person.id, person.name, "web"))

    async def _do(self, frame: Send | Edit | Delete | React | Unreact) -> None:
        """Answers with exactly one of `ack` and `error`."""
        try:
            if self._seat.person is None:
                raise Refused("Please choose a name first.", "not_joined")
            message = await self._done(frame, self._seat.person)
        except Refused as refusal:
            self._answer(frames.error(refusal.code, refusal.sentence, frame.nonce, refusal.retry_after))
        except Exception:
            log.exception("A %s could not be taken in", type(frame).__name__.lower())
            self._answer(frames.error("unavailable", Unavailable().sentence, frame.nonce, 2.0))
        else:
            self._answer({"type": "ack", "nonce": frame.nonce, "id": str(message.id), "seq": message.seq})

    async def _done(self, frame: Send | Edit | Delete | React | Unreact, person: Person) -> messages.Message:
        store, room_id, now = self._store, self._hall.room.id, datetime.now(UTC)
        if isinstance(frame, Send):
            to, media = whole_number(frame.reply_to), frame.media
            words, nonce = frame.content, frame.nonce
            return await messages.say(
                store, room_id, person, words, nonce, now, network=self._network, reply_to=to, media=media
            )
        message_id = whole_number(frame.id) or 0
        if isinstance(frame, Edit):
            return await messages.edit(store, room_id, person, message_id, frame.content, now)
        if isinstance(frame, Delete):
            return await messages.delete(store, room_id, person, message_id, now)
        return await messages.react(store, room_id, person, message_id, frame.emoji, on=isinstance(frame, React))

    def _answer(self, frame: frames.Frame) -> None:
        self._seat.send(frames.encode(frame))

    def _strike(self, sentence: str, nonce: str | None) -> None:
        self._strikes.append(time.monotonic())
        self._answer(frames.error("bad_frame", sentence, nonce))

    def _is_out(self) -> bool:
        return len(self._strikes) == STRIKES and time.monotonic() - self._strikes[0] < STRIKES_PERIOD


def _nonce_of(data: str) -> str | None:
    try:
        return msgspec.json.decode(data, type=Marked).nonce
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


def _printable(error: Exception) -> str:
    return "".join(character for character in str(error) if character.isprintable())[:200].rstrip(".")
