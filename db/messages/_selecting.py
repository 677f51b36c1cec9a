"""Choosing what a moderator wants to take away: whose it is, what is in it, how many of the newest, and since when."""

from dataclasses import dataclass
from datetime import datetime

from db import rooms
from db.errors import Refused
from db.messages._shape import COLUMNS, TABLES, Message, from_row
from db.moderators import By
from db.people import LITERAL
from db.store import Conn

SELECTED_MAX = 500
TEXT_MAX = 200


@dataclass(frozen=True, slots=True)
class Selection:
    """All that is given has to fit; `last` are the newest of those that do. Without a `room_id` it is about the hangout
    and all comments where a person or a text is given, and else about the hangout alone.
    """

    person_id: int | None = None
    text: str = ""
    last: int | None = None
    since: datetime | None = None
    room_id: int | None = None


# Rules


def check_selection(selection: Selection) -> None:
    """Raises Refused (`empty`) for one that would be everything."""
    if selection.person_id is None and not selection.text and not selection.last and selection.since is None:
        raise Refused("Say whose messages, with which words, how many, or since when.", "empty")


# Queries


async def selected(conn: Conn, selection: Selection, limit: int = SELECTED_MAX, *, by: By = None) -> list[Message]:
    """What it is about and stands there yet, the newest first. Of what two say to each other nothing; and for `by` who
    is not the owner, nothing that the owner or an author said. Raises Refused (`empty`).
    """
    check_selection(selection)
    room_id, text = selection.room_id, LITERAL.sub(r"\\\g<0>", selection.text[:TEXT_MAX])
    if room_id is None and selection.person_id is None and not selection.text:
        room_id = (await rooms.by_slug(conn, rooms.HANGOUT)).id
    rows = await conn.fetch(
        f"""/* messages.selected */ select {COLUMNS} from {TABLES} join rooms o on o.id = m.room_id
        where o.kind <> 'chat' and m.kind = 'said' and m.deleted_at is null
            and ($1::bigint is null or m.room_id = $1)
            and ($2::bigint is null or m.author_id in (select id from people where id = $2 or merged_into = $2))
            and ($3 = '' or m.content ilike $3) and ($4::timestamptz is null or m.created_at >= $4)
            and (not $6 or not (p.owner or p.role = 'author'))
        order by m.id desc limit $5""",
        room_id,
        selection.person_id,
        f"%{text}%" if text else "",
        selection.since,
        max(0, min(limit, SELECTED_MAX, selection.last or SELECTED_MAX)),
        by is not None and not by.person.owner,
    )
    return [from_row(row) for row in rows]


async def by_discord(conn: Conn, discord_message_id: int) -> tuple[int, int] | None:
    """The room and the id here of a message in Discord; of several lines that share it the first that stands there."""
    row = await conn.fetchrow(
        """/* messages.by_discord */ select room_id, id from messages where discord_id = $1
        order by deleted_at is not null, part limit 1""",
        discord_message_id,
    )
    return (row["room_id"], row["id"]) if row else None


async def lines_of(conn: Conn, discord_message_id: int) -> list[int]:
    """The ids here of all lines that share a message in Discord and stand there yet, in their order."""
    rows = await conn.fetch(
        """/* messages.lines_of */ select id from messages where discord_id = $1 and deleted_at is null
        order by part""",
        discord_message_id,
    )
    return [row["id"] for row in rows]
