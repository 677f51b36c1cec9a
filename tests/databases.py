"""Databases for tests, each as the migrations leave one. A used one is emptied for the next test, with its connections
left to it: what PostgreSQL does to make them, and to know its tables again, costs more than most of what a test does.
One that cannot be brought back to where it began is thrown away.
"""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

import db.opening
from db.config import Config
from db.migrate import migrate

TEMPLATE = "porchlight_template"
USES = 40  # of one: what was deleted stays in its files
MANY = 300  # rows of one table; a new database is cheaper than to have the next tests read over so many

# Whatever changes a table, an index, a trigger, a function, a setting or what the planner knows changes this.
SHAPE = """select jsonb_build_array(
    (select array_agg((oid, xmin, reltuples, relpages)::text order by oid) from pg_class where oid >= 16384),
    (select sum(xmin::text::bigint) from pg_attribute where attrelid >= 16384),
    (select sum(xmin::text::bigint) from pg_proc where oid >= 16384),
    (select sum(xmin::text::bigint) from pg_trigger),
    (select sum(xmin::text::bigint) from pg_constraint),
    (select sum(xmin::text::bigint) from pg_namespace),
    (select count(*) from pg_db_role_setting),
    (select count(*) from pg_statistic where starelid >= 16384)
)::text"""
CUT = (asyncpg.InterfaceError, asyncpg.OperatorInterventionError, asyncpg.PostgresConnectionError, OSError)
OTHERS = "select pg_stat_get_db_numbackends(oid) - 1 from pg_database where datname = current_database()"


def replace_database(dsn: str, name: str) -> str:
    """`postgresql:///postgres?host=...` with another database."""
    before, _, query = dsn.partition("?")
    return f"{before.rpartition('/')[0]}/{name}?{query}"


def rows_of(table: str) -> str:
    return f"select jsonb_agg(one order by one)::text from {table} one"


class Kept:
    """One database, and the connection by which it is looked at and emptied."""

    def __init__(self, url: str, conn: asyncpg.Connection) -> None:
        self.url = url
        self.conn = conn
        self.idle: list[asyncpg.Connection] = []
        self.looking = asyncio.Lock()
        self.uses = 0

    async def begin(self) -> None:
        """Remembers how it is now."""
        self.shape = await self.conn.fetchval(SHAPE)
        tables = [
            row[0] for row in await self.conn.fetch("select tablename::text from pg_tables where schemaname = 'public'")
        ]
        self.first = {table: rows for table in tables if (rows := await self.conn.fetchval(rows_of(table)))}
        counts = ", ".join(f"(select count(*) from (select from {table} limit {MANY}) one)" for table in tables)
        rows = ", ".join(f"({rows_of(table)})" for table in self.first)
        self.tables, self.look = tables, f"select ({OTHERS}), ({SHAPE}), array[{counts}], array[{rows}]"
        self.places = ""
        for name in [row[0] for row in await self.conn.fetch("select sequencename from pg_sequences")]:
            last, is_called = await self.conn.fetchrow(f"select last_value, is_called from {name}")
            self.places += f"select setval('{name}', {last}, {is_called});"

    async def empty(self) -> bool:
        """Whether it is as in the beginning again."""
        self.uses += 1
        others, shape, counts, rows = await self.conn.fetchrow(self.look)
        self.idle = [one for one in self.idle if not one.is_closed()]
        if self.uses >= USES or others != len(self.idle) or shape != self.shape or max(counts) >= MANY:
            return False
        now = dict(zip(self.first, rows, strict=True))
        held = dict(zip(self.tables, counts, strict=True))
        changed = [
            name for name in self.tables if now.get(name) != self.first.get(name) or (held[name] and name not in now)
        ]
        await self.conn.execute(
            # In this role no trigger fires and no reference is looked at.
            f"begin; set local session_replication_role = replica; {''.join(map(self.restored, changed))}"
            f"{self.places} commit"
        )
        return True

    def restored(self, table: str) -> str:
        if table not in self.first:
            return f"delete from {table};"
        rows = f"jsonb_populate_recordset(null::{table}, $rows${self.first[table]}$rows$)"
        return f"delete from {table}; insert into {table} overriding system value select * from {rows};"

    async def is_brought_up_to_date(self) -> bool:
        """Not if a test has cut this connection too."""
        with suppress(*CUT):
            async with self.looking:
                await migrate(self.conn)
            return True
        return False

    async def connect(self, *args: Any, **options: Any) -> asyncpg.Connection:
        """As a pool does, which would prepare it afterwards."""
        while self.idle:
            if not (conn := self.idle.pop()).is_closed():
                return conn
        conn = await asyncpg.connect(*args, **options)
        await db.opening.prepare(conn)
        return conn

    def leave(self, pool: asyncpg.Pool) -> None:
        """What nobody uses any more of a pool that is about to be closed."""
        for holder in pool._holders:
            conn = holder._con
            if holder.is_connected() and holder.is_idle():
                holder._release_on_close()
                conn._pool_holder = None
                self.idle.append(conn)

    def close(self) -> None:
        for conn in (*self.idle, self.conn):
            conn.terminate()


class Databases:
    """`url` by `url`: `take` one, and `give_back` what was taken, whoever still holds it."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.count = itertools.count(1)
        self.free: list[Kept] = []
        self.taken: dict[str, Kept] = {}

    async def take(self) -> str:
        kept = self.free.pop() if self.free else await self.make()
        self.taken[kept.url] = kept
        return kept.url

    async def give_back(self, url: str) -> None:
        kept = self.taken.pop(url)
        with suppress(asyncpg.PostgresError, *CUT):  # a table may be gone
            if await kept.empty():
                self.free.append(kept)
                return
        kept.close()
        await self.execute(f"drop database {urlsplit(url).path[1:]} with (force)")

    async def make(self) -> Kept:
        name = f"test_{next(self.count)}"
        await self.execute(f"create database {name} template {TEMPLATE} strategy file_copy")
        url = replace_database(self.dsn, name)
        kept = Kept(url, await asyncpg.connect(url))
        await kept.begin()
        return kept

    async def execute(self, statement: str) -> None:
        conn = await asyncpg.connect(self.dsn)
        try:
            await conn.execute(statement)
        finally:
            await conn.close()

    def close(self) -> None:
        for kept in self.free:
            kept.close()

    def patch(self, patch: pytest.MonkeyPatch) -> None:
        """Stores over what was taken here use its connections; those over other databases are as ever."""
        bring_up_to_date, open_pool = db.opening._bring_up_to_date, db.opening._pool

        async def bring_this_up_to_date(dsn: str) -> None:
            if dsn not in self.taken or not await self.taken[dsn].is_brought_up_to_date():
                await bring_up_to_date(dsn)

        @asynccontextmanager
        async def open_this_pool(dsn: str, config: Config) -> AsyncIterator[asyncpg.Pool]:
            async with open_pool(dsn, config) as pool:
                if kept := self.taken.get(dsn):
                    pool._connect, pool._init = kept.connect, None
                yield pool
                if kept:
                    kept.leave(pool)

        patch.setattr(db.opening, "_bring_up_to_date", bring_this_up_to_date)
        patch.setattr(db.opening, "_pool", open_this_pool)


@asynccontextmanager
async def kept(dsn: str) -> AsyncIterator[Databases]:
    """Databases at this server, and the template that they are made from."""
    databases = Databases(dsn)
    await databases.execute(f"create database {TEMPLATE}")
    conn = await asyncpg.connect(replace_database(dsn, TEMPLATE))
    await migrate(conn)
    await conn.close()
    with pytest.MonkeyPatch.context() as patch:
        databases.patch(patch)
        yield databases
    databases.close()
