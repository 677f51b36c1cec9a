"""A post with its owner, and how somebody comments on it from a page that was open for a while."""

import itertools

import msgspec
import pytest

from db import comments
from db.comments import Trap
from db.config import Comments
from tests.members import NOON, member
from tests.posted import a_post, later

turns = itertools.count(1)


@pytest.fixture
def settings():
    """[comments] as a test wants it."""
    return Comments()


@pytest.fixture
def config(config, settings):
    return msgspec.structs.replace(config, comments=settings)


@pytest.fixture
async def owner(store):
    return await member(store, "robin", owner=True)


@pytest.fixture
async def post(store, owner):
    return await a_post(store, owner)


@pytest.fixture
def brought(store, post):
    """Brings a comment; each from a network of its own unless it is told."""

    async def bring(person, content, *, at=NOON, network="", trap=None, under=post, nonce="", reply_to=None):
        turn = next(turns)
        drawn = trap or Trap("", comments.stamp(store.secret_key, under.id, later(-60)))
        network = network or f"198.51.{turn % 250}.1"
        return await comments.post(
            store, person, under, content, nonce or f"n{turn}", at, network=network, reply_to=reply_to, trap=drawn
        )

    return bring


@pytest.fixture
def read(store, post):
    """What stands under the post: the words of each thread's first comment, each with those of its answers."""

    async def read_thread(person=None, **more):
        page = await comments.thread(store.pool, post, person.id if person else None, NOON, **more)
        return [(one.message.content, [answer.message.content for answer in one.replies]) for one in page.comments]

    return read_thread
