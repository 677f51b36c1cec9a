"""Errors that nobody foresaw: told once a kind and hour with a count, without anybody's words or addresses."""

import logging
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from db import faults
from db.faults import Catcher
from db.logs import Redaction
from db.loops import doing
from tests.cogs.conftest import until

NOW = datetime.now(UTC)
log = logging.getLogger("web.pages")


@pytest.fixture
def catcher():
    catcher = Catcher(Redaction({"a-secret-token"}))
    log.addHandler(catcher)
    yield catcher
    log.removeHandler(catcher)


def stumble(words="a visitor's words", **extra):
    try:
        raise KeyError(words)
    except KeyError:
        log.exception("A page failed for 203.0.113.9 with a-secret-token", extra=extra)


async def test_many_of_a_kind_in_an_hour_are_one_row_and_one_message_with_a_count(store, catcher):
    for _ in range(3):
        stumble()
    await faults.keep(store, catcher, NOW)
    for _ in range(2):
        stumble()
    await faults.keep(store, catcher, NOW)
    [fault] = await faults.latest(store.pool)
    assert (fault.count, fault.kind) == (5, "KeyError in tests/db/test_faults.py")
    assert await store.pool.fetchval("select count(*) from mod_notices where kind = 'fault'") == 1
    assert await faults.shown(store.pool, fault.id) == fault


async def test_another_hour_is_another_message(store, catcher):
    stumble()
    await faults.keep(store, catcher, NOW)
    stumble()
    catcher.caught["KeyError in tests/db/test_faults.py"].at += timedelta(hours=1)
    await faults.keep(store, catcher, NOW)
    assert [one.count for one in await faults.latest(store.pool)] == [1, 1]
    assert await store.pool.fetchval("select count(*) from mod_notices") == 2


async def test_a_message_that_was_told_is_told_anew_at_most_each_minute(store, catcher):
    stumble()
    await faults.keep(store, catcher, NOW)
    await store.pool.execute("update mod_notices set state = 'sent', shown = wanted")
    stumble()
    await faults.keep(store, catcher, NOW)
    row = await store.pool.fetchrow("select state, wanted - shown as behind, next_at from mod_notices")
    assert (row["state"], row["behind"]) == ("due", 1)
    assert row["next_at"] >= NOW + timedelta(minutes=1)


async def test_neither_what_visitors_wrote_nor_addresses_nor_secrets_are_kept(store, catcher):
    stumble("please do not keep me")
    await faults.keep(store, catcher, NOW)
    kept = str(await faults.latest(store.pool))
    for telling in ("please", "203.0.113.9", "a-secret-token"):
        assert telling not in kept


async def test_a_reference_is_that_which_was_told_to_whoever_met_it(store, catcher):
    stumble(reference="4f2a")
    await faults.keep(store, catcher, NOW)
    assert [one.reference for one in await faults.latest(store.pool)] == ["4f2a"]


async def test_what_is_no_error_or_has_no_traceback_is_none(store, catcher):
    log.error("The owner has to do something")
    log.warning("The database is away", exc_info=OSError())
    logging.getLogger("discord.gateway").addHandler(catcher)
    logging.getLogger("discord.gateway").error("Closed", exc_info=OSError())
    logging.getLogger("discord.gateway").removeHandler(catcher)
    assert catcher.caught == {}


async def test_a_flood_of_kinds_is_bounded(store, catcher, monkeypatch):
    kinds = iter(range(1000))
    monkeypatch.setattr(faults, "kind_of", lambda _: f"kind {next(kinds)}")
    for _ in range(200):
        stumble()
    assert len(catcher.caught) == faults.KINDS_MAX


async def test_while_the_database_is_away_it_waits(store, catcher, monkeypatch):
    async def away(*_):
        raise asyncpg.InterfaceError("closed")

    stumble()
    with monkeypatch.context() as patched:
        patched.setattr(faults, "add", away)
        await faults.keep(store, catcher, NOW)
    await faults.keep(store, catcher, NOW)
    assert [one.count for one in await faults.latest(store.pool)] == [1]


async def test_old_ones_are_forgotten(store, catcher):
    stumble()
    await faults.keep(store, catcher, NOW)
    await faults.forget(store.pool, NOW + timedelta(days=29))
    assert len(await faults.latest(store.pool)) == 1
    await faults.forget(store.pool, NOW + timedelta(days=31))
    assert await faults.latest(store.pool) == []


async def test_what_a_running_house_logs_is_kept_without_being_asked(store):
    async with doing(faults.keeping(store), "errors"):
        await until(lambda: any(isinstance(one, Catcher) for one in logging.getLogger().handlers))
        stumble()

        async def is_kept():
            return await faults.latest(store.pool)

        await until(is_kept)
    assert not any(isinstance(one, Catcher) for one in logging.getLogger().handlers)
