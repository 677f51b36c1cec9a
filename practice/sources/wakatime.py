"""A stand-in for WakaTime: a minute more of today every 15 seconds, and the sums of the days before."""

from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from aiohttp import web

NAME = "wakatime"
KEY = "waka_practice"
SECONDS = 15  # for which one minute more is counted
AT_LEAST, AT_MOST = 95, 190  # minutes of today
LANGUAGES = (("Python", 61.4), ("Markdown", 14.2), ("CSS", 11.9), ("SQL", 6.8), ("HTML", 3.6), ("TOML", 2.1))


def environment(base: str) -> dict[str, str]:
    return {"WAKATIME_BASE_URL": f"{base}/api/v1", "WAKATIME_API_KEY": KEY, "WAKATIME_PERIOD": "10"}


def routes(now: Callable[[], float]) -> list[web.RouteDef]:
    async def today(request: web.Request) -> web.Response:
        return refused(request) or web.json_response({"data": day(now(), today_of(now())), "cached_at": ""})

    async def stats(request: web.Request) -> web.Response:
        return refused(request) or web.json_response({"data": week(now())})

    async def summaries(request: web.Request) -> web.Response:
        return refused(request) or sums(request, now())

    users = "/api/v1/users/current"
    return [
        web.get(f"{users}/status_bar/today", today),
        web.get(f"{users}/stats/last_7_days", stats),
        web.get(f"{users}/summaries", summaries),
    ]


def refused(request: web.Request) -> web.Response | None:
    keys = {f"Basic {b64encode(key.encode()).decode()}" for key in (KEY, f"{KEY}:")}
    if request.headers.get("Authorization") in keys:
        return None
    return web.json_response({"error": "Unauthorized"}, status=401)


def today_of(now: float) -> date:
    return datetime.fromtimestamp(now, UTC).date()


def day(now: float, which: date) -> dict[str, Any]:
    is_today = which == today_of(now)
    minutes = AT_LEAST + int(now // SECONDS) % (AT_MOST - AT_LEAST) if is_today else which.toordinal() * 37 % 320
    return {
        "grand_total": {
            "digital": f"{minutes // 60}:{minutes % 60:02}",
            "hours": minutes // 60,
            "minutes": minutes % 60,
            "text": spoken(minutes * 60),
            "total_seconds": minutes * 60.0,
        },
        "languages": languages(minutes * 60),
        "projects": [{"name": "a-secret-project", "total_seconds": minutes * 60.0, "percent": 100.0}],
        "range": {"date": which.isoformat(), "text": which.isoformat(), "timezone": "UTC"},
    }


def week(now: float) -> dict[str, Any]:
    days = [day(now, today_of(now) - timedelta(days=back)) for back in range(7)]
    seconds: float = sum(one["grand_total"]["total_seconds"] for one in days)
    return {
        "range": "last_7_days",
        "status": "ok",
        "is_up_to_date": True,
        "percent_calculated": 100,
        "total_seconds": seconds,
        "daily_average": seconds / 7,
        "human_readable_total": spoken(seconds),
        "human_readable_daily_average": spoken(seconds / 7),
        "languages": languages(seconds),
        "projects": [{"name": "a-secret-project", "total_seconds": seconds, "percent": 100.0}],
    }


def languages(seconds: float) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "percent": percent,
            "total_seconds": seconds * percent / 100,
            "text": spoken(seconds * percent / 100),
        }
        for name, percent in LANGUAGES
    ]


def sums(request: web.Request, now: float) -> web.Response:
    try:
        first, last = date.fromisoformat(request.query["start"]), date.fromisoformat(request.query["end"])
    except (KeyError, ValueError):
        return web.json_response({"error": "start and end are needed"}, status=400)
    days = [day(now, first + timedelta(days=number)) for number in range((last - first).days + 1)]
    return web.json_response({"data": days, "start": first.isoformat(), "end": last.isoformat()})


def spoken(seconds: float) -> str:
    hours, minutes = divmod(int(seconds) // 60, 60)
    words = [f"{number} {unit}{'s' * (number != 1)}" for number, unit in ((hours, "hr"), (minutes, "min")) if number]
    return " ".join(words) or "0 secs"
