"""Visits are written in batches, once each, whoever writes and whatever is away meanwhile."""

import asyncio
import logging
import time
from datetime import UTC, datetime, timedelta

import msgspec

from db.config import Analytics
from db.opening import open_store
from db.visits import Visits, _flushing, _visits, counting, exclude, flush, roll_up
from tests.glimpses import CHROME, FIREFOX, GOOGLEBOT, IPHONE, NOON, glimpse, noted, sums


async def rows(store):
    return await store.pool.fetch("select path, visitor, is_confirmed from visits order by at, id")


async def paths(store):
    return [row["path"] for row in await rows(store)]


async def test_a_visitor_counts_again_on_the_same_page_after_five_minutes_only(store):
    await noted(store, glimpse(0), glimpse(2), glimpse(4.9), glimpse(1, "/blog"))
    await noted(store, glimpse(4.95))
    assert await paths(store) == ["/", "/blog"]
    await noted(store, glimpse(5), glimpse(6))
    assert await paths(store) == ["/", "/blog", "/"]
    assert len({row["visitor"] for row in await rows(store)}) == 1


async def test_another_address_or_another_browser_is_another_visitor(store):
    await noted(store, glimpse(), glimpse(address="192.0.2.8"), glimpse(agent=IPHONE), glimpse(address="2001:db8::7"))
    assert len({row["visitor"] for row in await rows(store)}) == 4


async def test_after_a_restart_a_visitor_is_who_they_were(store, config):
    await noted(store, glimpse())
    async with open_store(config) as again:
        await noted(again, glimpse(1), glimpse(1, "/blog"))
    assert await paths(store) == ["/", "/blog"]
    assert len({row["visitor"] for row in await rows(store)}) == 1


async def test_processes_that_write_at_once_take_a_visitor_for_one(store, config):
    async with open_store(config) as other:
        for place in range(40):
            for one in (store, other):
                one.visits.note(glimpse(address=f"192.0.2.{place % 20}"))
                one.visits.note(glimpse(0, "/blog", address=f"192.0.2.{place % 20}"))
        await asyncio.gather(flush(store, NOON), flush(other, NOON))
    assert await store.pool.fetchval("select count(*) from visit_salts") == 1
    found = await rows(store)
    assert (len(found), len({row["visitor"] for row in found})) == (40, 20)


async def test_a_new_salt_cuts_nobody_in_two(store):
    for hour in range(13):  # the salt changes at four, eight and twelve
        await noted(store, glimpse(hour * 60))
    assert len({row["visitor"] for row in await rows(store)}) == 1
    await noted(store, glimpse((12 + 9) * 60))  # away for longer than a salt is known
    assert len({row["visitor"] for row in await rows(store)}) == 2


async def test_a_visitor_whose_hash_changes_within_one_batch_stays_one(store):
    store.visits.note(glimpse(0))
    await flush(store, NOON)
    store.visits.note(glimpse(239, address="192.0.2.9"))
    await store.visits.digest(NOON + timedelta(minutes=239))  # by the old salt, and not yet written
    await noted(store, glimpse(241, address="192.0.2.9"), glimpse(241, "/blog", address="192.0.2.9"))
    newcomers = {row["visitor"] for row in (await rows(store))[1:]}
    assert len(newcomers) == 1


async def test_bots_and_what_is_missing_are_counted_apart_and_by_name(store):
    await noted(
        store, glimpse(agent=GOOGLEBOT), glimpse(1, "/x", agent=GOOGLEBOT, status=404), glimpse(status=404, path="/old")
    )
    await noted(store, glimpse(3, agent=GOOGLEBOT))
    await roll_up(store)
    assert await sums(store, "bot") == {"Googlebot": (3, 0, 0)}
    assert await sums(store, "missing") == {"/old": (1, 0, 0)}
    assert await rows(store) == []


def missing(number):
    return glimpse(status=404, path=f"/{number:04}", address=f"192.0.2.{number % 4}")


async def test_a_day_has_a_thousand_keys_of_a_kind_and_the_others(store):
    await noted(store, *(missing(number) for number in range(900)))
    await noted(store, *(missing(number) for number in range(850, 1200)))
    found = await sums(store, "missing")
    assert len(found) == 1001
    assert (found["/0850"][0], found["/0999"][0], found["(others)"][0]) == (2, 1, 200)
    await noted(store, glimpse(status=404, path="/0001"), glimpse(status=404, path="/new"))
    found = await sums(store, "missing")
    assert (found["/0001"][0], found["(others)"][0], len(found)) == (2, 201, 1001)


async def test_the_owner_and_ignored_networks_and_who_said_no_are_not_counted(store, config, ada, bob):
    await exclude(store, ada, on=True)
    await noted(
        store,
        glimpse(is_owner=True),
        glimpse(person_id=ada.id),
        glimpse(person_id=ada.id, status=404),
        glimpse(0, "/b", person_id=bob.id),
    )
    assert await paths(store) == ["/b"]
    assert await sums(store, "missing") == {}
    await exclude(store, ada, on=False)
    await noted(store, glimpse(0, "/c", person_id=ada.id))
    assert await paths(store) == ["/b", "/c"]
    quiet = msgspec.structs.replace(config, analytics=Analytics(ignore_networks=("192.0.2.0/24",)))
    store.visits = Visits(quiet)
    await noted(store, glimpse(0, "/d"), glimpse(0, "/e", address="198.51.100.1"), glimpse(0, "/f", agent=GOOGLEBOT))
    assert await paths(store) == ["/b", "/c", "/e"]


async def test_what_a_browser_loads_besides_confirms_its_visits_before_and_after(store):
    await noted(store, glimpse(), glimpse(0, "/blog"), glimpse(address="192.0.2.8"))
    store.visits.confirm("192.0.2.7", FIREFOX)
    await noted(store, glimpse(3, "/projects"), now=NOON)
    await noted(store, glimpse(8))
    await roll_up(store)
    assert await sums(store, "total") == {"": (5, 2, 1)}
    assert (await sums(store, "path"))["/"] == (3, 2, 1)
    assert all(row["is_confirmed"] for row in await rows(store) if row["path"] != "/")


async def test_a_sign_that_is_heard_of_before_its_page_waits_for_it_and_not_for_ever(store, config):
    store.visits.confirm("192.0.2.7", FIREFOX)
    await flush(store, NOON)
    async with open_store(config) as other:
        await noted(other, glimpse())
    await flush(store, NOON)
    assert [row["is_confirmed"] for row in await rows(store)] == [True]
    store.visits.confirm("203.0.113.1", FIREFOX)
    for _ in range(4):
        await flush(store, NOON)
    assert not store.visits.is_waiting


async def test_a_sign_finds_its_visit_however_many_batches_lie_before_it(store, monkeypatch):
    monkeypatch.setattr(_flushing, "BATCH", 1)
    store.visits.confirm("192.0.2.5", FIREFOX)
    await noted(store, *(glimpse(place, address=f"192.0.2.{place}") for place in range(6)))
    assert [row["is_confirmed"] for row in await rows(store)] == [False] * 5 + [True]


async def test_while_the_database_is_away_visits_wait_up_to_a_bound_and_are_written_later(store, monkeypatch, caplog):
    monkeypatch.setattr(_visits, "WAITING_MAX", 30)
    await noted(store, glimpse(0, "/first"))
    pool = store.pool

    class Away:
        def acquire(self):
            raise ConnectionRefusedError

    store.pool = Away()
    with caplog.at_level(logging.WARNING):
        for number in range(50):
            store.visits.note(glimpse(0, f"/{number:02}"))
            if number % 10 == 0:
                try:
                    await flush(store, NOON)
                except ConnectionRefusedError:
                    assert not store.visits._glimpses, "no address waits for the database"
    assert caplog.text.count("page views wait for the database") == 1
    store.pool = pool
    await flush(store, NOON)
    assert sorted(await paths(store)) == [*(f"/{number:02}" for number in range(30)), "/first"]


async def test_user_agents_that_take_long_to_judge_leave_others_their_turn(store):
    def ponder(one):
        until = time.perf_counter() + 0.003
        while time.perf_counter() < until:
            pass
        return "Something slow"

    await noted(store, glimpse())
    visits = Visits(store.config, ponder)
    visits.salts = store.visits.salts
    for number in range(40):
        visits.note(glimpse(0, f"/{number}"))
    digesting, turns = asyncio.create_task(visits.digest(NOON)), 0
    while not digesting.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns >= 15
    assert len(visits.entries) == 40


async def test_signs_of_more_people_than_there_are_in_a_second_are_left(store, monkeypatch):
    monkeypatch.setattr(_visits, "SIGNS_MAX", 20)
    await noted(store, glimpse())
    for number in range(50):
        store.visits.confirm("192.0.2.7", f"{FIREFOX} {number}")
    await store.visits.digest(NOON)
    assert len(store.visits.signs) == 20


async def test_addresses_do_not_wait_for_salts_that_cannot_be_had(store):
    store.visits.note(glimpse())
    await store.visits.digest(NOON)
    assert len(store.visits._glimpses) == 1
    await store.visits.digest(NOON + timedelta(minutes=1))
    assert len(store.visits._glimpses) == 0


async def test_one_visit_that_the_rules_stumble_over_leaves_the_others_be(store, caplog):
    def judge(seen):
        if seen.path == "/b":
            raise ValueError(seen.address)
        return ""

    store.visits._judge = judge
    await noted(store, glimpse(0, "/a"), glimpse(0, "/b"), glimpse(0, "/c"))
    assert sorted(await paths(store)) == ["/a", "/c"]
    assert "could not be counted" in caplog.text
    assert "192.0.2.7" not in caplog.text


async def test_one_visit_that_postgresql_will_not_take_leaves_the_others_be(store, caplog):
    await noted(store, glimpse(0, "/a"))
    store.visits.note(glimpse(0, "/b"))
    store.visits.note(glimpse(0, "/c"))
    await store.visits.digest(NOON)
    broken = store.visits.entries[0]
    object.__setattr__(broken, "country", "too long")
    await flush(store, NOON)
    assert await paths(store) == ["/a", "/c"]
    assert "is not counted" in caplog.text


async def test_what_is_noted_is_in_the_database_within_a_second_and_at_the_end_at_once(store, config):
    async with open_store(config) as other, counting(other):
        other.visits.note(glimpse(at=datetime.now(UTC)))
        async with asyncio.timeout(1):
            while not await paths(store):
                await asyncio.sleep(0.02)
        other.visits.note(glimpse(0, "/last", at=datetime.now(UTC)))
    assert await paths(store) == ["/", "/last"]


async def test_from_one_network_no_more_is_counted_than_people_could_open(store):
    agents = [CHROME.replace("126.0.0.0", f"126.0.0.{number}") for number in range(700)]
    await noted(store, *(glimpse(0, agent=agent, address=f"2001:db8::{place:x}") for place, agent in enumerate(agents)))
    await noted(store, glimpse(0, "/elsewhere"))
    assert await store.pool.fetchval("select count(*) from visits") == 601
    assert await sums(store, "bot") == {"Too much from one address": (100, 0, 0)}
    await noted(store, glimpse(1, "/later", address="2001:db8::1"))
    assert (await paths(store))[-1] == "/later"
