"""Keeping somebody out and letting them in again, in the transaction of whatever act does it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from db import cases, moderators
from db.cases import Case, Subject
from db.errors import NotFound, Refused
from db.moderators import By
from db.networks import LIFE, discord_hash
from db.people import COLUMNS, Person, from_row
from db.sanctions import _queries as queries
from db.sanctions._shape import Sanction
from db.store import Conn

NETWORKS_MAX = 50  # of one person; who has more changes them like shirts
ALIKE = timedelta(minutes=1)  # two bans "for 2 hours" that end within it are one that was asked for twice
DOINGS = {"ban": "banned", "mute": "muted", "warn": "warned"}
OF_THE_HOUSE = "The owner and authors cannot be {}."
SELF = "You cannot do this to yourself."
NOBODY = "There is nobody of that name."
UNDOINGS = {"ban": "unban", "mute": "unmute"}


class NotInForce(Refused):
    """There is nothing to lift, and never was."""


# Queries


async def check_target(conn: Conn, kind: str, by: By, person_id: int) -> Person:
    """Whom it is about, also for the number of an emptied row; held until the transaction ends, so that what they are
    just saying is said before it or not at all. To be called after rooms are locked, if any are. Raises Forbidden for
    who may not moderate, NotFound, and Refused (`cannot_ban`; `own` for who would let themselves in again).
    """
    await moderators.check(conn, by)
    row = await conn.fetchrow(
        f"""/* imposing.target */ select {COLUMNS} from people
        where id = (select coalesce(merged_into, id) from people where id = $1) for update""",
        person_id,
    )
    if row is None:
        raise NotFound(NOBODY)
    person = from_row(row)
    if kind in DOINGS and person.may_write_posts:
        raise Refused(OF_THE_HOUSE.format(DOINGS[kind]), "cannot_ban")
    if kind in DOINGS and by and by.person.id == person.id:
        raise Refused(SELF, "cannot_ban")
    if kind in UNDOINGS.values():
        moderators.check_other(by, person.id)
    return person


async def bannable(conn: Conn, by: By, person_ids: list[int]) -> list[int]:
    """Those of them who can be kept out: no owner, no author, not whoever asks, nobody who is not there."""
    rows = await conn.fetch(
        """/* imposing.bannable */ select id from people where not owner and role <> 'author' and id <> $2
            and id in (select coalesce(merged_into, id) from people where id = any($1)) order by id""",
        person_ids,
        by.person.id if by else 0,
    )
    return [row["id"] for row in rows]


async def kept_out_already(
    conn: Conn, kind: str, person_ids: list[int], now: datetime, until: datetime | None
) -> list[Case]:
    """The cases of those of them who are kept out for at least as long."""
    rows = await conn.fetch(
        """/* imposing.kept_out_already */ select max(case_id) as id from sanctions
        where kind = $1 and person_id = any($2) and network is null and session_id is null and case_id is not null
            and (until is null or (until > $3 and until >= $4)) group by person_id""",
        kind,
        person_ids,
        now,
        until,
    )
    found = [await cases.get(conn, row["id"]) for row in rows]
    return [case for case in found if case]


async def impose(
    conn: Conn,
    kind: str,
    person_id: int,
    by: By,
    now: datetime,
    *,
    until: datetime | None = None,
    reason: str = "",
    case_id: int | None = None,
    origin: str = "site",
    networks: Sequence[bytes] = (),
) -> None:
    """Keeps the person out, their sessions, and for at most 30 days the networks they were seen from in the last 30
    days, with those given. It takes the place of one of the same kind and origin. What waits of who is banned goes.
    """
    await conn.execute(
        f"""/* imposing.impose */ with gone as (
            delete from sanctions where kind = $1 and person_id = $2 and origin = $8
        ), seen as (
            select network from (select network from sightings where person_id = $2 and last_at > $9
                order by last_at desc limit {NETWORKS_MAX}) as lately
            union select unnest($10::bytea[])
        ) insert into sanctions
            (kind, person_id, by_id, created_at, until, reason, case_id, origin, network, session_id)
        select $1, $2, $3::bigint, $4::timestamptz, case when c.network is null then $5::timestamptz
            else least($5, $11::timestamptz) end, $6, $7::bigint, $8, c.network, c.session_id
        from (select null::bytea as network, null::bigint as session_id
            union all select network, null from seen
            union all select null, id from sessions where person_id = $2) as c""",
        kind,
        person_id,
        by.person.id if by else None,
        now,
        until,
        reason,
        case_id,
        origin,
        now - LIFE,
        list(networks),
        now + LIFE,
    )
    if kind == "ban":
        await _drop_waiting(conn, person_id, by, now)


async def _drop_waiting(conn: Conn, person_id: int, by: By, now: datetime) -> None:
    from db import comments, held  # noqa: PLC0415 - what is held is said through the writer, which asks here

    by_id = by.person.id if by else None
    await held.drop_of(conn, [person_id], now, by_id)
    await comments.drop_waiting(conn, person_id, now, by_id)


async def lift(
    conn: Conn, kind: str, person_id: int, origin: str | None = None, *, network: bytes | None = None
) -> bool:
    """Lets them in again, whoever kept them out, or only where that was `origin`; with `network`, if it is nobody's.
    Whether there was anything.
    """
    rows = await conn.fetch(
        """/* imposing.lift */ delete from sanctions
        where kind = $1 and (person_id = $2 or (person_id is null and network = $4))
            and ($3::text is null or origin = $3) returning 1""",
        kind,
        person_id,
        origin,
        network,
    )
    return bool(rows)


async def put(
    conn: Conn,
    kind: str,
    by: By,
    person_id: int,
    now: datetime,
    *,
    until: datetime | None = None,
    reason: str = "",
    about: Subject | None = None,
    evidence: Sequence[dict[str, Any]] | None = None,
    rule: str = "",
    origin: str = "site",
    networks: Sequence[bytes] = (),
    details: dict[str, Any] | None = None,
    is_told: bool = True,
) -> tuple[Case, bool]:
    """The case by which the person is kept out, and whether it is a new one; what is so already stays as it is. After
    the commit `tell` is to be called. Raises what `check_target` does, and Refused (`too_long`, `bad_time`).
    """
    reason = _checked(reason, until, now)
    person = await check_target(conn, kind, by, person_id)
    present = await _present(conn, kind, person.id, now, origin)
    if present and present.case_id and _is_alike(present, until, reason):
        known = await cases.get(conn, present.case_id)
        if known:
            return known, False
    number = await cases.open_case(
        conn,
        kind,
        by,
        now,
        about=_of(about, person.id),
        rule=rule,
        reason=reason,
        until=until,
        details=(details or {}) | ({} if origin == "site" else {"origin": origin}),
        evidence=evidence,
        is_told=is_told,
    )
    await impose(
        conn, kind, person.id, by, now, until=until, reason=reason, case_id=number, origin=origin, networks=networks
    )
    return await _opened(conn, number), True


async def take_off(
    conn: Conn,
    kind: str,
    by: By,
    person_id: int,
    now: datetime,
    *,
    reason: str = "",
    about: Subject | None = None,
    origin: str | None = None,
    rule: str = "",
    key: bytes = b"",
) -> tuple[Case, bool]:
    """Lifts a `ban` or `mute`: the case of it, and whether it is a new one. Raises Forbidden, NotFound, and Refused
    (`not_in_force`) for whom nobody ever kept out.
    """
    reason, undoing = cases.check_reason(reason), UNDOINGS[kind]
    person = await check_target(conn, undoing, by, person_id)
    former = discord_hash(key, person.discord_id) if person.discord_id else None
    if not await lift(conn, kind, person.id, origin, network=former):
        known = await cases.latest_of(conn, undoing, person_id=person.id)
        if known is None:
            raise NotInForce(f"{person.name} is not {DOINGS[kind]}.", "not_in_force")
        return known, False
    details = {"origin": origin} if origin and origin != "site" else {}
    number = await cases.open_case(
        conn, undoing, by, now, about=_of(about, person.id), reason=reason, details=details, rule=rule
    )
    return await _opened(conn, number), True


def _checked(reason: str, until: datetime | None, now: datetime) -> str:
    if until is not None and until <= now:
        raise Refused("That is in the past.", "bad_time")
    return cases.check_reason(reason)


async def _opened(conn: Conn, number: int) -> Case:
    case = await cases.get(conn, number)
    assert case
    return case


def _of(about: Subject | None, person_id: int) -> Subject:
    about = about or Subject()
    return Subject(person_id, about.room_id, about.message_id, about.comment_id, about.report_id)


async def _present(conn: Conn, kind: str, person_id: int, now: datetime, origin: str) -> Sanction | None:
    kept = (await queries.of_people(conn, [person_id])).get(person_id, [])
    return next((one for one in kept if (one.kind, one.origin) == (kind, origin) and one.lasts(now)), None)


def _is_alike(present: Sanction, until: datetime | None, reason: str) -> bool:
    if reason not in ("", present.reason):
        return False
    if present.until is None or until is None:
        return present.until is until
    return abs(present.until - until) < ALIKE
