"""How the relay is doing, for its owner, its clock and the other processes."""

from dataclasses import dataclass
from datetime import datetime

from db.events import Relayed
from db.store import Conn


@dataclass(frozen=True, slots=True)
class Report:
    """The state of the relay, for its owner."""

    waiting: int
    failed: int
    oldest_waiting: datetime | None
    last_out: datetime | None
    last_in: datetime | None


# Queries


async def oldest_waiting(conn: Conn, room_id: int) -> datetime | None:
    """When the message was said that has waited longest for Discord."""
    said: datetime | None = await conn.fetchval(
        """/* outbox.oldest_waiting */ select min(created_at) from messages
        where room_id = $1 and relay in ('pending', 'sending')""",
        room_id,
    )
    return said


async def report(conn: Conn, room_id: int) -> Report:
    row = await conn.fetchrow(
        """/* outbox.report */ select
            (select count(*) from messages where room_id = $1 and relay in ('pending', 'sending')) as waiting,
            (select count(*) from messages where room_id = $1 and relay = 'failed') as failed,
            (select min(created_at) from messages where room_id = $1 and relay in ('pending', 'sending')) as
            oldest_waiting,
            (select max(relay_at) from messages where room_id = $1 and relay = 'sent') as last_out,
            (select max(created_at) from messages where room_id = $1 and source = 'discord') as last_in""",
        room_id,
    )
    assert row
    return Report(*row)


async def relayed_since(conn: Conn, room_id: int, since: datetime) -> tuple[datetime, list[Relayed]]:
    """The database's time, and the messages that came to a new relay state since that time."""
    rows = await conn.fetch(
        """/* outbox.relayed_since */ select n.now, m.id, m.author_id, m.relay, m.relay_reason
        from (select now()) as n (now)
        left join messages m on m.room_id = $1 and m.relay_at > $2 and m.relay in ('sent', 'failed')""",
        room_id,
        since,
    )
    news = [
        Relayed(room_id, row["id"], row["author_id"], row["relay"], row["relay_reason"]) for row in rows if row["id"]
    ]
    return rows[0]["now"], news
