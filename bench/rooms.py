"""How long a chat of 100,000 messages takes to open, and one of 100: by socket, by page of history, and what waits."""

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import aiohttp

from bench._house import free_port, run
from bench._long_talk import talked
from db import people, sessions
from db.config import Config, Data, Web
from db.opening import open_store
from db.people import Person
from db.store import Store
from web import make_app, serving

SHORT, LONG, COUNT = 100, 100_000, 200


@dataclass(frozen=True, slots=True)
class Window:
    """A browser of the member who has not read this chat. `early` is the id of one of its first messages."""

    client: aiohttp.ClientSession
    room_id: int
    early: int


async def open_socket(window: Window) -> None:
    async with window.client.ws_connect(f"/ws/rooms/{window.room_id}") as ws:
        if (await ws.receive_json())["type"] != "hello":
            raise RuntimeError("The socket does not begin with a hello")


async def open_page(window: Window) -> None:
    await read(window.client, f"/chats/{window.room_id}")


async def read_newest(window: Window) -> None:
    await read(window.client, f"/api/v1/rooms/{window.room_id}/messages")


async def read_first(window: Window) -> None:
    """The page to which one comes by scrolling for long."""
    await read(window.client, f"/api/v1/rooms/{window.room_id}/messages?before={window.early}")


async def see_what_waits(window: Window) -> None:
    """For the member whose only chat it is."""
    async with window.client.ws_connect("/ws/me") as ws:
        if not (await ws.receive_json())["unread"]:
            raise RuntimeError("Nothing waits")


async def read(client: aiohttp.ClientSession, address: str) -> None:
    """From a network of its own each time: the limits are tested elsewhere."""
    network = f"10.{random.randrange(256)}.{random.randrange(256)}.1"
    async with client.get(address, headers={"X-Forwarded-For": network}) as answer:
        if answer.status != 200 or "usual length" not in await answer.text():
            raise RuntimeError(f"{address} is answered with {answer.status}")


WAYS: dict[str, Callable[[Window], Awaitable[None]]] = {
    "page": open_page,
    "socket": open_socket,
    "newest page": read_newest,
    "oldest page": read_first,
    "what waits": see_what_waits,
}


async def add_member(store: Store, username: str) -> Person:
    person = await people.add_visitor(store.pool, username.title())
    await store.pool.execute("update people set username = $2, role = 'member' where id = $1", person.id, username)
    await store.pool.execute("insert into accounts (person_id, created_at) values ($1, now())", person.id)
    return person


@asynccontextmanager
async def furnished(*counts: int) -> AsyncIterator[dict[int, Window]]:
    """For each count a chat of that length, open for the member who has not read it."""
    with tempfile.TemporaryDirectory(prefix="porch-", ignore_cleanup_errors=True) as folder:
        port = free_port()
        config = Config(data=Data(dir=folder), web=Web(port=port, trusted_proxies=("127.0.0.1",)))
        async with open_store(config) as store, serving(make_app(store), "127.0.0.1", port):
            rooms = {count: await furnish(store, port, count) for count in counts}
            try:
                yield rooms
            finally:
                for window in rooms.values():
                    await window.client.close()


async def furnish(store: Store, port: int, count: int) -> Window:
    asker, asked = await add_member(store, f"ada{count}"), await add_member(store, f"bob{count}")
    room_id = await talked(store, asker, asked, count)
    token = sessions.new_token()
    await sessions.add(store.pool, sessions.hash_token(token), asked.id, {}, datetime.now(UTC))
    early = await store.pool.fetchval("select min(id) + 60 from messages where room_id = $1", room_id)
    client = aiohttp.ClientSession(f"http://127.0.0.1:{port}", headers={"Cookie": f"session={token}"})
    return Window(client, room_id, early)


async def measure(short: int, long: int, count: int) -> dict[str, dict[int, list[float]]]:
    """Seconds by way and length, by turns."""
    took: dict[str, dict[int, list[float]]] = {way: {short: [], long: []} for way in WAYS}
    async with furnished(short, long) as rooms:
        for number in range(count + 5):
            for name, way in WAYS.items():
                for length, window in rooms.items():
                    began = time.perf_counter()
                    await way(window)
                    if number >= 5:  # the first ones find cold caches
                        took[name][length].append(time.perf_counter() - began)
    return took


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench rooms", description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT, help="openings of each")
    parser.add_argument("--long", type=int, default=LONG, help="messages in the longer chat")
    asked = parser.parse_args()
    took = run(measure(SHORT, asked.long, asked.count))
    print(f"{asked.count} openings of each, by turns; medians")
    for way, by_length in took.items():
        short, long = (statistics.median(by_length[length]) * 1000 for length in (SHORT, asked.long))
        told = f"{SHORT} messages {short:6.2f} ms, {asked.long:,} messages {long:6.2f} ms"
        print(f"{way:12} {told}, ratio {long / short:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
