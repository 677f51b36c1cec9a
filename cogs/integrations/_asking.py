"""One source of a live card: asked when it is time, by whoever takes it first, and what it answers is kept."""

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import aiohttp

from db import cards
from db.cards import State
from db.errors import Refused
from db.store import Store

from . import _schedule as schedule
from ._keeping import Asked, Broken, Keeper
from ._listening import Listener
from ._outbound import SourceFailed, StillComputing
from ._wire import AWAY

log = logging.getLogger(__name__)
PATIENCE = 10.0  # seconds for a whole answer
LOOK = 60.0  # seconds at most between two looks at what was planned: another process may have changed it
TAKEN = 2.0  # seconds, while another process asks
HOLD, HOLD_EVERY = timedelta(seconds=40), 15.0  # a source that is listened to is held, and that is renewed
HELD = 5.0  # seconds, while another process listens
NO_ANSWER = f"There was no answer within {PATIENCE:.0f} seconds."
NOT_UNDERSTOOD = "What it answered cannot be understood."


class Asker:
    """`by`: what this process is called where it takes a source. `fell`: called when there is suddenly a reason to ask.
    `clock` and `chance` are the time and a number from 0 to 1.
    """

    def __init__(
        self,
        store: Store,
        asked: Asked,
        by: str,
        *,
        clock: Callable[[], datetime],
        chance: Callable[[], float],
        fell: Callable[[], None],
    ) -> None:
        self._store = store
        self._asked = asked
        self._by = by
        self._clock = clock
        self._chance = chance
        self._is_enrolled = False
        self._keeper = Keeper(store, asked, clock)
        self._listener = self._make_listener(fell)

    def _make_listener(self, fell: Callable[[], None]) -> Listener | None:
        asked = self._asked
        listen: Callable[..., Awaitable[None]] | None = getattr(asked.module, "listen", None)
        if listen is None:
            return None
        return Listener(asked.name, lambda put: listen(asked.outbound, asked.settings, put), self._keeper.keep, fell)

    async def turn(self, *, is_watched: bool) -> float:
        """Does what is due. Returns how many seconds nothing will be, as far as is known. Raises AWAY of db/errors."""
        name = self._asked.name
        if not self._is_enrolled:
            await cards.enrol(self._store, name, self._clock(), schedule.longest(self._asked.settings.period))
            self._is_enrolled = True
        state = await cards.state(self._store.pool, name)
        if state is None:  # somebody took it out of the database
            self._is_enrolled = False
            return 0.0
        if state.is_paused:
            await self.rest()
            return LOOK
        if self._listener and (calm := await self._listen(self._listener, state)):
            return calm
        wait = schedule.wait(state, self._asked.settings, self._clock(), is_watched=is_watched)
        if wait > 0:
            self._is_enrolled = wait <= schedule.longest(
                self._asked.settings.period
            )  # else the clock may have gone back
            return min(wait, LOOK)
        if not await cards.take(self._store, name, self._clock(), self._by):
            return TAKEN
        await self._ask(state)
        return 0.0

    async def rest(self) -> None:
        """Nobody listens from here on, and no picture is on its way."""
        if self._listener:
            await self._listener.stop()
        await self._keeper.rest()

    async def _listen(self, listener: Listener, state: State) -> float:
        """Seconds for which it need not be asked, because it tells by itself; 0 when it is to be asked as any other."""
        now = self._clock()
        if state.is_fed and state.next_at > now:
            await listener.stop()
            return 0.0
        if not await cards.take(self._store, state.name, now, self._by, length=HOLD, is_due=False):
            await listener.stop()
            return HELD
        listener.start()
        if state.is_wanted:
            return 0.0
        if not listener.is_well:
            return 1.0 if listener.is_expected else 0.0
        await cards.confirm(self._store, state.name, now)
        return HOLD_EVERY

    async def _ask(self, state: State) -> None:
        asked = self._asked
        try:
            async with asyncio.timeout(PATIENCE):
                snapshot = await asked.module.fetch(asked.outbound, asked.settings)
            await self._keeper.keep(snapshot, schedule.after_answer(asked.settings.period, self._chance()))
            if snapshot.trouble not in {"", state.last_error}:
                log.warning("The card %s is not whole: %s", asked.name, snapshot.trouble)
        except StillComputing as error:
            wait = timedelta(seconds=schedule.after_computing(error))
            await cards.put_off(self._store, asked.name, self._clock() + wait)
        except Broken as broken:
            raise broken.cause from None
        except Exception as error:  # noqa: BLE001 - whatever a source does is said of it and of no other
            await self._failed(state, as_failure(asked.name, error))

    async def _failed(self, state: State, error: SourceFailed) -> None:
        name, now, held = self._asked.name, self._clock(), schedule.held(error)
        wait = schedule.after_failure(self._asked.settings.period, state.failures, error, self._chance())
        if error.sentence != state.last_error:
            log.warning("The card %s has no answer: %s", name, error.sentence)
        held_until = now + timedelta(seconds=held) if held else None
        next_at = now + timedelta(seconds=wait)
        await cards.failed(self._store, name, error.sentence, now, next_at, held_until=held_until)


def as_failure(name: str, error: Exception) -> SourceFailed:
    """What nobody foresaw is logged by its kind and place only: its words may hold a key."""
    if isinstance(error, SourceFailed):
        return error
    if isinstance(error, TimeoutError):
        return SourceFailed(NO_ANSWER)
    if isinstance(error, Refused):
        return SourceFailed(error.sentence)
    if isinstance(error, aiohttp.ClientError | OSError):
        return SourceFailed(AWAY)
    place = traceback.extract_tb(error.__traceback__)[-1:]
    where = f"{place[0].filename}:{place[0].lineno}" if place else "?"
    log.error("The source %s stumbled (%s at %s)", name, type(error).__name__, where)
    return SourceFailed(NOT_UNDERSTOOD)
