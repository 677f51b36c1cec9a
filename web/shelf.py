"""The shelf: what readers of the blog ask for is drawn once, and then lies here as bytes until something changes.

Whatever may be seen on any of its pages turns the shelf: what lies on it is drawn again when it is next asked for.
Until then nothing is done, and of many who ask at once one draws for all. The oldest makes room for the newest.
"""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar, cast

from aiohttp import web

from db import posts, rooms
from db.errors import AWAY
from db.events import Behind, Changed, Missed, PersonChanged, PostsChanged, RoomChanged
from db.store import Store

from . import keys
from .sheets import Drawn, Sheet, pressed

log = logging.getLogger(__name__)

BYTES_MAX = 32 * 1024 * 1024
KEPT_MAX = 3600.0  # seconds, after which a page is drawn again in any case: what it says of today may have changed
ROOMS_MAX = 10_000
FACTS_MAX = 200  # a page of a search is some kilobytes

Fact = TypeVar("Fact")
Draw = Callable[[], Awaitable[Drawn]]


@dataclass(slots=True)
class Place:
    """A sheet on the shelf. `turn` is that of the shelf in which its drawing began."""

    sheet: Sheet
    turn: int
    drawn_at: float


class Shelf:
    """For one process. It hears what is announced here, and what other processes told."""

    def __init__(self, store: Store, bytes_max: int = BYTES_MAX) -> None:
        self._store = store
        self._bytes_max = bytes_max
        self._places: OrderedDict[Hashable, Place] = OrderedDict()
        self._facts: OrderedDict[str, tuple[int, object]] = OrderedDict()
        self._drawing: dict[Hashable, asyncio.Task[Sheet]] = {}
        self._bytes = 0
        self._turn = 0
        self._settled = -1  # the turn for which `_due` was read
        self._due: datetime | None = None
        self._in_doubt = False  # something may have changed that nobody told here
        self._version = ""
        self._holds_comments: dict[int, bool] = {}  # by room
        self._unknown: set[int] = set()

    # What turns it

    def hear(self, event: object) -> None:
        """The hub's listener."""
        if isinstance(event, PostsChanged | PersonChanged):
            self._turn += 1
        elif isinstance(event, Missed):
            self._in_doubt = True
        elif isinstance(event, RoomChanged) and not event.room_id:  # the whole house: a raid, a panic
            self._turn += 1
        elif isinstance(event, Changed | Behind | RoomChanged):
            holds = self._holds_comments.get(event.room_id)
            if holds is None:
                self._unknown.add(event.room_id)
            elif holds and not isinstance(event, Behind):
                self._turn += 1
            elif holds:
                self._in_doubt = True

    async def _settle(self) -> None:
        """Asks what only the database knows: whether a room that was heard of holds comments, whether anything changed
        that nobody told, and when the next post comes out by itself.
        """
        if self._unknown:
            await self._look_at_rooms()
        if self._in_doubt:
            await self._compare()
        now = datetime.now(UTC)
        if self._due is not None and now >= self._due and self._settled == self._turn:
            self._turn += 1
        if self._settled != self._turn:
            turn = self._turn
            self._due = await posts.next_due(self._store.pool, now)
            self._settled = turn

    async def _look_at_rooms(self) -> None:
        asked = list(self._unknown)
        found = await rooms.holding_comments(self._store.pool, asked)
        self._unknown.difference_update(asked)
        if len(self._holds_comments) > ROOMS_MAX:
            self._holds_comments.clear()
        self._holds_comments.update({room_id: room_id in found for room_id in asked})
        self._turn += bool(found)

    async def _compare(self) -> None:
        self._in_doubt = False
        try:
            version = await posts.version(self._store.pool)
        except BaseException:
            self._in_doubt = True
            raise
        self._turn += version != self._version
        self._version = version

    # What lies on it

    async def find(self, key: Hashable, draw: Draw) -> Sheet:
        """The sheet of this name, drawn if it is not there as things are now. While the database is away it is shown as
        it was. Raises what the drawing raises.
        """
        try:
            await self._settle()
            place = self._places.get(key)
            if place and place.turn == self._turn and time.monotonic() - place.drawn_at < KEPT_MAX:
                self._places.move_to_end(key)
                return place.sheet
            return await self._once(key, draw)
        except AWAY:
            if key not in self._places:
                raise
            return self._places[key].sheet

    async def recall(self, name: str, read: Callable[[], Awaitable[Fact]]) -> Fact:
        """What many pages of one turn need, read once for all of them. The newest facts are remembered. Raises AWAY."""
        await self._settle()
        turn, fact = self._facts.get(name, (-1, None))
        if turn == self._turn:
            return cast("Fact", fact)
        turn = self._turn
        fresh = await read()
        self._facts[name] = turn, fresh
        self._facts.move_to_end(name)
        if len(self._facts) > FACTS_MAX:
            self._facts.popitem(last=False)
        return fresh

    async def _once(self, key: Hashable, draw: Draw) -> Sheet:
        """One drawing for all who wait for it. It goes on when one of them leaves."""
        now = (key, self._turn)
        task = self._drawing.get(now)
        if task is None:
            task = self._drawing[now] = asyncio.create_task(self._draw(key, draw, self._turn))
            task.add_done_callback(lambda done: self._drawn(now, done))
        return await asyncio.shield(task)

    def _drawn(self, now: Hashable, done: "asyncio.Task[Sheet]") -> None:
        del self._drawing[now]
        if not done.cancelled():
            done.exception()  # looked at: those who waited may all have left

    async def _draw(self, key: Hashable, draw: Draw, turn: int) -> Sheet:
        before = self._places.get(key)
        try:
            drawn = await draw()
        except AWAY:
            raise
        except Exception:
            self._take_down(key)
            raise
        sheet = await asyncio.to_thread(pressed, drawn, before.sheet if before else None)
        self._put(key, Place(sheet, turn, time.monotonic()))
        return sheet

    def _put(self, key: Hashable, place: Place) -> None:
        there = self._places.get(key)
        if there and there.turn > place.turn:
            return
        self._take_down(key)
        self._places[key] = place
        self._bytes += place.sheet.size
        while self._bytes > self._bytes_max:
            self._take_down(next(iter(self._places)))

    def _take_down(self, key: Hashable) -> None:
        if gone := self._places.pop(key, None):
            self._bytes -= gone.sheet.size

    async def close(self) -> None:
        for task in list(self._drawing.values()):
            task.cancel()
        await asyncio.gather(*self._drawing.values(), return_exceptions=True)


async def kept(app: web.Application) -> AsyncIterator[None]:
    """cleanup_ctx: the shelf hears what happens while the site is up."""
    shelf = app[keys.SHELF]
    with app[keys.STORE].live.listening(shelf.hear):
        yield
    await shelf.close()
