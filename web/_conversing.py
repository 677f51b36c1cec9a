"""One socket's conversation: the hello, then frames one by one. Called by web/sockets.py for every kind of hall."""

import asyncio
import logging
import time
from collections import deque
from contextlib import suppress
from datetime import UTC, datetime

import aiohttp
import msgspec
from aiohttp import web

from db import chats, messages, sessions
from db.errors import AWAY, NotFound, Refused, Unavailable
from db.limits import Bucket
from db.people import Person

from . import barred, frames
from ._incoming import Delete, Edit, Marked, Ping, React, Read, Send, Typing, Unreact
from ._places import Whence
from .audience import Seat
from .hall import Hall, whole_number

log = logging.getLogger(__name__)
STRIKES, STRIKES_PERIOD = 10, 60.0
TYPING_EVERY = 3.0  # seconds
FRAMES_RATE, FRAMES_BURST = 20.0, 60  # frames a second of one socket, and at once, for the usual pace of speaking
PONG = frames.encode({"type": "pong"})


class Conversation:
    """One socket's life: the hello, then frames one by one, each answered before the next is read."""

    def __init__(self, hall: Hall, ws: web.WebSocketResponse, seat: Seat) -> None:
        self._hall = hall
        self._store = hall.store
        self._ws = ws
        self._seat = seat
        self._strikes: deque[float] = deque(maxlen=STRIKES)
        self._frames = Bucket()

    async def hold(self, after: str) -> None:
        with self._hall.attended(self._seat):
            try:
                if await self._greet(after):
                    await self._listen()
            finally:
                self._hall.audience.leave(self._seat)

    async def _greet(self, after: str) -> bool:
        """False for who is sent away at once; somebody banned is told why."""
        refused = barred.refusal(self._store, self._seat.caller)
        if refused and refused.code == barred.BANNED:
            self._hall.audience.show_out(self._seat, barred.farewell(refused))
            return False
        barred.hush(self._seat, refused)
        try:
            if not await self._is_signed_in():
                raise NotFound
            frame = await self._hall.hello(self._seat, after)
        except NotFound:
            await self._ws.close(code=1001, message=b"not here any more")
            return False
        except AWAY:
            refusal = Unavailable()
            self._answer(frames.error(refusal.code, refusal.sentence, retry_after=refusal.retry_after))
            await self._ws.close(code=1011, message=b"the database is away")
            return False
        if self._seat.is_gone:  # shown out meanwhile
            return False
        if manner := self._hall.manner(self._seat):
            frame["room"] = {key: value for key, value in manner.items() if key != "type"}
        self._hall.audience.welcome(self._seat, frames.encode(frame), frame["seq"])
        return True

    async def _is_signed_in(self) -> bool:
        """Whether the session still is what it was when the socket knocked: its end may have come in between."""
        held = self._seat.session if self._seat.person else None
        return held is None or held in await sessions.still_open(self._store.pool, [held], datetime.now(UTC))

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
            frame = self._hall.incoming.decode(data)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            self._strike(f"This frame cannot be used: {_printable(error)}.", _nonce_of(data))
            return
        if isinstance(frame, Ping):
            self._seat.send(PONG)
        elif isinstance(frame, Typing | Read):
            await self._take_quietly(frame)
        else:
            await self._do(frame)

    async def _take_quietly(self, frame: Typing | Read) -> None:
        """What is not answered. While the database is away it is not done, and the client will tell again."""
        person = self._seat.person
        if person is None or (self._seat.muted and isinstance(frame, Typing)):
            return
        with suppress(NotFound, *AWAY):
            if isinstance(frame, Read):
                await chats.read(self._store, person, self._hall.room_id, frame.seq)
            elif not self._store.limits.typing.take(str(person.id), time.monotonic(), 1 / TYPING_EVERY, 1):
                await self._hall.tell_typing(person)

    async def _do(self, frame: Send | Edit | Delete | React | Unreact) -> None:
        """Answers with exactly one of `ack` and `error`."""
        try:
            if self._seat.person is None:
                raise Refused("Please choose a name first.", "not_joined")
            message = await self._done(frame, self._seat.person)
        except Refused as refusal:
            self._answer(frames.error(refusal.code, refusal.sentence, frame.nonce, refusal.retry_after))
            if refusal.code == barred.BANNED:  # known in the database before it was told here
                self._hall.audience.show_out(self._seat, barred.farewell(refusal))
        except Exception:
            log.exception("A %s could not be taken in", type(frame).__name__.lower())
            self._answer(frames.error("unavailable", Unavailable().sentence, frame.nonce, 2.0))
        else:
            self._answer({"type": "ack", "nonce": frame.nonce, "id": str(message.id), "seq": message.seq})

    async def _done(self, frame: Send | Edit | Delete | React | Unreact, person: Person) -> messages.Message:
        store, room_id, now = self._store, self._hall.room_id, datetime.now(UTC)
        if isinstance(frame, Send):
            to, media = whole_number(frame.reply_to), frame.media
            words, nonce = frame.content, frame.nonce
            return await messages.say(
                store, room_id, person, words, nonce, now, **self._from_where(), reply_to=to, media=media
            )
        message_id = whole_number(frame.id) or 0
        if isinstance(frame, Edit):
            return await messages.edit(store, room_id, person, message_id, frame.content, now, **self._from_where())
        if isinstance(frame, Delete):
            return await messages.delete(store, room_id, person, message_id, now)
        return await messages.react(store, room_id, person, message_id, frame.emoji, on=isinstance(frame, React))

    def _from_where(self) -> Whence:
        seat = self._seat
        return {"network": seat.network, "session_id": seat.session_id, "is_open": self._hall.is_public}

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
