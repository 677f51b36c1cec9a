"""Who asks a source, and when: one process takes it, and lets it go with what came of it. All of it is kept in the
database, so that neither a restart nor a second process asks more often than was planned.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from db.cards import _queries as queries
from db.errors import NotFound, Refused
from db.events import CardsDue

if TYPE_CHECKING:  # the store holds the cards
    from db.store import Store

TAKEN = timedelta(seconds=30)  # for longer than a question may last, after which whoever has it is taken for dead
TAKEN_MAX = timedelta(minutes=5)  # nobody takes one for longer: whose clock was wrong does not keep it for good
HELD_MAX = timedelta(hours=27)  # no source is let be for longer because it said so
SENTENCE_MAX = 500  # characters
NO_CARD = "There is no card of that name."


async def enrol(store: "Store", name: str, now: datetime, longest: float = 0.0) -> None:
    """There is such a source; it may be asked from here on. Again is no harm. With `longest`, in seconds, what was
    planned for later than that is planned anew: its section or the clock has been set right since.
    """
    await store.pool.execute(
        """/* cards.enrol */ insert into cards (name, next_at) values ($1, $2)
        on conflict (name) do update set next_at = $3, held_until = least(cards.held_until, $3)
            where $3 > $2 and cards.next_at > case when cards.held_until is null then $3 else $4 end""",
        name,
        now,
        now + timedelta(seconds=longest),
        now + HELD_MAX,
    )


async def take(
    store: "Store", name: str, now: datetime, by: str = "", *, length: timedelta = TAKEN, is_due: bool = True
) -> bool:
    """Whether the source is ours to ask, for so long or until it is let go. False when somebody else has it, when it is
    paused, or when its time has not come, unless that does not matter (`is_due=False`).
    """
    taken = await store.pool.fetchval(
        """/* cards.take */ update cards set taken_by = $3, taken_until = $4
        where name = $1 and not is_paused and (next_at <= $2 or not $5)
            and (taken_until is null or taken_until <= $2 or taken_until > $6 or taken_by = $3 and $3 <> '')
        returning true""",
        name,
        now,
        by,
        now + length,
        is_due,
        now + TAKEN_MAX,
    )
    return bool(taken)


async def let_go(store: "Store", by: str) -> None:
    """Whatever this process has taken, others may take."""
    await store.pool.execute(
        "/* cards.let_go */ update cards set taken_until = null where taken_by = $1 and taken_until is not null", by
    )


async def failed(
    store: "Store", name: str, sentence: str, now: datetime, next_at: datetime, *, held_until: datetime | None = None
) -> None:
    """There was no good answer, and `sentence` says why. `held_until`: the source wants no question before."""
    await store.pool.execute(
        """/* cards.failed */ update cards set failures = failures + 1, failing_since = coalesce(failing_since, $3),
            last_error = $2, next_at = $4, held_until = $5, is_wanted = false, taken_until = null
        where name = $1""",
        name,
        sentence.replace("\0", "")[:SENTENCE_MAX],
        now,
        next_at,
        held_until,
    )


async def put_off(store: "Store", name: str, next_at: datetime) -> None:
    """It needs a while yet, which is no failure."""
    await store.pool.execute(
        """/* cards.put_off */ update cards set next_at = $2, held_until = $2, is_wanted = false, taken_until = null
        where name = $1""",
        name,
        next_at,
    )


async def pause(store: "Store", name: str) -> None:
    """It is not asked any more; its card stays until it is stale. Raises NotFound."""
    _check_name(store, name)
    await _set_paused(store, name, is_paused=True)


async def resume(store: "Store", name: str, now: datetime) -> None:
    """It is asked again, and now unless it wants to be left alone. Raises NotFound, or Refused when it is off; what was
    paused goes on in any case, for it may come by itself.
    """
    _check_name(store, name)
    state = await queries.state(store.pool, name)
    if not (state and (state.is_paused or state.is_fed)):
        _check_on(store, name)
    await _set_paused(store, name, is_paused=False)
    await _want(store, name, now)


async def refresh(store: "Store", name: str, now: datetime) -> None:
    """It is to be asked now. Raises NotFound, or Refused: it comes by itself, is off, paused, or wants to be left
    alone.
    """
    _check_name(store, name)
    state = await queries.state(store.pool, name)
    if state and state.is_fed and state.next_at > now:
        raise Refused(f"The {name} card comes from Discord by itself: nobody need be asked.")
    _check_on(store, name)
    await enrol(store, name, now)
    if state and state.is_paused:
        raise Refused(f"The {name} card is paused: resume it first.")
    if state and state.held_until and state.held_until > now:
        moment = int(state.held_until.timestamp())
        raise Refused(f"The source of the {name} card wants no question before <t:{moment}:t>.")
    await _want(store, name, now)


async def _set_paused(store: "Store", name: str, *, is_paused: bool) -> None:
    await store.pool.execute(
        """/* cards.set_paused */ insert into cards (name, is_paused) values ($1, $2)
        on conflict (name) do update set is_paused = $2""",
        name,
        is_paused,
    )
    store.live.announce(CardsDue())


async def _want(store: "Store", name: str, now: datetime) -> None:
    await store.pool.execute(
        """/* cards.want */ update cards set is_wanted = true, next_at = greatest($2, held_until) where name = $1""",
        name,
        now,
    )
    store.live.announce(CardsDue())


def _check_name(store: "Store", name: str) -> None:
    if name not in store.config.sources:
        raise NotFound(NO_CARD)


def _check_on(store: "Store", name: str) -> None:
    _check_name(store, name)
    if off := store.config.sources[name].off:
        raise Refused(f"The {name} card is off: {off}")
