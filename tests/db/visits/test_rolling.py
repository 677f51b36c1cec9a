"""Days are summed from their visits, by one process at a time, and keep their sums when the visits go."""

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import msgspec
import pytest

from db.config import Analytics
from db.opening import open_store
from db.visits import _rolling, counting, flush, forget, roll_up
from tests.glimpses import CHROME, FIREFOX, IPHONE, NOON, glimpse, noted, sums


async def open_days(store):
    return [row["day"] for row in await store.pool.fetch("select day from visit_days_open order by day")]


async def test_a_day_is_summed_by_everything_that_is_asked_of_it(store):
    store.visits.confirm("192.0.2.7", FIREFOX)
    await noted(
        store,
        glimpse(0, "/", referrer="https://news.example/item/7?id=1"),
        glimpse(70, "/blog/kettles"),
        glimpse(70, "/", address="192.0.2.8", agent=IPHONE, headers={**glimpse().headers, "accept-language": "en"}),
        glimpse(71, "/", agent=CHROME, referrer="https://news.example/"),
    )
    await roll_up(store)
    assert await sums(store, "total") == {"": (4, 3, 1)}
    assert await sums(store, "hour") == {"12": (1, 1, 1), "13": (3, 3, 1)}
    assert await sums(store, "path") == {"/": (3, 3, 1), "/blog/kettles": (1, 1, 1)}
    assert await sums(store, "referrer") == {"news.example": (2, 2, 1)}
    assert await sums(store, "link") == {"news.example/item/7": (1, 1, 1), "news.example": (1, 1, 0)}
    assert await sums(store, "browser") == {"Firefox": (2, 1, 1), "Safari": (1, 1, 0), "Chrome": (1, 1, 0)}
    assert await sums(store, "system") == {"Linux": (2, 1, 1), "iOS": (1, 1, 0), "Windows": (1, 1, 0)}
    assert await sums(store, "device") == {"desktop": (3, 2, 1), "phone": (1, 1, 0)}
    assert await sums(store, "language") == {"de": (3, 2, 1), "en": (1, 1, 0)}
    assert await sums(store, "country") == {}
    assert await open_days(store) == []


async def test_days_and_hours_are_the_sites(store):
    store.visits.zone = "Asia/Tokyo"
    await noted(store, glimpse(0), glimpse(4 * 60))
    row = await store.pool.fetchrow("select day::text, hour from visits order by at desc limit 1")
    assert tuple(row) == ("2026-05-02", 1)


async def test_the_keys_that_are_too_many_are_summed_as_others_each_visitor_once(store):
    await noted(store, *(glimpse(0, f"/{number}", address=f"192.0.2.{number % 3}") for number in range(1100)))
    await noted(store, glimpse(1, "/7", address="198.51.100.1"))
    await roll_up(store)
    found = await sums(store, "path")
    assert (len(found), found["/7"], found["(others)"]) == (1001, (2, 2, 0), (100, 3, 0))
    assert await sums(store, "total") == {"": (1101, 4, 0)}


async def test_a_key_that_is_no_more_among_the_first_is_not_counted_twice(store):
    await noted(store, *(glimpse(0, f"/{number}", address=f"192.0.2.{number % 9}") for number in range(1000)))
    await roll_up(store)
    await noted(store, glimpse(9, "/new"), glimpse(9, "/new", address="192.0.2.8"))
    await roll_up(store)
    found = await sums(store, "path")
    assert ("/999" in found, found["(others)"], sum(views for views, _, _ in found.values())) == (
        False,
        (1, 1, 0),
        1002,
    )


async def test_who_it_was_and_the_minute_are_gone_once_a_day_is_past_and_summed(store):
    await noted(store, *(glimpse(number / 2, f"/{number}") for number in range(20)))
    await forget(store, NOON + timedelta(days=2))
    assert await store.pool.fetchval("select count(visitor) from visits") == 20, "not before they are in the sums"
    await roll_up(store)
    await forget(store, NOON + timedelta(days=1))
    assert await store.pool.fetchval("select count(visitor) from visits") == 20, "yesterday's may still be confirmed"
    await forget(store, NOON + timedelta(days=2))
    assert await store.pool.fetchval("select count(*) from visits where visitor is null and at = $1", NOON) == 20
    order = [row["path"] for row in await store.pool.fetch("select path from visits order by id")]
    assert order != [f"/{number}" for number in range(20)], "nor can the way be read from the ids"


async def test_a_past_day_that_is_summed_again_keeps_its_visitors_and_gets_the_views(store):
    await noted(store, *(glimpse(0, "/", address=f"192.0.2.{number}") for number in range(9)))
    await roll_up(store)
    await forget(store, NOON + timedelta(days=2))
    await noted(store, glimpse(5, "/late"))
    await roll_up(store)
    assert (await sums(store, "total"), await sums(store, "path")) == (
        {"": (10, 9, 0)},
        {"/": (9, 9, 0), "/late": (1, 1, 0)},
    )


async def test_what_comes_while_a_day_is_summed_keeps_it_open(store, config):
    await noted(store, glimpse())
    async with store.pool.acquire() as conn, conn.transaction():
        changes = await _rolling.changes_of(conn, NOON.date())
        await conn.execute(_rolling.SUM, NOON.date())
        async with open_store(config) as other:
            await noted(other, glimpse(1, "/blog"))
        await _rolling.close(conn, NOON.date(), changes)
    assert await open_days(store) == [NOON.date()]
    await roll_up(store)
    assert (await sums(store, "total"))[""][0] == 2


async def test_a_process_that_dies_leaves_its_day_to_the_others(store, config):
    async with open_store(config) as dying:
        await noted(dying, glimpse())
    assert await open_days(store) == [NOON.date()]
    await roll_up(store)
    assert await sums(store, "total") == {"": (1, 1, 0)}


async def test_processes_that_sum_at_once_sum_once(store, config):
    await noted(store, *(glimpse(0, f"/{number}") for number in range(50)))
    async with open_store(config) as other:
        await asyncio.gather(roll_up(store), roll_up(other))
    await roll_up(store)
    assert await sums(store, "total") == {"": (50, 1, 0)}


async def test_sums_follow_visits_by_themselves(store, monkeypatch):
    monkeypatch.setattr(_rolling, "CALM", 0.01)
    monkeypatch.setattr("db.visits._flushing.EVERY", 0.01)
    async with counting(store):
        for number in range(3):
            store.visits.note(glimpse(0, f"/{number}", at=datetime.now(UTC)))
            async with asyncio.timeout(5):
                while await sums(store, "total") != {"": (number + 1, 1, 0)}:
                    await asyncio.sleep(0.01)


async def test_single_visits_are_forgotten_after_their_time_and_their_sums_stay(store):
    await noted(store, glimpse(), glimpse(1, "/blog"))
    later = NOON + timedelta(days=91)
    await forget(store, later)
    assert await store.pool.fetchval("select count(*) from visits") == 2, "not before they are in the sums"
    await roll_up(store)
    await forget(store, NOON + timedelta(days=90))
    assert await store.pool.fetchval("select count(*) from visits") == 2, "ninety days are kept"
    await forget(store, later)
    assert await store.pool.fetchval("select count(*) from visits") == 0
    store.visits.note(glimpse(2, "/late"))
    await flush(store, later)
    await roll_up(store)
    assert await sums(store, "total") == {"": (2, 1, 0)}, "who comes too late does not undo them"


async def test_how_long_they_are_kept_is_configured(store, config):
    quick = msgspec.structs.replace(config, analytics=Analytics(detail_days=1))
    async with open_store(quick) as other:
        await noted(other, glimpse())
        await roll_up(other)
        await forget(other, NOON + timedelta(days=2))
    assert await store.pool.fetchval("select count(*) from visits") == 0


async def test_a_day_that_was_not_in_sums_yet_is_forgotten_as_soon_as_it_is(store):
    await noted(store, glimpse())
    later = NOON + timedelta(days=91)
    await forget(store, later)
    await roll_up(store)
    await forget(store, later)
    assert await store.pool.fetchval("select count(*) from visits") == 0


async def test_a_day_that_cannot_be_summed_keeps_no_other_from_being_summed_or_forgotten(store, monkeypatch):
    await noted(store, glimpse(), glimpse(at=NOON + timedelta(days=1)))
    broken = _rolling.SUM.replace(
        "sum(views) as views, count", "sum(views) / ($1::date - date '2026-05-02') as views, count"
    )
    monkeypatch.setattr(_rolling, "SUM", broken)
    monkeypatch.setattr(_rolling, "REST", 0.0)
    store.visits.opened.set()
    monkeypatch.setattr(_rolling, "CALM", 0.0)
    with pytest.raises(asyncpg.DivisionByZeroError):
        await _rolling.keep_up(store)
    assert await open_days(store) == [NOON.date() + timedelta(days=1)]
    assert [row["day"] for row in await store.pool.fetch("select day from visits")] == await open_days(store)
    assert store.visits.opened.is_set(), "it is tried again"
