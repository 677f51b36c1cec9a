"""What falls due by itself, with Discord or without."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from db import due, posts
from db.events import PostsChanged
from db.loops import doing
from db.posts import Draft
from tests.cogs.conftest import until


@pytest.fixture
async def post(store, ada):
    owner = replace(ada, owner=True)
    return owner, await posts.create(store, owner, Draft(title="Lamps", body="x"), datetime.now(UTC), source="web")


async def test_a_scheduled_post_comes_out_at_its_time_and_is_told_once(store, post):
    owner, draft = post
    heard = []
    async with doing(due.watch(store), "due"):
        at = datetime.now(UTC) + timedelta(seconds=0.3)
        await posts.publish(store, owner, draft.id, datetime.now(UTC), at=at)
        with store.live.listening(heard.append):
            await until(lambda: PostsChanged(draft.id) in heard)
            assert datetime.now(UTC) >= at
            await asyncio.sleep(0)
    assert (await posts.get(store.pool, draft.id)).state == "published"
    assert heard.count(PostsChanged(draft.id)) == 1


async def test_what_was_due_while_the_house_was_shut_comes_out_when_it_opens(store, post):
    owner, draft = post
    yesterday = datetime.now(UTC) - timedelta(days=1)
    await posts.publish(store, owner, draft.id, yesterday, at=yesterday + timedelta(hours=1))

    async def is_out():
        return (await posts.get(store.pool, draft.id)).state == "published"

    async with doing(due.watch(store), "due"):
        await until(is_out)


async def test_what_an_older_press_printed_is_printed_anew(store, post):
    _, draft = post
    await store.pool.execute("update posts set html = 'old', printed_by = 'older'")

    async def is_new():
        return (await posts.get(store.pool, draft.id)).html == draft.html

    async with doing(due.watch(store), "due"):
        await until(is_new)
    assert await store.pool.fetchval("select printed_by from posts") != "older"
