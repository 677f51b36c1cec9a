"""The doctor's look at what the house stands on: PostgreSQL and Redis; and at how the live cards are. Called by
cogs/doctor.py.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import asyncpg
import redis.asyncio as redis
from redis.exceptions import RedisError

from db import cards, rooms
from db.cards import State
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
    """`states`: how it is with the sources of live cards, by their name."""

    finding: Finding
    channel_id: int | None = None
    states: Mapping[str, State] = field(default_factory=dict)


async def look_at_database(config: Config) -> DatabaseFinding:
    """Opens the database as the program would, migrations included."""
    kind = "the one that [database] url names" if config.database.url else "embedded"
    try:
        async with open_store(config) as store:
            version = await store.pool.fetchval("/* doctor.version */ show server_version")
            room = await rooms.by_slug(store.pool, rooms.HANGOUT)
            finding = Finding("Database", f"PostgreSQL {version.split()[0]}, {kind}")
            states = {state.name: state for state in await cards.states(store.pool)}
            return DatabaseFinding(finding, room.channel_id, states)
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


def look_at_cards(config: Config, states: Mapping[str, State]) -> Iterator[Finding]:
    """By what is known of each source; none is asked for this."""
    for name, settings in config.sources.items():
        state = states.get(name)
        subject = f"Card {name}"
        if settings.off and not (state and state.is_fed):
            yield Finding(subject, f"off; {settings.off}")
        elif state and state.is_paused:
            yield Finding(subject, f"paused; /card resume {name} in Discord goes on")
        elif state and state.failing_since:
            sentence = f"no answer since {state.failing_since:%Y-%m-%d %H:%M} UTC: {state.last_error}"
            yield Finding(subject, sentence, is_well=False)
        elif state and state.last_error:
            yield Finding(subject, f"on, but a part of it did not come: {state.last_error}", is_well=False)
        elif state and state.fetched_at:
            yield Finding(subject, f"on; the last answer is of {state.fetched_at:%Y-%m-%d %H:%M} UTC")
        else:
            yield Finding(subject, f"on; it will be asked every {settings.period} seconds")
