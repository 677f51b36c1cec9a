"""One sanction, and who it is asked of."""

from dataclasses import dataclass
from datetime import datetime

from db.people import Person


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: as whom, from which network (an address or a /64; empty where none is known), in which session (the
    `id` of db/sessions, which stays the same when its token or its person changes).
    """

    person: Person | None
    network: str = ""
    session_id: int | None = None


@dataclass(frozen=True, slots=True)
class Sanction:
    """`kind` is `ban` or `mute`. `origin`: `site`, `discord` (it ends when Discord's does) or `rule`."""

    id: int
    kind: str
    person_id: int | None
    network: bytes | None
    session_id: int | None
    reason: str
    created_at: datetime
    until: datetime | None
    case_id: int | None
    origin: str = "site"

    def lasts(self, now: datetime) -> bool:
        return self.until is None or self.until > now


@dataclass(frozen=True, slots=True)
class InForce:
    """Somebody who is kept out now, for the moderators' list. `networks`: from how many they are covered; without
    `person_id` only these are left of it. `by_name` is empty where the house or Discord decided.
    """

    sanction: Sanction
    name: str
    username: str | None
    discord_id: int | None
    by_name: str
    networks: int
