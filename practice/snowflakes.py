"""Ids as Discord makes them: a time in the upper bits, so that newer is greater. Source: Discord's reference page,
'Snowflakes'."""

import time
from collections.abc import Callable

EPOCH_MS = 1_420_070_400_000


class Snowflakes:
    """Gives ids that only grow, also when the clock does not."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._last = 0

    def next(self) -> int:
        at = (int(self._now() * 1000) - EPOCH_MS) << 22
        self._last = max(self._last + 1, at)
        return self._last


def seconds_of(snowflake: int) -> float:
    """The Unix time, in seconds, at which an id was made."""
    return ((snowflake >> 22) + EPOCH_MS) / 1000
