"""The doctor's look at what the house stands on: PostgreSQL and Redis. Called by cogs/doctor.py."""

from dataclasses import dataclass

import asyncpg
import redis.asyncio as redis
from redis.exceptions import RedisError

from db import rooms
from db.config import Config, ConfigError
from db.embedded import EmbeddedError
from db.errors import AWAY
from db.migrate import MigrationError
from db.store import open_store

CLOSED: tuple[type[Exception], ...] = (*AWAY, asyncpg.PostgresError)


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's: what was looked at, and how it is or what to do."""

    subject: str
    sentence: str
    is_well: bool = True


@dataclass(frozen=True, slots=True)
class DatabaseFinding:
    finding: Finding
    channel_id: int | None = None


async def look_at_database(config: Config) -> DatabaseFinding:
    """Opens the database as the program would, migrations included."""
    kind = "the one that [database] url names" if config.database.url else "embedded"
    try:
        async with open_store(config) as store:
            version = await store.pool.fetchval("/* doctor.version */ show server_version")
            room = await rooms.by_slug(store.pool, rooms.HANGOUT)
            finding = Finding("Database", f"PostgreSQL {version.split()[0]}, {kind}")
            return DatabaseFinding(finding, room.channel_id)
    except (MigrationError, EmbeddedError, ConfigError) as error:
        return DatabaseFinding(Finding("Database", str(error), is_well=False))
    except CLOSED as error:
        sentence = f"cannot be opened ({type(error).__name__}): check [database] url and that PostgreSQL runs."
        return DatabaseFinding(Finding("Database", sentence, is_well=False))


async def look_at_redis(config: Config) -> Finding:
    if not config.redis.url:
        return Finding("Redis", "not used; one process needs none")
    client = redis.Redis.from_url(config.redis.url, socket_connect_timeout=3, socket_timeout=3)
    try:
        await client.ping()
    except (RedisError, OSError, ValueError) as error:
        sentence = f"cannot be reached ({type(error).__name__}): check [redis] url, or leave it empty for one process."
        return Finding("Redis", sentence, is_well=False)
    finally:
        await client.aclose()
    return Finding("Redis", "answers")
