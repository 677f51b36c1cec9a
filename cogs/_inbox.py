"""The inbox: what has happened in Discord, in the order in which it came, until cogs/hearing.py has taken it in."""

import asyncio
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

import discord

BATCH = 100  # messages taken in at once
CROWD = 2.0  # seconds in which votes are collected
QUIET = 0.5  # seconds without news before something idle is done


@dataclass(frozen=True, slots=True)
class CatchUp:
    """Read the history now: a new session has begun, the channel is another, or something could not be taken in. Where
    one is named, of this thread.
    """

    channel_id: int = 0


@dataclass(frozen=True, slots=True)
class Said:
    channel_id: int
    message: discord.Message


@dataclass(frozen=True, slots=True)
class Edited:
    """The message as it is now: said otherwise, or a link's card has come."""

    channel_id: int
    message: discord.Message


@dataclass(frozen=True, slots=True)
class Unclear:
    """Something about the message has changed that was not told in full: it has to be asked for."""

    channel_id: int
    message_id: int


@dataclass(frozen=True, slots=True)
class Deleted:
    channel_id: int
    message_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Reacted:
    """`name` where Discord told it; `on` False when the reaction was taken back, by whomever."""

    channel_id: int
    message_id: int
    emoji: str
    user_id: int
    name: str | None
    on: bool


@dataclass(frozen=True, slots=True)
class Cleared:
    """All reactions are gone, or all of one emoji."""

    channel_id: int
    message_id: int
    emoji: str | None


@dataclass(frozen=True, slots=True)
class Unsure:
    """Who holds this emoji has to be asked for: as many as before need not be the same people."""

    channel_id: int
    message_id: int
    emoji: str


Change = Edited | Unclear | Deleted | Reacted | Cleared | Unsure
Work = CatchUp | list[Said] | Change


class Inbox:
    def __init__(self) -> None:
        self._queue: asyncio.Queue[CatchUp | Said | Change] = asyncio.Queue()
        self._held: CatchUp | Change | None = None
        self._later: dict[CatchUp | Unclear, asyncio.TimerHandle] = {}
        self._soon: deque[CatchUp] = deque()
        self._idle: dict[Unsure, None] = {}

    def put(self, one: CatchUp | Said | Change) -> None:
        self._queue.put_nowait(one)

    def put_later(self, one: CatchUp | Unclear, seconds: float) -> None:
        """Once for all that is put until then: votes come in crowds, and so do the outcomes of lines sent as one."""
        if one not in self._later:
            self._later[one] = asyncio.get_running_loop().call_later(seconds, self._put_now, one)

    def put_soon(self, one: CatchUp) -> None:
        """For when nothing else waits. Only while `next` is not waiting."""
        self._soon.append(one)

    def put_idle(self, some: Iterable[Unsure], channel_id: int | None = None) -> None:
        """For when nothing else has come for a moment, in place of what was put before, or what was of this channel.
        Only while `next` is not waiting.
        """
        kept = [one for one in self._idle if channel_id not in (None, one.channel_id)]
        self._idle = dict.fromkeys([*kept, *some])

    def _put_now(self, one: CatchUp | Unclear) -> None:
        del self._later[one]
        self.put(one)

    def close(self) -> None:
        for timer in self._later.values():
            timer.cancel()
        self._later.clear()

    async def next(self) -> Work:
        """The next thing to do: messages by the run, the rest singly."""
        first = self._held or await self._first()
        self._held = None
        if not isinstance(first, Said):
            return first
        batch = [first]
        while not self._queue.empty() and len(batch) < BATCH:
            following = self._queue.get_nowait()
            if not isinstance(following, Said):
                self._held = following
                break
            batch.append(following)
        return batch

    async def _first(self) -> CatchUp | Said | Change:
        if self._soon and self._queue.empty():
            return self._soon.popleft()
        if self._idle:
            with suppress(TimeoutError):
                async with asyncio.timeout(QUIET):
                    return await self._queue.get()
            one = next(iter(self._idle))
            del self._idle[one]
            return one
        return await self._queue.get()
