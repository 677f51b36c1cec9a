"""Reading the record."""

import asyncpg

from db.cases._shape import Case, Subject
from db.store import Conn

OWN_MAX = 100
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
