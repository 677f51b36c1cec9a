"""Whether anything of the blog is another than it was: for who keeps what was drawn of it and may have missed news."""

from db.store import Conn


async def version(conn: Conn) -> str:
    """Another text after anything has changed that readers see: a post, its comments, who wrote it, a project.

    A row that was changed has another `xmin` (PostgreSQL, 5.6 'System Columns'). Takes some milliseconds with 10,000
    posts.
    """
    rows = await conn.fetchrow(
        """/* posts.version */ select
            (select (count(*), sum(xmin::text::bigint), max(xmin::text::bigint))::text from posts) as posts,
            (select (count(*), sum(seq), max(xmin::text::bigint))::text from rooms where kind = 'comments') as rooms,
            (select (count(*), sum(xmin::text::bigint))::text from projects) as projects,
            (select (count(*), sum(xmin::text::bigint))::text from people
                where id in (select author_id from posts)) as people"""
    )
    assert rows
    return " ".join(rows.values())
