"""Settings that may be changed while the site runs (/site set): kept in PostgreSQL, over the file and the environment.

Only such as are looked at anew for everything that is asked; the others need a start. Called by db/house.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from db.config import Config, ConfigError, read_one
from db.errors import Refused
from db.store import Conn

PREFIX = "set "
SETTABLE = {
    "accounts": ("registration", "per_address"),
    "analytics": ("public",),
    "chat": ("requests_open", "requests_per_day", "request_days"),
    "comments": ("moderation", "days", "links_max", "words", "per_minute", "edit_window"),
    "hangout": ("rate", "burst", "address_rate", "address_burst", "names_per_address", "names_period", "edit_window"),
    "mod": (
        "appeal",
        "sync_timeouts",
        "new_messages",
        "raid_names",
        "raid_period",
        "raid_slowmode",
        "room_rate",
        "room_burst",
        "evidence_days",
        "reports_per_day",
    ),
}
KEYS = tuple(f"{section}.{key}" for section, keys in SETTABLE.items() for key in keys)


@dataclass(frozen=True, slots=True)
class Adjustment:
    """`value` as its section wants it."""

    value: object
    by: str
    at: str


# Rules


def check_key(key: str) -> tuple[str, str]:
    """The section and the option. Raises Refused (`bad_parameter`) for one that only a start can change."""
    if key not in KEYS:
        raise Refused(
            f"{key[:60]} cannot be set while the site runs. What can: {', '.join(KEYS)}. "
            "Everything else stands in config.toml.",
            "bad_parameter",
        )
    section, _, option = key.partition(".")
    return section, option


def value_of(config: Config, key: str) -> object:
    section, option = check_key(key)
    return getattr(getattr(config, section), option)


def read(key: str, text: str) -> object:
    """The value that the text means, as an environment variable would. Raises Refused (`bad_parameter`)."""
    section, option = check_key(key)
    try:
        return read_one(section, option, text)
    except ConfigError as error:
        raise Refused(error.sentence, "bad_parameter") from error


def row_of(key: str, text: str, by: str, now: datetime) -> dict[str, Any] | None:
    """What is kept of a change; None for one that sets it back. Raises Refused (`bad_parameter`)."""
    if not text.strip():
        check_key(key)
        return None
    if "\0" in text:  # PostgreSQL keeps none
        raise Refused("There is a character in this that cannot be kept.", "bad_parameter")
    read(key, text)
    return {"text": text, "by": by, "at": now.isoformat()}


def applied(rows: Mapping[str, dict[str, Any]]) -> tuple[dict[str, Adjustment], list[str]]:
    """What of these rows this version can use, and sentences about the rest of them."""
    holding: dict[str, Adjustment] = {}
    sentences: list[str] = []
    for key, row in rows.items():
        try:
            holding[key] = Adjustment(read(key, str(row["text"])), str(row["by"]), str(row["at"]))
        except Refused as refusal:
            sentences.append(refusal.sentence)
    return holding, sentences


def adjusted(config: Config, holding: Mapping[str, Adjustment]) -> Config:
    for key, one in holding.items():
        section, option = check_key(key)
        changed = msgspec.structs.replace(getattr(config, section), **{option: one.value})
        config = msgspec.structs.replace(config, **{section: changed})
    return config


# Queries


async def kept(conn: Conn) -> dict[str, dict[str, Any]]:
    rows = await conn.fetch(
        "/* adjustments.kept */ select key, value from settings where starts_with(key, $1) order by key", PREFIX
    )
    return {row["key"].removeprefix(PREFIX): row["value"] for row in rows}


async def keep(conn: Conn, key: str, row: dict[str, Any] | None) -> None:
    """Puts it under the key, or with None takes away what is there."""
    await conn.execute(
        """/* adjustments.keep */ with gone as (delete from settings where key = $1 and $2::jsonb is null)
        insert into settings (key, value) select $1, $2 where $2::jsonb is not null
        on conflict (key) do update set value = excluded.value, updated_at = now()""",
        PREFIX + key,
        row,
    )
