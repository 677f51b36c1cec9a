"""The sitemap of a large blog: where each of its files begins."""

from datetime import datetime

from db.store import Conn


async def sitemap_marks(conn: Conn, now: datetime, size: int) -> list[int]:
    """The ids after which each file of at most `size` posts and pages begins; the first is 0, and always there."""
    rows = await conn.fetch(
        """/* posts.sitemap_marks */ select id from (
            select p.id, row_number() over (order by p.id) as place, count(*) over () as total from posts p
            where p.deleted_at is null and p.state in ('published', 'scheduled') and p.published_at <= $1
        ) as numbered where place % $2 = 0 and place < total order by id""",
        now,
        size,
    )
    return [0, *(row["id"] for row in rows)]
