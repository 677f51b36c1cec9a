import asyncio
import time
from contextlib import AsyncExitStack

import pytest

from db import leadership
from db.leadership import Lease, leading
from db.opening import open_store
from tests.programs import until


@pytest.fixture
def often(monkeypatch):
    """The lock is asked for five times a second."""
    monkeypatch.setattr(leadership, "ASK_EVERY", 0.2)


@pytest.mark.usefixtures("often")
async def test_only_one_leads_and_the_next_takes_over_with_a_higher_number(store, config):
    async with open_store(config) as other, AsyncExitStack() as second:
        async with leading(store) as lease:
            waiting = asyncio.create_task(second.enter_async_context(leading(other)))
            await asyncio.sleep(0.8)
            assert lease.is_sure
            assert not waiting.done()
        async with asyncio.timeout(5):
            next_lease = await waiting
        assert next_lease.term == lease.term + 1
        assert next_lease.is_sure
        assert not lease.is_sure


@pytest.mark.usefixtures("often")
async def test_a_leader_whose_connection_was_cut_goes_on_with_the_same_number(store):
    async with leading(store) as lease:
        term = lease.term
        await _cut_leader(store)
        await until(lambda: not lease.is_sure)
        await until(lambda: lease.is_sure or lease.lost.is_set())
        assert (lease.is_sure, lease.term, lease.lost.is_set()) == (True, term, False)


async def test_a_leader_that_another_replaced_meanwhile_has_lost(store, config):
    async with leading(store) as lease:
        rival = Lease(store.dsn)
        await _cut_leader(store)
        await rival.acquire()
        async with asyncio.timeout(5):
            await lease.lost.wait()
        assert not lease.is_sure
        assert rival.is_sure
        await rival.release()


async def test_a_frozen_leader_is_not_sure_any_more_before_postgresql_lets_another_lead(store):
    frozen = Lease(store.dsn)  # nobody calls keep(): it shows no life
    await frozen.acquire()
    began = time.monotonic()
    rival = Lease(store.dsn)
    async with asyncio.timeout(12):
        await rival.acquire()
    assert not frozen.is_sure
    assert time.monotonic() - began < 10
    await rival.release()
    await frozen.release()


async def _cut_leader(store):
    cut = await store.pool.fetchval(
        """select count(pg_terminate_backend(pid)) from pg_stat_activity
        where application_name = 'porchlight leader' and datname = current_database()"""
    )
    assert cut == 1
