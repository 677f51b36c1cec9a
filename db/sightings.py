"""Sightings: under which names and from which networks, as keyed hashes, people were here lately. So that who is kept
out does not come back by the next door, and a moderator can see whom they have before them. They fade after 30 days.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from db import cases, people, sanctions
from db.cases import Case
from db.errors import AWAY
from db.names import clean_name
from db.networks import LIFE, network_hash
from db.people import LITERAL, SEARCH_MAX, Person
from db.sanctions import Sanction
from db.store import Conn, Store

EVERY = timedelta(minutes=10)  # noting each word would cost a write for each
KEPT = 10_000  # people and networks whose last note is remembered
SIGNS = 5_000  # of each kind, the newest, by which people were here lately
CASES = 10
SAME_MAX = 25
HASH_SHOWN = 8  # hex digits: enough to see that two are the same


@dataclass(frozen=True, slots=True)
class Seen:
    """Somebody who was here lately. `source` is where their name comes from, `web` or `discord`."""

    person_id: int
    name: str
    source: str
    username: str | None
    last_at: datetime


@dataclass(frozen=True, slots=True)
class History:
    """What moderators may know of somebody. `names` are all they used, the latest first; `networks` the beginnings of
    keyed hashes; `cases` the latest ten; `same_network` other people who were seen where they were.
    """

    person: Person
    names: list[str]
    networks: list[str]
    first_at: datetime
    last_at: datetime
    messages: int
    comments: int
    reports_by: int
    reports_about: int
    cases: list[Case]
    cases_count: int
    username: str | None
    discord_id: int | None
    sanction: Sanction | None
    same_network: list[Seen]


# Queries


async def seen_lately(conn: Conn, text: str, limit: int = 25) -> list[Seen]:
    """Who was here or spoke lately and is, or was, called so: whose name begins so first, then the latest. Without any
    words the latest.
    """
    asked = LITERAL.sub(r"\\\g<0>", clean_name(text).removeprefix("@").strip()[:SEARCH_MAX].lower())
    rows = await conn.fetch(
        f"""/* sightings.seen_lately */ with lately as (
            select person_id, max(last_at) as last_at from (
                (select person_id, last_at from sightings order by last_at desc limit {SIGNS})
                union all (select person_id, seen_at from sessions where person_id is not null
                    order by seen_at desc limit {SIGNS})
                union all (select author_id, created_at from messages order by id desc limit {SIGNS})
            ) as signs group by person_id
        ) select p.id, p.name, case when p.discord_id is null then 'web' else 'discord' end, p.username, l.last_at
        from lately l join people p on p.id = l.person_id
        where p.merged_into is null and ($1 = '' or lower(p.name) like '%' || $1 || '%' or p.username like $1 || '%'
            or exists (select from names_used n where n.person_id = p.id and lower(n.name) like '%' || $1 || '%'))
        order by (lower(p.name) like $1 || '%' or coalesce(p.username like $1 || '%', false)) desc, l.last_at desc,
            p.id limit $2""",
        asked,
        limit,
    )
    return [Seen(*row) for row in rows]


async def history(conn: Conn, person_id: int, now: datetime) -> History | None:
    """None for nobody; for the number of an emptied row that of who they are now."""
    row = await conn.fetchrow(
        f"""/* sightings.history */ select {people.OF_P}, p.created_at as came_at,
            (select array_agg(n.name order by n.last_at desc, n.name) from names_used n where n.person_id = p.id)
                as names,
            (select array_agg(left(encode(s.network, 'hex'), {HASH_SHOWN}) order by s.last_at desc) from sightings s
                where s.person_id = p.id) as networks,
            (select max(s.last_at) from sightings s where s.person_id = p.id) as sighted_at,
            (select max(s.seen_at) from sessions s where s.person_id = p.id) as seen_at,
            (select max(m.created_at) from messages m where m.author_id = p.id) as spoke_at,
            (select count(*) from messages m where m.author_id = p.id and m.deleted_at is null) as messages,
            (select count(*) from comments c where c.author_id = p.id and c.state <> 'deleted') as comments,
            (select count(*) from reports r where r.reporter_id = p.id) as reports_by,
            (select count(*) from reports r where r.reported_id = p.id) as reports_about,
            (select count(*) from cases c where c.person_id = p.id) as cases
        from people p where p.id = (select coalesce(merged_into, id) from people where id = $1)""",
        person_id,
    )
    if row is None:
        return None
    person = Person(*row[: len(people.COLUMNS.split(","))])
    signs = [one for one in (row["came_at"], row["sighted_at"], row["seen_at"], row["spoke_at"]) if one]
    return History(
        person,
        row["names"] or [person.name],
        row["networks"] or [],
        row["came_at"],
        max(signs),
        row["messages"],
        row["comments"],
        row["reports_by"],
        row["reports_about"],
        await cases.latest(conn, person_id=person.id, limit=CASES),
        row["cases"],
        person.username,
        person.discord_id,
        await sanctions.of_person(conn, person.id, now),
        await _same_network(conn, person.id),
    )


async def _same_network(conn: Conn, person_id: int) -> list[Seen]:
    rows = await conn.fetch(
        f"""/* sightings.same_network */ select p.id, p.name, case when p.discord_id is null then 'web' else 'discord'
            end, p.username, max(o.last_at)
        from sightings s join sightings o on o.network = s.network and o.person_id <> s.person_id
        join people p on p.id = o.person_id where s.person_id = $1
        group by p.id order by max(o.last_at) desc limit {SAME_MAX}""",
        person_id,
    )
    return [Seen(*row) for row in rows]


async def forget(conn: Conn, now: datetime) -> int:
    """Deletes sightings of 30 days ago. Returns how many."""
    return len(
        await conn.fetch(
            "/* sightings.forget */ delete from sightings where last_at <= $1 returning 1",
            now - LIFE,
        )
    )


# Acts


async def note(store: Store, person_id: int, network: str, now: datetime) -> None:
    """Notes that they were here, from this network (an address or a /64), at most every ten minutes. A network that
    many share is not kept. Never in the way: with the database away nothing is noted.
    """
    hashed = network_hash(store.secret_key, network)
    if hashed is None:
        return
    key, last = (person_id, hashed), store.sighted.get((person_id, hashed))
    if last is not None and abs(now - last) < EVERY:
        return
    if len(store.sighted) >= KEPT:
        store.sighted.clear()
    store.sighted[key] = now
    try:
        await store.pool.execute(
            """/* sightings.note */ insert into sightings (person_id, network, first_at, last_at)
            select coalesce(merged_into, id), $2, $3, $3 from people where id = $1
            on conflict (person_id, network) do update set last_at = greatest(sightings.last_at, excluded.last_at)""",
            person_id,
            hashed,
            now,
        )
        if sanctions.in_force(store, person_id, now):
            await sanctions.cover(store, person_id, hashed, now)
    except AWAY:
        with suppress(KeyError):
            del store.sighted[key]
