"""The house as its owner has set it while it runs: settings that were changed, a word to all visitors, and whether the
door is shut for a while. In memory as `store.house`; PostgreSQL is the truth, and is read where it may have changed.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from db import adjustments, cases, moderators, settings
from db.config import Config
from db.errors import Refused
from db.events import ConfigChanged, Missed, ModNoticeDue, PostsChanged
from db.loops import heeding
from db.names import clean_content

if TYPE_CHECKING:  # the store holds the house
    from db.moderators import Moderator
    from db.store import Store

log = logging.getLogger(__name__)
CLOSED, NOTICE = "house closed", "house notice"
NOTICE_MAX = 300
SHUT = "The house is being worked on. Please come back in a little while."


@dataclass(slots=True)
class House:
    """`started_with` is the configuration as the file and the environment have it. `adjusted`: what was changed since,
    by key such as `hangout.rate`. `notice` is shown on every page, `closed` is the sentence at a shut door; both are
    empty for none.
    """

    started_with: Config
    adjusted: dict[str, adjustments.Adjustment] = field(default_factory=dict)
    notice: str = ""
    closed: str = ""


async def load(store: "Store") -> None:
    """Reads it, and makes `store.config` what it is then. What does not fit any more is passed over with a warning."""
    rows = await adjustments.kept(store.pool)
    store.house.adjusted, sentences = adjustments.applied(rows)
    for sentence in sentences:
        log.warning("%s Change it with /site set, or set it back.", sentence)
    store.config = adjustments.adjusted(store.house.started_with, store.house.adjusted)
    store.house.closed = str(await settings.get(store.pool, CLOSED) or "")
    store.house.notice = str(await settings.get(store.pool, NOTICE) or "")


async def follow(store: "Store") -> None:
    """Reads it again, for ever, whenever another process has changed it or may have."""

    async def read() -> None:
        await load(store)
        store.live.announce(PostsChanged())

    await heeding(store.live, "Reading what was set", _is_behind, read)


def _is_behind(event: object) -> bool:
    return isinstance(event, Missed) or (isinstance(event, ConfigChanged) and not event.is_news)


# Acts


async def close(store: "Store", by: "Moderator", now: datetime, *, on: bool, sentence: str = "") -> str:
    """Shuts the door for everybody but the owner, or opens it; returns what visitors are told, empty when it is open.
    Raises Forbidden (`forbidden`) for anybody but the owner, and Refused (`too_long`).
    """
    words = clean_content(sentence, NOTICE_MAX) if sentence.strip() else SHUT
    await _set(store, by, CLOSED, words if on else "", now, kind="maintenance")
    return store.house.closed


async def tell(store: "Store", by: "Moderator", words: str, now: datetime) -> None:
    """Shows these words on every page from here; without words nothing any more. Raises as `close` does."""
    words = clean_content(words, NOTICE_MAX) if words.strip() else ""
    if "\n" in words:
        raise Refused("What stands on every page must be one line.", "bad_parameter")
    await _set(store, by, NOTICE, words, now, kind="setting")


async def adjust(store: "Store", by: "Moderator", key: str, text: str, now: datetime) -> object:
    """Changes one setting, such as `hangout.rate`, for all processes and later starts; an empty text sets it back to
    what the configuration has. Returns the value that it has then.

    Raises Forbidden (`forbidden`) for anybody but the owner, Refused (`bad_parameter`) for what cannot be set so.
    """
    moderators.check_owner(by)
    before = adjustments.value_of(store.config, key)
    row = adjustments.row_of(key, text, by.person.name, now)
    async with store.pool.acquire() as conn, conn.transaction():
        await adjustments.keep(conn, key, row)
        details = {"key": key, "value": text, "before": str(before)}
        await cases.open_case(conn, "setting", by, now, details=details, hidden=True)
    await _changed(store)
    return adjustments.value_of(store.config, key)


async def _set(store: "Store", by: "Moderator", key: str, words: str, now: datetime, *, kind: str) -> None:
    moderators.check_owner(by)
    details: dict[str, Any] = {"key": key.removeprefix("house "), "value": words, "on": bool(words)}
    async with store.pool.acquire() as conn, conn.transaction():
        if str(await settings.get(conn, key) or "") == words:
            return
        await settings.keep(conn, key, words)
        await cases.open_case(conn, kind, by, now, details=details, hidden=True)
    await _changed(store)


async def _changed(store: "Store") -> None:
    await load(store)
    for event in (ConfigChanged(), PostsChanged(), ModNoticeDue()):
        store.live.announce(event)
