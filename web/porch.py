"""The porch: what all sockets of this process share. How many each network and person has, the halls that are open, and
the end of it all.

Opened and closed with the application by web/__init__.py.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime

from aiohttp import web

from db import chats, rooms, sessions
from db.errors import TooOften
from db.events import Missed, ModNoticeDue, SessionEnded
from db.feeds import following
from db.loops import again_and_again, doing, pause, taken
from db.people import Person
from db.store import Store

from . import _records, keys
from .audience import Audience, Seat
from .chat_halls import open_chat
from .comment_halls import open_comments
from .hall import Hall, Hangout
from .live_cards import open_cards
from .notes import open_desk

PER_NETWORK, PER_PERSON = 50, 20
LOCAL = {"127.0.0.1", "::/64"}  # what a proxy that is not trusted looks like, too
CLOSE_PATIENCE = 2.0  # seconds; aiohttp's own limit does not hold where a full buffer must drain first
SWEEP_EVERY = 600.0  # seconds
RECORDS_CALM = 0.3  # seconds; who comes, and what is done, within it is looked at together


class Places:
    """So many for each network and each person, from the moment they knock."""

    def __init__(self) -> None:
        self._networks: Counter[str] = Counter()
        self._people: Counter[int] = Counter()

    @contextmanager
    def taken(self, network: str, person: Person | None) -> Iterator[None]:
        """Holds a place for one more socket. Raises TooOften when a network or a person has too many."""
        key = person.id if person else 0
        crowded = self._networks[network] >= PER_NETWORK and network not in LOCAL
        if crowded or (person and self._people[key] >= PER_PERSON):
            raise TooOften("You have too many windows open here. Please close one.", 10.0)
        self._networks[network] += 1
        self._people[key] += 1
        try:
            yield
        finally:
            self._networks -= Counter([network])
            self._people -= Counter([key])


class Opening:
    """A hall that is open for as long as somebody uses it; a task of its own opens and closes it."""

    def __init__(self, made: AbstractAsyncContextManager[Hall]) -> None:
        self.users = 0
        self.hall: asyncio.Future[Hall] = asyncio.get_running_loop().create_future()
        self._over = asyncio.Event()
        self._task = asyncio.create_task(self._hold(made))

    async def _hold(self, made: AbstractAsyncContextManager[Hall]) -> None:
        try:
            async with made as hall:
                self.hall.set_result(hall)
                await self._over.wait()
        except Exception as error:  # whoever waits for the hall is told it, whatever it is
            if self.hall.done():
                raise
            self.hall.set_exception(error)

    async def close(self) -> None:
        self._over.set()
        await asyncio.wait([self._task])


class Openings:
    """Halls by number, each opened by its first user and closed behind the last."""

    def __init__(self, make: Callable[[int], AbstractAsyncContextManager[Hall]]) -> None:
        self._make = make
        self._open: dict[int, Opening] = {}

    def __len__(self) -> int:
        return len(self._open)

    def __iter__(self) -> Iterator[Hall]:
        for opening in list(self._open.values()):
            if opening.hall.done() and not opening.hall.cancelled() and not opening.hall.exception():
                yield opening.hall.result()

    @asynccontextmanager
    async def using(self, number: int) -> AsyncIterator[Hall]:
        """Raises what opening it raises."""
        opening = self._open.get(number)
        if opening is None:
            opening = self._open[number] = Opening(self._make(number))
        opening.users += 1
        try:
            yield await asyncio.shield(opening.hall)
        finally:
            opening.users -= 1
            if not opening.users:
                del self._open[number]
                await opening.close()


class Porch:
    """`sockets` are the open ones, `seats` theirs. `rooms`, `desks` and `windows`: the places in rooms, where members
    are told what waits, and where the front page is open.
    """

    def __init__(
        self,
        store: Store,
        hangout: Hangout,
        open_comments: Callable[[int], AbstractAsyncContextManager[Hall]],
        open_cards: Callable[[], AbstractAsyncContextManager[Hall]],
    ) -> None:
        self.store = store
        self.hangout = hangout
        self.sockets: set[web.WebSocketResponse] = set()
        self.seats: set[Seat] = set()
        self.rooms, self.desks, self.windows = Places(), Places(), Places()
        self.open_rooms = Openings(lambda room_id: open_chat(store, room_id))
        self.open_desks = Openings(lambda person_id: open_desk(store, person_id))
        self.open_posts = Openings(open_comments)
        self.open_cards = Openings(lambda _: open_cards())
        self._look = asyncio.Event()
        self._record = asyncio.Event()

    @contextmanager
    def holding(self, ws: web.WebSocketResponse, seat: Seat) -> Iterator[None]:
        """While the body runs, this socket is one of those that are told when the house closes."""
        self.sockets.add(ws)
        self.seats.add(seat)
        self.store.presence.sockets = len(self.sockets)
        if seat.person:
            self._record.set()
        try:
            yield
        finally:
            self.sockets.discard(ws)
            self.seats.discard(seat)
            self.store.presence.sockets = len(self.sockets)

    def hear(self, event: object) -> None:
        if isinstance(event, Missed):
            self._look.set()
        if isinstance(event, Missed | ModNoticeDue):  # whatever moderators do is told them as well
            self._record.set()

    async def keep_up(self) -> None:
        """Sends away whose session ended in a way that was not heard."""
        while True:
            async with taken(self._look):
                held = list({seat.session for seat in self.seats if seat.session is not None})
                open_still = await sessions.still_open(self.store.pool, held, datetime.now(UTC))
            for token_hash in held:
                if token_hash not in open_still:
                    self.store.live.announce(SessionEnded(token_hash))

    async def keep_told(self) -> None:
        """Tells who is here what moderators did about them."""
        while True:
            async with taken(self._record, RECORDS_CALM):
                is_whole = await _records.tell(self.store, [self.hangout, *self.open_rooms, *self.open_posts])
            if not is_whole:
                self._record.set()

    async def sweep(self) -> None:
        await chats.remove_left(self.store, datetime.now(UTC))
        await pause(SWEEP_EVERY)

    async def close(self) -> None:
        """Tells everybody that the house restarts; whoever does not listen is cut off after a moment."""
        closing = (ws.close(code=1012, message=b"restarting") for ws in list(self.sockets))
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_PATIENCE):
                await asyncio.gather(*closing, return_exceptions=True)
        for seat in list(self.seats):
            seat.transport.abort()


async def opened(app: web.Application) -> AsyncIterator[None]:
    """Opens the hangout with the application, and closes it with it."""
    store = app[keys.STORE]
    room = await rooms.by_slug(store.pool, rooms.HANGOUT)
    async with following(store, room.id) as feed:
        manner = await rooms.manner_of(store.pool, room.id)
        hangout = app[keys.HALL] = Hangout(store, room, Audience(feed.seq), manner)
        porch = app[keys.PORCH] = Porch(
            store, hangout, lambda post_id: open_comments(app, post_id), lambda: open_cards(app)
        )
        with (
            feed.followed_by(hangout.audience.tell),
            store.live.listening(hangout.hear),
            store.live.listening(porch.hear),
        ):
            async with (
                doing(again_and_again("Telling how one may speak", hangout.keep_up), "manner of the hangout"),
                doing(again_and_again("Looking for ended sessions", porch.keep_up), "ended sessions of sockets"),
                doing(again_and_again("Telling what is on record", porch.keep_told), "what is on record"),
                doing(again_and_again("Removing chats that were left", porch.sweep), "chats that were left"),
            ):
                yield


async def close(app: web.Application) -> None:
    await app[keys.PORCH].close()
