"""Finding what is reported: a message, a comment, a profile, or what one was told in a chat; and what the moderators
are shown of it. What a reader could not see themselves cannot be reported.
"""

from collections.abc import Sequence
from datetime import datetime

import asyncpg

from db.errors import NotFound, Refused
from db.reports._shape import Found, Kind
from db.store import Conn

AROUND = 3  # messages before it and after it that are shown beside it
MESSAGES_MAX = 50
GONE = "This is not here any more."
# What is known of a message that is shown; of pictures only how many there are.
SAID = """m.id, m.author_id, m.content, m.created_at,
    jsonb_array_length(m.attachments) as pictures, m.room_id"""
Said = dict[str, object]


# Rules


def shown(row: asyncpg.Record, reported_id: int, reporter_id: int | None, *, chosen: bool) -> Said:
    who = {reported_id: "reported", reporter_id: "reporter"}.get(row["author_id"], "other")
    return {
        "id": f"m{row['id']}",
        "by": who,
        "author": f"p{row['author_id']}",
        "content": row["content"],
        "at": row["created_at"].isoformat(),
        "pictures": row["pictures"],
        "chosen": chosen,
    }


def words(content: str, at: datetime, author_id: int) -> Said:
    """What was said, but is no message of a room."""
    said: Said = {"by": "reported", "author": f"p{author_id}", "content": content, "at": at.isoformat(), "pictures": 0}
    return said | {"chosen": True}


# Queries


async def message(conn: Conn, message_id: int, reporter_id: int | None, kind: str) -> Found:
    """One of the hangout (`message`) or below a post that is out (`comment`), with what was said around it."""
    row = await conn.fetchrow(
        f"""/* reports.message */ select {SAID}, (select slug from posts where room_id = o.id) as slug
        from messages m join rooms o on o.id = m.room_id
        where m.id = $1 and m.kind = 'said' and m.deleted_at is null
            and case when $2 = 'message' then o.slug is not null else exists (
                select from posts p where p.room_id = o.id and p.deleted_at is null
                    and p.state in ('published', 'scheduled') and p.published_at <= now()) end""",
        message_id,
        kind,
    )
    if row is None:
        raise NotFound(GONE)
    rows = await conn.fetch(
        f"""/* reports.around */ (select {SAID} from messages m
            where m.room_id = $1 and m.id < $2 and m.deleted_at is null and m.kind = 'said' order by m.id desc limit $3)
        union all (select {SAID} from messages m
            where m.room_id = $1 and m.id > $2 and m.deleted_at is null and m.kind = 'said' order by m.id limit $3)""",
        row["room_id"],
        message_id,
        AROUND,
    )
    author_id = row["author_id"]
    around = sorted([row, *rows], key=lambda one: int(one["id"]))
    said = [shown(one, author_id, reporter_id, chosen=one["id"] == message_id) for one in around]
    called: Kind = "message" if kind == "message" else "comment"
    return Found(called, message_id, author_id, row["room_id"], said, row["slug"])


async def profile(conn: Conn, person_id: int, now: datetime) -> Found:
    row = await conn.fetchrow(
        """/* reports.profile */ select p.name, a.about, a.links, p.picture is not null as has_picture
        from people p join accounts a on a.person_id = p.id where p.id = $1 and a.disabled_at is null""",
        person_id,
    )
    if row is None:
        raise NotFound(GONE)
    links = [f"{one.get('label', '')} {one.get('url', '')}".strip() for one in row["links"]]
    said = words("\n".join([row["about"], *links]).strip(), now, person_id)
    return Found("profile", person_id, person_id, None, [said | {"pictures": int(row["has_picture"])}])


async def chat(conn: Conn, room_id: int, message_ids: Sequence[int], reporter_id: int) -> Found:
    """What this member of a chat chose from it, and nothing else. Raises NotFound for any other room."""
    wanted = list(dict.fromkeys(message_ids))
    if len(wanted) > MESSAGES_MAX:
        raise Refused(f"Please choose up to {MESSAGES_MAX} messages.", "bad_parameter")
    other_id: int | None = await conn.fetchval(
        """/* reports.other */ select case o.low_id when $2 then o.high_id else o.low_id end
        from rooms o join members m on m.room_id = o.id
        where o.id = $1 and o.kind = 'chat' and m.person_id = $2 and m.left_at is null""",
        room_id,
        reporter_id,
    )
    if other_id is None:
        raise NotFound
    if not wanted:
        raise Refused("Please choose the messages first.", "empty")
    rows = await conn.fetch(
        f"""/* reports.chosen */ select {SAID} from messages m
        where m.room_id = $1 and m.id = any($2) and m.deleted_at is null order by m.id""",
        room_id,
        wanted,
    )
    if len(rows) < len(wanted):
        raise NotFound("One of these messages is not here any more.")
    said = [shown(one, other_id, reporter_id, chosen=True) for one in rows]
    return Found("chat", rows[-1]["id"], other_id, room_id, said)
