"""Reading the rules, what they would have been about, and who is new."""

from datetime import datetime, timedelta
from typing import Any

from db.filters._shape import Filter
from db.people import Person
from db.store import Conn

COLUMNS = "id, kind, pattern, action, minutes"
OLD_ENOUGH = timedelta(days=1)  # a member for that long is not new
LATELY = timedelta(days=7)  # who moderated since then is taken for a moderator on the site, which knows of no roles
RECORDED = timedelta(minutes=10)  # in which the same rule about the same person is put on record once


async def listing(conn: Conn) -> list[Filter]:
    """All rules, in the order in which they were made."""
    rows = await conn.fetch(f"/* filters.listing */ select {COLUMNS} from filters order by id")
    return [Filter(*row) for row in rows]


async def is_new(conn: Conn, person: Person, messages: int, now: datetime) -> bool:
    """Whether fewer than so many things that this person said where all can read them stand there; among those said
    before they took their present name none counts. Who is a member for a day is not new.
    """
    if not messages:
        return False
    known: bool = await conn.fetchval(
        """/* filters.is_known */ select exists (
            select from accounts where person_id = $1 and created_at < $3
        ) or (
            select count(*) from (
                select from messages m join rooms o on o.id = m.room_id
                where m.author_id = $1 and m.deleted_at is null and m.kind = 'said' and o.kind <> 'chat'
                    and m.created_at >= coalesce((select u.first_at from names_used u join people p on p.id = $1
                        where u.person_id = $1 and u.name = p.name), '-infinity')
                limit $2
            ) as said
        ) >= $2""",
        person.id,
        messages,
        now - OLD_ENOUGH,
    )
    return not known


async def has_moderated(conn: Conn, person_id: int, now: datetime) -> bool:
    found: bool = await conn.fetchval(
        "/* filters.has_moderated */ select exists (select from cases where by_id = $1 and created_at > $2)",
        person_id,
        now - LATELY,
    )
    return found


async def is_recorded(conn: Conn, person_id: int, rule: str, now: datetime) -> bool:
    """Whether the moderators have been told of it just now: a flood of the same is one case."""
    found: bool = await conn.fetchval(
        """/* filters.is_recorded */ select exists (select from cases where person_id = $1 and kind = 'filtered'
            and rule = $2 and message_id is null and created_at > $3)""",
        person_id,
        rule,
        now - RECORDED,
    )
    return found


async def is_noted(conn: Conn, message_id: int) -> bool:
    found: bool = await conn.fetchval(
        """/* filters.is_noted */ select exists (select from cases c join messages m on m.author_id = c.person_id
            where m.id = $1 and c.message_id = m.id and c.kind = 'filtered')""",
        message_id,
    )
    return found


async def said_lately(conn: Conn, limit: int) -> list[dict[str, Any]]:
    """The newest messages that everybody can read, the oldest of them first."""
    rows = await conn.fetch(
        """/* filters.said_lately */ select m.id, m.room_id, m.author_id, p.name, p.discord_id, m.content, m.created_at
        from messages m join rooms o on o.id = m.room_id join people p on p.id = m.author_id
        where o.kind <> 'chat' and m.kind = 'said' and m.deleted_at is null and m.content <> ''
        order by m.id desc limit $1""",
        limit,
    )
    return [dict(row) for row in reversed(rows)]
