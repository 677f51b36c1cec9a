import asyncio

import asyncpg
import pytest

from db.migrate import Migration, MigrationError, check_applied, migrate, shipped

ONE = Migration(1, "0001_one", "create table one (id integer primary key)")
BAD = Migration(2, "0002_bad", "create table two (id integer); select 1/0")
TWO = Migration(2, "0002_two", "create table two (id integer primary key)")


@pytest.fixture
async def empty(postgres):
    conn = await asyncpg.connect(postgres)
    await conn.execute("create database migrate_test")
    fresh = await asyncpg.connect(postgres, database="migrate_test")
    yield fresh
    await fresh.close()
    await conn.execute("drop database migrate_test with (force)")
    await conn.close()


async def tables(conn):
    rows = await conn.fetch("select tablename from pg_tables where schemaname = 'public' order by 1")
    return [row["tablename"] for row in rows]


async def test_each_step_is_applied_once(empty):
    await migrate(empty, [ONE])
    await migrate(empty, [ONE, TWO])
    await migrate(empty, [ONE, TWO])
    assert await tables(empty) == ["migrations", "one", "two"]


async def test_a_step_that_fails_leaves_nothing_behind_and_can_be_tried_again(empty):
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(empty, [ONE, BAD])
    assert await tables(empty) == ["migrations", "one"]
    await migrate(empty, [ONE, TWO])
    assert await tables(empty) == ["migrations", "one", "two"]


async def test_two_processes_that_start_at_once_apply_each_step_once(empty, postgres):
    other = await asyncpg.connect(postgres, database="migrate_test")
    await asyncio.gather(migrate(empty, [ONE, TWO]), migrate(other, [ONE, TWO]))
    assert await empty.fetchval("select count(*) from migrations") == 2
    await other.close()


async def test_a_database_newer_than_the_program_is_refused_with_a_sentence(empty):
    await migrate(empty, [ONE, TWO])
    with pytest.raises(MigrationError, match=r"version 2 and this program knows only 1: .*\."):
        await migrate(empty, [ONE])


def test_a_step_that_was_changed_after_it_was_applied_is_refused():
    with pytest.raises(MigrationError, match="0002_two was changed"):
        check_applied({1: ONE.checksum, 2: BAD.checksum}, [ONE, TWO])


def test_the_shipped_steps_are_numbered_without_gaps():
    assert [step.number for step in shipped()] == list(range(1, len(shipped()) + 1))
