"""GitHub: the calendar of contributions with its streak (for which there has to be a token), and the latest public
activity. Sources: docs.github.com/rest/activity/events, docs.github.com/graphql/reference.
"""

from datetime import datetime
from typing import Any
from urllib.parse import quote

from db.cards import Card, Snapshot
from db.config import Github

from ._github_calendar import asked_for, calendar_of
from ._github_events import latest
from ._outbound import Outbound, SourceFailed
from ._parts import completed, is_good, part

EVENTS = 20  # so many are looked at: not all of them are worth a line
NO_CALENDAR: dict[str, Any] = {"total": None, "streak": None, "weeks": [], "until": None}
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
    data = {"user": name, "url": f"{site}/{user}", "latest": events}
    if not settings.token:  # GraphQL answers nobody without one
        return Snapshot({**data, **NO_CALENDAR})
    asked = asked_for(name)
    try:
        calendar = await part(
            outbound, "/graphql", headers=headers, body=asked, kept_for=CALENDAR_KEPT, reading=calendar_of
        )
    except SourceFailed as failed:
        return Snapshot(data, trouble=f"The calendar: {failed.sentence}")
    return Snapshot({**data, **calendar})


def settled(snapshot: Snapshot, before: Card | None, now: datetime) -> Snapshot:
    """With the last calendar, where it did not come."""
    known = before.data if before else {}
    is_known = known.get("user") == snapshot.data["user"] and is_good(known.get("until"), now)
    return completed(snapshot, known if is_known else {}, NO_CALENDAR)


def site_of(base_url: str) -> str:
    """Where the pages are: one's own GitHub has them beside its API, github.com does not."""
    base = base_url.rstrip("/")
    return base.removesuffix(ENTERPRISE) if base.endswith(ENTERPRISE) else "https://github.com"
