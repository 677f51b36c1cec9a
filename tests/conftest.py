"""What the tests share: one real PostgreSQL a session, and a fresh database for each test that asks for one."""

import itertools
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from db.config import Config, Data, Database, Discord, Site, Web
from db.embedded import embedded_postgres
from db.migrate import migrate
from db.store import Store, open_store

TEMPLATE = "porchlight_template"
counter = itertools.count(1)


@pytest.fixture(scope="session")
def session_folder() -> Iterator[Path]:
    """A short-named folder under /tmp: unix sockets have little room for their path."""
    with tempfile.TemporaryDirectory(prefix="porch-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
async def postgres(session_folder: Path) -> AsyncIterator[str]:
    """The address of a running PostgreSQL that has the migrated template; the disk is not waited for."""
    async with embedded_postgres(session_folder) as dsn:
        conn = await asyncpg.connect(dsn)
        await conn.execute("alter system set fsync = off")
        await conn.execute("select pg_reload_conf()")
        await conn.execute(f"create database {TEMPLATE}")
        template = await asyncpg.connect(dsn, database=TEMPLATE)
        await migrate(template)
        await template.close()
        await conn.close()
        yield dsn


@pytest.fixture
async def database_url(postgres: str) -> AsyncIterator[str]:
    """A database of this test's own, with the migrations applied; gone afterwards, whoever still holds it."""
    name = f"test_{next(counter)}"
    conn = await asyncpg.connect(postgres)
    await conn.execute(f"create database {name} template {TEMPLATE}")
    yield replace_database(postgres, name)
    await conn.execute(f"drop database {name} with (force)")
    await conn.close()


def replace_database(dsn: str, name: str) -> str:
    """`postgresql:///postgres?host=...` with another database."""
    before, _, query = dsn.partition("?")
    return f"{before.rpartition('/')[0]}/{name}?{query}"


@pytest.fixture
def config(database_url: str, tmp_path: Path) -> Config:
    """A whole configuration that reaches nobody: Discord's addresses are closed ports of this machine."""
    return Config(
        site=Site(name="Porchlight", owner_name="Robin"),
        web=Web(secret_key="0123456789abcdef" * 4),
        database=Database(url=database_url, pool_min=0, pool_max=5),
        discord=Discord(
            api_base="http://127.0.0.1:9/api/v10", gateway_url="ws://127.0.0.1:9/", cdn_base="http://127.0.0.1:9"
        ),
        data=Data(dir=str(tmp_path / "data")),
    )


@pytest.fixture
async def store(config: Config) -> AsyncIterator[Store]:
    async with open_store(config) as store:
        yield store
