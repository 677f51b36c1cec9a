"""Moderators: the owner, and members of the Discord server who hold a role that the owner named. Asked by every act of
moderation, in its own transaction; Discord's own permissions only decide who sees the commands.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from db.errors import Forbidden, Refused
from db.events import ModNoticeDue
from db.people import Person
from db.store import Conn, Store

if TYPE_CHECKING:  # a case says which moderator opened it
    from db.cases import Case

NOT_YOURS = "Only the owner and moderators of the site can do this."
OWNERS = "Only the owner of the site can do this."
BARRED = "You are {} here yourself. Until that is over, other moderators do this."
OWN = "This is about yourself, so somebody else has to do it."
ROLES_MAX = 25
NAME_MAX = 100


@dataclass(frozen=True, slots=True)
class Moderator:
    """Who acts, by which door, and which roles Discord says that they hold."""

    person: Person
    roles: frozenset[int] = field(default_factory=frozenset)
    door: str = "discord"


By = Moderator | None  # None: the house by itself, by a rule


@dataclass(frozen=True, slots=True)
class Role:
    """A role of the Discord server whose holders moderate; `name` as it was when it was added."""

    id: int
    name: str
    added_at: datetime


# Rules


def check_owner(by: By) -> None:
    """Raises Forbidden (`forbidden`) for anybody but the owner, the house included."""
    if by is None or not by.person.owner:
        raise Forbidden(OWNERS, "forbidden")


def check_other(by: By, person_id: int | None) -> None:
    """Raises Refused (`own`) for a moderator who would decide about themselves; the owner may."""
    if by and not by.person.owner and by.person.id == person_id:
        raise Refused(OWN, "own")


# Queries


async def check(conn: Conn, by: By) -> None:
    """Raises Forbidden (`forbidden`) for who may not moderate, or is kept out or muted here themselves."""
    if by is None or by.person.owner:
        return
    if not await is_one(conn, by):
        raise Forbidden(NOT_YOURS, "forbidden")
    if kind := await _barred(conn, by.person.id):
        raise Forbidden(BARRED.format({"ban": "banned", "mute": "muted"}[kind]), "forbidden")


async def is_one(conn: Conn, by: Moderator) -> bool:
    if by.person.owner:
        return True
    found: bool = await conn.fetchval(
        "/* moderators.is_one */ select exists (select from moderator_roles where role_id = any($1::bigint[]))",
        list(by.roles),
    )
    return found


async def _barred(conn: Conn, person_id: int) -> str | None:
    """`ban` or `mute`, the heavier of what holds against them."""
    kind: str | None = await conn.fetchval(
        """/* moderators.barred */ select min(s.kind) from people p
        join sanctions s on s.person_id = coalesce(p.merged_into, p.id)
        where p.id = $1 and s.network is null and s.session_id is null and (s.until is null or s.until > now())""",
        person_id,
    )
    return kind


async def roles(conn: Conn) -> list[Role]:
    """The roles whose holders moderate, in the order in which they were added."""
    rows = await conn.fetch(
        "/* moderators.roles */ select role_id, name, added_at from moderator_roles order by added_at, role_id"
    )
    return [Role(*row) for row in rows]


# Acts


async def add_role(store: Store, by: By, role_id: int, name: str, now: datetime) -> "Case":
    """From here on whoever holds this role in Discord may moderate. Raises Forbidden for anybody but the owner."""
    check_owner(by)
    assert by
    async with store.pool.acquire() as conn, conn.transaction():
        known = await roles(conn)
        if len(known) >= ROLES_MAX and all(role.id != role_id for role in known):
            raise Refused(f"{ROLES_MAX} roles can moderate. Please remove one first.", "bad_parameter")
        is_new = await conn.fetchval(
            """/* moderators.add_role */ insert into moderator_roles (role_id, name, added_by, added_at)
            values ($1, $2, $3, $4) on conflict (role_id) do nothing returning true""",
            role_id,
            name[:NAME_MAX],
            by.person.id,
            now,
        )
        case = await _on_record(conn, by, role_id, name, now, on=True, is_new=bool(is_new))
    store.live.announce(ModNoticeDue())
    return case


async def remove_role(store: Store, by: By, role_id: int, now: datetime) -> "Case":
    """From here on this role moderates nothing. Raises Forbidden for anybody but the owner."""
    check_owner(by)
    async with store.pool.acquire() as conn, conn.transaction():
        name = await conn.fetchval(
            "/* moderators.remove_role */ delete from moderator_roles where role_id = $1 returning name", role_id
        )
        case = await _on_record(conn, by, role_id, name or "", now, on=False, is_new=name is not None)
    store.live.announce(ModNoticeDue())
    return case


async def _on_record(conn: Conn, by: By, role_id: int, name: str, now: datetime, *, on: bool, is_new: bool) -> "Case":
    """The case of it: a new one, or where it was so already the last one about this role."""
    from db import cases  # noqa: PLC0415 - a case says which moderator opened it

    details = {"role_id": str(role_id), "name": name[:NAME_MAX], "on": on}
    number: int | None = None
    if not is_new:
        number = await conn.fetchval(
            """/* moderators.known */ select max(id) from cases
            where kind = 'role' and details ->> 'role_id' = $1 and (details ->> 'on')::boolean = $2""",
            str(role_id),
            on,
        )
        if number is None and not on:
            raise Refused("This role does not moderate the site.", "not_found")
    case = await cases.get(conn, number or await cases.open_case(conn, "role", by, now, details=details, hidden=True))
    assert case
    return case
