"""Roles of the Discord server whose holders moderate the site. The owner names them (cogs/mod); db/moderators asks for
them.
"""

from dataclasses import dataclass
from datetime import datetime

from db import cases
from db.cases import Case
from db.errors import Refused
from db.events import ModNoticeDue
from db.moderators import By, check_owner
from db.store import Conn, Store

ROLES_MAX = 25
NAME_MAX = 100


@dataclass(frozen=True, slots=True)
class Role:
    """A role of the Discord server whose holders moderate; `name` as it was when it was added."""

    id: int
    name: str
    added_at: datetime


# Queries


async def listing(conn: Conn) -> list[Role]:
    """The roles whose holders moderate, in the order in which they were added."""
    rows = await conn.fetch(
        "/* roles.listing */ select role_id, name, added_at from moderator_roles order by added_at, role_id"
    )
    return [Role(*row) for row in rows]


# Acts


async def add(store: Store, by: By, role_id: int, name: str, now: datetime) -> Case:
    """From here on whoever holds this role in Discord may moderate. Raises Forbidden for anybody but the owner."""
    check_owner(by)
    assert by
    async with store.pool.acquire() as conn, conn.transaction():
        known = await listing(conn)
        if len(known) >= ROLES_MAX and all(role.id != role_id for role in known):
            raise Refused(f"{ROLES_MAX} roles can moderate. Please remove one first.", "bad_parameter")
        is_new = await conn.fetchval(
            """/* roles.add */ insert into moderator_roles (role_id, name, added_by, added_at)
            values ($1, $2, $3, $4) on conflict (role_id) do nothing returning true""",
            role_id,
            name[:NAME_MAX],
            by.person.id,
            now,
        )
        case = await _on_record(conn, by, role_id, name, now, on=True, is_new=bool(is_new))
    store.live.announce(ModNoticeDue())
    return case


async def remove(store: Store, by: By, role_id: int, now: datetime) -> Case:
    """From here on this role moderates nothing. Raises Forbidden for anybody but the owner."""
    check_owner(by)
    async with store.pool.acquire() as conn, conn.transaction():
        name = await conn.fetchval(
            "/* roles.remove */ delete from moderator_roles where role_id = $1 returning name", role_id
        )
        case = await _on_record(conn, by, role_id, name or "", now, on=False, is_new=name is not None)
    store.live.announce(ModNoticeDue())
    return case


async def _on_record(conn: Conn, by: By, role_id: int, name: str, now: datetime, *, on: bool, is_new: bool) -> Case:
    """The case of it: a new one, or where it was so already the last one about this role."""
    details = {"role_id": str(role_id), "name": name[:NAME_MAX], "on": on}
    number: int | None = None
    if not is_new:
        number = await conn.fetchval(
            """/* roles.known */ select max(id) from cases
            where kind = 'role' and details ->> 'role_id' = $1 and (details ->> 'on')::boolean = $2""",
            str(role_id),
            on,
        )
        if number is None and not on:
            raise Refused("This role does not moderate the site.", "not_found")
    case = await cases.get(conn, number or await cases.open_case(conn, "role", by, now, details=details, hidden=True))
    assert case
    return case
