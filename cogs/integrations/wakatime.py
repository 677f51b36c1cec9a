"""WakaTime, or a server that speaks like it: how long the owner wrote code today and in the last seven days, and in
which languages. Projects and machines may be private, so they are not read. Source: wakatime.com/developers.
"""

from base64 import b64encode
from datetime import date, timedelta
from typing import Annotated, Any

from msgspec import Meta, field

from db.cards import Snapshot
from db.config import Wakatime

from ._outbound import Outbound, SourceFailed
from ._words import Part, line, shaped

LANGUAGES = 5
DAYS = 7
WEEK_KEPT = 3000.0  # seconds: their sums of days are made anew once an hour at most
NOT_OFFERED = frozenset({400, 402, 403, 404})  # daily sums are not for everybody, and not with every such server
SIXTY = 60
EPOCH = 1970  # the year before which nobody wrote code for WakaTime

Seconds = Annotated[float, Meta(ge=0, le=1e9)]


class Total(Part, frozen=True):
    total_seconds: Seconds
    text: str | None = None


class Range(Part, frozen=True):
    day: date | None = field(name="date", default=None)


class Day(Part, frozen=True):
    grand_total: Total
    range: Range | None = None

    @property
    def date(self) -> date | None:
        return self.range.day if self.range and self.range.day and self.range.day.year > EPOCH else None


class Today(Part, frozen=True):
    data: Day


class Language(Part, frozen=True):
    name: str
    percent: Annotated[float, Meta(ge=0, le=1000)]
    text: str | None = None


class Week(Part, frozen=True):
    total_seconds: Seconds
    human_readable_total: str | None = None
    human_readable_daily_average: str | None = None
    languages: tuple[Language, ...] = ()


class Stats(Part, frozen=True):
    data: Week


class Summaries(Part, frozen=True):
    data: list[Day]


async def fetch(outbound: Outbound, settings: Wakatime) -> Snapshot:
    headers = {"Authorization": f"Basic {b64encode(settings.api_key.encode()).decode()}"}
    try:
        today = (await outbound.json("/users/current/status_bar/today", headers=headers, reading=_today)).data
        stats = await outbound.json(
            "/users/current/stats/last_7_days", headers=headers, kept_for=WEEK_KEPT, reading=_stats
        )
        days = await _days(outbound, headers, today.date, today.grand_total.total_seconds) if today.date else []
    except SourceFailed as failed:
        raise _meant(failed) from None
    week: Week = stats.data
    data = {
        "today_seconds": round(today.grand_total.total_seconds),
        "today_text": line(today.grand_total.text) or spoken(today.grand_total.total_seconds),
        "week_seconds": round(week.total_seconds),
        "week_text": line(week.human_readable_total) or spoken(week.total_seconds),
        "average_text": line(week.human_readable_daily_average),
        "languages": [
            {"name": line(one.name, 40), "percent": round(one.percent, 2), "text": line(one.text, 40)}
            for one in week.languages[:LANGUAGES]
        ],
        "days": days,
    }
    return Snapshot(data)


def _today(answer: Any) -> Today:
    return shaped(answer, Today)


def _stats(answer: Any) -> Stats:
    return shaped(answer, Stats)


def _summaries(answer: Any) -> Summaries:
    return shaped(answer, Summaries)


async def _days(outbound: Outbound, headers: dict[str, str], today: date, seconds: float) -> list[dict[str, Any]]:
    """The last seven, each with its seconds, today's as just heard; none where they are not offered."""
    first = today - timedelta(days=DAYS - 1)
    query = {"start": first.isoformat(), "end": today.isoformat()}
    try:
        found = await outbound.json(
            "/users/current/summaries", query=query, headers=headers, kept_for=WEEK_KEPT, reading=_summaries
        )
    except SourceFailed as failed:
        if failed.status in NOT_OFFERED:
            return []
        raise
    sums = {day.date: day.grand_total.total_seconds for day in found.data if day.date and first <= day.date < today}
    sums[today] = seconds
    return [{"date": day.isoformat(), "seconds": round(sums[day])} for day in sorted(sums)]


def _meant(failed: SourceFailed) -> SourceFailed:
    """They may answer with 302 in the place of 429 (their documentation, "Rate Limiting")."""
    if failed.status != 302:
        return failed
    return SourceFailed("It says that we ask too often (302).", retry_after=failed.retry_after, status=302)


def spoken(seconds: float) -> str:
    """As they say it themselves: `3 hrs 2 mins`."""
    hours, minutes = divmod(int(seconds) // SIXTY, SIXTY)
    parts = [f"{hours} hr{'s' * (hours != 1)}"] if hours else []
    return " ".join([*parts, f"{minutes} min{'s' * (minutes != 1)}"])
