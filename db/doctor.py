"""The doctor's look at what the house stands on: PostgreSQL and Redis; and at how the live cards are. Called by
cogs/doctor.py.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import asyncpg
import redis.asyncio as redis
from redis.exceptions import RedisError

from db import cards, rooms
from db.cards import Card, State
from db.config import Config, ConfigError, Mod, Source
from db.embedded import EmbeddedError
from db.errors import AWAY
from db.migrate import MigrationError
from db.opening import open_store

CLOSED: tuple[type[Exception], ...] = (*AWAY, asyncpg.PostgresError)


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's: what was looked at, and how it is or what to do."""

    subject: str
    sentence: str
    is_well: bool = True


@dataclass(frozen=True, slots=True)
class DatabaseFinding:
    """`states`: how it is with the sources of live cards, by their name; `kept`: the cards themselves."""

    finding: Finding
    channel_id: int | None = None
    states: Mapping[str, State] = field(default_factory=dict)
    kept: tuple[Card, ...] = ()


async def look_at_database(config: Config) -> DatabaseFinding:
    """Opens the database as the program would, migrations included."""
    kind = "the one that [database] url names" if config.database.url else "embedded"
    try:
        async with open_store(config) as store:
            version = await store.pool.fetchval("/* doctor.version */ show server_version")
            room = await rooms.by_slug(store.pool, rooms.HANGOUT)
            finding = Finding("Database", f"PostgreSQL {version.split()[0]}, {kind}")
            states = {state.name: state for state in await cards.states(store.pool)}
            return DatabaseFinding(finding, room.channel_id, states, tuple(store.cards.current.values()))
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


def look_at_appeal(config: Config) -> Finding:
    """Who is kept out by mistake needs somewhere to say so, once there are strangers about."""
    if config.public_url.startswith("https:") and config.mod.appeal == Mod().appeal:
        sentence = "tell nobody how to reach you: write an address into [mod] appeal, for those who are kept out."
        return Finding("Appeals", sentence, is_well=False)
    return Finding("Appeals", f"who is kept out reads: {config.mod.appeal}")


def cards_to_ask(config: Config, states: Mapping[str, State], now: datetime) -> list[str]:
    """The sources that the doctor may ask: they are on, and nobody said to let them be."""
    return [
        name
        for name, settings in config.sources.items()
        if not settings.off and not ((state := states.get(name)) and (state.is_paused or _is_held(state, now)))
    ]


def _is_held(state: State, now: datetime) -> bool:
    comes_by_itself = state.is_fed and state.next_at > now
    return comes_by_itself or (state.held_until is not None and state.held_until > now)


def look_at_cards(
    config: Config, states: Mapping[str, State], told: Mapping[str, str] | None = None
) -> Iterator[Finding]:
    """By what is known of each source, and by what it has just `told`: empty where it gave a good answer."""
    for name, settings in config.sources.items():
        finding = _card(name, settings, states.get(name), (told or {}).get(name))
        if settings.half:
            finding = Finding(finding.subject, f"half set: {settings.half}", is_well=False)
        elif finding.is_well and settings.without and not settings.off:
            finding = Finding(finding.subject, f"{finding.sentence} ({settings.without})")
        yield finding


def _card(name: str, settings: Source, state: State | None, told: str | None) -> Finding:
    if settings.off and not (state and state.is_fed):
        return Finding(f"Card {name}", f"off; {settings.off}")
    if state and state.is_paused:
        return Finding(f"Card {name}", f"paused; /card resume {name} in Discord goes on")
    return _asked(f"Card {name}", settings, state, told)


def _asked(subject: str, settings: Source, state: State | None, told: str | None) -> Finding:
    since = f" (so since {state.failing_since:%Y-%m-%d %H:%M} UTC)" if state and state.failing_since else ""
    if told:
        return Finding(subject, f"asked just now: {told}{since}", is_well=False)
    if told is not None:
        return Finding(subject, "on; it answers")
    if state and state.failing_since:
        return Finding(subject, f"no answer{since}: {state.last_error}", is_well=False)
    if state and state.last_error:
        return Finding(subject, f"on, but a part of it did not come: {state.last_error}", is_well=False)
    last = f"the last answer is of {state.fetched_at:%Y-%m-%d %H:%M} UTC" if state and state.fetched_at else ""
    return Finding(subject, f"on; {last or f'it will be asked every {settings.period} seconds'}")
