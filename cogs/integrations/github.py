"""GitHub: the calendar of contributions with its streak (for which there has to be a token), and the latest public
activity. Sources: docs.github.com/rest/activity/events, docs.github.com/graphql/reference.
"""

from typing import Any
from urllib.parse import quote

from db.cards import Snapshot
from db.config import Github

from ._github_calendar import asked_for, calendar_of
from ._github_events import latest
from ._outbound import Outbound

EVENTS = 20  # so many are looked at: not all of them are worth a line
CALENDAR_KEPT = 7200.0  # seconds
API = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
ENTERPRISE = "/api/v3"


async def fetch(outbound: Outbound, settings: Github) -> Snapshot:
    headers = {**API, "Authorization": f"Bearer {settings.token}"} if settings.token else API
    name, site = settings.user.removeprefix("@"), site_of(settings.base_url)
    user = quote(name, safe="")
    events = await outbound.json(
        f"/users/{user}/events/public",
        query={"per_page": str(EVENTS)},
        headers=headers,
        reading=lambda answer: latest(answer, site),
    )
    calendar: dict[str, Any] = {"total": None, "streak": None, "weeks": []}
    if settings.token:  # GraphQL answers nobody without one
        calendar = await outbound.json(
            "/graphql", headers=headers, body=asked_for(name), kept_for=CALENDAR_KEPT, reading=calendar_of
        )
    return Snapshot({"user": name, "url": f"{site}/{user}", **calendar, "latest": events})


def site_of(base_url: str) -> str:
    """Where the pages are: one's own GitHub has them beside its API, github.com does not."""
    base = base_url.rstrip("/")
    return base.removesuffix(ENTERPRISE) if base.endswith(ENTERPRISE) else "https://github.com"
