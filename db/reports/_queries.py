"""Keeping reports and looking them up."""

from dataclasses import replace
from datetime import datetime, timedelta

import asyncpg

from db.reports._shape import Found, Report
from db.store import Conn

SOMEBODY = "somebody"
COLUMNS = """r.id, r.kind, r.subject_id, r.room_id, r.reporter_id, coalesce(a.name, 'a stranger') as reporter,
    r.reported_id, coalesce(b.name, 'somebody') as reported, b.username as reported_username, r.reason, r.messages,
    r.state, r.gone, r.decided_at, r.decided_name, r.created_at, o.slug as post_slug"""
TABLES = """reports r left join people a on a.id = r.reporter_id left join people b on b.id = r.reported_id
    left join posts o on o.room_id = r.room_id"""
AGAIN = timedelta(days=1)  # after a decision, in which the same report of the same person is the same


async def get(conn: Conn, report_id: int) -> Report | None:
    """The report, with all that the moderators are shown of it."""
    row = await conn.fetchrow(f"/* reports.get */ select {COLUMNS} from {TABLES} where r.id = $1", report_id)
    return await _whole(conn, row) if row else None


async def _whole(conn: Conn, row: asyncpg.Record) -> Report:
    report = Report(**row)
    others = await conn.fetch(
        """/* reports.others */ select coalesce(p.name, 'a stranger') as name, r.reason
        from reports r left join people p on p.id = r.reporter_id
        where r.kind = $1 and r.subject_id = $2 and r.id > $3 and r.kind <> 'chat'
            and (r.decided_at is not distinct from $4 or r.state = 'open') order by r.id limit 20""",
        report.kind,
        report.subject_id,
        report.id,
        report.decided_at,
    )
    authors = {str(one.get("author", "")).removeprefix("p") for one in report.messages}
    named = await conn.fetch(
        """/* reports.names */ select p.id, n.name from people p join people n on n.id = coalesce(p.merged_into, p.id)
        where p.id = any($1::bigint[])""",
        [int(one) for one in authors if one.isdigit()],
    )
    return replace(
        report,
        others=tuple((one["name"], one["reason"]) for one in others),
        names={f"p{one['id']}": one["name"] for one in named},
    )


async def lock(conn: Conn, found: Found) -> None:
    """One at a time reports the same thing."""
    await conn.execute(
        "/* reports.lock */ select pg_advisory_xact_lock(hashtextextended($1, 0))",
        f"report {found.kind} {found.subject_id}",
    )


async def known(conn: Conn, found: Found, reporter_id: int | None, network: bytes | None, now: datetime) -> int | None:
    """The report by the same person, or from the same network where there is none, of the same thing. Strangers whose
    network is not kept are one.
    """
    report_id: int | None = await conn.fetchval(
        """/* reports.known */ select id from reports
        where kind = $1 and subject_id = $2 and (kind <> 'chat' or messages = $6)
            and (state = 'open' or decided_at > $5)
            and (reporter_id = $3 or ($3::bigint is null and reporter_id is null and network is not distinct from $4))
        order by id desc limit 1""",
        found.kind,
        found.subject_id,
        reporter_id,
        network,
        now - AGAIN,
        found.said,
    )
    return report_id


async def first_open(conn: Conn, found: Found) -> int | None:
    """The report of the same thing that the moderators have before them; what was chosen from a chat is a thing of its
    own.
    """
    report_id: int | None = await conn.fetchval(
        """/* reports.first_open */ select min(id) from reports
        where kind = $1 and subject_id = $2 and state = 'open' and kind <> 'chat'""",
        found.kind,
        found.subject_id,
    )
    return report_id


async def keep(
    conn: Conn, found: Found, reporter_id: int | None, network: bytes | None, reason: str, now: datetime
) -> int:
    report_id: int = await conn.fetchval(
        """/* reports.keep */ insert into reports
            (reporter_id, reported_id, kind, subject_id, room_id, network, reason, messages, created_at)
        values ((select coalesce(merged_into, id) from people where id = $1), $2, $3, $4, $5, $6, $7, $8, $9)
        returning id""",
        reporter_id,
        found.reported_id,
        found.kind,
        found.subject_id,
        found.room_id,
        network,
        reason,
        found.said,
        now,
    )
    return report_id


async def put_letter(conn: Conn, report_id: int, now: datetime) -> None:
    """Where there is no moderators' channel the owner gets a letter."""
    await conn.execute(
        """/* reports.put_letter */ insert into letters (person_id, kind, report_id, created_at, next_at)
        select id, 'report', $1, $2, $2 from people where owner""",
        report_id,
        now,
    )


async def close(
    conn: Conn, report: Report, state: str, by_id: int | None, by_name: str, now: datetime, *, gone: bool
) -> list[int]:
    """Closes it, with all that are open about the same thing. Returns their ids. `gone`: what was reported is."""
    rows = await conn.fetch(
        """/* reports.close */ update reports
        set state = $4, decided_by = $5, decided_name = $6, decided_at = $7, gone = gone or $8
        where id = $1 or (kind = $2 and subject_id = $3 and state = 'open') returning id""",
        report.id,
        report.kind,
        report.subject_id,
        state,
        by_id,
        by_name,
        now,
        gone,
    )
    return [row["id"] for row in rows]
