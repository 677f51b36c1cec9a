"""What /site says: how the house is, and what its settings are. Pure; nothing secret is in it."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import msgspec

from db.adjustments import Adjustment
from db.condition import Condition
from db.config import Config
from db.faults import Fault
from db.house import House
from db.logs import secrets_of
from db.markup import escape
from db.presence import DiscordState, Presence
from db.version import STARTED, VERSION

HIDDEN = "(hidden)"
SECRET = ("token", "secret_key", "client_secret", "access_key", "api_key")  # hidden whatever they hold
ADDRESSES = ("database", "redis")  # sections whose address may hold a password
MOST = 1900  # characters of one answer


def status(condition: Condition, presence: Presence, discord: DiscordState, latency: float, house: House) -> str:
    """The lines of /site status, as many as fit into one message."""
    took, size = f"{condition.database_ms:.0f} ms", _size(condition.database_size)
    lines = [
        f"**Porchlight {VERSION}**, up since {_ago(STARTED)}",
        f"**Database**: PostgreSQL {condition.database_version}, answers in {took}, {size}",
        f"**Redis**: {presence.redis}",
        f"**Discord**: {discord.state}, latency {latency * 1000:.0f} ms",
        f"**Relay**: {presence.relay}, {condition.queue.waiting} waiting, {condition.queue.failed} not taken",
        f"**Open sockets**: {presence.sockets}, **people in the hangout**: {presence.online}",
        f"**Memory**: {_size(condition.memory)}",
        f"**Waiting for you**: {_waiting(condition)} (`/mod queue`)",
        *([f"**The door is shut**: {escape(house.closed)}"] if house.closed else []),
        *([f"**On every page**: {escape(house.notice)}"] if house.notice else []),
        *([f"**To do**: {discord.sentence}"] if discord.sentence else []),
        *_faults(condition.faults),
    ]
    return "\n".join(_fitting(lines))


def _waiting(condition: Condition) -> str:
    waits = condition.waiting
    parts = [(waits.held, "message"), (waits.comments, "comment"), (waits.reports, "report")]
    return ", ".join(f"{count} {word}{'' if count == 1 else 's'}" for count, word in parts)


def _faults(found: list[Fault]) -> list[str]:
    if not found:
        return ["**Errors nobody foresaw**: none in the last 30 days"]
    return [
        "**Latest errors** (look for the number in the log)",
        *(f"{_ago(one.last_at)} `{one.reference}` {escape(one.kind)}{_times(one.count)}" for one in found),
    ]


def _times(count: int) -> str:
    return f", {count} times in an hour" if count > 1 else ""


def _fitting(lines: list[str]) -> Iterator[str]:
    room = MOST
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            return
        yield line


def config_text(config: Config, started_with: Config, adjusted: Mapping[str, Adjustment]) -> str:
    """All that holds, as config.toml would have it, each with where it comes from where that is not the default."""
    blocks = [_section(name, config, started_with, adjusted) for name in config.__struct_fields__]
    return "\n\n".join(blocks) + "\n"


def _section(name: str, config: Config, started_with: Config, adjusted: Mapping[str, Adjustment]) -> str:
    section, before = getattr(config, name), getattr(started_with, name)
    defaults = type(section)()
    lines = [f"[{name}]"]
    for key in section.__struct_fields__:
        origin = _origin(f"{name}.{key}", getattr(before, key) == getattr(defaults, key), adjusted)
        lines.append(f"{key} = {shown_value(config, name, key)}{origin}")
    return "\n".join(lines)


def _origin(key: str, is_default: bool, adjusted: Mapping[str, Adjustment]) -> str:
    if key in adjusted:
        one = adjusted[key]
        return f"  # set in Discord by {one.by} on {one.at[:10]}"
    return "" if is_default else "  # from the file or the environment"


def shown_value(config: Config, section: str, key: str) -> str:
    value = getattr(getattr(config, section), key)
    is_secret = key in SECRET or (section in ADDRESSES and isinstance(value, str))
    if is_secret and value:
        return HIDDEN
    text = msgspec.json.encode(value).decode()
    return HIDDEN if any(secret and secret in text for secret in secrets_of(config)) else text


def _size(size: int) -> str:
    return f"{size / 1_000_000:,.0f} MB" if size >= 1_000_000 else f"{size / 1000:,.0f} kB"


def _ago(moment: datetime) -> str:
    """Discord's own relative time, which counts on while one looks."""
    return f"<t:{int(moment.astimezone(UTC).timestamp())}:R>"
