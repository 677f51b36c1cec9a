"""What PostgreSQL knows of who is kept out."""

from datetime import datetime, timedelta

from db.sanctions._shape import InForce, Sanction
from db.store import Conn

COLUMNS = "id, kind, person_id, network, session_id, reason, created_at, until, case_id, origin"
OF_S = ", ".join(f"s.{column}" for column in COLUMNS.split(", "))
HEAVIEST = "s.kind, s.until desc nulls first, s.id"  # a ban before a mute, the longest first
ENDED_KEPT = timedelta(days=1)
LIST_MAX = 500


async def everything(conn: Conn) -> list[Sanction]:
    rows = await conn.fetch(f"/* sanctions.everything */ select {COLUMNS} from sanctions order by id")
    return [Sanction(*row) for row in rows]


async def shells(conn: Conn) -> dict[int, int]:
    """Rows of people that were emptied into one who is kept out, as {row: person}."""
    rows = await conn.fetch(
        """/* sanctions.shells */ select id, merged_into from people
        where merged_into in (select person_id from sanctions)"""
    )
    return {row["id"]: row["merged_into"] for row in rows}


async def young_accounts(conn: Conn) -> dict[int, datetime]:
    """When those members came who came since the oldest network was covered; it is a month ago at the most."""
    rows = await conn.fetch(
        """/* sanctions.young_accounts */ select person_id, created_at from accounts
        where created_at >= (select min(created_at) from sanctions where network is not null)"""
    )
    return {row["person_id"]: row["created_at"] for row in rows}


async def of_person(conn: Conn, person_id: int, now: datetime) -> Sanction | None:
    """The heaviest that is in force against this person."""
    row = await conn.fetchrow(
        f"""/* sanctions.of_person */ select {OF_S} from sanctions s
        where s.person_id = $1 and s.network is null and s.session_id is null and (s.until is null or s.until > $2)
        order by {HEAVIEST} limit 1""",
        person_id,
        now,
    )
    return Sanction(*row) if row else None


async def of_people(conn: Conn, person_ids: list[int]) -> dict[int, list[Sanction]]:
    """By the number under which somebody is asked for, also that of an emptied row; in force or not any more."""
    rows = await conn.fetch(
        f"""/* sanctions.of_people */ select p.id as asked, {OF_S}
        from people p join sanctions s on s.person_id = coalesce(p.merged_into, p.id)
        where p.id = any($1) and not p.owner and s.network is null and s.session_id is null order by {HEAVIEST}""",
        person_ids,
    )
    found: dict[int, list[Sanction]] = {}
    for asked, *row in rows:
        found.setdefault(asked, []).append(Sanction(*row))
    return found


async def current(conn: Conn, now: datetime, kind: str | None = None) -> list[InForce]:
    """Who is kept out now, the newest first; of `kind` only, if that is given."""
    rows = await conn.fetch(
        f"""/* sanctions.current */ select p.name, p.username, p.discord_id, coalesce(b.name, '') as by_name,
            (select count(*)::integer from sanctions n
                where n.network is not null and (n.person_id = s.person_id or n.id = s.id) and n.kind = s.kind
                    and (n.until is null or n.until > $1)) as networks, {OF_S}
        from sanctions s left join people p on p.id = s.person_id left join people b on b.id = s.by_id
        where (s.until is null or s.until > $1) and ($2::text is null or s.kind = $2) and s.session_id is null
            and (s.network is null or s.person_id is null)
        order by s.id desc limit {LIST_MAX}""",
        now,
        kind,
    )
    return [
        InForce(Sanction(*row), name or "", username, discord_id, by_name, networks)
        for name, username, discord_id, by_name, networks, *row in rows
    ]


async def forget_ended(conn: Conn, now: datetime) -> int:
    """Deletes what is over, and what is about a session that is. Returns how many."""
    return len(
        await conn.fetch(
            """/* sanctions.forget_ended */ delete from sanctions s where s.until <= $1 or (s.session_id is not null
                and not exists (select from sessions where id = s.session_id)) returning 1""",
            now - ENDED_KEPT,
        )
    )
