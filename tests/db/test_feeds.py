import asyncio
from datetime import UTC, datetime

from db import messages, people
from db.events import Behind
from db.feeds import following
from db.opening import open_store

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


async def until(condition, seconds=5.0):
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


async def test_followers_hear_every_change_of_this_process_in_order(store, room):
    ada = await people.add_visitor(store.pool, "Ada")
    heard = []
    async with following(store, room.id) as feed:
        with feed.followed_by(heard.append):
            for number in range(5):
                await messages.say(store, room.id, ada, str(number), f"n{number}", NOON, network="n")
    assert [(event.seq, event.message.content) for event in heard] == [(n + 1, str(n)) for n in range(5)]


async def test_what_another_process_did_is_read_before_what_came_after_it(store, config, room):
    ada = await people.add_visitor(store.pool, "Ada")
    heard = []
    async with open_store(config) as other, following(store, room.id) as feed:
        with feed.followed_by(heard.append):
            await messages.say(store, room.id, ada, "1", "n1", NOON, network="n")
            await messages.say(other, room.id, ada, "2", "n2", NOON, network="n")
            await messages.say(store, room.id, ada, "3", "n3", NOON, network="n")
            await until(lambda: len(heard) == 3)
    assert [(event.seq, event.message.content) for event in heard] == [(1, "1"), (2, "2"), (3, "3")]


async def test_a_feed_that_is_told_to_look_tells_what_it_missed_and_nothing_twice(store, config, room):
    ada = await people.add_visitor(store.pool, "Ada")
    heard = []
    async with open_store(config) as other, following(store, room.id) as feed:
        with feed.followed_by(heard.append):
            await messages.say(other, room.id, ada, "1", "n1", NOON, network="n")
            for _ in range(3):
                store.live.announce(Behind(room.id))
                await asyncio.sleep(0.02)
            await until(lambda: len(heard) == 1)
            await messages.say(store, room.id, ada, "2", "n2", NOON, network="n")
    assert [event.seq for event in heard] == [1, 2]


async def test_a_follower_that_fails_does_not_take_the_others_along(store, room, caplog):
    def fail(event):
        raise RuntimeError("broken")

    ada = await people.add_visitor(store.pool, "Ada")
    heard = []
    async with following(store, room.id) as feed:
        with feed.followed_by(fail), feed.followed_by(heard.append):
            await messages.say(store, room.id, ada, "1", "n1", NOON, network="n")
    assert len(heard) == 1
    assert "A follower of room" in caplog.text
