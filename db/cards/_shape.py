"""What a live card is. Shapes and rules, without a database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Data = Mapping[str, Any]  # what JSON can hold: None, bool, int, float, str, lists and mappings of those


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a source answered: `data` is what its partial `templates/cards/_NAME.html` draws; docs/cards.md lists the
    keys of each. Pictures stand in `data` by keys that `pictures` names, with their addresses at the third party,
    which no page ever shows: `{"cover": "https://..."}`; where `data` is drawn, `pictures["cover"]` is a Cover of
    ours or missing.
    """

    data: Data
    pictures: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cover:
    """A picture of a card, as we keep it: its address on this site, and its size in pixels."""

    url: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Card:
    """The last good answer of the source `name`. `version` grows with each change of what it shows."""

    name: str
    data: Data
    pictures: Mapping[str, Cover]
    version: int
    fetched_at: datetime
    changed_at: datetime

    def age(self, now: datetime) -> float:
        """Seconds since it was last known to be so."""
        return max(0.0, (now - self.fetched_at).total_seconds())


@dataclass(slots=True)
class Cards:
    """Those of this process, by name: loaded once at the start, renewed by what is announced. `looked_at`: the
    loop's time at which somebody last had a page with cards open, here or elsewhere.
    """

    current: dict[str, Card] = field(default_factory=dict)
    looked_at: float = 0.0
