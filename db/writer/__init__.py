"""The writers: one per room and process, through which every change in the room is committed, many at a time.

A room's `seq` is taken from its row under the row's lock, inside the transaction of the change, so that commit order is
`seq` order without gaps whichever process writes. What arrives while one batch is being committed forms the next.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from db.errors import AWAY, Refused, Unavailable
from db.events import Behind
from db.writer._admitting import COMMENTS_SHUT
from db.writer._changing import DeleteOwn, EditOwn, HearDeletion, HearEdit
from db.writer._committing import Committed, Work, commit
from db.writer._keeping import NewMessage
from db.writer._moderating import HideLinks, Remove
from db.writer._reacting import ClearReactions, HearReactors, React, recount

if TYPE_CHECKING:  # the store holds the writers, the writers work with the store
    from db.messages import Message
    from db.store import Store

log = logging.getLogger(__name__)
BATCH = 200
WAITING_MAX = 2_000
KEPT = 500  # writers of rooms in which nothing is being written

__all__ = [
    "COMMENTS_SHUT",
    "ClearReactions",
    "Committed",
    "DeleteOwn",
    "EditOwn",
    "HearDeletion",
    "HearEdit",
    "HearReactors",
    "HideLinks",
    "NewMessage",
    "React",
    "Remove",
    "Work",
    "Writer",
    "Writers",
    "commit",
    "recount",
]


@dataclass(slots=True)
class Waiting:
    work: Work
    done: "asyncio.Future[Message | None]"


class Writers:
    """The writers of this process by room, each started when it is first needed. Close it before the pool."""

    def __init__(self) -> None:
        self._store: Store | None = None
        self._rooms: dict[int, Writer] = {}

    def join(self, store: "Store") -> None:
        self._store = store

    def of(self, room_id: int) -> "Writer":
        assert self._store
        if room_id not in self._rooms:
            if len(self._rooms) >= KEPT:
                self._rooms = {key: writer for key, writer in self._rooms.items() if writer.is_busy}
            self._rooms[room_id] = Writer(self._store, room_id)
        return self._rooms[room_id]

    async def close(self) -> None:
        """Commits what waits, for at most 3 seconds; the rest is refused as `unavailable`."""
        await asyncio.gather(*(writer.close() for writer in self._rooms.values()))


class Writer:
    def __init__(self, store: "Store", room_id: int) -> None:
        self._store = store
        self._room_id = room_id
        self._waiting: deque[Waiting] = deque()
        self._task: asyncio.Task[None] | None = None

    @property
    def is_busy(self) -> bool:
        return self._task is not None and not self._task.done()

    async def put(self, work: Work) -> "Message | None":
        """Returns the message, as it is then, once the work is committed; None where it was about a message of
        Discord's that is not known here. Raises Refused, Unavailable or the driver's errors.
        """
        if len(self._waiting) >= WAITING_MAX:
            raise Unavailable
        done: asyncio.Future[Message | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(Waiting(work, done))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._write_all(), name=f"writer of room {self._room_id}")
        return await done

    async def close(self) -> None:
        if self._task and not self._task.done():
            await asyncio.wait([self._task], timeout=3)
            self._task.cancel()
        _fail(list(self._waiting), Unavailable())

    async def _write_all(self) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
            # Who was cancelled has been told `unavailable` and will ask again: do not keep it behind their back.
            await self._write([one for one in batch if not one.done.done()])

    async def _write(self, batch: list[Waiting]) -> None:
        if not batch:
            return
        try:
            await self._commit(batch)
        except AWAY as error:
            # The connection may have gone after the commit: nobody was told then, so let the feed look.
            self._store.live.announce(Behind(self._room_id))
            _fail(batch, error)
        except Exception as error:
            if len(batch) == 1:
                if not isinstance(error, Refused):
                    log.exception("A message could not be kept")
                _fail(batch, error)
            else:  # one bad message must not take its neighbours along
                for one in batch:
                    await self._write([one])

    async def _commit(self, batch: list[Waiting]) -> None:
        async with self._store.pool.acquire() as conn:
            async with conn.transaction():
                committed = await commit(conn, self._room_id, [one.work for one in batch])
            for one, result in zip(batch, committed.results, strict=True):
                if one.done.done():
                    continue
                if isinstance(result, Refused):
                    one.done.set_exception(result)
                else:
                    one.done.set_result(result)
            for event in committed.events:
                self._store.live.announce(event)


def _fail(batch: Sequence[Waiting], error: BaseException) -> None:
    for one in batch:
        if not one.done.done():
            one.done.set_exception(error)
