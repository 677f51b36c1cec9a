"""Putting an act on record, in the transaction that does it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from db.cases._shape import Subject
from db.errors import Refused
from db.moderators import By
from db.names import UNSAYABLE
from db.store import Conn

REASON_MAX = 500
OPEN = """/* cases.open */ with opened as (
            insert into cases (kind, person_id, person_name, by_id, by_name, door, rule, reason, until, room_id,
                message_id, comment_id, report_id, details, evidence, hidden, created_at)
            values ($1, $2, coalesce((select name from people where id = $2), ''), $3, $4, $5, $6, $7, $8, $9, $10, $11,
                $12, $13, $14, $15, $16) returning id
        ), told as (
            insert into mod_notices (kind, subject_id, next_at, created_at)
            select 'case', id, $16, $16 from opened where $17
        ) select id from opened"""


# Rules


def check_reason(reason: str) -> str:
    """The reason on one line; it may be empty. Raises Refused (`too_long`)."""
    line = " ".join(UNSAYABLE.sub("", reason).split())
    if len(line) > REASON_MAX:
        raise Refused(f"That reason has {len(line)} characters; {REASON_MAX} fit on its line.", "too_long")
    return line


# Queries


async def open_case(
    conn: Conn,
    kind: str,
    by: By,
    now: datetime,
    *,
    about: Subject | None = None,
    rule: str = "",
    reason: str = "",
    until: datetime | None = None,
    details: dict[str, Any] | None = None,
    evidence: Sequence[dict[str, Any]] | None = None,
    hidden: bool = False,
    is_told: bool = True,
) -> int:
    """Keeps the case and the line that the moderators' channel gets of it, unless another line speaks for it; returns
    its number. To be called in the act's transaction; whoever calls announces ModNoticeDue after the commit.
    `evidence`: a list of {"id", "name", "content", "at", "pictures"} as it stood before the act.
    """
    about = about or Subject()
    number: int = await conn.fetchval(
        OPEN,
        kind,
        about.person_id,
        by.person.id if by else None,
        by.person.name if by else "",
        by.door if by else "house",
        rule,
        reason[:REASON_MAX],
        until,
        about.room_id,
        about.message_id,
        about.comment_id,
        about.report_id,
        details or {},
        list(evidence) if evidence is not None else None,
        hidden,
        now,
        is_told,
    )
    return number
