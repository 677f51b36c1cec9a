"""When a source is asked next. Rules, in seconds; `chance` is a number from 0 to 1 that spreads what would come at
once.
"""

from datetime import datetime

from db.cards import State
from db.config import Source

from ._failures import COMPUTING, WAIT_MAX, SourceFailed

SPREAD = 0.1  # of the period, to both sides
QUIET = 600.0  # without anybody who looks, after which a card is asked for more slowly
SLOWER, SLOW_LEAST = 6, 300.0
LONGEST = 3600.0  # between two questions that fail
SETUP = 3600.0  # when only the owner can mend it


def after_answer(period: float, chance: float) -> float:
    return period * (1 - SPREAD + 2 * SPREAD * chance)


def after_failure(period: float, failures: int, error: SourceFailed, chance: float) -> float:
    """`failures`: how many there were before. Never sooner than it asked us to wait."""
    wait = SETUP if error.is_setup else min(period * 2 ** min(failures, 20), LONGEST)
    return max(after_answer(wait, chance), held(error) * (1 + SPREAD * chance))


def after_computing(error: SourceFailed) -> float:
    return max(5.0, held(error) or COMPUTING)


def held(error: SourceFailed) -> float:
    """What it asked us to wait, within reason; 0 when it said nothing."""
    return min(max(error.retry_after or 0.0, 0.0), WAIT_MAX)


def longest(period: float) -> float:
    """What any of these comes to at most, for a source that asks for nothing."""
    return max(period, LONGEST, SETUP) * (1 + SPREAD)


def is_watched(looked_at: float, now: float) -> bool:
    """Both are times of the loop."""
    return now - looked_at < QUIET


def slowly(period: float, stale_after: float) -> float:
    """Never so slowly that the card would go: whoever comes first is to see it."""
    return min(max(period * SLOWER, SLOW_LEAST), stale_after / 2)


def wait(state: State, settings: Source, now: datetime, *, is_watched: bool) -> float:
    """Until it is due; 0 and less when it is."""
    due = (state.next_at - now).total_seconds()
    if is_watched or state.is_wanted or state.fetched_at is None:
        return due
    return max(due, slowly(settings.period, settings.stale_after) - (now - state.fetched_at).total_seconds())
