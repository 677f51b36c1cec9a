"""One rule, what it says of some words, and where it would have said it."""

from dataclasses import dataclass, field
from datetime import datetime

KINDS = ("words", "pattern", "links", "mentions", "repeats", "caps", "zalgo", "names")
WEIGHTS = {"delete": 3, "mute": 2, "hold": 1, "notify": 0}  # the actions; of several verdicts the heaviest counts
SETTINGS = frozenset(KINDS) - {"words", "pattern"}  # kinds of which there is one rule; another takes its place
FOR_NEW = frozenset({"links", "names"})  # kinds that are asked of new people only
LOOKED_AT = 2_000  # characters; no message is longer


@dataclass(frozen=True, slots=True)
class Filter:
    """`kind`: words, pattern, links, mentions, repeats, caps, zalgo or names. `action`: hold, delete, mute (for
    `minutes`) or notify. `instead_of`: the rules whose place it took when it was made.
    """

    id: int
    kind: str
    pattern: str
    action: str
    minutes: int | None = None
    instead_of: tuple["Filter", ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`rule` in words for people, such as `the word "casino"`."""

    filter: Filter
    rule: str


@dataclass(frozen=True, slots=True)
class Match:
    """A message that was said and that a rule would have been about."""

    message_id: int
    room_id: int
    name: str
    content: str
    created_at: datetime
    rule: str


@dataclass(frozen=True, slots=True)
class Tried:
    """What a rule would have been about, and among how many messages."""

    found: list[Match]
    looked_at: int
