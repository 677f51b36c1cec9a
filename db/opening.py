"""Opening the store: the database is there and up to date, and what memory holds of it is read. For bot.py."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import asyncpg
import msgspec

from db import cards, filters, floods, house, sanctions
from db.blobs import Blobs
from db.cards import Cards, Fading
from db.config import Config, secret_key
from db.darkroom import Darkroom
from db.embedded import embedded_postgres
from db.filters import Filters
from db.floods import Alarms
from db.house import House
from db.migrate import MigrationError, migrate
from db.press import Press
from db.sanctions import Sanctions
from db.store import Store
from db.visits import Visits


async def prepare(conn: asyncpg.Connection) -> None:
    """Makes jsonb columns plain Python values on this connection."""
    await conn.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=lambda value: b"\x01" + msgspec.json.encode(value),  # jsonb's binary form starts with its version
        decoder=lambda data: msgspec.json.decode(data[1:]),
        format="binary",
    )


@asynccontextmanager
async def open_store(config: Config) -> AsyncIterator[Store]:
    """Starts the embedded PostgreSQL if no other is named, brings the database up to date, and opens the pool.

    Raises MigrationError, db.embedded.EmbeddedError, or the driver's error when PostgreSQL cannot be reached.
    """
    async with AsyncExitStack() as stack:
        dsn = config.database.url or await stack.enter_async_context(embedded_postgres(config.data_path))
        await _bring_up_to_date(dsn)
        pool = await stack.enter_async_context(_pool(dsn, config))
        store = _made(config, dsn, pool)
        stack.push_async_callback(store.writers.close)
        stack.callback(store.passwords.close)
        stack.push_async_callback(store.press.close)
        stack.push_async_callback(store.cards.fading.close)
        for load in (house.load, cards.load, floods.load, sanctions.load, filters.load):
            await load(store)
        yield store


def _made(config: Config, dsn: str, pool: asyncpg.Pool) -> Store:
    key = secret_key(config)
    store = Store(
        pool,
        dsn,
        config,
        Blobs(config),
        Darkroom(config.media),
        Press(config.blog),
        Visits(config),
        Sanctions(key),
        Alarms(),
        House(config),
        Filters(),
        secret_key=key,
        owner_id=config.discord.owner_id,
        cards=Cards(fading=Fading(config.redis.url)),
    )
    store.writers.join(store)
    return store


async def _bring_up_to_date(dsn: str) -> None:
    conn = await asyncpg.connect(dsn, timeout=10)
    try:
        if conn.get_server_version() < (15, 0):
            raise MigrationError("PostgreSQL 15 or newer is needed: upgrade the server that database.url names.")
        await migrate(conn)
    except asyncpg.InsufficientPrivilegeError as error:
        raise MigrationError(
            f"PostgreSQL does not let us make our tables ({error}): make us the database's owner."
        ) from error
    finally:
        await conn.close()


@asynccontextmanager
async def _pool(dsn: str, config: Config) -> AsyncIterator[asyncpg.Pool]:
    pool = await asyncpg.create_pool(
        dsn,
        min_size=config.database.pool_min,
        max_size=config.database.pool_max,
        timeout=3,
        command_timeout=6,
        init=prepare,
        server_settings={
            "application_name": "porchlight",
            "statement_timeout": "5s",
            "lock_timeout": "2s",
            "idle_in_transaction_session_timeout": "10s",
            "synchronous_commit": "on",
        },
    )
    try:
        yield pool
    finally:
        try:
            async with asyncio.timeout(3):
                await pool.close()
        except TimeoutError:
            pool.terminate()
