"""WakaTime, or a server that speaks like it: how long the owner wrote code today and in the last seven days, and in
which languages. Projects and machines may be private, so they are not read. Source: wakatime.com/developers.
"""

from base64 import b64encode
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from msgspec import Meta, field

from db.cards import Card, Snapshot
from db.config import Wakatime

from ._outbound import Outbound, SourceFailed, StillComputing
from ._parts import completed, is_good, part
from ._words import Part, line, shaped

LANGUAGES = 5
DAYS = 7
WEEK_KEPT = 3000.0  # seconds: their sums of days are made anew once an hour at most
NOT_OFFERED = frozenset({400, 402, 403, 404})  # daily sums are not for everybody, and not with every such server
SIXTY = 60
NO_SUMS: dict[str, Any] = {
    "week_seconds": None,
    "week_text": "",
    "average_text": "",
    "languages": [],
    "until": None,
    "days": [],
}
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
    except SourceFailed as failed:
        raise _meant(failed) from None
    seconds, day = today.grand_total.total_seconds, today.date
    data: dict[str, Any] = {
        "today": day.isoformat() if day else None,
        "today_seconds": round(seconds),
        "today_text": line(today.grand_total.text) or spoken(seconds),
    }
    troubles = []
    for ask in (_week, _days):
        try:
            data |= await ask(outbound, headers, today)
        except StillComputing:
            raise
        except SourceFailed as failed:
            troubles.append(f"The sums of days: {_meant(failed).sentence}")
    return Snapshot(data, trouble=next(iter(troubles), ""))


def settled(snapshot: Snapshot, before: Card | None, now: datetime) -> Snapshot:
    """With the last sums, where they did not come; today's is always as just heard."""
    known = before.data if before and is_good(before.data.get("until"), now) else {}
    whole = completed(snapshot, known, NO_SUMS)
    if "days" in snapshot.data or not snapshot.data["today"]:
        return whole
    sums = {date.fromisoformat(day["date"]): day["seconds"] for day in whole.data["days"]}
    days = week_of(sums, date.fromisoformat(snapshot.data["today"]), snapshot.data["today_seconds"])
    return Snapshot({**whole.data, "days": days}, trouble=whole.trouble)


def _today(answer: Any) -> Today:
    return shaped(answer, Today)


def _stats(answer: Any) -> Stats:
    return shaped(answer, Stats)


def _summaries(answer: Any) -> Summaries:
    return shaped(answer, Summaries)


async def _week(outbound: Outbound, headers: dict[str, str], today: Day) -> dict[str, Any]:
    stats = await part(
        outbound, "/users/current/stats/last_7_days", headers=headers, kept_for=WEEK_KEPT, reading=_stats
    )
    week: Week = stats.data
    return {
        "week_seconds": round(week.total_seconds),
        "week_text": line(week.human_readable_total) or spoken(week.total_seconds),
        "average_text": line(week.human_readable_daily_average),
        "languages": [
            {"name": line(one.name, 40), "percent": round(one.percent, 2), "text": line(one.text, 40)}
            for one in week.languages[:LANGUAGES]
        ],
        "until": today.date.isoformat() if today.date else None,
    }


async def _days(outbound: Outbound, headers: dict[str, str], today: Day) -> dict[str, Any]:
    """None where they are not offered."""
    if not today.date:
        return {"days": []}
    first = today.date - timedelta(days=DAYS - 1)
    query = {"start": first.isoformat(), "end": today.date.isoformat()}
    try:
        found = await part(
            outbound, "/users/current/summaries", query=query, headers=headers, kept_for=WEEK_KEPT, reading=_summaries
        )
    except SourceFailed as failed:
        if failed.status in NOT_OFFERED:
            return {"days": []}
        raise
    sums = {day.date: day.grand_total.total_seconds for day in found.data if day.date}
    return {"days": week_of(sums, today.date, today.grand_total.total_seconds)}


def week_of(sums: Mapping[date, float], today: date, seconds: float) -> list[dict[str, Any]]:
    """The last seven days that are known, each with its seconds; today's are these."""
    first = today - timedelta(days=DAYS - 1)
    known = {day: sums[day] for day in sums if first <= day < today} | {today: seconds}
    return [{"date": day.isoformat(), "seconds": round(known[day])} for day in sorted(known)]


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
