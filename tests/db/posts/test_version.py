"""Whether anything of the blog changed, and where the files of its sitemap begin."""

from datetime import UTC, datetime

import pytest

from db import posts
from tests.posted import a_post

NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "change",
    [
        "update posts set likes = likes + 1",
        "update posts set html = 'x' where slug = 'first-light'",
        "delete from posts",
        "update rooms set seq = seq + 1 where kind = 'comments'",
        "update people set name = 'Anna' where username = 'ann'",
        "insert into projects (name, created_at) values ('Porch', now())",
    ],
)
async def test_what_readers_may_see_makes_another_version(store, author, change):
    await a_post(store, author)
    before = await posts.version(store.pool)
    await store.pool.execute(change)
    assert await posts.version(store.pool) != before


async def test_what_is_said_elsewhere_makes_none(store, author, bob):
    await a_post(store, author)
    before = await posts.version(store.pool)
    await store.pool.execute("update rooms set seq = seq + 1 where kind = 'public'")
    await store.pool.execute("update people set name = 'Rob' where id = $1", bob.id)
    assert await posts.version(store.pool) == before


async def test_an_empty_blog_has_a_version_too(store):
    assert await posts.version(store.pool)
    assert await posts.sitemap_marks(store.pool, NOW, 2) == [0]


@pytest.mark.parametrize(("count", "files"), [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3)])
async def test_each_file_of_the_sitemap_begins_where_the_last_one_ended(store, author, count, files):
    for number in range(count):
        await a_post(store, author, f"post-{number}")
        await a_post(store, author, f"draft-{number}", state="draft")
    marks = await posts.sitemap_marks(store.pool, NOW, 2)
    found = [entry.slug for mark in marks for entry in await posts.sitemap(store.pool, NOW, mark, 2)]
    assert (len(marks), found) == (files, [f"post-{number}" for number in range(count)])
