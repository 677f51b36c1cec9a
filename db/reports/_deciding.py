"""Deciding on a report: what was reported goes, or its author is warned, muted or banned, or nothing is to be done.

As often as one likes: what is so already changes nothing. What was removed may still cost its author something, and the
other way round; what was dismissed is over.
"""

from datetime import datetime, timedelta
from typing import Any, get_args

from asyncpg.pool import PoolConnectionProxy

from db import cases, messages, mod_notices, moderators
from db.cases import Subject
from db.errors import NotFound, Refused
from db.events import LetterPut, ModNoticeDue, PersonChanged
from db.moderators import By
from db.people import Person
from db.people import get as get_person
from db.reports import _queries as queries
from db.reports._shape import ABOUT, DONE, Decision, Report
from db.sanctions import check_target, put, tell
from db.store import Conn, Store

GONE = "This report is not here any more."
NOBODY = "Whoever wrote it is not here any more."


# Rules


def may_be(report: Report, decision: str) -> bool:
    """Whether this decision is still open, in the state in which the report is."""
    if report.state == "open":
        return True
    if report.state == "dismissed" or decision == "dismiss":
        return False
    if decision == "remove":
        return not report.gone and report.state != "removed"
    heaviness = ("removed", "warned", "muted", "banned")
    return heaviness.index(DONE[decision]) > heaviness.index(report.state)


def evidence_of(report: Report) -> list[dict[str, Any]]:
    return [
        {
            "id": str(one.get("id", "")).removeprefix("m"),
            "name": report.reported,
            "content": one.get("content", ""),
            "at": one.get("at"),
            "pictures": one.get("pictures", 0),
        }
        for one in report.messages
        if one.get("chosen", True) and one.get("by") == "reported"
    ]


def subject_of(report: Report) -> Subject:
    return Subject(report.reported_id, report.room_id, report_id=report.id)


# Queries


async def locked(conn: Conn, report_id: int) -> Report:
    """One decision at a time. Raises NotFound."""
    await conn.execute("/* reports.hold */ select id from reports where id = $1 for update", report_id)
    report = await queries.get(conn, report_id)
    if report is None:
        raise NotFound(GONE)
    return report


async def _clear_profile(conn: Conn, person_id: int) -> None:
    await conn.execute(
        """/* reports.clear_profile */ with words as (
            update accounts set about = '', links = '[]' where person_id = $1
        ) update people set picture = null where id = $1""",
        person_id,
    )


# Acts


async def check(store: Store, by: By, report_id: int, decision: Decision) -> None:
    """Raises what `decide` would for a decision about whoever wrote it, as far as that is known before."""
    report = await queries.get(store.pool, report_id)
    if report is None:
        raise NotFound(GONE)
    moderators.check_other(by, report.reported_id)
    if report.reported_id is None:
        raise NotFound(NOBODY)
    async with store.pool.acquire() as conn, conn.transaction():
        await check_target(conn, decision, by, report.reported_id)


async def decide(
    store: Store,
    by: By,
    report_id: int,
    decision: Decision,
    now: datetime,
    *,
    until: datetime | None = None,
    reason: str = "",
) -> Report:
    """`remove`, `warn`, `mute`, `ban` (both `until` then, or for good) or `dismiss`. All open reports about the same
    thing close with it. Returns the report as it is then.

    Raises Forbidden (`forbidden`) for who may not, NotFound, and Refused (`cannot_ban`, `too_long`, `bad_parameter`;
    `own` for what one has written oneself).
    """
    if decision not in get_args(Decision):
        raise Refused("A report is dismissed, or what was reported removed, or its author told.", "bad_parameter")
    async with store.pool.acquire() as conn:
        await moderators.check(conn, by)
    report = await queries.get(store.pool, report_id)
    if report is None:
        raise NotFound(GONE)
    moderators.check_other(by, report.reported_id)
    if decision == "remove" and report.kind != "profile" and may_be(report, decision):
        await _remove_messages(store, by, report, reason, now)  # acts of their own, which may be done again
    async with store.pool.acquire() as conn, conn.transaction():
        await moderators.check(conn, by)
        report = await locked(conn, report_id)
        is_new = may_be(report, decision)
        if is_new:
            await _do(conn, by, report, decision, now, until, reason)
            await _close(conn, by, report, decision, now)
        decided = await queries.get(conn, report_id)
    if is_new:
        await _announce(store, report, decision)
    assert decided, "it is held"
    return decided


async def _announce(store: Store, report: Report, decision: str) -> None:
    if decision in {"mute", "ban"}:
        await tell(store)
    if decision == "remove" and report.kind == "profile" and report.reported_id:
        person: Person | None = await get_person(store.pool, report.reported_id)
        if person:
            store.live.announce(PersonChanged(person))
    store.live.announce(ModNoticeDue())
    store.live.announce(LetterPut())


async def _remove_messages(store: Store, by: By, report: Report, reason: str, now: datetime) -> None:
    ids = report.chosen if report.kind == "chat" else [report.subject_id] if report.subject_id else []
    for message_id in ids:
        try:
            await messages.remove(store, by, message_id, now, reason=reason, report_id=report.id)
        except NotFound:
            continue  # its author was quicker


async def _do(
    conn: PoolConnectionProxy,
    by: By,
    report: Report,
    decision: str,
    now: datetime,
    until: datetime | None,
    reason: str,
) -> None:
    """The act itself, with its case; what became of messages has cases of its own."""
    about, reason = subject_of(report), cases.check_reason(reason)
    if decision == "dismiss":
        await cases.open_case(conn, "dismiss", by, now, about=about, reason=reason, hidden=True)
        return
    if decision == "remove" and report.kind != "profile":
        return
    if report.reported_id is None:
        raise NotFound(NOBODY)
    evidence, why = evidence_of(report), reason or ABOUT[report.kind]
    if decision in {"mute", "ban"}:
        await put(conn, decision, by, report.reported_id, now, until=until, reason=why, about=about, evidence=evidence)
        return
    await check_target(conn, "warn", by, report.reported_id)
    if decision == "remove":
        await _clear_profile(conn, report.reported_id)
    await cases.open_case(conn, decision, by, now, about=about, reason=why, evidence=evidence)


async def _close(conn: Conn, by: By, report: Report, decision: str, now: datetime) -> None:
    """With all that are open about the same thing."""
    state = report.state if decision == "remove" and report.state != "open" else DONE[decision]
    by_id, by_name = (by.person.id, by.person.name) if by else (None, "")
    closed = await queries.close(conn, report, state, by_id, by_name, now, gone=decision == "remove")
    await mod_notices.renew(conn, "report", closed, now)


async def note_gone(store: Store, now: datetime) -> bool:
    """Tells of open reports whose message was taken away meanwhile, by whichever door. Whether there were any."""
    async with store.pool.acquire() as conn, conn.transaction():
        rows = await conn.fetch(
            """/* reports.note_gone */ update reports r set gone = true
            where r.state = 'open' and not r.gone and r.kind in ('message', 'comment')
                and exists (select from messages m where m.id = r.subject_id and m.deleted_at is not null)
            returning id"""
        )
        await mod_notices.renew(conn, "report", [row["id"] for row in rows], now)
    return bool(rows)


async def forget_words(store: Store, now: datetime) -> int:
    """Takes the words out of reports that were decided `mod.evidence_days` ago, and out of the moderators' messages
    about them. Returns of how many.
    """
    before = now - timedelta(days=store.config.mod.evidence_days)
    async with store.pool.acquire() as conn, conn.transaction():
        faded = await conn.fetch(
            """/* reports.forget_words */ update reports set messages = '[]', reason = ''
            where decided_at <= $1 and messages <> '[]' returning id""",
            before,
        )
        await mod_notices.renew(conn, "report", [row["id"] for row in faded], now)
    return len(faded)
