"""Taking back a ban or a mute: what held before it holds again."""

from datetime import datetime

from asyncpg.pool import PoolConnectionProxy

from db import cases, moderators
from db.cases import Case
from db.errors import NotFound, Refused
from db.moderators import By
from db.sanctions._imposing import UNDOINGS, check_target, holding, put, take_off
from db.sanctions._memory import tell
from db.store import Store

NOT_THIS = "There is nothing to take back."
OTHERWISE = "Somebody has decided otherwise since. `/mod who` shows how it is now."


async def undo(store: Store, by: By, number: int, now: datetime) -> Case:
    """Takes back the ban or mute of this case. The one whose place it took comes back, with its end and its reason, if
    that is still to come; else they are free. As often as one likes. Returns the case of what it is then.

    Raises Forbidden (`forbidden`), NotFound, and Refused (`changed` where something else holds by now; `own`).
    """
    async with store.pool.acquire() as conn, conn.transaction():
        await moderators.check(conn, by)
        case = await cases.get(conn, number)
        if case is None or case.kind not in UNDOINGS or case.subject.person_id is None:
            raise NotFound(NOT_THIS)
        done, is_new = await _undo(conn, by, case, case.subject.person_id, now, store.secret_key)
    if is_new:
        await tell(store)
    return done


async def _undo(
    conn: PoolConnectionProxy, by: By, case: Case, person_id: int, now: datetime, key: bytes
) -> tuple[Case, bool]:
    person = await check_target(conn, UNDOINGS[case.kind], by, person_id)
    origin = str(case.details.get("origin", "site"))
    present = await holding(conn, case.kind, person.id, now, origin)
    if present and present.case_id != case.id:
        known = await cases.get(conn, present.case_id) if present.case_id else None
        if known and known.details.get("undoes") == case.id:
            return known, False
        raise Refused(OTHERWISE, "changed")
    before = case.details.get("instead_of")
    former = await cases.get(conn, int(before)) if present and before else None
    if former and (former.until is None or former.until > now):
        return await put(
            conn, case.kind, by, person.id, now, until=former.until, reason=former.reason, rule=former.rule,
            origin=origin, details={"undoes": case.id},
        )  # fmt: skip
    return await take_off(conn, case.kind, by, person.id, now, origin=origin, key=key)
