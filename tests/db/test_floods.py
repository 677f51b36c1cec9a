"""How quickly one may speak in a room, and what a panic holds back."""

import asyncio
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from db import chats, comments, filters, floods, messages, people, posts
from db.config import Comments, Mod
from db.errors import Forbidden, Refused, TooOften
from db.events import ModNoticeDue, RoomChanged
from db.loops import doing
from db.moderators import Moderator
from db.opening import open_store
from db.posts import Draft
from tests.cogs.conftest import until
from tests.members import member

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
ROOM = 1


def at(seconds):
    return NOON + timedelta(seconds=seconds)


def say(store, person, nonce, seconds=0.0, content="hello"):
    return messages.say(store, ROOM, person, content, nonce, at(seconds), network="192.0.2.1")


async def visitor(store, name):
    return await people.add_visitor(store.pool, name)


async def slow(store, seconds):
    await store.pool.execute("update rooms set slowmode = $1 where id = 1", seconds)


@pytest.fixture
async def robin(store):
    return await member(store, "robin", owner=True)


@pytest.fixture
def by(robin):
    return Moderator(robin)


# Slow mode


async def test_in_slow_mode_one_waits_between_two_messages_and_is_told_how_long(store, ada, bob):
    await slow(store, 10)
    await say(store, ada, "n1")
    with pytest.raises(TooOften, match="one message every 10 s") as refusal:
        await say(store, ada, "n2", 4)
    assert (refusal.value.code, refusal.value.retry_after) == ("rate_limited", 6)
    await say(store, bob, "n1", 4)
    assert (await say(store, ada, "n2", 10)).seq == 3


async def test_in_slow_mode_what_was_said_already_is_only_asked_for_again(store, ada):
    await slow(store, 10)
    first = await say(store, ada, "n1")
    assert (await say(store, ada, "n1", 1)).id == first.id


async def test_taking_the_last_message_back_is_no_way_around_slow_mode(store, ada):
    await slow(store, 10)
    first = await say(store, ada, "n1")
    await messages.delete(store, ROOM, ada, first.id, at(1))
    with pytest.raises(TooOften):
        await say(store, ada, "n2", 2)


async def test_slow_mode_holds_over_processes_for_who_speaks_in_both_at_once(config, store, ada):
    await slow(store, 10)
    async with open_store(config) as other:
        said = [say(one, ada, f"{number} {id(one)}") for number in range(4) for one in (store, other)]
        results = await asyncio.gather(*said, return_exceptions=True)
    assert sorted(type(one).__name__ for one in results) == ["Message", *["TooOften"] * 7]


async def test_the_owner_and_authors_have_no_slow_mode(store, robin):
    await slow(store, 60)
    ann = await member(store, "ann", role="author")
    for person in (robin, ann):
        await say(store, person, "n1")
        await say(store, person, "n2", 1)


async def test_slow_mode_holds_among_comments_too(store, robin, ada):
    store.config = msgspec.structs.replace(store.config, comments=Comments(per_minute=100))
    post = await posts.create(store, robin, Draft(title="Lamps", body="x"), NOON, source="web")
    post = await posts.publish(store, robin, post.id, NOON)
    trap = comments.Trap("", comments.stamp(store.secret_key, post.id, at(1)), None)

    async def comment(nonce, seconds):
        return await comments.post(store, ada, post, nonce, nonce, at(seconds), network="192.0.2.1", trap=trap)

    await comment("first", 10)
    await store.pool.execute("update rooms set slowmode = 30 where kind = 'comments'")
    with pytest.raises(TooOften) as refusal:
        await comment("second", 20)
    assert refusal.value.retry_after == 20
    await comment("second", 40)


# The room's pace


async def test_a_room_takes_only_so_much_at_once_whoever_says_it_but_the_owner_is_heard(store, ada, bob, robin):
    store.config = msgspec.structs.replace(store.config, mod=Mod(room_rate=0.01, room_burst=3))
    await say(store, ada, "n1")
    await say(store, bob, "n1")
    await say(store, bob, "n2", content="hi")
    with pytest.raises(TooOften, match="Many people are talking"):
        await say(store, ada, "n2", content="hi")
    await say(store, robin, "n1")


async def test_what_is_held_or_refused_takes_no_room_from_others(store, by, ada, bob):
    store.config = msgspec.structs.replace(store.config, mod=Mod(room_rate=0.01, room_burst=2))
    for pattern, action in (("spam", "hold"), ("scam", "delete")):
        await filters.add(store, by, "words", pattern, action, None, NOON)
    for number in range(2):
        for word in ("spam", "scam"):
            with pytest.raises(Refused):
                await say(store, bob, f"{word} {number}", content=f"{word} {number}")
    assert await say(store, ada, "n1")


# Panic


async def test_in_a_panic_only_who_spoke_before_goes_on_until_it_is_lifted(store, by, ada, bob):
    new = await visitor(store, "New")
    first = await say(store, ada, "n1")
    told = []
    with store.live.listening(told.append):
        await floods.panic(store, by, True, at(1))
    assert RoomChanged() in told
    assert ModNoticeDue() in told
    for person in (bob, new):
        with pytest.raises(Forbidden, match="You can still read") as refusal:
            await say(store, person, "n1", 2)
        assert refusal.value.code == "muted"
        with pytest.raises(Forbidden):
            await messages.react(store, ROOM, person, first.id, "👍", on=True)
    with pytest.raises(Forbidden):
        await chats.ask(store, bob, "ada", "hello", at(2))
    await say(store, ada, "n2", 2)
    await say(store, by.person, "n1", 2)
    await floods.panic(store, by, False, at(3))
    await say(store, new, "n1", 4)


async def test_a_panic_twice_is_one_case_and_lifting_it_another(store, by):
    assert await floods.panic(store, by, False, NOON) == 0
    number = await floods.panic(store, by, True, NOON)
    assert await floods.panic(store, by, True, at(1)) == number
    lifted = await floods.panic(store, by, False, at(2))
    assert await floods.panic(store, by, False, at(3)) == lifted
    rows = await store.pool.fetch("select id, details, by_name from cases where kind = 'panic' order by id")
    assert [tuple(row) for row in rows] == [(number, {"on": True}, "Robin"), (lifted, {"on": False}, "Robin")]


async def test_nobody_else_causes_a_panic(store, ada):
    with pytest.raises(Forbidden):
        await floods.panic(store, Moderator(ada, frozenset({5})), True, NOON)
    assert not store.alarms.is_panic


async def test_a_panic_survives_a_restart_and_reaches_the_other_processes(config, store, by, ada):
    async with open_store(config) as other, doing(floods.follow(other), "alarms"):
        told = []
        with other.live.listening(told.append):
            await floods.panic(store, by, True, NOON)
            other.live.announce(RoomChanged())  # the hint
            await until(lambda: other.alarms.is_panic)
        assert told == [RoomChanged()] * 2  # once more when it is known here
    async with open_store(config) as started:
        with pytest.raises(Forbidden):
            await say(started, ada, "n1", 1)
