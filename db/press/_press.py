"""The parent's side: who is served when, how long, and what is said when it does not go well."""

import asyncio
import logging
from collections.abc import Mapping

from db.config import Blog
from db.errors import Refused, Unavailable
from db.markdown import Answer, Job, Lettering, Picture, Printed, Printing
from db.press._hand import Gone, Hand

log = logging.getLogger(__name__)

AT_ONCE, WAITING_MAX = 2, 12
JOBS_MAX = 200  # of one process, in case something in it grows
IDLE = 300.0  # seconds after which those who have nothing to do may go
TOO_SLOW = "That text takes too long to be drawn. Deep nesting, or very many brackets or stars, do that."
BROKEN = "That text cannot be drawn. Taking out what was added last may help."
NO_CARD = "There is no picture of this title just now."
BUSY = "Several texts are being drawn just now. Please try again in a moment."


class Press:
    """At most two texts at once, a few more waiting; who comes then is told to come back.

    A process is started when the first text comes, and kept for the next ones.
    """

    def __init__(self, limits: Blog) -> None:
        self._patience = limits.patience
        self._doors = asyncio.Semaphore(AT_ONCE)
        self._inside = 0
        self._free: list[Hand] = []
        self._busy: set[Hand] = set()
        self._ending: set[asyncio.Task[None]] = set()
        self._retiring: asyncio.TimerHandle | None = None
        self._is_closed = False

    async def print(self, body: str, pictures: Mapping[str, Picture], patience: float | None = None) -> Printed:
        """`pictures` by their ids; `patience` in seconds. Raises Refused (`bad_markdown`), or Unavailable."""
        answer = await self._ask(Printing(body, pictures), patience)
        if answer.printed is None:
            raise Refused(answer.refused or BROKEN, "bad_markdown")
        return answer.printed

    async def card(self, title: str, by: str, site: str) -> bytes:
        """A PNG of 1200 by 630 pixels. Raises Unavailable, also when no letters can be made of this title."""
        try:
            answer = await self._ask(Lettering(title, by, site), None)
        except Refused as refused:
            raise Unavailable(NO_CARD) from refused
        if answer.card is None:
            raise Unavailable(NO_CARD)
        return answer.card

    async def close(self) -> None:
        """Nobody is served from here, and no process is left."""
        self._is_closed = True
        self._retire()
        await asyncio.gather(*self._ending, *(hand.end() for hand in self._busy))

    async def _ask(self, job: Job, patience: float | None) -> Answer:
        if self._is_closed or self._inside >= AT_ONCE + WAITING_MAX:
            raise Unavailable(BUSY)
        self._inside += 1
        try:
            async with self._doors:
                answer = await self._given_to_one(job, self._patience if patience is None else patience)
        finally:
            self._inside -= 1
        if answer.fault:
            log.warning("A text could not be drawn (%s)", answer.fault)
        return answer

    async def _given_to_one(self, job: Job, patience: float) -> Answer:
        """A process that was idle may have been killed by somebody meanwhile: then a new one gets the same job."""
        if self._free:
            try:
                return await self._work(self._free.pop(), job, patience)
            except Gone:
                log.info("A process of the press was gone; another takes its place")
        hand = await self._new_one()
        try:
            return await self._work(hand, job, patience)
        except Gone:
            if self._is_closed:
                raise Unavailable(BUSY) from None
            log.warning("A text ended the process that drew it")
            raise Refused(BROKEN, "bad_markdown") from None

    async def _new_one(self) -> Hand:
        try:
            hand = await Hand.hired()
        except (OSError, Gone) as error:
            log.warning("No process can be started for the press (%s)", type(error).__name__)
            raise Unavailable(BUSY) from error
        if self._is_closed:
            await hand.end()
            raise Unavailable(BUSY)
        return hand

    async def _work(self, hand: Hand, job: Job, patience: float) -> Answer:
        """Whoever has not answered is ended, also when nobody waits any more: its answer would be the next one's."""
        is_well = False
        self._busy.add(hand)
        try:
            async with asyncio.timeout(patience):
                answer = await hand.ask(job)
            is_well = True
        except TimeoutError:
            log.warning("A text was given up after %.1f s", patience)
            raise Refused(TOO_SLOW, "bad_markdown") from None
        finally:
            self._busy.discard(hand)
            if is_well and hand.jobs < JOBS_MAX and not self._is_closed:
                self._rest(hand)
            else:
                await hand.end()
        return answer

    def _rest(self, hand: Hand) -> None:
        self._free.append(hand)
        if self._retiring:
            self._retiring.cancel()
        self._retiring = asyncio.get_running_loop().call_later(IDLE, self._retire)

    def _retire(self) -> None:
        if self._retiring:
            self._retiring.cancel()
        while self._free:
            task = asyncio.ensure_future(self._free.pop().end())
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)
