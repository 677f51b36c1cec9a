"""What moderation keeps of somebody whose account ends: the cases stay, of nobody, and without their words; where they
were seen, what of theirs waited and by which names they were known goes. Used by _deleting.py, in its transaction.
"""

from datetime import datetime
from typing import Any

import msgspec

from db import held, media, mod_notices
from db.networks import LIFE
from db.people import Person
from db.store import Conn


def without(kept: Any, gone: set[str], name: str) -> Any:
    """JSON in which nothing but `name` stands for these names and ids; words that contain them stay."""
    if isinstance(kept, dict):
        return {key: without(value, gone, name) for key, value in kept.items()}
    if isinstance(kept, list):
        return [without(one, gone, name) for one in kept]
    return name if isinstance(kept, str | int) and not isinstance(kept, bool) and str(kept) in gone else kept


async def keep_kept_out(conn: Conn, person_id: int, network: bytes, now: datetime) -> None:
    """Who is kept out does not come back by deleting their account and signing in with Discord once more: for as long
    as a network is, at most 30 days, their Discord user is kept out, known by a keyed hash and nothing else. What
    Discord itself decided, it says again.
    """
    await conn.execute(
        """/* forgetting.keep_kept_out */ insert into sanctions (kind, created_at, until, origin, network)
        select kind, created_at, least(until, $4::timestamptz), origin, $2 from sanctions
        where person_id = $1 and network is null and session_id is null and origin <> 'discord'
            and (until is null or until > $3)""",
        person_id,
        network,
        now,
        now + LIFE,
    )


async def forget_moderation(conn: Conn, person: Person, name: str, now: datetime) -> None:
    """`name` is what they are called from here."""
    waiting = await conn.fetch(
        "/* forgetting.held */ select media from held where author_id = $1 and state = 'waiting'", person.id
    )
    await media.release(conn, [one for row in waiting for one in row["media"]], now)
    await held.drop_of(conn, [person.id], now)
    await conn.execute("/* forgetting.dropped */ delete from held where author_id = $1", person.id)
    await conn.execute(
        """/* forgetting.doings */ with seen as (
            delete from sightings where person_id = $1
        ), raided as (
            delete from raid_people where person_id = $1
        ), held_by as (
            update held set decided_by = null where decided_by = $1
        ), ruled as (
            update filters set added_by = null where added_by = $1
        ), ended as (
            update raids set ended_by = null where ended_by = $1
        ), named as (
            update moderator_roles set added_by = null where added_by = $1
        ), kept_out as (
            update sanctions set by_id = null where by_id = $1
        ), timed as (
            update timeouts set wanted_until = null, next_at = $3
            where discord_id = (select discord_id from people where id = $1) and not exists (
                select from sanctions where person_id = $1 and origin <> 'discord' and (until is null or until > $3))
        ) update reports set decided_by = null, decided_name = $2 where decided_by = $1""",
        person.id,
        name,
        now,
    )
    await _leave_cases(conn, person, name)


async def tell_moderators_anew(conn: Conn, person_id: int, now: datetime) -> None:
    """What the moderators' channel shows of them, or by them, it has to show anew; to be called while the rows still
    say which that is, in the transaction in which they cease to.
    """
    theirs = await conn.fetchrow(
        """/* forgetting.shown */ select
            array(select id from cases where $1 in (person_id, by_id)) as cases,
            array(select id from held where $1 in (author_id, decided_by)) as held,
            array(select id from reports where $1 in (reporter_id, reported_id, decided_by)) as reports""",
        person_id,
    )
    assert theirs
    await mod_notices.renew(conn, "case", theirs["cases"], now)
    await mod_notices.renew(conn, "held", theirs["held"], now)
    await mod_notices.renew(conn, "report", theirs["reports"], now)


async def _leave_cases(conn: Conn, person: Person, name: str) -> None:
    """Cases about them lose who it was and what they said; those that they opened say that a former member did."""
    await conn.execute(
        """/* forgetting.own_cases */ update cases set person_id = null, person_name = '', evidence = null
        where person_id = $1""",
        person.id,
    )
    await conn.execute(
        "/* forgetting.opened_cases */ update cases set by_id = null, by_name = $2 where by_id = $1", person.id, name
    )
    names = (person.name, person.username, f"@{person.username}", person.discord_id)
    gone = {str(one) for one in names if one}
    rows = await conn.fetch(
        """/* forgetting.cases_naming */ select id, evidence, details from cases
        where exists (select from unnest($1::text[]) as one
            where strpos(coalesce(evidence::text, '') || details::text, one) > 0)""",
        [msgspec.json.encode(one).decode()[1:-1] for one in gone],  # as it stands within JSON
    )
    for row in rows:
        await conn.execute(
            "/* forgetting.case */ update cases set evidence = $2, details = $3 where id = $1",
            row["id"],
            without(row["evidence"], gone, name),
            without(row["details"], gone, name),
        )
