"""How often is too often: paces kept in memory, by person and by network. Both doors and their sockets ask here.

They are forgotten at a restart and not shared between processes: they slow a flood, they are not an account.
Times are seconds of a clock that only goes forward (`time.monotonic()`), handed in by whoever asks.
"""

from collections import deque

KEYS_MAX = 20_000  # a key costs some 200 bytes; more keys than this at once is itself a flood


class Bucket:
    """Lets `burst` through at once and `rate` a second after that, for each key (GCRA: one number a key).

    Source of the algorithm: ITU-T I.371, the virtual scheduling form of the leaky bucket.
    """

    def __init__(self, keys_max: int = KEYS_MAX) -> None:
        self._due: dict[str, float] = {}  # when a perfectly paced stream would send its next
        self._keys_max = keys_max

    def take(self, key: str, now: float, rate: float, burst: int) -> float:
        """Returns 0 and counts one, or returns the seconds to wait and counts nothing."""
        due = max(self._due.get(key, now), now)
        wait = due - now - (burst - 1) / rate
        if wait > 1e-9:
            return wait
        self._due[key] = due + 1 / rate
        if len(self._due) > self._keys_max:
            self._forget(now)
        return 0.0

    def _forget(self, now: float) -> None:
        """Drops who has been quiet (they lose nothing by it), then the oldest until half is free."""
        self._due = {key: due for key, due in self._due.items() if due > now}
        for key in list(self._due)[: max(0, len(self._due) - self._keys_max // 2)]:
            del self._due[key]


class Window:
    """Lets `count` through in any `period` seconds, for each key: for rare things, such as new names."""

    def __init__(self, keys_max: int = KEYS_MAX) -> None:
        self._times: dict[str, deque[float]] = {}
        self._keys_max = keys_max

    def take(self, key: str, now: float, count: int, period: float) -> float:
        """Returns 0 and counts one, or returns the seconds to wait and counts nothing."""
        times = self._times.pop(key, deque())
        while times and times[0] <= now - period:
            times.popleft()
        self._times[key] = times  # at the end: whoever asked last is forgotten last
        if len(times) >= count:
            return times[0] + period - now if times else period
        times.append(now)
        if len(self._times) > self._keys_max:
            del self._times[next(iter(self._times))]
        return 0.0


class Limits:
    """The paces of this process: by person (words, changes, typing), by network (words, new
    names, pictures, files, reading), and for uploads by both. By person also: looking for people, and taking one's data
    along.
    """

    def __init__(self) -> None:
        self.people = Bucket()
        self.networks = Bucket()
        self.names = Window()
        self.pictures = Bucket()
        self.changes = Bucket()
        self.typing = Bucket()
        self.files = Bucket()
        self.reading = Bucket()
        self.uploads = Bucket()
        self.searches = Bucket()
        self.exports = Window()
