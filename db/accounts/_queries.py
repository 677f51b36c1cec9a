"""Looking accounts up."""

from db.accounts._shape import COLUMNS, TABLES, Account, from_row
from db.store import Conn


async def get(conn: Conn, person_id: int) -> Account | None:
    """The account of this person, disabled or not; None for who has none."""
    row = await conn.fetchrow(f"/* accounts.get */ select {COLUMNS} from {TABLES} where a.person_id = $1", person_id)
    return from_row(row) if row else None


async def by_username(conn: Conn, username: str) -> Account | None:
    row = await conn.fetchrow(
        f"/* accounts.by_username */ select {COLUMNS} from {TABLES} where p.username = $1", username
    )
    return from_row(row) if row else None
