"""What falls due by itself, with Discord or without."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from db import due, posts, sightings
from db.events import PostsChanged, SanctionsBehind, SanctionsChanged
from db.loops import doing
from db.posts import Draft
from db.sanctions import Caller
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


async def test_who_another_process_keeps_out_is_known_here_and_what_fades_is_forgotten(store, ada):
    now = datetime.now(UTC)
    await sightings.note(store, ada.id, "203.0.113.7", now - timedelta(days=31))
    await store.pool.execute(
        """with old as (
            insert into cases (kind, door, evidence, created_at) values ('warn', 'site', '[]', $1)
        ) insert into sanctions (kind, created_at, until) values ('ban', $1, $1)""",
        now - timedelta(days=31),
    )
    faded = """select not exists (select from sightings) and not exists (select from sanctions where until < now())
        and not exists (select from cases where evidence is not null)"""
    heard = []
    async with doing(due.watch(store), "due"):
        await until(lambda: store.pool.fetchval(faded))
        with store.live.listening(heard.append):
            await store.pool.execute(
                "insert into sanctions (kind, person_id, created_at) values ('ban', $1, now())", ada.id
            )
            store.live.announce(SanctionsBehind())
            await until(lambda: SanctionsChanged() in heard)
    assert store.sanctions.find(Caller(ada), now)
