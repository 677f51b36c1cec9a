"""Which days are asked for, what they are compared with, and the steps in which a chart shows them. Rules, for both
doors.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from db.errors import Refused

from ._sums import Day, Hour

LATELY_MAX = 365  # days of `lately`
DAYS_MAX = 3660
EARLIEST = date(2000, 1, 1)
WRITTEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
BY_DAY, BY_WEEK = 100, 740  # days up to which each has a step of its own, and up to which each week has
ROUND = (10, 12, 16, 20, 24, 30, 40, 50, 60, 80, 100)
ONE_DAY = timedelta(days=1)


class BadPeriod(Refused):
    """These days cannot be shown. `field` is the one that is wrong: `days`, `first` or `last`."""

    def __init__(self, sentence: str, field: str) -> None:
        super().__init__(sentence, "bad_period")
        self.field = field


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last one, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "Period":
        """As many days, up to the day before the first."""
        return Period(self.first - timedelta(days=self.days), self.first - ONE_DAY)


@dataclass(frozen=True, slots=True)
class Step:
    """What one place of a chart stands for: an hour, a day, a week or a month. `short` is for below it."""

    name: str
    short: str
    views: int
    visitors: int


def today(now: datetime, zone: str) -> date:
    """Which day it is at the site."""
    return now.astimezone(ZoneInfo(zone)).date()


def lately(days: int, today: date) -> Period:
    """So many days, today included. Raises BadPeriod."""
    if not 1 <= days <= LATELY_MAX:
        raise BadPeriod(f"Choose 1 to {LATELY_MAX} days.", "days")
    return Period(today - timedelta(days=days - 1), today)


def between(first: str, last: str, today: date) -> Period:
    """From one day to another, written as 2026-05-01; without a last one up to today. Raises BadPeriod."""
    begins = _read(first, "first")
    ends = _read(last, "last") if last.strip() else today
    if begins < EARLIEST:
        raise BadPeriod(f"Nothing was counted before {EARLIEST.year}.", "first")
    if begins > today:
        raise BadPeriod("This day is still to come.", "first")
    if ends > today:
        raise BadPeriod("This day is still to come.", "last")
    if begins > ends:
        raise BadPeriod("The last day is before the first one.", "last")
    if (ends - begins).days >= DAYS_MAX:
        raise BadPeriod("That is more than ten years, which is the most at once.", "first")
    return Period(begins, ends)


def _read(typed: str, field: str) -> date:
    words = typed.strip()
    try:
        if WRITTEN.fullmatch(words):
            return date.fromisoformat(words)
    except ValueError:
        pass
    raise BadPeriod(f"Write the {field} day like 2026-05-01.", field)


def unit(period: Period) -> str:
    """What a step of its chart is."""
    if period.days == 1:
        return "hour"
    return "day" if period.days <= BY_DAY else "week" if period.days <= BY_WEEK else "month"


def steps(period: Period, days: Iterable[Day]) -> list[Step]:
    """One for each day, of a longer time one for each week, counted back from its last day, or for each month; also
    for those on which nobody came.
    """
    found = {one.day: one for one in days}
    every = [period.first + timedelta(days=number) for number in range(period.days)]
    if period.days <= BY_DAY:
        return [_step(f"{_weekday(day)} {_written(day)}", _short(day), [day], found) for day in every]
    if period.days <= BY_WEEK:
        weeks = [every[max(0, end - 7) : end] for end in range(len(every), 0, -7)][::-1]
        return [_step(_span(week), _short(week[0]), week, found) for week in weeks]
    months = [list(some) for _, some in groupby(every, lambda day: (day.year, day.month))]
    return [_step(f"{month[0]:%B %Y}", f"{month[0]:%b %Y}", month, found) for month in months]


def hour_steps(hours: Iterable[Hour]) -> list[Step]:
    """The 24 hours of a day."""
    found = {one.hour: one for one in hours}
    nothing = Hour(0, 0, 0)
    return [
        Step(
            f"{hour:02}:00 to {hour:02}:59",
            f"{hour:02}:00",
            found.get(hour, nothing).views,
            found.get(hour, nothing).visitors,
        )
        for hour in range(24)
    ]


def _step(name: str, short: str, days: Sequence[date], found: dict[date, Day]) -> Step:
    there = [found[day] for day in days if day in found]
    return Step(name, short, sum(one.views for one in there), sum(one.visitors for one in there))


def _weekday(day: date) -> str:
    return f"{day:%a}"


def _short(day: date) -> str:
    return f"{day.day} {day:%b}"


def _written(day: date) -> str:
    return f"{_short(day)} {day.year}"


def _span(days: Sequence[date]) -> str:
    return f"{_short(days[0])} to {_written(days[-1])}"


def ceiling(most: int) -> int:
    """The least round number that is not below: the upper end of a chart's scale, of which half is whole too."""
    if most <= ROUND[0]:
        return next(number for number in (2, 4, 6, 8, ROUND[0]) if number >= most)
    size = 1
    while most > ROUND[-1] * size:
        size *= 10
    return next(number * size for number in ROUND if number * size >= most)
