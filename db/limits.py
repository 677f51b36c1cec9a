"""How often is too often: paces kept in memory, by person and by network. Both doors and their sockets ask here.

They are forgotten at a restart and not shared between processes: they slow a flood, they are not an account.
Times are seconds of a clock that only goes forward (`time.monotonic()`), handed in by whoever asks.
"""

from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from ipaddress import ip_network
from math import ceil

from db.errors import TooOften

KEYS_MAX = 20_000  # a key costs some 200 bytes; more keys than this at once is itself a flood
GUESSES_FREE, GUESSES_PERIOD, FIRST_WAIT = 5, 1800.0, 30.0  # passwords of one account from one network
NETWORK_FREE, NETWORK_PERIOD = 25, 300.0  # of all accounts
LOOK_PERIOD = 3600.0  # as long as a page of the blog may lie on the shelf


def neighbourhood(network: str) -> str:
    """The /24 of an IPv4 address, for whom one address more costs little; of IPv6 the /64 that it is already."""
    try:
        return str(ip_network(network if "/" in network else f"{network}/24", strict=False))
    except ValueError:
        return network


def too_soon(seconds: float, most: int) -> TooOften:
    """The refusal of slow mode, which lets one speak every `most` seconds, for who has to wait so long yet."""
    every = f"{most} s" if most < 120 else f"{round(most / 60)} min"
    left = f"{ceil(max(seconds, 1))} s" if seconds < 120 else f"{ceil(seconds / 60)} min"
    return TooOften(
        f"Slow mode is on here: one message every {every}. The next one can go in {left}.", max(seconds, 0.1)
    )


def wait_for(last: datetime | None, now: datetime, most: int) -> float:
    """Seconds until somebody whose last words are from then may speak again."""
    return most - (now - last).total_seconds() if last else 0.0


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


class Failures:
    """When something went wrong lately, by key. Whoever has been quiet longest is forgotten first."""

    def __init__(self, period: float, keys_max: int = KEYS_MAX) -> None:
        self._times: dict[str, deque[float]] = {}
        self._period = period
        self._keys_max = keys_max

    def recent(self, key: str, now: float) -> Sequence[float]:
        """Its times within the period, the oldest first."""
        times = self._times.get(key)
        while times and times[0] <= now - self._period:
            times.popleft()
        if times is not None and not times:
            del self._times[key]
        return times or ()

    def add(self, key: str, now: float) -> None:
        times = self._times.pop(key, deque())
        times.append(now)
        self._times[key] = times
        if len(self._times) > self._keys_max:
            del self._times[next(iter(self._times))]

    def take_back(self, key: str, at: float) -> None:
        """That one was no failure."""
        with suppress(KeyError, ValueError):
            self._times[key].remove(at)

    def forget(self, key: str) -> None:
        self._times.pop(key, None)


class Looks:
    """Since when somebody has had something before them, by key; an hour later it is the first time again."""

    def __init__(self, keys_max: int = KEYS_MAX) -> None:
        self._first: dict[str, float] = {}
        self._keys_max = keys_max

    def note(self, key: str, now: float) -> None:
        if now - self._first.get(key, -LOOK_PERIOD) < LOOK_PERIOD:
            return
        self._first.pop(key, None)
        self._first[key] = now
        if len(self._first) > self._keys_max:
            del self._first[next(iter(self._first))]

    def age(self, key: str, now: float) -> float | None:
        """In seconds; None where nobody noticed."""
        first = self._first.get(key)
        return None if first is None else now - first


class Guesses:
    """How often a password may be tried. Counted by account and network together, so that nobody can lock out somebody
    who is elsewhere: after 5 failures in 30 minutes each further one doubles the wait. And by network, over all
    accounts: 25 in 5 minutes.
    """

    def __init__(self, keys_max: int = KEYS_MAX) -> None:
        self._accounts = Failures(GUESSES_PERIOD, keys_max)
        self._networks = Failures(NETWORK_PERIOD, keys_max)

    def take(self, account: str, network: str, now: float) -> float:
        """Returns 0 and counts a failure, before anybody knows whether it is one: many at once are no way around.
        Or returns the seconds to wait and counts nothing.
        """
        wait = max(self._wait_for_account(f"{account} {network}", now), self._wait_for_network(network, now))
        if wait <= 0:
            self._accounts.add(f"{account} {network}", now)
            self._networks.add(network, now)
        return max(wait, 0.0)

    def succeeded(self, account: str, network: str, at: float) -> None:
        """What was taken `at` that time was the right one; the failures before it were those of the right person."""
        self._accounts.forget(f"{account} {network}")
        self._networks.take_back(network, at)

    def give_back(self, account: str, network: str, at: float) -> None:
        """What was taken `at` that time was never looked at."""
        self._accounts.take_back(f"{account} {network}", at)
        self._networks.take_back(network, at)

    def _wait_for_account(self, key: str, now: float) -> float:
        times = self._accounts.recent(key, now)
        more = len(times) - GUESSES_FREE
        return times[-1] + FIRST_WAIT * 2.0**more - now if more >= 0 else 0.0

    def _wait_for_network(self, network: str, now: float) -> float:
        times = self._networks.recent(network, now)
        return times[-NETWORK_FREE] + NETWORK_PERIOD - now if len(times) >= NETWORK_FREE else 0.0


class Limits:
    """The paces of this process: by person (words, changes, typing), by network (words, new
    names and accounts, pictures, files, reading, strangers at the side doors), for uploads and passwords by both, and
    by account for forgotten ones. By person also: looking for people, at drafts, and taking one's data along. By room:
    all that is said there.
    """

    def __init__(self) -> None:
        self.people = Bucket()
        self.networks = Bucket()
        self.rooms = Bucket()
        self.names = Window()
        self.reports = Window()
        self.pictures = Bucket()
        self.changes = Bucket()
        self.typing = Bucket()
        self.files = Bucket()
        self.reading = Bucket()
        self.uploads = Bucket()
        self.searches = Bucket()
        self.previews = Bucket()
        self.exports = Window()
        self.accounts = Window()
        self.guesses = Guesses()
        self.forgotten = Window()
        self.strangers = Window()
        self.comments = Window()
        self.looks = Looks()
        self.doors = Bucket()
