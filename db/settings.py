"""What the site remembers about itself between starts, as small JSON values by key."""

from typing import Any

from db.store import Conn

# Queries


async def get(conn: Conn, key: str) -> Any:
    """The value kept under the key, or None."""
    return await conn.fetchval("/* settings.get */ select value from settings where key = $1", key)


async def claim(conn: Conn, key: str, seen: int) -> bool:
    """Puts 0 under the key for whoever is about to put a number there, if it still holds what was `seen` (0 for
    nothing). One of several at a time gets it; a claim of which nothing came is good for two minutes.
    """
    claimed: bool | None = await conn.fetchval(
        """/* settings.claim */ insert into settings (key, value) values ($1, '0')
        on conflict (key) do update set value = '0', updated_at = now()
        where settings.value = $2 and (settings.value <> '0' or settings.updated_at < now() - interval '2 minutes')
        returning true""",
        key,
        seen,
    )
    return bool(claimed)


async def give_up(conn: Conn, key: str) -> None:
    """Nothing came of the claim."""
    await conn.execute("/* settings.give_up */ delete from settings where key = $1 and value = '0'", key)


async def keep(conn: Conn, key: str, value: Any) -> None:
    await conn.execute(
        """/* settings.keep */ insert into settings (key, value) values ($1, $2)
        on conflict (key) do update set value = excluded.value, updated_at = now()""",
        key,
        value,
    )
