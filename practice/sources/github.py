"""A stand-in for GitHub: public events with another one on top every 20 seconds and ETags, and the calendar of
contributions by GraphQL, which answers nobody without a token and has its errors in good answers.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from aiohttp import web

NAME = "github"
USER = "robin"
TOKEN = "practice-github-token"  # noqa: S105 - it opens nothing but this stand-in
SECONDS = 20  # between two events
WEEKS = 53
LEVELS = ("NONE", "FIRST_QUARTILE", "SECOND_QUARTILE", "THIRD_QUARTILE", "FOURTH_QUARTILE")
SITE = "https://github.com"
EVENTS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("PushEvent", "robin/porchlight", {"ref": "refs/heads/main", "head": "a" * 40, "before": "b" * 40}),
    ("WatchEvent", "juniper/garden-almanac", {"action": "started"}),
    ("PushEvent", "robin/weather-station", {"ref": "refs/heads/brass-dial", "head": "c" * 40, "before": "d" * 40}),
    (
        "IssuesEvent",
        "robin/porchlight",
        {"action": "closed", "issue": {"html_url": f"{SITE}/robin/porchlight/issues/12"}},
    ),
    ("CreateEvent", "robin/tiny-synth", {"ref": None, "ref_type": "repository"}),
    ("PullRequestEvent", "teo/spoons", {"action": "opened", "number": 4, "pull_request": {"id": 9, "number": 4}}),
    (
        "ReleaseEvent",
        "robin/tiny-synth",
        {"action": "published", "release": {"html_url": f"{SITE}/robin/tiny-synth/releases/tag/v2"}},
    ),
)


def environment(base: str) -> dict[str, str]:
    return {"GITHUB_BASE_URL": base, "GITHUB_USER": USER, "GITHUB_TOKEN": TOKEN, "GITHUB_PERIOD": "10"}


def routes(now: Callable[[], float]) -> list[web.RouteDef]:
    async def events(request: web.Request) -> web.Response:
        return newest(request, int(now() // SECONDS))

    async def graphql(request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.json_response({"message": "Bad credentials"}, status=401)
        login = (await request.json())["variables"]["login"]
        return web.json_response(calendar(now()) if login == USER else nobody())

    return [web.get("/users/{user}/events/public", events), web.post("/graphql", graphql)]


def newest(request: web.Request, slot: int) -> web.Response:
    if request.match_info["user"] != USER:
        return web.json_response({"message": "Not Found"}, status=404)
    headers = {"ETag": f'W/"{slot}"', "X-Poll-Interval": "10", "X-RateLimit-Remaining": "58"}
    if request.headers.get("If-None-Match") == headers["ETag"]:
        return web.Response(status=304, headers=headers)
    count = int(request.query.get("per_page", "30"))
    return web.json_response([event(slot - back) for back in range(count)], headers=headers)


def event(slot: int) -> dict[str, Any]:
    kind, repository, payload = EVENTS[slot % len(EVENTS)]
    return {
        "id": str(slot),
        "type": kind,
        "actor": {"login": USER},
        "repo": {"id": slot % len(EVENTS), "name": repository},
        "payload": payload,
        "public": True,
        "created_at": datetime.fromtimestamp(slot * SECONDS, UTC).isoformat().replace("+00:00", "Z"),
    }


def calendar(now: float) -> dict[str, Any]:
    today = datetime.fromtimestamp(now, UTC).date()
    first = today - timedelta(days=(today.weekday() + 1) % 7 + 7 * (WEEKS - 1))
    days = [day(first + timedelta(days=number)) for number in range((today - first).days + 1)]
    weeks = [{"contributionDays": days[start : start + 7]} for start in range(0, len(days), 7)]
    total = sum(one["contributionCount"] for one in days)
    found = {"contributionCalendar": {"totalContributions": total, "weeks": weeks}}
    return {"data": {"user": {"contributionsCollection": found}}}


def day(which: date) -> dict[str, Any]:
    [level] = Random(which.toordinal()).choices(range(5), weights=(3, 4, 3, 2, 1))
    return {
        "date": which.isoformat(),
        "weekday": (which.weekday() + 1) % 7,
        "contributionCount": level * 3,
        "contributionLevel": LEVELS[level],
    }


def nobody() -> dict[str, Any]:
    problem = {"type": "NOT_FOUND", "path": ["user"], "message": "Could not resolve to a User with that login."}
    return {"data": {"user": None}, "errors": [problem]}
