"""Panic: a moderator lets only those write who have done so before, until it is lifted."""

from datetime import datetime

from db import cases, moderators
from db.events import ModNoticeDue, RoomChanged
from db.floods._alarms import PANIC, load
from db.moderators import By
from db.store import Conn, Store


async def panic(store: Store, by: By, on: bool, now: datetime) -> int:
    """From here, or no longer, people who had not spoken before only read. Survives restarts. Returns the number of the
    case, of the present one where it is so already, and 0 where there never was a panic.

    Raises Forbidden (`forbidden`).
    """
    async with store.pool.acquire() as conn, conn.transaction():
        await moderators.check(conn, by)
        is_news = await _switch(conn, on, now)
        if is_news:
            number = await cases.open_case(conn, "panic", by, now, details={"on": on})
            await conn.execute(
                """/* floods.name_case */ update settings set value = value || jsonb_build_object('case', $2::bigint)
                where key = $1""",
                PANIC,
                number,
            )
    await load(store)
    if is_news:
        store.live.announce(RoomChanged())
        store.live.announce(ModNoticeDue())
        return number
    return await _number(store.pool)


async def _switch(conn: Conn, on: bool, now: datetime) -> bool:
    """Whether it was otherwise before; two who do it at once do it once."""
    if on:
        made: bool | None = await conn.fetchval(
            """/* floods.begin_panic */ insert into settings (key, value) values ($1, $2)
            on conflict (key) do update set value = excluded.value, updated_at = now()
            where settings.value ->> 'since' is null returning true""",
            PANIC,
            {"since": now.isoformat()},
        )
    else:
        made = await conn.fetchval(
            """/* floods.end_panic */ update settings set value = value - 'since', updated_at = now()
            where key = $1 and value ->> 'since' is not null returning true""",
            PANIC,
        )
    return bool(made)


async def _number(conn: Conn) -> int:
    number: int | None = await conn.fetchval(
        "/* floods.number */ select (value ->> 'case')::bigint from settings where key = $1", PANIC
    )
    return number or 0
