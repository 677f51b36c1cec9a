"""How fast webhook messages may follow each other in one channel, so that Discord seldom has to say no.

Discord lets 5 through in 2 seconds and webhook, which its answers tell, and 30 in 60 seconds and channel, which they do
not (shared figures: Discord's staff in discord-api-docs#367). Times are those of a clock that only goes forward.
"""

from collections import deque

SHORT, SHORT_PERIOD = 5, 2.0
LONG, LONG_PERIOD = 30, 60.0
AT_EASE = 10  # messages in the long period that go at once; further ones are spread, so that none has to wait for long
SPREAD = 2.0  # seconds between two of those


class Pace:
    def __init__(self) -> None:
        self._sent: deque[float] = deque(maxlen=LONG)

    def note(self, now: float) -> None:
        """Another message has left."""
        self._sent.append(now)

    def wait(self, now: float) -> float:
        """Seconds until the next message may leave."""
        return max(0.0, self._next(list(self._sent), now) - now)

    def seconds_for(self, count: int, now: float) -> float:
        """How long so many messages would take, each by itself."""
        sent, moment = list(self._sent), now
        for _ in range(min(count, 2 * LONG)):
            moment = self._next(sent, moment)
            sent.append(moment)
        return moment - now + max(0, count - 2 * LONG) * LONG_PERIOD / LONG

    def _next(self, sent: list[float], now: float) -> float:
        """The moment at which one more may leave after those that were sent, oldest first."""
        moment = now
        if len(sent) >= SHORT:
            moment = max(moment, sent[-SHORT] + SHORT_PERIOD)
        if len(sent) >= LONG:
            moment = max(moment, sent[-LONG] + LONG_PERIOD)
        if len(sent) >= AT_EASE and sent[-AT_EASE] > now - LONG_PERIOD:
            moment = max(moment, sent[-1] + SPREAD)
        return moment
