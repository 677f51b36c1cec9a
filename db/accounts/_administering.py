"""What the owner may do with accounts: see them, give roles, close and open them, and help who forgot a password.

Each act asks first who it is that acts; so whichever door they come through, the answer is the same.
"""

import re
from datetime import datetime

from db import links, sessions
from db.accounts._queries import by_username
from db.accounts._shape import COLUMNS, TABLES, Account, from_row
from db.errors import Forbidden, NotFound, Refused
from db.people import Person
from db.store import Conn, Store
from db.usernames import as_typed

ROLES = ("member", "author")
BEGINNING = re.compile(r"[^a-z0-9_.-]")
PREFIX = str.maketrans({"\\": r"\\", "%": r"\%", "_": r"\_"})


# Rules


def check_owner(actor: Person | None) -> None:
    """Raises Forbidden for anybody but the owner."""
    if actor is None or not actor.owner:
        raise Forbidden("Only the owner of the site can do this.", "not_yours")


# Queries


async def newest(conn: Conn, limit: int) -> list[Account]:
    """The accounts, the newest first."""
    rows = await conn.fetch(
        f"/* administering.newest */ select {COLUMNS} from {TABLES} order by a.created_at desc, a.person_id limit $1",
        limit,
    )
    return [from_row(row) for row in rows]


async def count(conn: Conn) -> int:
    found: int = await conn.fetchval("/* administering.count */ select count(*) from accounts")
    return found


async def beginning_with(conn: Conn, typed: str, limit: int) -> list[str]:
    """Usernames that begin so, in the order of the alphabet."""
    rows = await conn.fetch(
        """/* administering.beginning_with */ select username from people
        where username like $1 order by username limit $2""",
        BEGINNING.sub("", typed.lower()).translate(PREFIX) + "%",
        limit,
    )
    return [row["username"] for row in rows]


async def _named(conn: Conn, username: str) -> Account:
    account = await by_username(conn, as_typed(username))
    if account is None:
        raise NotFound("There is no member with this username.")
    return account


# Acts


async def show(store: Store, actor: Person, username: str) -> Account:
    """Raises Forbidden or NotFound, as all here."""
    check_owner(actor)
    return await _named(store.pool, username)


async def change_role(store: Store, actor: Person, username: str, role: str) -> Account:
    """Their sessions end, for a session is good for the rights with which it began."""
    check_owner(actor)
    account = await _named(store.pool, username)
    if role not in ROLES:
        raise Refused("A member can be member or author.")
    if account.person.role != role:
        await store.pool.execute(
            "/* administering.change_role */ update people set role = $2 where id = $1", account.person.id, role
        )
        await sessions.end_all(store, account.person.id)
    return await _named(store.pool, username)


async def disable(store: Store, actor: Person, username: str, now: datetime) -> Account:
    """Closes the account: all its sessions end at once and no link or password opens it. What was said stays."""
    check_owner(actor)
    account = await _named(store.pool, username)
    if account.person.owner:
        raise Refused("This is your own account, and it stays open.")
    await store.pool.execute(
        """/* administering.disable */ with ended as (delete from links where person_id = $1), unsaid as (
            delete from letters where person_id = $1
        ) update accounts set disabled_at = coalesce(disabled_at, $2) where person_id = $1""",
        account.person.id,
        now,
    )
    await sessions.end_all(store, account.person.id)
    return account


async def enable(store: Store, actor: Person, username: str) -> Account:
    check_owner(actor)
    account = await _named(store.pool, username)
    await store.pool.execute(
        "/* administering.enable */ update accounts set disabled_at = null where person_id = $1", account.person.id
    )
    return account


async def reset(store: Store, actor: Person, username: str, now: datetime) -> str:
    """The token of a link by which this member chooses a new password; for the owner to hand on."""
    check_owner(actor)
    account = await _named(store.pool, username)
    if account.disabled_at:
        raise Refused("This account is closed: enable it first.")
    return await links.make(store, account.person.id, "password", now, links.PASSWORD_LIFE)
