import asyncio
from datetime import UTC, datetime

import pytest

from db import messages, people
from db.errors import Unavailable
from db.events import Behind
from db.messages import Heard
from db.opening import open_store

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


async def test_what_comes_while_one_batch_is_written_is_committed_together(store, room, postgres):
    visitors = [await people.add_visitor(store.pool, f"Visitor {number}") for number in range(40)]
    await asyncio.gather(
        *(messages.say(store, room.id, one, "hi", "n", NOON, network=f"n{one.id}") for one in visitors)
    )
    commits = await store.pool.fetchval("select count(distinct xmin::text) from messages")
    assert commits < 10, "40 messages that come at once must not cost 40 commits"


async def test_two_processes_share_one_order_without_gaps(store, config, room):
    async with open_store(config) as other:
        ada = await people.add_visitor(store.pool, "Ada")
        bob = await people.add_visitor(store.pool, "Bob")
        sayings = [
            messages.say(where, room.id, who, f"{number}", f"n{number}", NOON, network=f"{number}{who.id}")
            for number in range(5)
            for where, who in ((store, ada), (other, bob), (other, ada))
        ]
        said = await asyncio.gather(*sayings)
    seq, found = await messages.newest(store.pool, room.id, 50)
    assert sorted(one.seq for one in found) == list(range(1, seq + 1))
    assert seq == 10, "Ada said each of hers in two processes, with one nonce"
    assert {one.id for one in said} == {one.id for one in found}


async def test_one_message_that_cannot_be_kept_does_not_take_its_neighbours_along(store, room, caplog):
    good, bad = Heard(1, 7, "Grace", "g", "good", NOON), Heard(2, 7, "Grace", "g", "x" * 6001, NOON)
    await messages.hear(store, room.id, [bad, good])
    assert [one.content for one in (await messages.newest(store.pool, room.id, 10))[1]] == ["good"]
    assert "left out (2)" in caplog.text


async def test_while_the_database_is_away_nothing_is_acknowledged_and_the_feeds_are_told_to_look(store, room):
    ada = await people.add_visitor(store.pool, "Ada")
    await messages.say(store, room.id, ada, "hello", "n0", NOON, network="n")  # nothing is asked of her from here
    await store.pool.close()
    told = []
    with store.live.listening(told.append), pytest.raises(Unavailable):
        await messages.say(store, room.id, ada, "hi", "n", NOON, network="n")
    assert told == [Behind(room.id)]


async def test_a_database_that_hangs_is_answered_for_within_five_seconds(store, room):
    ada = await people.add_visitor(store.pool, "Ada")
    loop = asyncio.get_running_loop()
    async with store.pool.acquire() as conn, conn.transaction():
        await conn.execute("select from rooms where id = $1 for update", room.id)
        began = loop.time()
        with pytest.raises(Unavailable):
            await messages.say(store, room.id, ada, "hi", "n", NOON, network="n")
        assert loop.time() - began < 5
    said = await messages.say(store, room.id, ada, "hi", "n", NOON, network="n")
    assert said.seq == 1
