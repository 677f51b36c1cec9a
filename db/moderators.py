"""Moderators: the owner, and members of the Discord server who hold a role that the owner named (db/roles). Asked by
every act of moderation, in its own transaction; Discord's own permissions only decide who sees the commands.
"""

from dataclasses import dataclass, field

from db.errors import Forbidden, Refused
from db.people import Person
from db.store import Conn

NOT_YOURS = "Only the owner and moderators of the site can do this."
OWNERS = "Only the owner of the site can do this."
OWN = "This is about yourself, so somebody else has to do it."


@dataclass(frozen=True, slots=True)
class Moderator:
    """Who acts, by which door, and which roles Discord says that they hold."""

    person: Person
    roles: frozenset[int] = field(default_factory=frozenset)
    door: str = "discord"


By = Moderator | None  # None: the house by itself, by a rule


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
    """Raises Forbidden (`forbidden`) for who may not moderate."""
    if by is not None and not await is_one(conn, by):
        raise Forbidden(NOT_YOURS, "forbidden")


async def is_one(conn: Conn, by: Moderator) -> bool:
    if by.person.owner:
        return True
    found: bool = await conn.fetchval(
        "/* moderators.is_one */ select exists (select from moderator_roles where role_id = any($1::bigint[]))",
        list(by.roles),
    )
    return found
