"""What may be done with the record afterwards: a reason that is given later. The evidence fades by itself."""

from datetime import datetime, timedelta

from db import mod_notices, moderators
from db.cases._opening import check_reason
from db.cases._queries import COLUMNS, from_row
from db.cases._shape import Case
from db.errors import NotFound
from db.moderators import By
from db.store import Store

NO_CASE = "There is no case with this number."


async def give_reason(store: Store, by: By, number: int, reason: str, now: datetime) -> Case:
    """Says, or says otherwise, why it was done; who is kept out by it reads the new words. Raises Forbidden, NotFound,
    and Refused (`too_long`; `own` for a case about oneself).
    """
    from db import sanctions  # noqa: PLC0415 - who is kept out, is by a case

    reason = check_reason(reason)
    async with store.pool.acquire() as conn, conn.transaction():
        await moderators.check(conn, by)
        row = await conn.fetchrow(
            f"/* cases.give_reason */ update cases set reason = $2 where id = $1 returning {COLUMNS}", number, reason
        )
        if row is None:
            raise NotFound(NO_CASE)
        moderators.check_other(by, row["person_id"])
        await conn.execute("/* cases.say_anew */ update sanctions set reason = $2 where case_id = $1", number, reason)
        await mod_notices.renew(conn, "case", [number], now)
    await sanctions.tell(store)
    return from_row(row)


async def forget_evidence(store: Store, now: datetime) -> int:
    """Takes the words out of cases that are older than `mod.evidence_days`, and out of the messages of the moderators'
    channel that quote them. Returns of how many.
    """
    before = now - timedelta(days=store.config.mod.evidence_days)
    async with store.pool.acquire() as conn, conn.transaction():
        faded = await conn.fetch(
            """/* cases.forget_evidence */ update cases set evidence = null
            where evidence is not null and created_at <= $1
            returning id, case when kind = 'hold' then (details ->> 'held')::bigint end as held""",
            before,
        )
        await mod_notices.renew(conn, "case", [row["id"] for row in faded], now)
        await mod_notices.renew(conn, "held", [row["held"] for row in faded if row["held"]], now)
    return len(faded)
