"""One rule, and what it says of some words."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Filter:
    """`kind`: words, pattern, links, mentions, repeats, caps, zalgo or names. `action`: hold, delete, mute (for
    `minutes`) or notify.
    """

    id: int
    kind: str
    pattern: str
    action: str
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`rule` in words for people, such as `the word "casino"`."""

    filter: Filter
    rule: str
