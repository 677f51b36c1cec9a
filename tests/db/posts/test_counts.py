"""The counts that the database keeps of posts are those that somebody would count, whatever has happened to them."""

import asyncio
import random
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from db import posts
from db.errors import Refused
from db.posts import Draft, Tag, Year
from tests.members import NOON

ZONES = ("UTC", "Pacific/Auckland", "America/Los_Angeles")
EVES = [datetime(year, 1, 1, tzinfo=UTC) for year in (2024, 2025, 2026)]
TIMES = [*(NOON + timedelta(days=days) for days in (0, 290, 310)), datetime(2027, 1, 1, tzinfo=UTC)]


async def counted(store, now):
    """All, with each tag, by each author, and of each year in each zone; from scratch."""
    rows = await store.pool.fetch(
        """select author_id, tags, published_at from posts where kind = 'post' and deleted_at is null
            and state in ('published', 'scheduled') and published_at <= $1""",
        now,
    )
    tags = Counter(tag for row in rows for tag in row["tags"])
    years = [Counter(row["published_at"].astimezone(ZoneInfo(zone)).year for row in rows) for zone in ZONES]
    return len(rows), tags, Counter(row["author_id"] for row in rows), years


async def kept(store, now, writers):
    tags = {one.name: one.count for one in await posts.tags(store.pool, now)}
    years = [{one.year: one.count for one in await posts.years(store.pool, now, zone=zone)} for zone in ZONES]
    by = {writer.id: await posts.count(store.pool, now, author_id=writer.id) for writer in writers}
    for name, count in tags.items():
        assert await posts.count(store.pool, now, tag=name) == count
    return await posts.count(store.pool, now), tags, {writer: count for writer, count in by.items() if count}, years


def some_draft(chance):
    tags = tuple(chance.sample(("oil", "wick", "glass", "brass"), chance.randrange(4)))
    return Draft(
        f"Lamp {chance.randrange(10**9)}", "It burns.", tags=tags, kind=chance.choice(("post",) * 5 + ("page",))
    )


async def one_act(store, chance, owner, author, alive):
    """Something that is done with a post, or that time does. The hours around the turn of a year are likely ones."""
    before, to_come = chance.choice(EVES) + timedelta(hours=chance.randrange(-14, 15)), chance.choice(TIMES)
    post_id = chance.choice(alive) if alive else 0
    acts = {
        "save": lambda: posts.save(store, owner, post_id, some_draft(chance), NOON, source="web"),
        "publish": lambda: posts.publish(store, owner, post_id, NOON, at=before),
        "schedule": lambda: posts.publish(store, owner, post_id, NOON, at=to_come),
        "unlist": lambda: posts.unlist(store, owner, post_id, NOON),
        "unpublish": lambda: posts.unpublish(store, owner, post_id, NOON),
        "delete": lambda: posts.delete(store, owner, post_id, NOON),
        "like": lambda: store.pool.execute("update posts set likes = likes + 1 where id = $1", post_id),
        "come due": lambda: posts.come_due(store, to_come),
    }
    if chance.random() < 0.3:
        draft = some_draft(chance)
        writer = owner if draft.kind == "page" else chance.choice((owner, author))
        alive.append((await posts.create(store, writer, draft, NOON, source="web")).id)
        return
    with suppress(Refused):
        await acts[chance.choice((*acts, "publish", "publish", "schedule"))]()


@pytest.mark.parametrize("seed", [1, 2])
async def test_after_a_random_walk_of_acts_several_at_once_the_kept_counts_are_right_at_any_time(
    store, owner, author, seed
):
    chance, alive = random.Random(seed), []
    for _ in range(40):
        await asyncio.gather(*(one_act(store, chance, owner, author, alive) for _ in range(4)))
    for moment in EVES:
        sure = await posts.create(store, author, Draft("Sure", "x", tags=("oil",)), NOON, source="web")
        await posts.publish(store, author, sure.id, NOON, at=moment)
    right = [await counted(store, now) for now in TIMES]
    assert [await kept(store, now, (owner, author)) for now in TIMES] == right
    await store.pool.execute("update posts set author_id = $1", author.id)  # as when two people become one
    assert await kept(store, NOON, (owner, author)) == await counted(store, NOON)
    await store.pool.execute("delete from posts")
    # Rows of what cancelled out while others wrote may stay until that name changes again; each sum is what counts.
    left = "select kind, name, sum(posts) from post_counts group by kind, name having sum(posts) <> 0"
    assert await store.pool.fetch(left) == []


async def test_who_counts_at_the_same_time_waits_for_nobody(store, owner):
    """Two transactions that bring posts out, each while the other is not over: both end, and both are counted."""
    ids = [(await posts.create(store, owner, Draft(f"{n}", "x", tags=("oil",)), NOON, source="web")).id for n in (1, 2)]
    out = "update posts set state = 'published', published_at = $2 where id = $1"
    async with store.pool.acquire() as one, store.pool.acquire() as other:
        begun = one.transaction()
        await begun.start()
        await one.execute(out, ids[0], NOON)
        await other.execute(out, ids[1], NOON, timeout=5)
        assert await posts.count(store.pool, NOON) == 1
        await begun.commit()
    assert await posts.tags(store.pool, NOON) == [Tag("oil", 2)]
    assert await posts.years(store.pool, NOON) == [Year(2026, 2)]
    await store.pool.execute("update posts set tags = '{wick}' where id = $1", ids[0])
    await store.pool.execute("update posts set tags = '{}' where id = $1", ids[0])
    kept_rows = await store.pool.fetch("select name, posts from post_counts where kind = 'tag' order by name")
    assert [tuple(row) for row in kept_rows] == [("oil", 1)], "rows of one name are taken together again"


async def test_the_last_page_of_a_list_is_read_from_its_end_and_has_the_same_posts(store, owner):
    for number in range(7):
        post = await posts.create(
            store, owner, Draft(f"{number}", "x", tags=("oil",), pinned=number == 3), NOON, source="web"
        )
        await posts.publish(store, owner, post.id, NOON)
    for narrowed in ({}, {"tag": "oil"}):
        whole = await posts.listed(store.pool, NOON, 9, **narrowed)
        for start in range(9):
            page = await posts.listed(store.pool, NOON, 2, offset=start, total=7, **narrowed)
            assert page == whole[start : start + 2]
