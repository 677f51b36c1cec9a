"""What the site remembers about itself between starts, as small JSON values by key."""

from typing import Any

from db.store import Conn

# Queries


async def get(conn: Conn, key: str) -> Any:
    """The value kept under the key, or None."""
    return await conn.fetchval("/* settings.get */ select value from settings where key = $1", key)


async def keep(conn: Conn, key: str, value: Any) -> None:
    await conn.execute(
        """/* settings.keep */ insert into settings (key, value) values ($1, $2)
        on conflict (key) do update set value = excluded.value, updated_at = now()""",
        key,
        value,
    )
