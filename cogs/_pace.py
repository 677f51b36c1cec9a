"""How fast webhook messages may follow each other in one channel, so that Discord seldom has to say no.

Discord lets 30 through in 60 seconds and channel, and does not tell so in its answers (figures of Discord's staff in
discord-api-docs#367); what it does tell, cogs/_courier.py keeps to. Times are those of a clock that only goes forward.
"""

from collections import deque

PERIOD = 60.0  # seconds


class Pace:
    """A third of what may go in a minute goes at once; the rest is spread, so that none has to wait for a whole one."""

    def __init__(self, per_minute: int) -> None:
        self._most = per_minute
        self._at_ease = max(1, per_minute // 3)
        self._spread = PERIOD / per_minute
        self._sent: deque[float] = deque(maxlen=per_minute)

    def note(self, now: float) -> None:
        """Another message has left."""
        self._sent.append(now)

    def wait(self, now: float) -> float:
        """Seconds until the next message may leave."""
        return max(0.0, self._next(list(self._sent), now) - now)

    def seconds_for(self, count: int, now: float) -> float:
        """How long so many messages would take, each by itself."""
        sent, moment = list(self._sent), now
        looked_at = min(count, 2 * self._most, 100)
        for _ in range(looked_at):
            moment = self._next(sent, moment)
            sent.append(moment)
        return moment - now + (count - looked_at) * self._spread

    def _next(self, sent: list[float], now: float) -> float:
        """The moment at which one more may leave after those that were sent, oldest first."""
        moment = now
        if len(sent) >= self._most:
            moment = max(moment, sent[-self._most] + PERIOD)
        if len(sent) >= self._at_ease and sent[-self._at_ease] > now - PERIOD:
            moment = max(moment, sent[-1] + self._spread)
        return moment
