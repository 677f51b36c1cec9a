"""Noticing a raid: new names are counted where they are taken, in PostgreSQL, so over all processes."""

from datetime import datetime, timedelta

from db import cases, floods, mod_notices
from db.config import Mod
from db.events import ModNoticeDue, RoomChanged
from db.people import Person
from db.store import Conn, Store

FADED = timedelta(days=1)

# Queries


async def newcomers_since(conn: Conn, now: datetime, period: timedelta) -> int:
    """How many came within the period; what came before the last raid ended is that raid's."""
    count: int = await conn.fetchval(
        """/* raids.newcomers_since */ select count(*) from newcomers
        where at > greatest($1, (select max(ended_at) from raids))""",
        now - period,
    )
    return count


# Acts


async def note_newcomer(store: Store, person: Person, now: datetime, *, is_silent: bool = False) -> None:
    """Somebody took a name here for the first time. Who `is_silent` has only liked something, under a name that was
    given to them: many may do so at once, and they count when they first speak.
    """
    await store.pool.execute(
        """/* raids.note_newcomer */ with faded as (delete from newcomers where at < $3)
        insert into newcomers (person_id, at) values ($1, $2) on conflict do nothing""",
        person.id,
        None if is_silent else now,
        now - FADED,
    )
    if not is_silent:
        await _count(store, person, now)


async def note_words(store: Store, person: Person, now: datetime) -> None:
    """They say something: who was silent so far comes now. Asked once of each in every process."""
    if person.id in store.alarms.heard:
        return
    came = await store.pool.fetchval(
        "/* raids.note_words */ update newcomers set at = $2 where person_id = $1 and at is null returning true",
        person.id,
        now,
    )
    if came:
        await _count(store, person, now)
    store.alarms.hear(person.id)


async def _count(store: Store, person: Person, now: datetime) -> None:
    """Of several who come at once the last one counted sees them all."""
    raid_id = await _join(store.pool, person.id)
    limits = store.config.mod
    period = timedelta(seconds=limits.raid_period)
    if raid_id is None and await newcomers_since(store.pool, now, period) >= limits.raid_names:
        await _begin(store, now, period)
    elif raid_id and raid_id != store.alarms.raid_id:
        await floods.load(store)


async def _join(conn: Conn, person_id: int) -> int | None:
    """They came with the raid that goes on, if one does; returns its id."""
    raid_id: int | None = await conn.fetchval(
        """/* raids.join */ with joined as (
            insert into raid_people (raid_id, person_id) select id, $1 from raids where ended_at is null
            on conflict do nothing
        ) select id from raids where ended_at is null""",
        person_id,
    )
    return raid_id


async def _begin(store: Store, now: datetime, period: timedelta) -> None:
    async with store.pool.acquire() as conn, conn.transaction():
        raid_id = await _open(conn, now)
        if raid_id:
            await _collect(conn, raid_id, now, period)
            await _put_on_record(conn, store.config.mod, raid_id, now)
    await floods.load(store)
    if raid_id:
        await _collect(store.pool, raid_id, now, period)  # who came while nobody could see the raid yet
        store.live.announce(RoomChanged())
        store.live.announce(ModNoticeDue())


async def _open(conn: Conn, now: datetime) -> int | None:
    """None where another process was quicker."""
    raid_id: int | None = await conn.fetchval(
        """/* raids.open */ insert into raids (started_at) values ($1)
        on conflict do nothing returning id""",
        now,
    )
    return raid_id


async def _collect(conn: Conn, raid_id: int, now: datetime, period: timedelta) -> None:
    """Who came in the minute in which it was noticed came with it."""
    await conn.execute(
        """/* raids.collect */ insert into raid_people (raid_id, person_id)
        select $1, person_id from newcomers
        where at > greatest($2, (select max(ended_at) from raids)) on conflict do nothing""",
        raid_id,
        now - period,
    )


async def _put_on_record(conn: Conn, limits: Mod, raid_id: int, now: datetime) -> None:
    """The notice with the buttons is its line in the moderators' channel: it gets no second one."""
    number = await cases.open_case(
        conn,
        "raid",
        None,
        now,
        rule=f"{limits.raid_names} new names within {limits.raid_period} s",
        details={"raid": raid_id},
        hidden=True,
        is_told=False,
    )
    await conn.execute("/* raids.name_case */ update raids set case_id = $2 where id = $1", raid_id, number)
    await mod_notices.tell(conn, "raid", raid_id, now)
