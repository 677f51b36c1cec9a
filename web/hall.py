"""Halls: where sockets sit, what those in them are told, and what each is greeted with.

The hangout's is open as long as the application; those of chats (web/chat_halls.py) and of what a member is told
wherever they are (web/notes.py) while somebody is in them. web/porch.py opens them, web/sockets.py seats people.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import msgspec

from db import floods, messages, rooms
from db.events import (
    ConfigChanged,
    Missed,
    PersonChanged,
    PresenceChanged,
    Relayed,
    RoomChanged,
    SanctionsChanged,
    SessionEnded,
    Typing,
)
from db.floods import READ_ONLY
from db.loops import taken
from db.people import Person
from db.store import Store

from . import barred, frames, maintenance
from ._incoming import Incoming
from .audience import ENDED, Audience, Seat

PRESENCE_EVERY = 0.5  # seconds; many who come at once are told in one frame


class Hall:
    """`room_id` is 0 for one that is no room; `incoming` reads the frames that may be sent in it. `is_public`:
    everybody may come in.
    """

    is_public = True
    incoming: "msgspec.json.Decoder[Any]" = Incoming

    def __init__(self, store: Store, room_id: int, audience: Audience) -> None:
        self.store = store
        self.room_id = room_id
        self.audience = audience

    async def hello(self, seat: Seat, after: str) -> frames.Frame:
        """The first frame of a socket. Raises NotFound when it has no place here any more."""
        raise NotImplementedError

    def manner(self, seat: Seat) -> frames.Frame | None:
        """The frame that says how one may speak here; None where nobody speaks."""
        del seat
        return None

    async def tell_typing(self, person: Person) -> None:
        """Somebody here writes."""
        self.store.live.announce(Typing(self.room_id, person.id, person.name, "web"))

    @contextmanager
    def attended(self, seat: Seat) -> Iterator[None]:
        """While the body runs, whoever sits there counts as being here."""
        person, presence = seat.person, self.store.presence
        if person is None or not person.is_member:
            yield
            return
        if presence.arrive(person.id):
            self.store.live.announce(PresenceChanged())
        try:
            yield
        finally:
            if presence.depart(person.id):
                self.store.live.announce(PresenceChanged())

    def hear(self, event: object) -> None:
        """The hub's listener."""
        if isinstance(event, SessionEnded):
            self.audience.send_off(lambda seat: seat.session == event.token_hash, ENDED)
        elif isinstance(event, PersonChanged):
            self.audience.rename(event.person)
        elif isinstance(event, ConfigChanged):
            maintenance.empty(self.store, self.audience)
        elif isinstance(event, Typing) and event.room_id == self.room_id:
            self.audience.tell_all(frames.typing(event))
        elif isinstance(event, SanctionsChanged):
            for seat in self.audience.everybody():
                self._review(seat)

    def _review(self, seat: Seat) -> None:
        """Shows out who is banned by now, and tells who only reads from here, or does not any more; before the hello
        the hello does.
        """
        refused = barred.refusal(self.store, seat.caller)
        if refused and refused.code == barred.BANNED:
            self.audience.show_out(seat, barred.farewell(refused))
            return
        if barred.hush(seat, refused) and seat.known is not None and (frame := self.manner(seat)):
            seat.send(frames.encode(frame))


class Hangout(Hall):
    """`manner_now`: how one may speak, as it was last read."""

    def __init__(self, store: Store, room: rooms.Room, audience: Audience, manner: rooms.Manner) -> None:
        super().__init__(store, room.id, audience)
        self.room = room
        self.manner_now = manner
        self._look = asyncio.Event()
        self._presence_is_due = False
        self._told: frames.Frame | None = None  # what everybody knows of who is here

    @property
    def is_bridged(self) -> bool:
        """Whether there is a Discord at all that the hangout could be one room with."""
        config = self.store.config
        has_way = bool(config.discord.token) or config.process.role == "web"
        return has_way and self.store.discord.state != "no_channel"

    @contextmanager
    def attended(self, seat: Seat) -> Iterator[None]:
        visitor = f"person {seat.person.id}" if seat.person else f"socket {id(seat)}"
        self.store.presence.enter(visitor)
        self.store.live.announce(PresenceChanged())
        try:
            with super().attended(seat):
                yield
        finally:
            self.store.presence.leave(visitor)
            self.store.live.announce(PresenceChanged())

    async def hello(self, seat: Seat, after: str) -> frames.Frame:
        await self._tell_apart([seat])
        seq, found, reset = await news_since(self.store, self.room_id, after)
        frame = await hello(self.store, seat.person, seq, found, reset=reset)
        if frames.presence(self.store.presence) != self._told:
            self._told = None  # not everybody knows the same from here
        return frame

    def manner(self, seat: Seat) -> frames.Frame:
        is_free = seat.person is not None and seat.person.may_write_posts  # whom slow mode does not hold up
        now = replace(self.manner_now, slowmode=0) if is_free else self.manner_now
        if not seat.muted and seat.is_new and self.store.alarms.is_panic:
            return frames.room(now, self.alarm, READ_ONLY, READ_ONLY, on_record=False)
        return frames.room(now, self.alarm, seat.muted, seat.muted_html, on_record=bool(seat.muted))

    async def _tell_apart(self, seats: list[Seat]) -> None:
        """Finds out who only reads during a panic: whoever is nobody yet, and whoever has not spoken before it."""
        if not self.store.alarms.is_panic:
            return
        people = {seat.person.id: seat.person for seat in seats if seat.person}
        new = await floods.newcomers(self.store, list(people.values()))
        for seat in seats:
            seat.is_new = seat.person is None or seat.person.id in new

    @property
    def alarm(self) -> str:
        alarms = self.store.alarms
        return "panic" if alarms.is_panic else "raid" if alarms.raid_id else ""

    async def keep_up(self) -> None:
        """Tells everybody when the room is locked, slowed or opened, or the house is alarmed."""
        while True:
            async with taken(self._look):
                self.manner_now = await rooms.manner_of(self.store.pool, self.room_id)
                await self._tell_apart(self.audience.greeted())
            for seat in self.audience.greeted():
                seat.send(frames.encode(self.manner(seat)))

    def hear(self, event: object) -> None:
        super().hear(event)
        if isinstance(event, PresenceChanged) and not self._presence_is_due:
            self._presence_is_due = True
            asyncio.get_running_loop().call_later(PRESENCE_EVERY, self._tell_presence)
        elif isinstance(event, Relayed) and event.room_id == self.room_id:
            self._tell_relayed(event)
        elif isinstance(event, Missed) or (isinstance(event, RoomChanged) and event.room_id in {0, self.room_id}):
            self._look.set()

    def _tell_presence(self) -> None:
        """Members who come to other parts of the house change nothing here."""
        self._presence_is_due = False
        presence = frames.presence(self.store.presence)
        if presence != self._told:
            self._told = presence
            self.audience.tell_all(presence)

    def _tell_relayed(self, event: Relayed) -> None:
        """How far a message has come is its author's and the owner's business."""
        data = frames.encode(frames.relayed(event))
        for seat in self.audience.greeted():
            if seat.person and (seat.person.owner or seat.person.id == event.author_id):
                seat.send(data)


async def news_since(store: Store, room_id: int, after: str) -> tuple[int, list[messages.Message], bool]:
    """The room's `seq` and its newest page, or every change since `after`, or the newest page again when that is too
    much; the last is told by True.
    """
    limits = store.config.hangout
    found: list[messages.Message] = []
    reset = bool(after)
    seq = 0
    since = whole_number(after)
    if since is not None:
        seq, found = await messages.changed_after(store.pool, room_id, since, limits.resume_max)
        reset = len(found) > limits.resume_max or since > seq
    if since is None or reset:
        seq, found = await messages.newest(store.pool, room_id, limits.page)
    return seq, found, reset


async def shown(store: Store, person: Person | None, found: list[messages.Message]) -> list[frames.Frame]:
    """The messages as this person sees them: with their own reactions marked."""
    held = await messages.emoji_held_by(store.pool, person.id, [one.id for one in found]) if person else {}
    return [frames.message(one, held.get(one.id, frozenset())) for one in found]


async def hello(
    store: Store, person: Person | None, seq: int, found: list[messages.Message], *, reset: bool
) -> frames.Frame:
    """The hangout's first frame."""
    presence = store.presence
    return {
        "type": "hello",
        "you": frames.person(person) if person else None,
        "seq": seq,
        "messages": await shown(store, person, found),
        "reset": reset,
        "online": presence.online,
        "relay": presence.relay,
        "owner": presence.owner,
        "members": presence.members,
    }


def whole_number(text: str | None) -> int | None:
    """A whole number as clients write one, or None for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 18 else None
