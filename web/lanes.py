"""Lanes: so many at once in all, and of these so many per network, so that nobody takes the places of everybody."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

from db.errors import Refused, TooOften, Unavailable

WAIT = 4.0  # seconds that anybody waits for a place
SHARE_TAKEN = "That is a lot of files at once."


@dataclass(slots=True)
class Share:
    """One network's part of a lane, as long as anybody of it is there."""

    doors: asyncio.Semaphore
    inside: int = 0  # waiting ones too


class Lane:
    """`at_once` in all and `share` per network; `waiting` and `share_waiting` more may wait. `busy` is a sentence."""

    def __init__(self, at_once: int, waiting: int, share: int, share_waiting: int, busy: str) -> None:
        self._doors = asyncio.Semaphore(at_once)
        self._most = at_once + waiting
        self._share, self._share_most = share, share + share_waiting
        self._busy = busy
        self._inside = 0
        self._shares: dict[str, Share] = {}

    @asynccontextmanager
    async def place(self, network: str) -> AsyncIterator[None]:
        """Raises TooOften when this network has its share, Unavailable when all places are taken; at once if too many
        wait already.
        """
        with self._counted(network) as share:
            until = asyncio.get_running_loop().time() + WAIT
            async with (
                _entered(share.doors, until, TooOften(SHARE_TAKEN, 2.0)),  # first: who waits here keeps nobody out
                _entered(self._doors, until, Unavailable(self._busy)),
            ):
                yield

    @contextmanager
    def _counted(self, network: str) -> Iterator[Share]:
        share = self._shares.get(network) or Share(asyncio.Semaphore(self._share))
        if share.inside >= self._share_most:
            raise TooOften(SHARE_TAKEN, 2.0)
        if self._inside >= self._most:
            raise Unavailable(self._busy)
        self._shares[network] = share
        self._inside += 1
        share.inside += 1
        try:
            yield share
        finally:
            self._inside -= 1
            share.inside -= 1
            if not share.inside:
                del self._shares[network]


@asynccontextmanager
async def _entered(doors: asyncio.Semaphore, until: float, refused: Refused) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout_at(until):
            await doors.acquire()
    except TimeoutError:
        raise refused from None
    try:
        yield
    finally:
        doors.release()
