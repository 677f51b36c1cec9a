"""What a member is told wherever on the site they are: how much waits for them, in which chat. Never what it says.

One hall for each member who has a page open; web/porch.py opens it with their first socket.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from db import chats
from db.chats import Waiting
from db.errors import NotFound
from db.events import Missed, Noted
from db.loops import again_and_again, doing, taken
from db.store import Store

from . import frames
from ._incoming import PingOnly
from .audience import Audience, Seat
from .hall import Hall

TOGETHER = 0.05  # seconds; what changes at once is read once


class Desk(Hall):
    """`person_id`: whose it is."""

    incoming = PingOnly

    def __init__(self, store: Store, person_id: int) -> None:
        super().__init__(store, 0, Audience(0))
        self.person_id = person_id
        self._known: Waiting | None = None
        self._look = asyncio.Event()

    async def hello(self, seat: Seat, after: str) -> frames.Frame:
        del after
        if seat.person is None or seat.person.id != self.person_id:
            raise NotFound
        waiting = await chats.waiting(self.store.pool, self.person_id)
        self._known = self._known or waiting  # others here may still have to be told what has changed since
        return hello(waiting)

    def hear(self, event: object) -> None:
        super().hear(event)
        if isinstance(event, Missed) or (isinstance(event, Noted) and event.person_id == self.person_id):
            self._look.set()

    async def keep_up(self) -> None:
        while True:
            async with taken(self._look, TOGETHER):
                waiting = await chats.waiting(self.store.pool, self.person_id)
            for frame in news(self._known or waiting, waiting):
                self.audience.tell_all(frame)
            self._known = waiting


def hello(waiting: Waiting) -> frames.Frame:
    """The first frame of `/ws/me`."""
    return {
        "type": "hello",
        "seq": 0,
        "unread": waiting.unread,
        "requests": waiting.requests,
        "rooms": {str(room): unread for room, (unread, _, _) in waiting.rooms.items()},
    }


def news(before: Waiting, now: Waiting) -> Iterator[frames.Frame]:
    """What is otherwise than before: chats that have come, were closed or left; messages; requests."""
    totals = {"total": now.unread, "requests": now.requests}
    for room, (unread, name, closed) in now.rooms.items():
        was, _, was_closed = before.rooms.get(room, (0, name, None))
        head = {"room": str(room), "name": name}
        if closed is not was_closed:
            yield {"type": "chat", **head, "state": "closed" if closed else "open", **totals}
        if unread != was:
            yield {"type": "unread", **head, "unread": unread, **totals}
    for room, (_, name, _) in before.rooms.items():
        if room not in now.rooms:
            yield {"type": "chat", "room": str(room), "name": name, "state": "left", **totals}
    if now.requests != before.requests or now.asked_by != before.asked_by:
        yield {"type": "requests", "name": now.asked_by, **totals}


@asynccontextmanager
async def open_desk(store: Store, person_id: int) -> AsyncIterator[Hall]:
    desk = Desk(store, person_id)
    keeping = again_and_again("Telling what waits", desk.keep_up, longest=2.0)
    with store.live.listening(desk.hear):
        async with doing(keeping, f"notes for person {person_id}"):
            yield desk
