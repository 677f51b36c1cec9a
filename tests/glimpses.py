"""What a person's browser sends, for tests of visits."""

from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from aiohttp.test_utils import TestServer

from db.store import Store
from db.visits import Glimpse, flush

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Mobile/15E148 Safari/604.1"
)
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
)
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
HEADERS = {
    "accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "accept-language": "de-AT,de;q=0.8,en;q=0.5",
    "sec-fetch-dest": "document",
    "sec-fetch-mode": "navigate",
    "sec-fetch-site": "none",
}


def glimpse(minutes: float = 0, path: str = "/", **more: Any) -> Glimpse:
    """A page view, so many minutes after noon; `more` are fields of a Glimpse."""
    known: dict[str, Any] = {
        "at": NOON + timedelta(minutes=minutes),
        "address": "192.0.2.7",
        "agent": FIREFOX,
        "status": 200,
        "referrer": "",
        "headers": HEADERS,
    }
    return Glimpse(path=path, **(known | more))


async def noted(store: Store, *glimpses: Glimpse, now: datetime | None = None) -> None:
    """Noted and written, at the time of the last one."""
    for one in glimpses:
        store.visits.note(one)
    await flush(store, now or glimpses[-1].at)


async def sums(store: Store, kind: str) -> dict[str, tuple[int, int, int]]:
    """Views, visitors and confirmed by key, over all days."""
    rows = await store.pool.fetch(
        """select key, sum(views) as views, sum(visitors) as visitors, sum(confirmed) as confirmed
        from visit_days where kind = $1 group by key""",
        kind,
    )
    return {row["key"]: (row["views"], row["visitors"], row["confirmed"]) for row in rows}


async def ask(
    house: TestServer | str,
    path: str,
    method: str = "GET",
    cookies: dict[str, str] | None = None,
    data: dict[str, str] | None = None,
    **more: str,
) -> aiohttp.ClientResponse:
    """As Firefox asks for a page, with other headers where `more` says so."""
    headers = {**HEADERS, "user-agent": FIREFOX, "x-forwarded-for": "203.0.113.7"}
    headers |= {name.replace("_", "-"): value for name, value in more.items()}
    where = house + path if isinstance(house, str) else house.make_url(path)
    async with (
        aiohttp.ClientSession(cookies=cookies) as client,
        client.request(method, where, data=data, headers=headers, allow_redirects=False) as answer,
    ):
        await answer.read()
        return answer
