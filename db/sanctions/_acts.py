"""What moderators do to people: keep them out, let them in, warn them, note something about them. Each is a case, and
what is so already stays as it is and opens no second one.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypedDict, Unpack

from db import cases, moderators
from db.cases import Case, Subject
from db.errors import Refused
from db.events import ModNoticeDue
from db.moderators import By
from db.networks import LIFE
from db.sanctions._imposing import NETWORKS_MAX, bannable, check_target, kept_out_already, put, take_off
from db.sanctions._memory import tell
from db.store import Store

Evidence = Sequence[dict[str, Any]]


class Terms(TypedDict, total=False):
    """Until when (without it for good) and why; what it is `about`, with the words as they were as `evidence`; by which
    rule of the house; and where it was decided, `site`, `discord` or `rule`.
    """

    until: datetime | None
    reason: str
    about: Subject | None
    evidence: Evidence | None
    rule: str
    origin: str


class Undoing(TypedDict, total=False):
    """Why, what it is about, by which rule; and with an `origin` only what was decided there."""

    reason: str
    about: Subject | None
    origin: str | None
    rule: str


async def ban(store: Store, by: By, person_id: int, now: datetime, **terms: Unpack[Terms]) -> Case:
    """Nothing may be written by them, nor from where they were, until then or for good.

    Raises Forbidden (`forbidden`), NotFound, and Refused (`cannot_ban`, `too_long`, `bad_time`).
    """
    return await _keep_out(store, "ban", by, person_id, now, terms)


async def mute(store: Store, by: By, person_id: int, now: datetime, **terms: Unpack[Terms]) -> Case:
    """They only read, until then or for good. Raises what `ban` does."""
    return await _keep_out(store, "mute", by, person_id, now, terms)


async def _keep_out(store: Store, kind: str, by: By, person_id: int, now: datetime, terms: Terms) -> Case:
    async with store.pool.acquire() as conn, conn.transaction():
        case, is_new = await put(conn, kind, by, person_id, now, **terms)
    if is_new:
        await tell(store)
    return case


async def unban(store: Store, by: By, person_id: int, now: datetime, **how: Unpack[Undoing]) -> Case:
    """Lets them in again, whoever kept them out, or only where that was `origin`.

    Raises Forbidden, NotFound, and Refused (`not_in_force`, `too_long`).
    """
    return await _lift(store, "ban", by, person_id, now, how)


async def unmute(store: Store, by: By, person_id: int, now: datetime, **how: Unpack[Undoing]) -> Case:
    """They may write again. Raises what `unban` does."""
    return await _lift(store, "mute", by, person_id, now, how)


async def _lift(store: Store, kind: str, by: By, person_id: int, now: datetime, how: Undoing) -> Case:
    async with store.pool.acquire() as conn, conn.transaction():
        case, is_new = await take_off(conn, kind, by, person_id, now, **how, key=store.secret_key)
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


async def ban_all(
    store: Store,
    by: By,
    person_ids: Sequence[int],
    now: datetime,
    *,
    until: datetime | None = None,
    reason: str = "",
    kind: str = "ban",
    rule: str = "",
) -> list[Case]:
    """Bans, or mutes, many at once: a case for each, and one line for all of them in the moderators' channel, that of
    the first. The owner, authors, the moderator's own self and who is gone are left out; who is kept out for as long
    already stays so.
    """
    first: Case | None = None
    async with store.pool.acquire() as conn, conn.transaction():
        await moderators.check(conn, by)
        several = await bannable(conn, by, list(person_ids))
        opened = await kept_out_already(conn, kind, several, now, until)
        fresh = set(several) - {case.subject.person_id for case in opened}
        for person_id in sorted(fresh):
            details = {"with": first.id} if first else {"together": len(fresh)}
            case, _ = await put(
                conn, kind, by, person_id, now,
                until=until, reason=reason, rule=rule, is_told=first is None, details=details,
            )  # fmt: skip
            opened.append(case)
            first = first or case
    if first:
        await tell(store)
    return sorted(opened, key=lambda case: case.id)


async def cover(store: Store, person_id: int, network: bytes, now: datetime) -> None:
    """Somebody who is kept out tries it from one more network: that is covered as those before it are, and so whoever
    comes from there without an account, or with one made since.
    """
    fresh = await store.pool.fetch(
        """/* sanctions.cover */ insert into sanctions
            (kind, person_id, by_id, created_at, until, reason, case_id, origin, network)
        select s.kind, s.person_id, s.by_id, $3, least(s.until, $4::timestamptz), s.reason, s.case_id, s.origin, $2
        from sanctions s
        where s.person_id = (select coalesce(merged_into, id) from people where id = $1)
            and s.network is null and s.session_id is null and (s.until is null or s.until > $3)
            and not exists (select from sanctions o
                where (o.person_id, o.kind, o.origin, o.network) = (s.person_id, s.kind, s.origin, $2))
            and (select count(*) from sanctions o where o.person_id = s.person_id and o.network is not null) < $5
        returning 1""",
        person_id,
        network,
        now,
        now + LIFE,
        NETWORKS_MAX,
    )
    if fresh:
        await tell(store)
