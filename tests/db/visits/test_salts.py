"""Salts change every four hours, are known for four more, and are gone then, with all that was hashed with them."""

import asyncio
from datetime import timedelta

from db.opening import open_store
from db.visits import _salts, flush
from db.visits._salts import renew
from tests.glimpses import NOON, glimpse, noted

HOUR = timedelta(hours=1)


async def ages(store, now):
    rows = await store.pool.fetch("select made_at from visit_salts order by made_at desc")
    return [(now - row["made_at"]) / HOUR for row in rows]


async def test_a_salt_lives_for_less_than_eight_hours_and_its_hashes_go_with_it(store):
    await noted(store, glimpse())
    for minutes in range(0, 12 * 60, 10):
        now = NOON + timedelta(minutes=minutes)
        if _salts.is_due(store.visits.salts, now):
            store.visits.salts = await renew(store, now)
        assert max(await ages(store, now)) < 8
        hashes = await store.pool.fetchval("select count(*) from visit_hashes")
        assert hashes == (1 if minutes < 8 * 60 - 1 else 0)
    assert len({bytes(one.salt) for one in store.visits.salts}) == 2


async def test_a_salt_is_deleted_also_while_nobody_comes(store):
    await noted(store, glimpse())
    await flush(store, NOON + 9 * HOUR)
    assert await ages(store, NOON + 9 * HOUR) == [0]


async def test_a_salt_is_deleted_also_when_nobody_comes_after_a_restart(store, config):
    await noted(store, glimpse())
    async with open_store(config) as later:
        await flush(later, NOON + 9 * HOUR)
    assert await ages(store, NOON + 9 * HOUR) == [0]
    assert await store.pool.fetchval("select count(*) from visit_hashes") == 0


async def test_after_a_long_stop_the_old_salt_is_gone_before_anything_is_hashed(store, config):
    await noted(store, glimpse())
    async with open_store(config) as later:
        await noted(later, glimpse(60 * 24))
    assert await ages(store, NOON + 24 * HOUR) == [0]
    assert await store.pool.fetchval("select count(distinct visitor) from visits") == 2


async def test_of_processes_that_change_the_salt_at_once_one_makes_it(store, config):
    async with open_store(config) as other:
        await renew(store, NOON)
        one, two = await asyncio.gather(renew(store, NOON + 4 * HOUR), renew(other, NOON + 4 * HOUR))
    assert one == two
    assert await ages(store, NOON + 4 * HOUR) == [0, 4]


async def test_a_clock_that_jumps_makes_one_new_salt_and_keeps_none_too_long(store):
    await renew(store, NOON)
    assert len(await renew(store, NOON - HOUR)) == 1, "an hour back"
    far = NOON + timedelta(days=365)
    assert len(await renew(store, far)) == 1
    assert len(await renew(store, NOON)) == 1, "and back again: that salt would be there for a year"
    assert await ages(store, NOON) == [0]


def test_a_salt_does_not_show_in_what_is_logged_of_it():
    assert "secret" not in repr(_salts.Salt(1, b"secret", NOON))
