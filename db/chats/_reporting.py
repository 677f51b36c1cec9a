"""Showing the owner what somebody said in a chat: copies of the chosen messages, and nothing else of it."""

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from db.chats import _queries as queries
from db.errors import NotFound, Refused, TooOften
from db.events import LetterPut
from db.messages import Message
from db.messages import get as get_messages
from db.names import clean_content
from db.people import Person
from db.store import Conn, Store

REASON_MAX = 500
A_DAY, PER_DAY = 86_400.0, 10
MESSAGES_MAX = 50


# Rules


def check_reason(reason: str) -> str:
    return clean_content(reason, REASON_MAX) if reason.strip() else ""


def shown(message: Message, reporter_id: int) -> dict[str, Any]:
    """A message as the owner will see it: no names, and of pictures only how many there are."""
    by = "reporter" if message.author.id == reporter_id else "reported"
    at, pictures = message.created_at.isoformat(), len(message.attachments)
    return {"by": by, "content": message.content, "at": at, "pictures": pictures}


# Queries


async def add_report(
    conn: Conn, reporter_id: int, reported_id: int, reason: str, said: Sequence[dict[str, Any]], now: datetime
) -> None:
    """Keeps it, with a letter to the owner by which the bot will tell."""
    await conn.execute(
        """/* chats.add_report */ with report as (
            insert into reports (reporter_id, reported_id, reason, messages, created_at) values ($1, $2, $3, $4, $5)
            returning id
        ) insert into letters (person_id, kind, report_id, created_at, next_at)
        select p.id, 'report', report.id, $5, $5 from report, people p where p.owner""",
        reporter_id,
        reported_id,
        reason,
        list(said),
        now,
    )


# Acts


async def report(
    store: Store, person: Person, room_id: int, message_ids: Sequence[int], reason: str, now: datetime
) -> None:
    """Shows the owner these messages of a chat that the person is in, with a reason of up to 500 characters or none.

    Raises NotFound for another room or a message that is not in it, and TooOften after ten a day, and Refused (`empty`,
    `too_long`, `bad_parameter`).
    """
    reason = check_reason(reason)
    wanted = list(dict.fromkeys(message_ids))
    if len(wanted) > MESSAGES_MAX:
        raise Refused(f"Please choose up to {MESSAGES_MAX} messages.", "bad_parameter")
    wait = store.limits.reports.take(str(person.id), time.monotonic(), PER_DAY, A_DAY)
    if wait:
        raise TooOften("You have shown the owner a lot today. Please come back tomorrow.", wait)
    async with store.pool.acquire() as conn, conn.transaction():
        chat = await queries.enter(conn, room_id, person.id)
        if not wanted:
            raise Refused("Please choose the messages first.", "empty")
        found = [one for one in await get_messages(conn, room_id, wanted) if not one.deleted]
        if len(found) < len(wanted):
            raise NotFound("One of these messages is not here any more.")
        said = [shown(one, person.id) for one in found]
        await add_report(conn, person.id, chat.other.id, reason, said, now)
    store.live.announce(LetterPut())
