"""Who is kept out, in memory, so that asking costs nothing. PostgreSQL is the truth: it is read at the start, after
each change, and where another process tells of one. What ends by its time needs no telling.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from db.errors import AWAY
from db.events import Missed, ModNoticeDue, NoticeDue, SanctionsBehind, SanctionsChanged
from db.loops import heeding
from db.networks import discord_hash, network_hash
from db.people import Person
from db.sanctions import _queries as queries
from db.sanctions._shape import Caller, Sanction
from db.sanctions._words import refusal

if TYPE_CHECKING:  # the store holds the memory
    from db.store import Store

log = logging.getLogger(__name__)


class Sanctions:
    """The sanctions that are in force, by person, network and session. `key` is the site's secret one, by which
    networks are told apart. `reading` is held while they are read, so that the last one to begin has the last word.
    """

    def __init__(self, key: bytes = b"") -> None:
        self._key = key
        self._known: tuple[object, ...] = ()
        self._people: dict[int, list[Sanction]] = {}
        self._networks: dict[bytes, list[Sanction]] = {}
        self._sessions: dict[int, list[Sanction]] = {}
        self._young: dict[int, datetime] = {}
        self.reading = asyncio.Lock()

    def fill(self, kept: list[Sanction], shells: dict[int, int], young: dict[int, datetime]) -> bool:
        """Takes these in place of all before. Whether anything is otherwise than it was."""
        people: dict[int, list[Sanction]] = defaultdict(list)
        networks: dict[bytes, list[Sanction]] = defaultdict(list)
        sessions: dict[int, list[Sanction]] = defaultdict(list)
        for one in kept:
            if one.network is not None:
                networks[one.network].append(one)
            elif one.session_id is not None:
                sessions[one.session_id].append(one)
            elif one.person_id is not None:
                people[one.person_id].append(one)
        for shell, person_id in shells.items():
            if person_id in people:
                people[shell] = people[person_id]
        self._people, self._networks, self._sessions = dict(people), dict(networks), dict(sessions)
        known, before, self._young = (tuple(kept), tuple(sorted(shells.items()))), self._known, young
        self._known = known
        return known != before

    def came(self, person_id: int, now: datetime) -> None:
        """A member who has come just now: a covered network covers them as it does a stranger."""
        if self._networks:  # others read it with the next change, or within seconds
            self._young[person_id] = now

    def find(self, caller: Caller, now: datetime) -> Sanction | None:
        """The heaviest one that covers the caller: a ban before a mute, the longest first. The owner is never covered,
        and an author only as themselves.
        """
        person = caller.person
        if person and person.owner:
            return None
        found = list(self._people.get(person.id, ())) if person else []
        if not (person and person.may_write_posts):
            found += self._around(caller)
        return heaviest(found, now)

    def of_person(self, person_id: int, now: datetime, kind: str | None = None) -> Sanction | None:
        """The heaviest one against this person, whatever network they come from."""
        return heaviest((one for one in self._people.get(person_id, ()) if kind in (None, one.kind)), now)

    def _around(self, caller: Caller) -> Iterator[Sanction]:
        if caller.session_id is not None:
            yield from self._sessions.get(caller.session_id, ())
        if self._networks and caller.person and caller.person.discord_id:  # who had another account, and deleted it
            yield from self._networks.get(discord_hash(self._key, caller.person.discord_id), ())
        if self._networks and caller.network:
            hashed = network_hash(self._key, caller.network)
            for one in self._networks.get(hashed, ()) if hashed else ():
                if self._is_newer(caller.person, one):
                    yield one

    def _is_newer(self, person: Person | None, one: Sanction) -> bool:
        """A network covers strangers, and members who came after it was covered: others of a household stay."""
        if person is None or not person.is_member:
            return True
        came_at = self._young.get(person.id)
        return came_at is not None and came_at >= one.created_at


# Rules


def heaviest(found: Iterable[Sanction], now: datetime) -> Sanction | None:
    lasting = [one for one in found if one.lasts(now)]
    return min(lasting, key=lambda one: (one.kind, one.until is not None, -_seconds(one), one.id), default=None)


def _seconds(one: Sanction) -> float:
    return one.until.timestamp() if one.until else 0.0


def check(store: "Store", caller: Caller, now: datetime) -> None:
    """Raises Forbidden (`banned` or `muted`) with the sentence: until when, why, and what one can do about it."""
    found = store.sanctions.find(caller, now)
    if found:
        raise refusal(found, store.config)


def in_force(store: "Store", person_id: int, now: datetime, kind: str | None = None) -> Sanction | None:
    """The heaviest sanction against this person, of that kind or of any."""
    return store.sanctions.of_person(person_id, now, kind)


# Acts


async def load(store: "Store") -> bool:
    """Reads all of it. Whether anything is otherwise than it was known here."""
    async with store.sanctions.reading:
        kept = await queries.everything(store.pool)
        shells = await queries.shells(store.pool) if kept else {}
        young = await queries.young_accounts(store.pool) if kept else {}
        return store.sanctions.fill(kept, shells, young)


async def tell(store: "Store") -> None:
    """To be called after the commit of whatever changed it: whoever may not stay is sent away, here and elsewhere."""
    try:
        await load(store)
    except AWAY:  # it is done; whoever follows reads it once the database is back
        store.live.announce(SanctionsBehind())
    for event in (SanctionsChanged(), ModNoticeDue(), NoticeDue()):
        store.live.announce(event)


async def renew(store: "Store") -> None:
    """Reads what another process may have changed, and says so in this one."""
    if await load(store):
        store.live.announce(SanctionsChanged(is_news=False))


async def follow(store: "Store") -> None:
    """Keeps this process's memory as the others have it. Runs until it is cancelled."""
    await heeding(store.live, "Reading who is kept out", _is_behind, lambda: renew(store), at_once=True)


def _is_behind(event: object) -> bool:
    return isinstance(event, SanctionsBehind | Missed)
