"""Reporting: whoever reads something may show it to the moderators, members and strangers alike."""

import time
from collections.abc import Sequence
from datetime import datetime
from typing import get_args

from db import mod_notices, sanctions
from db.errors import NotFound, Refused, TooOften
from db.events import LetterPut, ModNoticeDue
from db.names import clean_content
from db.networks import is_shared, network_hash
from db.reports import _queries as queries
from db.reports import _subjects as subjects
from db.reports._shape import Found, Kind
from db.sanctions import Caller
from db.store import Conn, Store

REASON_MAX = 500
A_DAY = 86_400.0
YOUR_OWN = "That is your own."
OFTEN = "You have reported a lot today. Please come back tomorrow."


# Rules


def check_reason(reason: str) -> str:
    """Up to 500 characters, or none."""
    return clean_content(reason, REASON_MAX) if reason.strip() else ""


def _check_pace(store: Store, caller: Caller) -> None:
    """By person and by network; a network that many share counts for those only who have no name."""
    keys = [f"person {caller.person.id}"] if caller.person else []
    if not keys or not is_shared(caller.network):
        keys.append(f"network {caller.network}")
    for key in keys:
        wait = store.limits.reports.take(key, time.monotonic(), store.config.mod.reports_per_day, A_DAY)
        if wait:
            raise TooOften(OFTEN, wait)


def _check_may(store: Store, caller: Caller, now: datetime) -> None:
    """Who is muted may report; who is banned may not."""
    found = store.sanctions.find(caller, now)
    if found and found.kind == "ban":
        raise sanctions.refusal(found, store.config)


# Queries


async def find(conn: Conn, kind: str, subject_id: int, now: datetime, reporter_id: int | None = None) -> Found:
    """What would be reported. Raises NotFound for what is not there to be read."""
    if kind == "profile":
        return await subjects.profile(conn, subject_id, now)
    if kind in {"message", "comment"}:
        return await subjects.message(conn, subject_id, reporter_id, kind)
    raise NotFound


async def add(
    conn: Conn,
    found: Found,
    reporter_id: int | None,
    network: bytes | None,
    reason: str,
    now: datetime,
    *,
    has_channel: bool,
) -> int:
    """Keeps it, for the moderators' channel or else for a letter to the owner. Returns its id. Whoever calls announces
    ModNoticeDue and LetterPut after the commit.
    """
    first = await queries.first_open(conn, found)
    report_id = await queries.keep(conn, found, reporter_id, network, reason, now)
    if first is not None:
        await mod_notices.renew(conn, "report", [first], now)
    else:
        await mod_notices.tell(conn, "report", report_id, now)
    if not has_channel:
        await queries.put_letter(conn, report_id, now)
    return report_id


# Acts


async def report(
    store: Store,
    caller: Caller,
    kind: Kind,
    subject_id: int,
    reason: str,
    now: datetime,
    *,
    room_id: int | None = None,
    message_ids: Sequence[int] = (),
) -> int:
    """Shows the moderators this `message`, `comment` (by its message) or `profile` (by its person), with what was said
    around it; of a `chat` (the room `room_id`) the chosen `message_ids` and nothing else. Returns the report's id; the
    same by the same again is the same report.

    Raises NotFound for what the caller cannot read, TooOften after [mod] reports_per_day, Forbidden (`banned`), and
    Refused (`empty`, `too_long`, `own`, `bad_parameter`).
    """
    if kind not in get_args(Kind):
        raise NotFound
    reason = check_reason(reason)
    _check_may(store, caller, now)
    person_id = caller.person.id if caller.person else None
    network = network_hash(store.secret_key, caller.network)
    async with store.pool.acquire() as conn, conn.transaction():
        if kind == "chat":
            if person_id is None:
                raise NotFound
            found = await subjects.chat(conn, room_id or 0, message_ids, person_id)
        else:
            found = await find(conn, kind, subject_id, now, person_id)
        if kind != "chat" and found.reported_id == person_id:
            raise Refused(YOUR_OWN, "own")
        await queries.lock(conn, found)
        known = await queries.known(conn, found, person_id, network, now)
        if known is not None:
            return known
        _check_pace(store, caller)
        has_channel = bool(store.config.discord.mod_channel_id)
        report_id = await add(conn, found, person_id, network, reason, now, has_channel=has_channel)
    store.live.announce(ModNoticeDue())
    store.live.announce(LetterPut())
    return report_id
