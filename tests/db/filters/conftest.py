"""The hangout with somebody new in it, whose first three messages count as such, and the owner as moderator."""

import itertools
from datetime import timedelta

import msgspec
import pytest

from db import filters, messages, people
from db.config import Comments, Mod
from db.moderators import Moderator
from tests.members import NOON, member

turns = itertools.count(1)


@pytest.fixture
def config(config):
    mod = Mod(raid_names=10_000, room_rate=1000.0, room_burst=10_000)
    return msgspec.structs.replace(config, mod=mod, comments=Comments(per_minute=1000))


@pytest.fixture
async def owner(store):
    return Moderator(await member(store, "robin", owner=True))


@pytest.fixture
async def mia(store):
    person = await people.add_visitor(store.pool, "Mia Merle")
    await store.pool.execute("update names_used set first_at = $1", NOON - timedelta(days=1))  # else: by the real clock
    return person


@pytest.fixture
def say(store, room):
    async def say(person, content, *, at=NOON, nonce="", network="192.0.2.7", **more):
        nonce = nonce or f"n{next(turns)}"
        return await messages.say(store, room.id, person, content, nonce, at, network=network, **more)

    return say


@pytest.fixture
def rule(store, owner):
    async def rule(kind, pattern="", action="hold", minutes=None):
        return await filters.add(store, owner, kind, pattern, action, minutes, NOON)

    return rule


@pytest.fixture
def cases(store):
    """Kind, rule and words of each case but those about rules themselves, the oldest first."""

    async def cases():
        rows = await store.pool.fetch(
            "select kind, rule, evidence -> 0 ->> 'content' as words from cases where kind <> 'filter' order by id"
        )
        return [tuple(row) for row in rows]

    return cases
