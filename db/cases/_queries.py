"""Reading the record."""

from datetime import datetime

import asyncpg

from db.cases._shape import After, Case, Subject
from db.store import Conn

OWN_MAX = 100
UNDOINGS = {"ban": "unban", "mute": "unmute"}
COLUMNS = """id, kind, person_id, room_id, message_id, comment_id, report_id, person_name, by_id, by_name, door, rule,
    reason, until, created_at, details, evidence, hidden"""


def from_row(row: asyncpg.Record) -> Case:
    number, kind, *rest = row
    return Case(number, kind, Subject(*rest[:5]), *rest[5:])


async def get(conn: Conn, number: int) -> Case | None:
    row = await conn.fetchrow(f"/* cases.get */ select {COLUMNS} from cases where id = $1", number)
    return from_row(row) if row else None


async def latest(conn: Conn, *, person_id: int | None = None, before: int | None = None, limit: int = 10) -> list[Case]:
    """The newest first: about this person, or about anybody; of numbers below `before`."""
    rows = await conn.fetch(
        f"""/* cases.latest */ select {COLUMNS} from cases
        where ($1::bigint is null or person_id = $1) and ($2::bigint is null or id < $2)
        order by id desc limit $3""",
        person_id,
        before,
        limit,
    )
    return [from_row(row) for row in rows]


async def latest_of(conn: Conn, kind: str, *, person_id: int | None = None, room_id: int | None = None) -> Case | None:
    """The newest case of this kind about that person or room: what an act returns that finds its work done already."""
    row = await conn.fetchrow(
        f"""/* cases.latest_of */ select {COLUMNS} from cases
        where kind = $1 and ($2::bigint is null or person_id = $2) and ($3::bigint is null or room_id = $3)
        order by id desc limit 1""",
        kind,
        person_id,
        room_id,
    )
    return from_row(row) if row else None


async def own(conn: Conn, person_id: int) -> list[Case]:
    """What somebody may read about themselves, the newest first."""
    rows = await conn.fetch(
        f"""/* cases.own */ select {COLUMNS} from cases where person_id = $1 and not hidden
        order by id desc limit {OWN_MAX}""",
        person_id,
    )
    return [from_row(row) for row in rows]


async def after(conn: Conn, case: Case, now: datetime) -> After | None:
    """What became of a ban or a mute: None for anything else."""
    if case.kind not in UNDOINGS:
        return None
    row = await conn.fetchrow(
        """/* cases.after */ select exists (select from sanctions
                where case_id = $1 and kind = $3 and (until is null or until > $5)) as holds, n.*
        from (select) as one left join lateral (select id, kind, by_name, created_at from cases
            where person_id = $2 and id > $1 and kind in ($3, $4) order by id limit 1) as n on true""",
        case.id,
        case.subject.person_id,
        case.kind,
        UNDOINGS[case.kind],
        now,
    )
    assert row
    if row["holds"]:
        return After("in force")
    if case.until and case.until <= (row["created_at"] or now):
        return After("over", at=case.until)
    if row["id"] is None:
        return None
    return After("replaced" if row["kind"] == case.kind else "lifted", row["id"], row["by_name"], row["created_at"])


async def place(conn: Conn, case: Case) -> str:
    """The address on the site of what the case is about, if it is still there, or else of where it stood; empty for
    what is nobody else's, and where there is none.
    """
    found: str | None = await conn.fetchval(
        """/* cases.place */ select case
            when o.kind = 'public' and m.deleted_at is null then '/hangout/messages/' || m.id
            when o.kind = 'public' then '/hangout?before=' || m.id
            when p.slug is null or p.state = 'draft' or p.deleted_at is not null then null
            when m.deleted_at is null then '/blog/' || p.slug || '?comment=' || m.id || '#comment-' || m.id
            else '/blog/' || p.slug end
        from messages m join rooms o on o.id = m.room_id left join posts p on p.room_id = m.room_id where m.id = $1""",
        case.subject.message_id,
    )
    return found or ""
