"""What the tests share: one real PostgreSQL a session, and a fresh database for each test that asks for one."""

import gc
import inspect
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import uvloop

from db import rooms
from db.config import Config, Data, Database, Discord, Mod, Site, Web
from db.embedded import embedded_postgres
from db.opening import open_store
from db.people import Person
from db.rooms import Room
from db.store import Store
from practice import Practice
from tests.built import built_once
from tests.databases import Databases, kept
from tests.members import member

TESTS = Path(__file__).parent
QUIET = Mod(new_messages=0, raid_names=10_000, room_rate=1000.0, room_burst=10_000)  # tests of other things say much
ROOM = 4 * 1024**3  # bytes; every worker has a cluster of its own, and its log of what was written


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> Mapping[str, Callable[..., object]]:
    """The loop that the program runs on, whose transports are not asyncio's own."""
    return {"uvloop": uvloop.new_event_loop}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of whole processes wait a lot and take longest: they begin first, while others have work to do."""
    items.sort(key=lambda item: item.path.parent != TESTS)
    for item in items:
        refuse_two_loops(item)


gc.disable()  # until all is collected: until then next to nothing becomes free


def pytest_collection_finish() -> None:
    """All that was imported and collected stays to the end, and is not looked through again and again meanwhile."""
    gc.collect()
    gc.freeze()
    gc.enable()


def refuse_two_loops(item: pytest.Item) -> None:
    """A plain function that asks for what is made in a loop would have a loop, and a PostgreSQL, of its own made."""
    if not isinstance(item, pytest.Function) or item.get_closest_marker("asyncio"):
        return
    for name, made in item._fixtureinfo.name2fixturedefs.items():
        if inspect.iscoroutinefunction(made[-1].func) or inspect.isasyncgenfunction(made[-1].func):
            raise pytest.UsageError(f"{item.nodeid} is no coroutine and asks for {name}, which is made by one")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What was logged goes along from worker to runner as UTF-8; hostile tests log what that cannot hold."""
    report = yield
    report.sections = [(name, words.encode("utf-8", "backslashreplace").decode()) for name, words in report.sections]
    return report


def in_memory() -> Path | None:
    """Where files cost no disk, if there is room: there a fresh database takes a twentieth of the time."""
    shared = Path("/dev/shm")
    is_roomy = os.access(shared, os.W_OK) and shutil.disk_usage(shared).free > ROOM
    return shared if is_roomy else None


@pytest.fixture(scope="session", autouse=True)
def _built_once() -> Iterator[None]:
    with built_once():
        yield


@pytest.fixture(scope="session")
def session_folder() -> Iterator[Path]:
    """A short-named folder, for unix sockets have little room for their path: in memory, else under /tmp."""
    with tempfile.TemporaryDirectory(prefix="porch-", dir=in_memory(), ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
async def postgres(session_folder: Path) -> AsyncIterator[str]:
    """The address of a running PostgreSQL; the disk is not waited for."""
    async with embedded_postgres(session_folder) as dsn:
        conn = await asyncpg.connect(dsn)
        for setting in ("fsync", "full_page_writes", "autovacuum"):
            await conn.execute(f"alter system set {setting} = off")
        await conn.execute("select pg_reload_conf()")
        await conn.close()
        yield dsn


@pytest.fixture(scope="session")
async def databases(postgres: str) -> AsyncIterator[Databases]:
    async with kept(postgres) as databases:
        yield databases


@pytest.fixture
async def database_url(databases: Databases) -> AsyncIterator[str]:
    """A database of this test's own, with the migrations applied and nothing else in it."""
    url = await databases.take()
    yield url
    await databases.give_back(url)


def at_practice(practice: Practice, **more: Any) -> Discord:
    """The settings by which the program takes this practice Discord for the real one, with `more` of [discord]."""
    return Discord(api_base=practice.api_base, gateway_url=practice.gateway_url, cdn_base=practice.cdn_base, **more)


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
        mod=QUIET,
    )


@pytest.fixture
async def store(config: Config) -> AsyncIterator[Store]:
    async with open_store(config) as store:
        yield store


@pytest.fixture
async def room(store: Store) -> Room:
    return await rooms.by_slug(store.pool, rooms.HANGOUT)


@pytest.fixture
async def practice() -> AsyncIterator[Practice]:
    async with Practice() as practice:
        yield practice


@pytest.fixture
async def ada(store: Store) -> Person:
    return await member(store, "ada")


@pytest.fixture
async def bob(store: Store) -> Person:
    return await member(store, "bob")


@pytest.fixture
async def eve(store: Store) -> Person:
    return await member(store, "eve")
