"""The halls of chats: two people at most, and what the one is to know of the other.

Opened by web/porch.py when the first socket of the room comes, and closed behind the last.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from db import chats
from db.errors import NotFound
from db.events import Missed, Parted, PersonChanged, PresenceChanged, Read
from db.feeds import following
from db.loops import again_and_again, doing, taken
from db.people import Person
from db.rooms import Manner
from db.store import Store

from . import frames
from ._incoming import InChat
from .audience import OVER, Audience, Seat
from .hall import PRESENCE_EVERY, Hall, news_since, shown


class ChatHall(Hall):
    """`closed`: one of the two has left, and those who are here know it."""

    is_public = False
    incoming = InChat

    def __init__(self, store: Store, room_id: int, audience: Audience) -> None:
        super().__init__(store, room_id, audience)
        self.closed = False
        self._look = asyncio.Event()
        self._must_check = False
        self._told: list[int] | None = None  # who the others know to be here

    async def hello(self, seat: Seat, after: str) -> frames.Frame:
        person = seat.person
        if person is None:
            raise NotFound
        seq, found, reset = await news_since(self.store, self.room_id, after)
        chat = await chats.enter(self.store.pool, self.room_id, person.id)
        if chat.closed and not self.closed:
            self._part(but=seat)
        here = await self._here()
        if here != self._told:
            self._told = None
            self._look.set()
        messages = await shown(self.store, person, found)
        return hello(person, chat, seq, messages, here, reset=reset)

    def manner(self, seat: Seat) -> frames.Frame:
        return frames.room(Manner(locked=self.closed), "", seat.muted, seat.muted_html, on_record=bool(seat.muted))

    async def tell_typing(self, person: Person) -> None:
        if await chats.may_show_typing(self.store.pool, self.room_id, person.id):
            await super().tell_typing(person)

    def hear(self, event: object) -> None:
        super().hear(event)
        if isinstance(event, PresenceChanged | PersonChanged):  # they may show themselves otherwise
            self._look.set()
        elif isinstance(event, Read) and event.room_id == self.room_id:
            self.audience.tell_all(frames.read(event))
        elif isinstance(event, Parted) and event.room_id == self.room_id:
            self._part()
        elif isinstance(event, Missed):
            self._must_check = True
            self._look.set()

    def _part(self, but: Seat | None = None) -> None:
        """Sends everybody away: who has left finds nothing when they come back, and the other that it is closed."""
        self.closed = True
        self.audience.send_off(lambda seat: seat is not but, OVER)

    async def keep_up(self) -> None:
        """Tells who is here whenever that changes, and sees whether somebody has left in a way that was not heard."""
        while True:
            async with taken(self._look, PRESENCE_EVERY):
                await self._check()
                await self._tell_presence()

    async def _check(self) -> None:
        if self._must_check:
            present, closed = await chats.present(self.store.pool, self.room_id)
            self.audience.send_off(lambda seat: seat.person is None or seat.person.id not in present, OVER)
            if closed and not self.closed:
                self._part()
            self._must_check = False

    async def _tell_presence(self) -> None:
        here = await self._here()
        if here != self._told:
            self._told = here
            self.audience.tell_all(frames.here(here))

    async def _here(self) -> list[int]:
        """Who of the two has the site open, as far as they let others see it; nobody once the chat is closed."""
        if self.closed:
            return []
        showing = await chats.showing_online(self.store.pool, self.room_id)
        return [one for one in showing if self.store.presence.is_here(one)]


def hello(
    person: Person, chat: chats.Chat, seq: int, messages: list[frames.Frame], here: list[int], *, reset: bool
) -> frames.Frame:
    """A chat's first frame."""
    return {
        "type": "hello",
        "you": frames.person(person),
        "seq": seq,
        "messages": messages,
        "reset": reset,
        "online": len(here),
        "here": [str(one) for one in here],
        "reads": {str(person.id): chat.read_seq, str(chat.other.id): chat.other_read_seq},
        "closed": chat.closed,
    }


@asynccontextmanager
async def open_chat(store: Store, room_id: int) -> AsyncIterator[Hall]:
    async with following(store, room_id) as feed:
        hall = ChatHall(store, room_id, Audience(feed.seq))
        keeping = again_and_again("Telling who is in a chat", hall.keep_up)
        with feed.followed_by(hall.audience.tell), store.live.listening(hall.hear):
            async with doing(keeping, f"presence in room {room_id}"):
                yield hall
