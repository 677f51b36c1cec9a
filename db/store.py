"""The store: what an act needs, opened once by bot.py and handed to both doors."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import asyncpg
import msgspec
from asyncpg.pool import PoolConnectionProxy

from db.blobs import Blobs
from db.cards import Cards, Fading
from db.cards import load as load_cards
from db.config import Config, secret_key
from db.darkroom import Darkroom
from db.embedded import embedded_postgres
from db.limits import Limits
from db.live import Live
from db.migrate import MigrationError, migrate
from db.passwords import Passwords
from db.presence import DiscordState, Presence
from db.press import Press
from db.writer import Writers

if TYPE_CHECKING:  # what it does takes a connection, and those are named here
    from db.filters import Filters
    from db.floods import Alarms
    from db.sanctions import Sanctions
    from db.visits import Visits

Conn = asyncpg.Pool | asyncpg.Connection | PoolConnectionProxy  # all answer fetch, fetchrow, fetchval, execute

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Store:
    """What acts work with.

    `secret_key`: for what the site signs. `owner_id`: the owner's Discord id, 0 until it is known. `leads`: this
    process holds the gateway. `followed`: how many here want to hear the changes of which room. `blobs` and `darkroom`:
    where pictures are, and where they are unpacked; for db/media. `press`: where posts are drawn. `passwords`: the
    threads in which they are hashed. `visits`: page views that wait to be written. `sanctions`: who is kept
    out. `alarms`: whether the house is raided. `filters`: the rules for what is said. `sighted`: who was noted when,
    from which network; for db/sightings.
    """

    pool: asyncpg.Pool
    dsn: str
    config: Config
    blobs: Blobs
    darkroom: Darkroom
    press: Press
    visits: "Visits"
    sanctions: "Sanctions"
    alarms: "Alarms"
    filters: "Filters"
    live: Live = field(default_factory=Live)
    presence: Presence = field(default_factory=Presence)
    discord: DiscordState = field(default_factory=DiscordState)
    writers: Writers = field(default_factory=Writers)
    limits: Limits = field(default_factory=Limits)
    passwords: Passwords = field(default_factory=Passwords)
    cards: Cards = field(default_factory=Cards)
    secret_key: bytes = field(default=b"", repr=False)
    owner_id: int = 0
    leads: bool = False
    followed: Counter[int] = field(default_factory=Counter)
    sighted: dict[tuple[int, bytes], datetime] = field(default_factory=dict)


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
    from db.filters import Filters  # noqa: PLC0415 - see above
    from db.filters import load as load_filters  # noqa: PLC0415
    from db.floods import Alarms  # noqa: PLC0415
    from db.floods import load as load_alarms  # noqa: PLC0415
    from db.sanctions import Sanctions  # noqa: PLC0415
    from db.sanctions import load as load_sanctions  # noqa: PLC0415
    from db.visits import Visits  # noqa: PLC0415

    async with AsyncExitStack() as stack:
        dsn = config.database.url or await stack.enter_async_context(embedded_postgres(config.data_path))
        await _bring_up_to_date(dsn)
        pool = await stack.enter_async_context(_pool(dsn, config))
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
            Filters(),
            secret_key=key,
            owner_id=config.discord.owner_id,
            cards=Cards(fading=Fading(config.redis.url)),
        )
        store.writers.join(store)
        stack.push_async_callback(store.writers.close)
        stack.callback(store.passwords.close)
        stack.push_async_callback(store.press.close)
        stack.push_async_callback(store.cards.fading.close)
        await load_cards(store)
        await load_alarms(store)
        await load_sanctions(store)
        await load_filters(store)
        yield store


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
