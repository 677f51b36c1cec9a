"""How many posts there are to read: all, of an author, with a tag, in a year; and which tags and years there are.

The table post_counts, which the database keeps by itself, holds how many are published. A scheduled post whose time
has come is there for readers before it is published, and one of a day to come is not: these few are looked up.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from db.posts._shape import Tag, Year
from db.store import Conn

# `$1` is now; `n` is what the post adds to what is kept.
LATE = """select author_id, tags, published_at, 1 as n from posts
            where kind = 'post' and deleted_at is null and state = 'scheduled' and published_at <= $1
        union all select author_id, tags, published_at, -1 from posts
            where kind = 'post' and deleted_at is null and state in ('published', 'scheduled') and published_at > $1
                and state = 'published'"""
LAST_YEAR = 9998


# Rules


def bounds(year: int, zone: str) -> tuple[datetime, datetime]:
    """When a year begins in this zone, and the next one; for one that no calendar has, something near it."""
    first = min(max(year, 1), LAST_YEAR)
    return datetime(first, 1, 1, tzinfo=ZoneInfo(zone)), datetime(first + 1, 1, 1, tzinfo=ZoneInfo(zone))


# Queries


async def count(
    conn: Conn,
    now: datetime,
    *,
    tag: str | None = None,
    year: int | None = None,
    author_id: int | None = None,
    zone: str = "UTC",
) -> int:
    """All; or those with this tag, or else of this year, or else of this author."""
    if year is not None:
        return await _count_year(conn, now, year, zone)
    kind, name = (
        ("tag", tag) if tag is not None else ("author", str(author_id)) if author_id is not None else ("all", "")
    )
    number: int = await conn.fetchval(
        f"""/* posts.count */ with late as ({LATE})
        select coalesce((select sum(posts) from post_counts where kind = $2 and name = $3), 0)
            + coalesce((select sum(n) from late where case $2
                when 'tag' then tags @> array[$3] when 'author' then author_id::text = $3 else true end), 0)""",
        now,
        kind,
        name,
    )
    return number


async def _count_year(conn: Conn, now: datetime, year: int, zone: str) -> int:
    start, end = bounds(year, zone)
    number: int = await conn.fetchval(
        """/* posts.count_year */ select count(*) from posts
        where kind = 'post' and deleted_at is null and state in ('published', 'scheduled') and published_at <= $1
            and published_at >= $2 and published_at < $3""",
        now,
        start,
        end,
    )
    return number


async def tags(conn: Conn, now: datetime) -> list[Tag]:
    """Those that most posts carry first."""
    rows = await conn.fetch(
        f"""/* posts.tags */ with late as ({LATE}), every as (
            select name, posts as n from post_counts where kind = 'tag'
            union all select tag, n from late cross join lateral (select distinct unnest(tags) as tag) as its
        ) select name, sum(n)::integer as count from every group by name having sum(n) > 0 order by count desc, name""",
        now,
    )
    return [Tag(**row) for row in rows]


async def years(conn: Conn, now: datetime, *, zone: str = "UTC") -> list[Year]:
    """The newest first. Kept are those of UTC; what came out in the hours between the two turns of a year is moved.
    `offset 0` has these hours looked up one after the other.
    """
    rows = await conn.fetch(
        f"""/* posts.years */ with late as ({LATE}), kept as materialized (
            select name::integer as year, sum(posts) as n from post_counts where kind = 'year' group by name
        ), turns as (
            select make_timestamptz(year, 1, 1, 0, 0, 0, 'UTC') as here,
                make_timestamptz(year, 1, 1, 0, 0, 0, $2) as there
            from (select year from kept union select year + 1 from kept) as known
        ), between_them as (
            select p.published_at from turns t cross join lateral (
                select published_at from posts
                where kind = 'post' and deleted_at is null and state in ('published', 'scheduled')
                    and published_at >= least(here, there) and published_at < greatest(here, there)
                    and state = 'published'
                offset 0
            ) as p where here <> there
        ), every as (
            select year, n from kept
            union all select extract(year from published_at at time zone $2), n from late
            union all select extract(year from published_at at time zone $2), 1 from between_them
            union all select extract(year from published_at at time zone 'UTC'), -1 from between_them
        ) select year::integer as year, sum(n)::integer as count from every
        group by every.year having sum(n) > 0 order by every.year desc""",
        now,
        zone,
    )
    return [Year(**row) for row in rows]
