"""Sums of visits as they are read: of a day, of an hour, of one page or browser, of a whole period. Shapes only."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Day:
    """`visitors` were each counted once that day, `confirmed` are those of them who showed that they are human."""

    day: date
    views: int
    visitors: int
    confirmed: int


@dataclass(frozen=True, slots=True)
class Hour:
    hour: int
    views: int
    visitors: int


@dataclass(frozen=True, slots=True)
class Row:
    """One key of a kind over a period: a path, a browser, a bot's name."""

    key: str
    views: int
    visitors: int


@dataclass(frozen=True, slots=True)
class Totals:
    """`visitors` are those of each day together: who comes on two days is two. `bots` counts requests."""

    views: int = 0
    visitors: int = 0
    confirmed: int = 0
    bots: int = 0


@dataclass(frozen=True, slots=True)
class Sum:
    """One row of an export, as it is kept."""

    day: date
    kind: str
    key: str
    views: int
    visitors: int
    confirmed: int
