"""GitHub's calendar of contributions: the question, and what its answer means. For cogs/integrations/github.py."""

from datetime import date
from typing import Annotated, Any, Literal

from msgspec import Meta

from ._outbound import SourceFailed
from ._words import Part, shaped

WEEKS = 53
LEVELS = {"NONE": 0, "FIRST_QUARTILE": 1, "SECOND_QUARTILE": 2, "THIRD_QUARTILE": 3, "FOURTH_QUARTILE": 4}
QUESTION = """
query($login: String!) {
  user(login: $login) {
    contributionsCollection {
      contributionCalendar {
        totalContributions
        weeks { contributionDays { date weekday contributionCount contributionLevel } }
      }
    }
  }
}
"""


class Day(Part, frozen=True):
    date: date
    weekday: Annotated[int, Meta(ge=0, le=6)]
    contributionCount: Annotated[int, Meta(ge=0, le=1_000_000)]  # noqa: N815 - their name
    contributionLevel: Literal["NONE", "FIRST_QUARTILE", "SECOND_QUARTILE", "THIRD_QUARTILE", "FOURTH_QUARTILE"]  # noqa: N815


class Week(Part, frozen=True):
    contributionDays: Annotated[list[Day], Meta(max_length=7)]  # noqa: N815


class Calendar(Part, frozen=True):
    totalContributions: Annotated[int, Meta(ge=0, le=100_000_000)]  # noqa: N815
    weeks: list[Week]


class Collection(Part, frozen=True):
    contributionCalendar: Calendar  # noqa: N815


class User(Part, frozen=True):
    contributionsCollection: Collection  # noqa: N815


class Found(Part, frozen=True):
    user: User | None = None


class Wrong(Part, frozen=True):
    type: str = ""


class Answer(Part, frozen=True):
    data: Found | None = None
    errors: tuple[Wrong, ...] = ()


def asked_for(user: str) -> dict[str, Any]:
    return {"query": QUESTION, "variables": {"login": user}}


def calendar_of(answer: Any) -> dict[str, Any]:
    """`total`, `streak`, `weeks` and `until` of the card. Raises SourceFailed: errors come as good answers (200)."""
    found = shaped(answer, Answer)
    if found.errors or found.data is None or found.data.user is None:
        raise _meant({error.type for error in found.errors})
    calendar = found.data.user.contributionsCollection.contributionCalendar
    weeks = calendar.weeks[-WEEKS:]
    days = sorted((day for week in weeks for day in week.contributionDays), key=lambda day: day.date)
    return {
        "total": calendar.totalContributions,
        "streak": streak([day.contributionCount for day in days]),
        "weeks": [_levels(week) for week in weeks],
        "until": days[-1].date.isoformat() if days else None,
    }


def streak(counts: list[int]) -> int:
    """Days in a row with contributions, up to today; today does not end it while it is not over."""
    running = counts[:-1] if counts and not counts[-1] else counts
    for length, count in enumerate(reversed(running)):
        if not count:
            return length
    return len(running)


def _levels(week: Week) -> list[int | None]:
    """From Sunday to Saturday; the first and the last week have days that are not of the calendar."""
    found = {day.weekday: LEVELS[day.contributionLevel] for day in week.contributionDays}
    return [found.get(weekday) for weekday in range(7)]


def _meant(errors: set[str]) -> SourceFailed:
    if "NOT_FOUND" in errors or not errors:
        return SourceFailed("It knows no user of this name.", is_setup=True, status=200)
    if errors & {"RATE_LIMITED", "RATE_LIMIT"}:
        return SourceFailed("It says that we ask too often.", status=200)
    if errors & {"FORBIDDEN", "INSUFFICIENT_SCOPES"}:
        return SourceFailed("It does not let the token see the calendar.", is_setup=True, status=200)
    return SourceFailed("It answered with an error.", status=200)
