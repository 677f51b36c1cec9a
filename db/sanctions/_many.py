"""Keeping many people out at once."""

from collections.abc import Sequence
from datetime import datetime

from db import cases, moderators
from db.cases import Case
from db.moderators import By
from db.sanctions._imposing import put
from db.sanctions._memory import tell
from db.store import Conn, Store

# Queries


async def bannable(conn: Conn, by: By, person_ids: list[int]) -> list[int]:
    """Those of them who can be kept out: no owner, no author, not whoever asks, nobody who is not there."""
    rows = await conn.fetch(
        """/* many.bannable */ select id from people where not owner and role <> 'author' and id <> $2
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
        """/* many.kept_out_already */ select max(case_id) as id from sanctions
        where kind = $1 and person_id = any($2) and network is null and session_id is null and case_id is not null
            and (until is null or (until > $3 and until >= $4)) group by person_id""",
        kind,
        person_ids,
        now,
        until,
    )
    found = [await cases.get(conn, row["id"]) for row in rows]
    return [case for case in found if case]


# Acts


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
