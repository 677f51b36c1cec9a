"""Visits as they wait in memory, first as they were seen and then as what may be kept of them. `store.visits`.

What is seen becomes an entry within a second, without the database; entries wait for it, and there is an end to how
many do. Nothing here waits for anybody: db/visits/_flushing.py does.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from socket import AF_INET6, inet_pton
from urllib.parse import urlsplit

from db.config import Config
from db.limits import Bucket

from ._bots import bot_of
from ._countries import Countries
from ._entries import Entry, bot_entry, missing_of, visit_of
from ._networks import parse_networks
from ._programs import is_loaded, parser
from ._salts import Marks, Salt, good, hash_of, marks_of
from ._shape import Glimpse

log = logging.getLogger(__name__)

WAITING_MAX = 20_000
SIGNS_MAX = 2000  # in a second: more is no crowd of people, and each is looked for three times
BATCH = 1000
SLICE = 0.004  # seconds between two turns of the loop; a user agent made for it takes as long as a hundred others
RAW_FOR = timedelta(minutes=1)  # an address waits no longer than this for salts that cannot be had
TRIES = 3  # a stylesheet may be asked for from another process than its page, and be heard of sooner

BURST, RATE = 600, 0.2  # page views of one network at once, and a second: more than a school opens on a small site
HASTY = "Too much from one address"


@dataclass(slots=True)
class Sign:
    """Something else than a page was asked for as browsers do, by whom; `tries` are left to find their visit."""

    marks: Marks
    tries: int = TRIES


def network_of(address: str) -> bytes:
    """An address, or of IPv6 the /64 from which a visitor may pick addresses at will."""
    try:
        return inet_pton(AF_INET6, address)[:8] if ":" in address else address.encode()
    except (OSError, ValueError):
        return b""


class Visits:
    """`judge` names the bot of a glimpse. `salts`: as they were read last. `writing`: one at a time writes. `opened`:
    something was written. `forgotten`: the day before which single visits are gone,
    when those of days that are past are blurred as well.
    """

    def __init__(self, config: Config, judge: Callable[[Glimpse], str] = bot_of) -> None:
        self.salts: list[Salt] = []
        self.writing = asyncio.Lock()
        self.opened = asyncio.Event()
        self.entries: deque[Entry] = deque()
        self.signs: list[Sign] = []
        self.forgotten: date | None = None
        self.zone = config.site.timezone
        self._judge = judge
        self._host = urlsplit(config.public_url).hostname or ""
        self._ignored = parse_networks(config.analytics.ignore_networks)
        self._countries = Countries(config.countries_path)
        self._paces = Bucket()
        self._glimpses: deque[Glimpse] = deque()
        self._humans: dict[tuple[str, str], None] = {}
        self._is_full = False

    @property
    def is_waiting(self) -> bool:
        return bool(self._glimpses or self._humans or self.entries or self.signs)

    def note(self, glimpse: Glimpse) -> None:
        """Keeps it for the next second's writing. What is more than fits in memory is not counted."""
        if glimpse.is_owner:
            return
        if len(self._glimpses) + len(self.entries) >= WAITING_MAX:
            self._say_full()
            return
        self._glimpses.append(glimpse)

    def confirm(self, address: str, agent: str) -> None:
        """Something shows that there is a human with a browser: a stylesheet, a font, a socket, a pointer."""
        if len(self._humans) < SIGNS_MAX:
            self._humans[address, agent] = None

    async def digest(self, now: datetime) -> None:
        """Turns what was seen into entries, a part at a time. Without salts it waits, for a minute."""
        salts = good(self.salts, now)
        if not salts:
            self._humans.clear()
            self._glimpses = deque(one for one in self._glimpses if now - one.at < RAW_FOR)
            return
        humans, self._humans = self._humans, {}
        self.signs.extend(Sign(marks_of(salts, *human)) for human in humans)
        del self.signs[WAITING_MAX:]
        if not is_loaded() and any(map(self._is_person, self._glimpses)):
            await asyncio.to_thread(parser)
        while self._glimpses:
            turn = time.perf_counter() + SLICE
            while self._glimpses and time.perf_counter() < turn:
                self._digest_one(self._glimpses.popleft(), salts)
            await asyncio.sleep(0)

    def _is_person(self, glimpse: Glimpse) -> bool:
        try:
            return not self._judge(glimpse)
        except Exception:  # noqa: BLE001 - told of below
            return False

    def _digest_one(self, glimpse: Glimpse, salts: Sequence[Salt]) -> None:
        try:
            entry = self._entry(glimpse, salts)
        except Exception as error:  # noqa: BLE001 - one odd request must not end the counting of all others
            log.error("A visit could not be counted (%s)", type(error).__name__)
            return
        if entry:
            self.entries.append(entry)

    def _entry(self, glimpse: Glimpse, salts: Sequence[Salt]) -> Entry | None:
        if self._ignored.find(glimpse.address):
            return None
        if bot := self._judge(glimpse):
            return bot_entry(glimpse, bot)
        network = network_of(glimpse.address).hex()
        key = hash_of(salts[0].salt, network, "").hex()  # else addresses would lie there for hours
        if self._paces.take(key, glimpse.at.timestamp(), RATE, BURST):
            return bot_entry(glimpse, HASTY)
        return missing_of(glimpse) if glimpse.status == 404 else visit_of(glimpse, salts, self._host, self._countries)

    def written(self, count: int) -> None:
        """The first `count` entries are in the database."""
        for _ in range(count):
            self.entries.popleft()
        self._is_full = False
        self.opened.set()

    def unfound(self, signs: Sequence[Sign]) -> None:
        """Of all signs these have no visit yet, and may be tried again."""
        for sign in signs:
            sign.tries -= 1
        self.signs = [sign for sign in signs if sign.tries > 0]

    def _say_full(self) -> None:
        if not self._is_full:
            self._is_full = True
            log.warning("%d page views wait for the database: more are not counted until it is back", WAITING_MAX)
