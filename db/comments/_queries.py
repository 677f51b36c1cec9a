"""Reading comments as they were brought: one, those that wait, and what is known of who brings another."""

from dataclasses import dataclass
from datetime import datetime

from db.comments._shape import COLUMNS, TABLES, Comment, from_row
from db.store import Conn


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of whoever comments: something of theirs was approved, or was spam; the same words have come from
    anybody lately (`repeated`), or from them under this very post (`said`).
    """

    approved: bool
    spam: bool
    repeated: bool
    said: bool


async def get(conn: Conn, comment_id: int) -> Comment | None:
    row = await conn.fetchrow(f"/* comments.get */ select {COLUMNS} from {TABLES} where c.id = $1", comment_id)
    return from_row(row) if row else None


async def by_nonce(conn: Conn, author_id: int, nonce: str) -> Comment | None:
    row = await conn.fetchrow(
        f"/* comments.by_nonce */ select {COLUMNS} from {TABLES} where c.author_id = $1 and c.nonce = $2",
        author_id,
        nonce,
    )
    return from_row(row) if row else None


async def waiting_of(conn: Conn, post_id: int, person_id: int, limit: int = 50) -> list[Comment]:
    """The comments of this person that wait under this post, the oldest first. To them spam waits for ever."""
    rows = await conn.fetch(
        f"""/* comments.waiting_of */ select {COLUMNS} from {TABLES}
        where c.post_id = $1 and c.author_id = $2 and c.state in ('waiting', 'spam')
            and c.content <> '' order by c.id limit $3""",
        post_id,
        person_id,
        limit,
    )
    return [from_row(row) for row in rows]


async def waiting(conn: Conn, post_id: int, limit: int = 100) -> list[Comment]:
    """All that wait under this post, for the owner."""
    rows = await conn.fetch(
        f"""/* comments.waiting */ select {COLUMNS} from {TABLES}
        where c.post_id = $1 and c.state = 'waiting' order by c.id limit $2""",
        post_id,
        limit,
    )
    return [from_row(row) for row in rows]


async def known_of(conn: Conn, author_id: int, post_id: int, digest: bytes, since: datetime) -> Known:
    row = await conn.fetchrow(
        """/* comments.known_of */ select
            exists (select from comments where author_id = $1 and state = 'approved') as approved,
            exists (select from comments where author_id = $1 and state = 'spam') as spam,
            exists (select from comments where digest = $3 and created_at > $4) as repeated,
            exists (select from comments c left join messages m on m.id = c.message_id
                where c.digest = $3 and c.created_at > $4 and c.author_id = $1 and c.post_id = $2
                    and c.state <> 'deleted' and m.deleted_at is null) as said""",
        author_id,
        post_id,
        digest,
        since,
    )
    assert row
    return Known(row["approved"], row["spam"], row["repeated"], row["said"])


async def said_here(conn: Conn, room_id: int, message_id: int) -> bool:
    """Whether this message is there, in this room, to be answered or liked."""
    found: bool = await conn.fetchval(
        """/* comments.said_here */ select exists (
            select from messages where id = $2 and room_id = $1 and kind = 'said' and deleted_at is null)""",
        room_id,
        message_id,
    )
    return found
