"""Looking accounts up."""

from datetime import datetime

from db import people
from db.accounts._shape import COLUMNS, TABLES, Account, from_row
from db.people import Person
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


async def owner(conn: Conn) -> Account | None:
    """That of the owner, if they have one."""
    row = await conn.fetchrow(
        f"/* accounts.owner */ select {COLUMNS} from {TABLES} where p.owner order by p.id limit 1"
    )
    return from_row(row) if row else None


async def add(conn: Conn, person_id: int, password_hash: str | None, now: datetime) -> None:
    """Raises the driver's UniqueViolationError when there is one already."""
    await conn.execute(
        "/* accounts.add */ insert into accounts (person_id, password_hash, created_at) values ($1, $2, $3)",
        person_id,
        password_hash,
        now,
    )


async def make_member(conn: Conn, person_id: int, username: str, name: str) -> Person | None:
    """This visitor becomes a member; None when they are gone, or one already."""
    row = await conn.fetchrow(
        f"""/* accounts.make_member */ update people set username = $2, name = $3, role = 'member'
        where id = $1 and role = 'visitor' and merged_into is null returning {people.COLUMNS}""",
        person_id,
        username,
        name,
    )
    return people.from_row(row) if row else None


async def add_member(conn: Conn, username: str, name: str) -> Person:
    row = await conn.fetchrow(
        f"""/* accounts.add_member */ insert into people (username, name, role) values ($1, $2, 'member')
        returning {people.COLUMNS}""",
        username,
        name,
    )
    assert row
    return people.from_row(row)


async def keep_hash(conn: Conn, person_id: int, password_hash: str, instead_of: str | None = None) -> bool:
    """Sets the hash; with `instead_of` only as long as that is the one that is kept. False: nothing was set."""
    return bool(
        await conn.fetchval(
            """/* accounts.keep_hash */ update accounts set password_hash = $2
            where person_id = $1 and ($3::text is null or password_hash = $3) returning true""",
            person_id,
            password_hash,
            instead_of,
        )
    )


async def remove_links(conn: Conn, person_id: int) -> None:
    """The one-time links of this person open nothing any more."""
    await conn.execute("/* accounts.remove_links */ delete from links where person_id = $1", person_id)
