"""Addresses and titles: what stands at an address is called, and what addresses a post ever had."""

from collections.abc import Sequence
from datetime import datetime

from db.store import Conn


async def titles(conn: Conn, slugs: Sequence[str], now: datetime) -> dict[str, str]:
    """By each address that a post or a page has or had; only of those that readers may see."""
    rows = await conn.fetch(
        """/* posts.titles */ select s.slug, p.title from slugs s join posts p on p.id = s.post_id
        where s.slug = any($1) and p.deleted_at is null and (
            p.state in ('published', 'unlisted') or (p.state = 'scheduled' and p.published_at <= $2)
        )""",
        slugs,
        now,
    )
    return {row["slug"]: row["title"] for row in rows}


async def kept_back(conn: Conn, now: datetime) -> set[str]:
    """Every slug of what nobody is told of: unlisted, or not out yet. Whoever knows one may know it."""
    rows = await conn.fetch(
        """/* posts.kept_back */ select s.slug from slugs s join posts p on p.id = s.post_id
        where p.state <> 'published' and not (p.state = 'scheduled' and p.published_at <= $1)""",
        now,
    )
    return {row["slug"] for row in rows}


async def addresses(conn: Conn, post_id: int) -> set[str]:
    """Every slug the post ever had."""
    rows = await conn.fetch("/* posts.addresses */ select slug from slugs where post_id = $1", post_id)
    return {row["slug"] for row in rows}
