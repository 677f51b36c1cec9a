"""How long the pages of a blog of 10,000 posts and 100,000 comments take, and of one of 100; drawn anew, and kept."""

import argparse
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import aiohttp

from bench._archive import written
from bench._house import free_port, run
from db.config import Config, Data, Database, Web
from db.events import PostsChanged
from db.opening import open_store
from db.store import Store
from web import make_app, serving

SHORT, LONG, COUNT = 100, 10_000, 60
YEAR, YEARS = 300, 5400  # days over which the posts of either were written


@dataclass(frozen=True, slots=True)
class Blog:
    """One of them, open to a reader."""

    store: Store
    client: aiohttp.ClientSession
    posts: int
    year: int

    def paths(self) -> dict[str, str]:
        return {
            "list": "/blog",
            "last page": f"/blog?page={self.posts // 10}",
            "tag": "/blog/tags/tag-7",
            "archive": f"/blog/archive/{self.year}",
            "search": "/search?q=lantern",
            "common word": "/search?q=lamp",
            "not found": "/search?q=lampione",
            "feed": "/feed.atom",
            "post": f"/blog/post-{self.posts // 2}",
            "sitemap": "/sitemap.xml",
        }


async def read(blog: Blog, path: str) -> None:
    """From a network of its own each time: the limits are tested elsewhere."""
    network = f"10.{random.randrange(256)}.{random.randrange(256)}.1"
    async with blog.client.get(path, headers={"X-Forwarded-For": network}) as answer:
        await answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path} is answered with {answer.status}")


@asynccontextmanager
async def opened(count: int, days: int, database: str) -> AsyncIterator[Blog]:
    """In this database, or without one in an embedded PostgreSQL of its own."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="porch-", ignore_cleanup_errors=True))
        port = free_port()
        config = Config(
            data=Data(dir=folder),
            web=Web(port=port, trusted_proxies=("127.0.0.1",)),
            database=Database(url=database),
        )
        store = await stack.enter_async_context(open_store(config))
        await written(store, count, days)
        await stack.enter_async_context(serving(make_app(store), "127.0.0.1", port))
        client = await stack.enter_async_context(aiohttp.ClientSession(f"http://127.0.0.1:{port}"))
        year = await store.pool.fetchval(
            "select extract(year from published_at)::integer from posts group by 1 order by count(*) desc limit 1"
        )
        yield Blog(store, client, count, year)


async def measure(long: int, count: int, databases: tuple[str, str] = ("", "")) -> None:
    async with opened(SHORT, YEAR, databases[0]) as short, opened(long, YEARS, databases[1]) as full:
        print(f"medians of {count}, by turns; {SHORT} posts and {long:,}")
        drawn = await rounds((short, full), count, is_changed=True)
        kept = await rounds((short, full), count, is_changed=False)
        for name in short.paths():
            print(f"{name:12} drawn {told(drawn[name])} | kept {told(kept[name])}")
        await wander(full)


async def rounds(blogs: tuple[Blog, Blog], count: int, *, is_changed: bool) -> dict[str, list[float]]:
    """Every page once in each round, in milliseconds; before a round of either something has changed, or has not."""
    took: dict[tuple[str, int], list[float]] = {}
    for number in range(count + 3):
        for blog in blogs:
            if is_changed:
                blog.store.live.announce(PostsChanged())
            for name, path in blog.paths().items():
                began = time.perf_counter()
                await read(blog, path)
                if number >= 3:  # the first ones find cold caches
                    took.setdefault((name, blog.posts), []).append((time.perf_counter() - began) * 1000)
    return {name: [statistics.median(took[name, blog.posts]) for blog in blogs] for name in blogs[0].paths()}


def told(medians: list[float]) -> str:
    short, long = medians
    return f"{short:6.2f} ms {long:6.2f} ms, ratio {long / short:.2f}"


async def wander(blog: Blog) -> None:
    """Many different posts, one after the other: the shelf fills up to its bound, and memory no further."""
    count, steps = blog.posts // 5, list[float]()
    for number in range(count):
        if number % (count // 4) == 0:
            steps.append(resident())
        await read(blog, f"/blog/post-{number + 1}")
    grown = " ".join(f"{one - steps[0]:.0f}" for one in [*steps[1:], resident()])
    print(f"memory       {count:,} different posts read: {grown} MiB more after each quarter")


def resident() -> float:
    """Of this process, in MiB at most until now."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench blog", description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT, help="readings of each")
    parser.add_argument("--long", type=int, default=LONG, help="posts in the larger blog")
    asked = parser.parse_args()
    run(measure(asked.long, asked.count))
    return 0


if __name__ == "__main__":
    sys.exit(main())
