"""Reading what waits."""

from collections.abc import Sequence
from datetime import datetime

from db.held._shape import COLUMNS, TABLES, Waiting, from_row
from db.store import Conn


async def is_said(conn: Conn, author_id: int, nonce: str) -> bool:
    """Whether there is a message with this nonce already: then it is only asked for again."""
    found: bool = await conn.fetchval(
        "/* held.is_said */ select exists (select from messages where author_id = $1 and nonce = $2)", author_id, nonce
    )
    return found


async def get(conn: Conn, held_id: int) -> Waiting | None:
    """Also one that was decided on."""
    row = await conn.fetchrow(f"/* held.get */ select {COLUMNS} from {TABLES} where h.id = $1", held_id)
    return from_row(row) if row else None


async def words_on_record(conn: Conn, held_id: int) -> str:
    """What it said, from the case that was opened when it began to wait; empty once that has faded."""
    found: str | None = await conn.fetchval(
        """/* held.words_on_record */ select c.evidence -> 0 ->> 'content' from held h join cases c
            on c.person_id = h.author_id and c.kind = 'hold' and c.details @> jsonb_build_object('held', h.id)
        where h.id = $1 order by c.id desc limit 1""",
        held_id,
    )
    return found or ""


async def by_nonce(conn: Conn, author_id: int, nonce: str) -> Waiting | None:
    row = await conn.fetchrow(
        f"""/* held.by_nonce */ select {COLUMNS} from {TABLES}
        where h.author_id = (select coalesce(merged_into, id) from people where id = $1) and h.nonce = $2""",
        author_id,
        nonce,
    )
    return from_row(row) if row else None


async def own(conn: Conn, person_id: int, limit: int = 50) -> list[Waiting]:
    """What waits of this person's, the oldest first."""
    rows = await conn.fetch(
        f"""/* held.own */ select {COLUMNS} from {TABLES}
        where h.author_id = $1 and h.state = 'waiting' order by h.id limit $2""",
        person_id,
        limit,
    )
    return [from_row(row) for row in rows]


async def count_of(conn: Conn, person_id: int) -> int:
    count: int = await conn.fetchval(
        "/* held.count_of */ select count(*) from held where author_id = $1 and state = 'waiting'", person_id
    )
    return count


async def refused(conn: Conn, people: Sequence[int], room_id: int, since: datetime) -> dict[int, list[str]]:
    """Of each of these people the nonces of what has waited in this room and was decided on since then, against it."""
    rows = await conn.fetch(
        """/* held.refused */ select author_id, array_agg(nonce order by id) as nonces from held
        where author_id = any($1) and room_id = $2 and state = 'deleted' and decided_at > $3 group by author_id""",
        people,
        room_id,
        since,
    )
    return {row["author_id"]: row["nonces"] for row in rows}
