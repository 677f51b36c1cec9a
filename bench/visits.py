"""What counting costs a page, in processor time beside the bare page; how long a million visits take to be shown."""

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from unittest.mock import patch

import aiohttp
from aiohttp import web

from bench._house import free_port, run
from db import visits
from db.config import Analytics, Config, Data, Database, Web
from db.opening import open_store
from db.store import Store
from db.visits import Glimpse, Period
from web import counting, make_app, middlewares, serving

VIEWS, ROUNDS, SHOWN, COUNT = 1000, 9, 1_000_000, 25
DAYS = 90
AIM, AIM_SHOWN = 0.2, 100  # milliseconds
AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36"
HEADERS = {
    "accept": "text/html,application/xhtml+xml",
    "accept-language": "de-AT,de;q=0.8",
    "sec-fetch-dest": "document",
    "sec-fetch-mode": "navigate",
    "sec-fetch-site": "none",
    "referer": "https://news.example/item/7",
}
KINDS = ("path", "referrer", "link", "browser", "system", "device", "language")

# Visits as they might be after three months: many pages and referrers of which a few have the most, and visitors who
# come to four pages each.
FILL = """insert into visits (at, day, hour, visitor, is_confirmed, path, referrer, browser, system, device, language,
        country)
    select at, at::date, extract(hour from at), n / 4, n % 5 <> 0, '/blog/post-' || floor(power(random(), 3) * 500),
        case when n % 3 = 0 then 'site-' || floor(power(random(), 2) * 200) || '.example/page-' || floor(random() * 5)
            else '' end,
        (array['Chrome', 'Firefox', 'Safari', 'Edge', 'Samsung Internet'])[1 + n % 5],
        (array['Windows', 'Linux', 'macOS', 'iOS', 'Android'])[1 + n % 5],
        (array['desktop', 'phone', 'tablet'])[1 + n % 3], (array['de', 'en', 'fr', 'it'])[1 + n % 4], ''
    from (
        select n, $2::timestamptz - interval '90 days' * (n::float / $1) as at from generate_series(1, $1) as n
    ) as made"""


@dataclass(frozen=True, slots=True)
class Site:
    store: Store
    url: str


@asynccontextmanager
async def opened(database: str, *, counts: bool = True) -> AsyncIterator[Site]:
    """The whole site; without `counts` it is the same but for the counting of its pages."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="porch-", ignore_cleanup_errors=True))
        port = free_port()
        config = Config(
            data=Data(dir=folder),
            web=Web(port=port, trusted_proxies=("127.0.0.1",)),
            database=Database(url=database),
            analytics=Analytics(public=True),
        )
        store = await stack.enter_async_context(open_store(config))
        order = tuple(one for one in middlewares.ALL if counts or one is not counting.count)
        with patch.object(middlewares, "ALL", order):
            app: web.Application = make_app(store)
        await stack.enter_async_context(serving(app, "127.0.0.1", port))
        yield Site(store, f"http://127.0.0.1:{port}")


async def views(site: Site, client: aiohttp.ClientSession, count: int) -> None:
    """So many page views of different visitors, and what is noted of them written."""
    for _ in range(count):
        address = f"{random.randrange(1, 220)}.{random.randrange(256)}.{random.randrange(256)}.9"
        headers = {**HEADERS, "x-forwarded-for": address, "user-agent": AGENT.format(random.randrange(90, 140))}
        async with client.get(f"{site.url}/blog", headers=headers) as answer:
            await answer.read()
    await visits.flush(site.store, datetime.now(UTC))


async def spent(work: Callable[[], Awaitable[None]], count: int) -> float:
    """Processor time of this process for each of `count`, in milliseconds. PostgreSQL's own is not in it."""
    began = time.process_time()
    await work()
    return (time.process_time() - began) / count * 1000


async def measure_views(count: int, rounds: int, databases: tuple[str, str] = ("", "")) -> None:
    async with (
        opened(databases[0]) as counted,
        opened(databases[1], counts=False) as bare,
        aiohttp.ClientSession() as client,
    ):
        took: dict[str, list[float]] = {"bare": [], "counted": []}
        for number in range(rounds + 1):
            for name, site in (("bare", bare), ("counted", counted)):
                cost = await spent(partial(views, site, client, count), count)
                if number:  # the first ones find cold caches
                    took[name].append(cost)
        rows = await counted.store.pool.fetchval("select count(*) from visits")
        assert rows > count * rounds * 0.9, "they were counted"
        bare_page, page = (statistics.median(took[name]) for name in ("bare", "counted"))
        print(f"medians of {rounds} rounds of {count} page views, in processor time; their client is in both")
        print(f"bare page {bare_page:.3f} ms | counted page {page:.3f} ms")
        print(f"counting {page - bare_page:.3f} ms a page view (aim: below {AIM})")
        await measure_note(counted.store, count)


async def measure_note(store: Store, count: int) -> None:
    """Without a client and without pages: what is noted, and what is written, alone."""
    now = datetime.now(UTC)
    seen = [
        Glimpse(now, f"198.18.{n // 250}.{n % 250}", AGENT.format(90 + n % 50), f"/page-{n % 40}", 200, "", HEADERS)
        for n in range(count)
    ]

    async def note() -> None:
        for glimpse in seen:
            store.visits.note(glimpse)

    async def write() -> None:
        await visits.flush(store, now)

    noted, written = await spent(note, count), await spent(write, count)
    print(f"noting {noted:.4f} ms | writing many together {written:.3f} ms each", end=" | ")
    alone = []
    for place in range(min(count, 200)):
        store.visits.note(Glimpse(now, f"198.19.0.{place}", AGENT.format(99), "/", 200, "", HEADERS))
        alone.append(await spent(write, 1))
    print(f"writing one alone {statistics.median(alone):.3f} ms")


async def measure_shown(count: int, rounds: int, database: str = "") -> None:
    async with opened(database) as site, aiohttp.ClientSession() as client:
        now = datetime.now(UTC)
        await fill(site.store, count, now)
        last = now.date()
        print(f"{count:,} visits of {DAYS} days; medians of {rounds}")
        for days in (1, 30, DAYS):
            period = Period(last - timedelta(days=days - 1), last)
            asked, page = [], []
            for _ in range(rounds):
                began = time.perf_counter()
                await ask(site.store, period, now)
                asked.append((time.perf_counter() - began) * 1000)
                began = time.perf_counter()
                await look(client, f"{site.url}/stats?days={days}")
                page.append((time.perf_counter() - began) * 1000)
            queries, whole = statistics.median(asked), statistics.median(page)
            print(f"{days:3} days: queries {queries:6.1f} ms (aim {AIM_SHOWN}) | the page as a whole {whole:6.1f} ms")


async def look(client: aiohttp.ClientSession, url: str) -> None:
    """From a network of its own each time: the limits are tested elsewhere."""
    network = f"10.{random.randrange(256)}.{random.randrange(256)}.1"
    async with client.get(url, headers={"x-forwarded-for": network}) as answer:
        await answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{url} is answered with {answer.status}")


async def ask(store: Store, period: Period, now: datetime) -> None:
    """What /stats asks, all at once as it does."""
    first, last, before = period.first, period.last, period.before
    await asyncio.gather(
        visits.totals(store.pool, first, last),
        visits.totals(store.pool, before.first, before.last),
        visits.current(store.pool, now),
        visits.tops(store.pool, KINDS, first, last, 10),
        visits.tops(store.pool, ("missing", "bot"), first, last, 10),
        visits.over_time(store.pool, period),
    )


async def fill(store: Store, count: int, now: datetime) -> None:
    async with store.pool.acquire() as conn:
        await conn.execute("set statement_timeout = 0")
        await conn.execute(FILL, count, now, timeout=600)
        await conn.execute("insert into visit_days_open (day) select distinct day from visits")
        await conn.execute("analyze", timeout=600)
    days = await store.pool.fetchval("select count(*) from visit_days_open")
    began, cost = time.perf_counter(), time.process_time()
    await visits.roll_up(store)
    took, cost = (time.perf_counter() - began) / days * 1000, (time.process_time() - cost) / days * 1000
    print(f"summing a day of {count // days:,} visits {took:.0f} ms, of which here {cost:.1f} ms")
    await store.pool.execute("vacuum analyze visit_days")  # PostgreSQL does so by itself after a while


async def measure(count: int, rounds: int, shown: int) -> None:
    await measure_views(count, rounds)
    await measure_shown(shown, COUNT)


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench visits", description=__doc__)
    parser.add_argument("--views", type=int, default=VIEWS, help="page views in a round")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="rounds of each")
    parser.add_argument("--shown", type=int, default=SHOWN, help="visits that are to be shown")
    asked = parser.parse_args()
    run(measure(asked.views, asked.rounds, asked.shown))
    return 0


if __name__ == "__main__":
    sys.exit(main())
