"""The feed of a room: its changes in the order of `seq`, none missing and none twice, whichever process made them.

What this process commits comes through the hub in order. Where a change is missing (another process made it, or a
commit whose outcome nobody saw), the feed reads it from the database before it goes on. Sockets of web/ listen here.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import msgspec

from db import messages, rooms
from db.events import Behind, Changed, Kind, Reaction
from db.loops import doing, pause
from db.store import Store

log = logging.getLogger(__name__)
PAGE = 500
Follower = Callable[[Changed], None]


class Feed:
    """`seq`: everything up to it has been told to the followers."""

    def __init__(self, store: Store, room_id: int, seq: int) -> None:
        self.room_id = room_id
        self.seq = seq
        self._store = store
        self._followers: list[Follower] = []
        self._look = asyncio.Event()

    @contextmanager
    def followed_by(self, follower: Follower) -> Iterator[None]:
        """Calls `follower` with every change from now on. It must not await and should not raise."""
        self._followers.append(follower)
        try:
            yield
        finally:
            self._followers.remove(follower)

    def hear(self, event: object) -> None:
        """The hub's listener: passes on the next change at once, and notices when one is missing."""
        if isinstance(event, Changed) and event.room_id == self.room_id:
            if event.seq == self.seq + 1:
                self._tell(event)
            elif event.seq > self.seq:
                self._look.set()
        elif isinstance(event, Behind) and event.room_id == self.room_id:
            self._look.set()

    async def keep_up(self) -> None:
        """Reads what is missing whenever something is; tries until the database answers."""
        while True:
            await self._look.wait()
            self._look.clear()
            try:
                await self._read_missing()
            except Exception as error:  # noqa: BLE001 - a feed that ended would leave its readers without news for good
                log.warning("The room's changes cannot be read just now (%s); trying again", type(error).__name__)
                self._look.set()
                await pause(0.5)

    async def _read_missing(self) -> None:
        while True:
            missing = await messages.told_between(self._store.pool, self.room_id, self.seq, PAGE)
            for one in missing:
                if one.seq > self.seq:  # while we read, the hub may have told some of these
                    reaction = Reaction(one.emoji, one.person_id) if one.emoji and one.person_id else None
                    self._tell(Changed(self.room_id, one.seq, _kind(one.kind), one.message, reaction))
            if len(missing) < PAGE:
                return

    def _tell(self, event: Changed) -> None:
        self.seq = event.seq
        for follower in tuple(self._followers):
            try:
                follower(event)
            except Exception:
                log.exception("A follower of room %s failed", self.room_id)


def _kind(kind: str) -> Kind:
    known: Kind = msgspec.convert(kind, Kind)
    return known


@asynccontextmanager
async def following(store: Store, room_id: int) -> AsyncIterator[Feed]:
    """A running feed of the room, from its present `seq` on."""
    feed = Feed(store, room_id, 0)
    store.followed[room_id] += 1
    try:
        with store.live.listening(feed.hear):
            feed.seq = await rooms.current_seq(store.pool, room_id)
            async with doing(feed.keep_up(), f"feed of room {room_id}"):
                yield feed
    finally:
        store.followed -= Counter([room_id])
