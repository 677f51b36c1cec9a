import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from db import links, people
from db.links import LOGIN_LIFE, PASSWORD_LIFE, Link, Spent

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
SOON = NOON + timedelta(minutes=1)


@pytest.fixture
async def ada(store):
    return await people.add_visitor(store.pool, "Ada")


async def test_a_link_opens_once_and_only_its_hash_is_kept(store, ada):
    token = await links.make(store, ada.id, "login", NOON, LOGIN_LIFE)
    assert len(token) == 43
    kept = await store.pool.fetchval("select token_hash from links")
    assert token.encode() not in kept
    assert len(kept) == 32
    assert await links.use(store, token, "login", SOON) == ada
    with pytest.raises(Spent):
        await links.use(store, token, "login", SOON)


async def test_to_look_at_a_link_does_not_use_it(store, ada):
    token = await links.make(store, ada.id, "password", NOON, PASSWORD_LIFE)
    for _ in range(3):
        assert await links.look(store.pool, token, SOON) == Link(ada, "password")
    assert await links.use(store, token, "password", SOON) == ada


async def test_of_many_who_come_at_once_one_is_let_in(store, ada):
    token = await links.make(store, ada.id, "login", NOON, LOGIN_LIFE)
    tries = await asyncio.gather(*(links.use(store, token, "login", SOON) for _ in range(10)), return_exceptions=True)
    assert [one for one in tries if one == ada] == [ada]
    assert sum(isinstance(one, Spent) for one in tries) == 9


@pytest.mark.parametrize(("after", "is_good"), [(LOGIN_LIFE - timedelta(seconds=1), True), (LOGIN_LIFE, False)])
async def test_a_link_ends_with_its_time(store, ada, after, is_good):
    token = await links.make(store, ada.id, "login", NOON, LOGIN_LIFE)
    if is_good:
        assert await links.use(store, token, "login", NOON + after) == ada
    else:
        with pytest.raises(Spent):
            await links.look(store.pool, token, NOON + after)
        with pytest.raises(Spent):
            await links.use(store, token, "login", NOON + after)


async def test_a_newer_link_ends_the_older_ones_of_the_same_purpose_and_person_only(store, ada):
    bo = await people.add_visitor(store.pool, "Bo")
    old = await links.make(store, ada.id, "password", NOON, PASSWORD_LIFE)
    other = await links.make(store, ada.id, "login", NOON, LOGIN_LIFE)
    bos = await links.make(store, bo.id, "password", NOON, PASSWORD_LIFE)
    new = await links.make(store, ada.id, "password", NOON, PASSWORD_LIFE)
    with pytest.raises(Spent):
        await links.look(store.pool, old, SOON)
    assert await links.use(store, new, "password", SOON) == ada
    assert await links.use(store, other, "login", SOON) == ada
    assert await links.use(store, bos, "password", SOON) == bo


async def test_two_links_made_at_once_leave_one_that_is_good(store, ada):
    tokens = await asyncio.gather(*(links.make(store, ada.id, "login", NOON, LOGIN_LIFE) for _ in range(5)))
    assert await store.pool.fetchval("select count(*) from links") == 1
    tries = await asyncio.gather(*(links.look(store.pool, one, SOON) for one in tokens), return_exceptions=True)
    assert sum(isinstance(one, Link) for one in tries) == 1


async def test_a_link_is_good_for_its_own_purpose_only(store, ada):
    token = await links.make(store, ada.id, "password", NOON, PASSWORD_LIFE)
    with pytest.raises(Spent):
        await links.use(store, token, "login", SOON)
    assert await links.use(store, token, "password", SOON) == ada


async def test_a_closed_account_is_opened_by_no_link(store, ada):
    token = await links.make(store, ada.id, "login", NOON, LOGIN_LIFE)
    await store.pool.execute(
        "insert into accounts (person_id, created_at, disabled_at) values ($1, $2, $2)", ada.id, NOON
    )
    with pytest.raises(Spent):
        await links.look(store.pool, token, SOON)
    with pytest.raises(Spent):
        await links.use(store, token, "login", SOON)


@pytest.mark.parametrize("token", ["", "x", "\u20ac" * 43, "a" * 10_000])
async def test_what_never_was_a_link_is_refused_like_a_spent_one(store, token):
    with pytest.raises(Spent) as refusal:
        await links.look(store.pool, token, NOON)
    assert refusal.value.status == 410
