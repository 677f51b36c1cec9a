"""A long chat costs what a short one does: the database reads no more to open a room that is 80 times as long."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bench._long_talk import talked
from db import chats, messages, rooms
from db.people import Person
from db.store import Store
from tests.members import NOON, member

SHORT, LONG = 150, 12_000
PAGE = 50
SLACK = 16  # blocks: an index of a larger table is a level or two deeper


class Explained:
    """A connection on which every query also tells how it was done. `blocks` were read, `scans` went through tables."""

    def __init__(self, conn: Any) -> None:
        self._conn = conn
        self.blocks = 0
        self.scans: list[str] = []

    async def _explain(self, query: str, *args: object) -> None:
        [row] = await self._conn.fetch(f"explain (analyze, buffers, timing off, format json) {query}", *args)
        plan = json.loads(row[0])[0]["Plan"]
        self.blocks += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
        self._look(plan)

    def _look(self, plan: dict[str, Any]) -> None:
        if plan["Node Type"] == "Seq Scan":
            self.scans.append(plan["Relation Name"])
        for part in plan.get("Plans", ()):
            self._look(part)

    async def fetch(self, query: str, *args: object) -> Any:
        await self._explain(query, *args)
        return await self._conn.fetch(query, *args)

    async def fetchrow(self, query: str, *args: object) -> Any:
        await self._explain(query, *args)
        return await self._conn.fetchrow(query, *args)

    async def fetchval(self, query: str, *args: object) -> Any:
        await self._explain(query, *args)
        return await self._conn.fetchval(query, *args)


async def told(conn: Any, *, room: int, person: int, last: int) -> None:
    """What somebody who opens the chat is shown, on its page and by its socket."""
    await chats.enter(conn, room, person)
    _, page = await messages.newest(conn, room, PAGE)
    await messages.emoji_held_by(conn, person, [one.id for one in page])
    await messages.changed_after(conn, room, last - 3, PAGE)


async def scrolled(conn: Any, *, room: int, person: int, last: int) -> None:
    del person, last
    [oldest, *_] = (await messages.newest(conn, room, PAGE))[1]
    await messages.page_before(conn, room, oldest.id, PAGE)


async def counted(conn: Any, *, room: int, person: int, last: int) -> None:
    del room, last
    await chats.totals(conn, person)
    await chats.waiting(conn, person)
    await chats.of_person(conn, person)


@pytest.fixture
async def talks(store: Store) -> dict[int, tuple[int, Person]]:
    found = {}
    for length in (SHORT, LONG):
        ada, bob = await member(store, f"ada{length}"), await member(store, f"bob{length}")
        found[length] = (await talked(store, ada, bob, length), bob)
    await store.pool.execute("vacuum analyze")
    return found


@pytest.mark.parametrize("way", [told, scrolled, counted], ids=lambda way: way.__name__)
async def test_a_long_chat_is_opened_by_reading_no_more_than_a_short_one(
    store: Store, talks: dict[int, tuple[int, Person]], way: Callable[..., Awaitable[None]]
) -> None:
    blocks = {}
    for length, (room_id, person) in talks.items():
        async with store.pool.acquire() as conn:
            last = await rooms.current_seq(conn, room_id)
            explained = Explained(conn)
            await way(explained, room=room_id, person=person.id, last=last)
        assert not {"messages", "changes"} & set(explained.scans)
        blocks[length] = explained.blocks
    assert blocks[LONG] <= blocks[SHORT] + SLACK


async def test_reading_to_the_end_of_a_long_chat_counts_nothing(
    store: Store, talks: dict[int, tuple[int, Person]], monkeypatch: pytest.MonkeyPatch
) -> None:
    room_id, bob = talks[LONG]

    async def counting(*_: Any) -> int:
        raise AssertionError("The messages were counted.")

    monkeypatch.setattr("db.chats._reading._heard_between", counting)
    await chats.read(store, bob, room_id, await rooms.current_seq(store.pool, room_id))
    assert (await chats.enter(store.pool, room_id, bob.id)).unread == 0


async def test_a_long_chat_that_both_leave_is_removed_whole(store: Store, talks: dict[int, tuple[int, Person]]) -> None:
    room_id, bob = talks[LONG]
    ada = (await chats.enter(store.pool, room_id, bob.id)).other
    await chats.leave(store, ada, room_id, NOON)
    await chats.leave(store, bob, room_id, NOON)
    assert await store.pool.fetchval("select count(*) from messages") == SHORT
    assert await store.pool.fetchval("select count(*) from changes where room_id = $1", room_id) == 0
