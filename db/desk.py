"""The desk: what waits for a moderator, whatever it is. Called by cogs/mod, and counted for /site status."""

from dataclasses import dataclass
from datetime import datetime

from db.store import Conn


@dataclass(frozen=True, slots=True)
class Waiting:
    """`kind` is `held`, `comment` or `report`; `name` is who said it, or who was reported; `why` is the rule or the
    reason.
    """

    kind: str
    id: int
    name: str
    content: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of each there are. `requests` to chat wait for those who were asked, and are nobody else's."""

    held: int
    comments: int
    reports: int
    requests: int


# Queries


async def waiting(conn: Conn, limit: int = 15) -> list[Waiting]:
    """What has waited longest comes first."""
    rows = await conn.fetch(
        """/* desk.waiting */
        select 'held' as kind, h.id, p.name, h.content, h.rule as why, h.created_at as at
            from held h join people p on p.id = h.author_id where h.state = 'waiting'
        union all
        select 'comment', c.id, p.name, c.content, coalesce(c.held_for, ''), c.created_at
            from comments c join people p on p.id = c.author_id where c.state = 'waiting'
        union all
        select 'report', r.id, coalesce(p.name, ''), '', r.reason, r.created_at
            from reports r left join people p on p.id = r.reported_id where r.state = 'open'
        order by at, kind, id limit $1""",
        limit,
    )
    return [Waiting(**row) for row in rows]


async def counts(conn: Conn) -> Counts:
    row = await conn.fetchrow(
        """/* desk.counts */ select
            (select count(*) from held where state = 'waiting') as held,
            (select count(*) from comments where state = 'waiting') as comments,
            (select count(*) from reports where state = 'open') as reports,
            (select count(*) from chat_requests where state = 'waiting') as requests"""
    )
    assert row
    return Counts(**row)
