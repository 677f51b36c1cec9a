"""What a live card is: its shapes, and the rules about what may be one and which are shown."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec

from db.cards._fading import Fading
from db.errors import Refused

Data = Mapping[str, Any]  # what JSON can hold: None, bool, int, float, str, lists and mappings of those
DATA_MAX = 64 * 1024  # bytes of JSON
PICTURE_SIDE = 300  # pixels
NUL = re.compile(
    rb"(?<!\\)(?:\\\\)*\\u0000"
)  # which PostgreSQL cannot keep; whoever writes about it means another thing
NOT_PLAIN = "The answer holds what no card can show."
TOO_LARGE = "The answer is larger than a card may be."


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a source answered: `data` is what its partial `templates/cards/_NAME.html` draws; docs/cards.md lists the
    keys of each. Pictures stand in `data` by keys that `pictures` names, with their addresses at the third party,
    which no page ever shows: `{"cover": "https://..."}`; where `data` is drawn, `pictures["cover"]` is a Cover of
    ours or missing. Without any data there is nothing to show, and no card. `trouble` says to the owner which part did
    not come, where there are several.
    """

    data: Data
    pictures: Mapping[str, str] = field(default_factory=dict)
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a card, made anew and small. `source`: where it was at the third party. Its name is the hash of
    its bytes.
    """

    name: str
    content_type: str
    content: bytes
    width: int
    height: int
    source: str


@dataclass(frozen=True, slots=True)
class Cover:
    """A picture of a card, as we keep it: its address on this site, and its size in pixels."""

    url: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Card:
    """The last good answer of the source `name`. `version` grows with each change of what it shows. `is_fed`: it came
    by itself, from Discord's gateway, and no third party was asked.
    """

    name: str
    data: Data
    pictures: Mapping[str, Cover]
    version: int
    fetched_at: datetime
    changed_at: datetime
    is_fed: bool = False

    def age(self, now: datetime) -> float:
        """Seconds since it was last known to be so."""
        return max(0.0, (now - self.fetched_at).total_seconds())


@dataclass(frozen=True, slots=True)
class State:
    """How it is with a source: what the owner is told of it, and what its next question is planned by. With a
    `last_error` and without `failing_since` it answers, but for a part.
    """

    name: str
    version: int
    fetched_at: datetime | None
    changed_at: datetime | None
    is_fed: bool
    next_at: datetime
    held_until: datetime | None
    is_wanted: bool
    taken_until: datetime | None
    is_paused: bool
    failures: int
    failing_since: datetime | None
    last_error: str
    told_id: int | None


@dataclass(slots=True)
class Cards:
    """Those of this process, by name: loaded once at the start, renewed by what is announced. `looked_at`: the
    loop's time at which somebody last had a page with cards open, here or elsewhere. `fading`: Redis, when there is
    one. `undrawn`: the versions of those that the pages of this process could not draw.
    """

    current: dict[str, Card] = field(default_factory=dict)
    looked_at: float = float("-inf")
    undrawn: dict[str, int] = field(default_factory=dict)
    fading: Fading = field(default_factory=Fading)


# Rules


def checked(data: Data) -> Data:
    """The data as it will come back from where it is kept. Raises Refused for what no card can hold."""
    try:
        encoded = msgspec.json.encode(data)
    except (TypeError, ValueError, RecursionError, OverflowError) as error:  # half a surrogate pair is a ValueError
        raise Refused(NOT_PLAIN) from error
    if len(encoded) > DATA_MAX:
        raise Refused(TOO_LARGE)
    plain: object = msgspec.json.decode(encoded)
    if not isinstance(plain, dict) or NUL.search(encoded):
        raise Refused(NOT_PLAIN)
    return plain


def is_shown(card: Card, off: str, stale_after: int, now: datetime) -> bool:
    """Not for long after the last good answer, not when that held nothing, and not of a source that is switched off,
    unless it comes by itself.
    """
    is_fresh = now - card.fetched_at <= timedelta(seconds=stale_after)
    return is_fresh and bool(card.data) and (not off or card.is_fed)


def url_of(card: str, picture: str, content_type: str) -> str:
    """Where the picture is on this site, for good: another picture has another name."""
    return f"/cards/{card}/{picture}.{content_type.removeprefix('image/')}"
