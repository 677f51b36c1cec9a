"""What moderators do to people: keep them out, let them in, warn them, note something about them. Each is a case, and
what is so already stays as it is and opens no second one.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from db import cases
from db.cases import Case, Subject
from db.errors import Refused
from db.events import ModNoticeDue
from db.moderators import By
from db.sanctions._imposing import check_target, put, take_off
from db.sanctions._memory import tell
from db.store import Store

Evidence = Sequence[dict[str, Any]]


async def ban(
    store: Store,
    by: By,
    person_id: int,
    now: datetime,
    *,
    until: datetime | None = None,
    reason: str = "",
    about: Subject | None = None,
    evidence: Evidence | None = None,
    rule: str = "",
    origin: str = "site",
) -> Case:
    """Nothing may be written by them, nor from where they were, until then or for good.

    Raises Forbidden (`forbidden`), NotFound, and Refused (`cannot_ban`, `too_long`, `bad_time`).
    """
    async with store.pool.acquire() as conn, conn.transaction():
        case, is_new = await put(
            conn, "ban", by, person_id, now,
            until=until, reason=reason, about=about, evidence=evidence, rule=rule, origin=origin,
        )  # fmt: skip
    if is_new:
        await tell(store)
    return case


async def mute(
    store: Store,
    by: By,
    person_id: int,
    now: datetime,
    *,
    until: datetime | None = None,
    reason: str = "",
    about: Subject | None = None,
    evidence: Evidence | None = None,
    rule: str = "",
    origin: str = "site",
) -> Case:
    """They only read, until then or for good. Raises what `ban` does."""
    async with store.pool.acquire() as conn, conn.transaction():
        case, is_new = await put(
            conn, "mute", by, person_id, now,
            until=until, reason=reason, about=about, evidence=evidence, rule=rule, origin=origin,
        )  # fmt: skip
    if is_new:
        await tell(store)
    return case


async def unban(
    store: Store,
    by: By,
    person_id: int,
    now: datetime,
    *,
    reason: str = "",
    about: Subject | None = None,
    origin: str | None = None,
    rule: str = "",
) -> Case:
    """Lets them in again, whoever kept them out, or only where that was `origin`.

    Raises Forbidden, NotFound, and Refused (`not_in_force`, `too_long`).
    """
    return await _lift(store, "ban", by, person_id, now, reason, about, origin, rule)


async def unmute(
    store: Store,
    by: By,
    person_id: int,
    now: datetime,
    *,
    reason: str = "",
    about: Subject | None = None,
    origin: str | None = None,
    rule: str = "",
) -> Case:
    """They may write again. Raises what `unban` does."""
    return await _lift(store, "mute", by, person_id, now, reason, about, origin, rule)


async def _lift(
    store: Store,
    kind: str,
    by: By,
    person_id: int,
    now: datetime,
    reason: str,
    about: Subject | None,
    origin: str | None,
    rule: str,
) -> Case:
    async with store.pool.acquire() as conn, conn.transaction():
        case, is_new = await take_off(
            conn, kind, by, person_id, now, reason=reason, about=about, origin=origin, rule=rule, key=store.secret_key
        )
    if is_new:
        await tell(store)
    return case


async def warn(
    store: Store,
    by: By,
    person_id: int,
    now: datetime,
    *,
    reason: str = "",
    about: Subject | None = None,
    evidence: Evidence | None = None,
    rule: str = "",
) -> Case:
    """Puts it on record where they read it themselves. Raises what `ban` does."""
    reason, about = cases.check_reason(reason), about or Subject()
    async with store.pool.acquire() as conn, conn.transaction():
        person = await check_target(conn, "warn", by, person_id)
        told = Subject(person.id, about.room_id, about.message_id, about.comment_id, about.report_id)
        number = await cases.open_case(conn, "warn", by, now, about=told, reason=reason, evidence=evidence, rule=rule)
        case = await cases.get(conn, number)
    assert case
    store.live.announce(ModNoticeDue())
    return case


async def note(store: Store, by: By, person_id: int, text: str, now: datetime) -> Case:
    """Something to remember about them, which they never see. Raises Forbidden, NotFound, and Refused (`empty`,
    `too_long`).
    """
    text = cases.check_reason(text)
    if not text:
        raise Refused("Please write what there is to remember.", "empty")
    async with store.pool.acquire() as conn, conn.transaction():
        person = await check_target(conn, "note", by, person_id)
        number = await cases.open_case(conn, "note", by, now, about=Subject(person.id), reason=text, hidden=True)
        case = await cases.get(conn, number)
    assert case
    store.live.announce(ModNoticeDue())
    return case
