"""The sitemap of a large blog: where each of its files begins, and the pictures of its posts."""

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


async def sitemap_pictures(conn: Conn, post_ids: list[int]) -> dict[int, list[str]]:
    """The paths of the pictures that these posts show, covers among them; none for a post without."""
    rows = await conn.fetch(
        """/* posts.sitemap_pictures */ select p.id,
            array_agg('/media/' || m.id || '/full.' || m.ext order by m.id) as paths
        from posts p cross join lateral (
            select p.cover as media_id
            union select s.media_id from post_pictures s where s.post_id = p.id and strpos(p.html, s.media_id) > 0
        ) shown join media m on m.id = shown.media_id
        where p.id = any($1) and m.released_at is null group by p.id""",
        post_ids,
    )
    return {row["id"]: row["paths"] for row in rows}
