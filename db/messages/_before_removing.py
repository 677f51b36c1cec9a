"""What is asked before a moderator does something with messages: what stands there, whose it is, who may see it, and
whether it was done before. Used by _removing.py, in the act's transaction.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from db.cases import Subject
from db.messages._queries import get
from db.messages._shape import Message
from db.store import Conn

# Rules


def shown(message: Message) -> dict[str, Any]:
    """A message as a case keeps it; of pictures only how many there are, for they go with it."""
    return {
        "id": message.id,
        "name": message.author.name,
        "content": message.content,
        "at": message.created_at.isoformat(),
        "pictures": len(message.attachments),
    }


# Queries


async def standing(conn: Conn, message_ids: Sequence[int]) -> list[Message]:
    """These messages, deleted ones too, in the order in which they were said. Nobody changes them from here until the
    transaction ends: their rooms are locked, in one order everywhere.
    """
    rows = await conn.fetch(
        """/* messages.rooms_of */ select id from rooms
        where id in (select room_id from messages where id = any($1)) order by id for no key update""",
        list(message_ids),
    )
    found = [one for row in rows for one in await get(conn, row["id"], list(message_ids))]
    return sorted(found, key=lambda one: one.id)


async def of_the_house(conn: Conn, author_ids: Sequence[int]) -> set[int]:
    """Which of these people only the owner may act against."""
    rows = await conn.fetch(
        """/* messages.of_the_house */ select id from people where id = any($1) and (owner or role = 'author')""",
        list(author_ids),
    )
    return {row["id"] for row in rows}


async def earlier(conn: Conn, message_id: int, kinds: Sequence[str]) -> int | None:
    """The number of the case by which this was done to the message."""
    number: int | None = await conn.fetchval(
        """/* messages.earlier */ select max(id) from cases where kind = any($2)
            and (message_id = $1 or (kind = 'purge'
                and details @> jsonb_build_object('messages', jsonb_build_array($1::bigint))))""",
        message_id,
        list(kinds),
    )
    return number


async def may_be_seen(conn: Conn, message: Message, report_id: int | None) -> bool:
    """Whether moderators may see it at all: what two say to each other only when one of them showed it to them."""
    found: bool = await conn.fetchval(
        """/* messages.may_be_seen */ select o.kind <> 'chat' or exists (
            select from reports r where r.id = $3 and r.room_id = o.id
                and r.messages @> jsonb_build_array(jsonb_build_object('id', 'm' || $2::bigint, 'chosen', true)))
        from rooms o where o.id = $1""",
        message.room_id,
        message.id,
        report_id,
    )
    return found


async def subject_of(conn: Conn, message: Message, report_id: int | None = None) -> Subject:
    comment_id = await conn.fetchval(
        "/* messages.comment_of */ select id from comments where message_id = $1", message.id
    )
    return Subject(message.author.id, message.room_id, message.id, comment_id, report_id)


async def drop_held(conn: Conn, person_ids: Sequence[int], by_id: int | None, now: datetime) -> int:
    """What of theirs waits for a moderator goes as well, and its pictures. Returns how many there were."""
    from db import held  # noqa: PLC0415 - what is held is said as a message

    return await held.drop_of(conn, person_ids, now, by_id)
