"""Many messages at once: joined, in order, within what Discord lets through, and still each its author's own."""

from collections import deque
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from cogs._joining import choose, is_crowded
from cogs._pace import Pace
from db import messages
from db.outbox import Queue
from practice import Practice
from tests.cogs.conftest import until
from tests.cogs.test_revising import delete, edit, revised
from tests.cogs.test_wording import link, said

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def a_sustained_stream(seconds, a_second):
    """Plays the relay against Discord's limits by a clock of its own: the delays, in seconds, and the posts."""
    pace, waiting, delays, posts = Pace(30), deque(), [], []
    moment, spoken = 0.0, 0
    while spoken < seconds * a_second or waiting:
        while spoken < seconds * a_second and spoken / a_second <= moment:
            at = NOON + timedelta(seconds=spoken / a_second)
            waiting.append(replace(said("x" * 60, f"Visitor {spoken % 20}"), id=spoken, created_at=at))
            spoken += 1
        if waiting and pace.wait(moment) == 0:
            queue = Queue(len(waiting), waiting[0].created_at)
            crowded = is_crowded(queue, pace, moment, NOON + timedelta(seconds=moment))
            chosen = choose(list(waiting)[:60], link, crowded=crowded)
            pace.note(moment)
            posts.append((moment, [one.id for one in chosen]))
            delays += [moment - (waiting.popleft().created_at - NOON).total_seconds() for _ in chosen]
        moment += 0.05
    return delays, posts


def test_ten_messages_a_second_for_three_minutes_are_in_discord_within_a_minute():
    delays, posts = a_sustained_stream(180, 10)
    assert max(delays) < 60
    assert [number for _, ids in posts for number in ids] == list(range(1800))
    for start, _ in posts:
        assert sum(start <= moment < start + 60 for moment, _ in posts) <= 30


def test_an_ordinary_conversation_is_neither_joined_nor_held_up():
    delays, posts = a_sustained_stream(120, 0.15)
    assert all(len(ids) == 1 for _, ids in posts)
    assert max(delays) < 0.1


@pytest.fixture
async def practice():
    async with Practice(limits=True) as practice:
        yield practice


@pytest.fixture
def porch_config(porch_config):
    discord = msgspec.structs.replace(porch_config.discord, messages_per_minute=30)
    return msgspec.structs.replace(porch_config, discord=discord)


async def crowd(porch, count):
    """So many messages of three visitors, of which all but the first wait while that is under way."""
    gate = porch.practice.faults.hold()
    spoken = [await porch.say("message 0", name="Visitor 0")]
    await until(lambda: porch.practice.faults.rest.waiting == [])
    spoken += [await porch.say(f"message {number}", name=f"Visitor {number % 3}") for number in range(1, count)]
    gate.set()
    return spoken


def lines_in_discord(porch):
    """What the channel shows, line by line, each with its author."""
    for one in porch.practice.messages():
        alone = not one.content.startswith("**")
        yield from [f"**{one.author.username}**: {one.content}"] if alone else one.content.split("\n")


async def test_a_crowd_is_joined_in_order_and_discord_never_has_to_say_no(porch):
    spoken = await crowd(porch, 60)
    await porch.relayed(30)
    assert len(porch.practice.messages()) < 5
    assert list(lines_in_discord(porch)) == [f"**{one.author.name}**: {one.content}" for one in spoken]
    assert not [request for request in porch.practice.requests if request.status == 429]
    assert porch.practice.pings == []


async def test_an_edit_and_a_deletion_of_a_joined_line_change_that_message(porch):
    spoken = await crowd(porch, 40)
    await porch.relayed(30)
    before = len(porch.practice.messages())
    await edit(porch, spoken[20], "changed")
    await delete(porch, spoken[21])
    await revised(porch)
    words = "\n".join(porch.words_in_discord())
    assert len(porch.practice.messages()) == before
    assert "**Visitor 2**: changed\n**Visitor 1**: message 22" in words
    assert "message 20" not in words
    assert "message 21" not in words


async def test_a_joined_message_is_gone_when_its_last_line_is(porch):
    spoken = await crowd(porch, 40)
    await porch.relayed(30)
    for one in spoken:
        await delete(porch, one)
    await revised(porch, 30)
    assert porch.practice.messages() == []


async def test_a_moderator_who_deletes_a_joined_message_deletes_its_lines(porch):
    await crowd(porch, 120)
    await porch.relayed(30)
    joined = porch.practice.messages()[-1]
    await messages.hear_deletions(porch.store, 1, [joined.id], datetime.now(UTC))
    left = await porch.words_on_the_site()
    assert 0 < len(left) == 120 - len(joined.content.split("\n"))


@pytest.mark.parametrize("when", ["before", "after"])
async def test_joined_messages_with_an_unknown_outcome_are_in_the_channel_once(porch, when):
    porch.practice.faults.away()
    spoken = [await porch.say(f"message {number}", name=f"Visitor {number % 3}") for number in range(40)]
    porch.practice.faults.status(500, when=when)
    porch.practice.faults.back()
    await porch.relayed(30)
    assert list(lines_in_discord(porch)) == [f"**{one.author.name}**: {one.content}" for one in spoken]
    assert {one.relay for one in await porch.on_the_site()} == {"sent"}


async def test_edits_while_many_wait_are_in_what_is_sent(porch):
    porch.practice.faults.away()
    spoken = [await porch.say(f"message {number}", name=f"Visitor {number % 3}") for number in range(40)]
    await edit(porch, spoken[39], "changed")
    porch.practice.faults.back()
    await revised(porch, 40)
    assert porch.words_in_discord()[-1].endswith("**Visitor 0**: changed")
