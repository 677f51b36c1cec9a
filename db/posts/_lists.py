"""Posts as readers find them: the list, what stands beside a post, feeds and the sitemap."""

from dataclasses import dataclass, field
from datetime import datetime

from db.posts._counts import bounds
from db.posts._rows import ENTRY, JOINS, TABLES, WHOLE, entry_from, post_from
from db.posts._shape import Entry, Post, Standing
from db.store import Conn

# A post that has come out and is listed; `$1` is now. What names all of it may use the indexes made for it.
OUT = """p.kind = 'post' and p.deleted_at is null and p.state in ('published', 'scheduled') and p.published_at <= $1"""
NEWEST = "p.published_at desc, p.id desc"
PINNED = f"p.pinned desc, {NEWEST}"
BACKWARDS = {NEWEST: "p.published_at, p.id", PINNED: "p.pinned, p.published_at, p.id"}
ALIKE = 200  # of the posts with a tag in common, only the newest are looked at


@dataclass(slots=True)
class _Choice:
    """Which posts, as a condition and its values. `is_all`: nothing narrows it."""

    values: list[object]
    conditions: list[str] = field(default_factory=lambda: [OUT])

    @property
    def where(self) -> str:
        return " and ".join(self.conditions)

    @property
    def is_all(self) -> bool:
        return len(self.conditions) == 1

    def add(self, condition: str, *values: object) -> None:
        numbers = range(len(self.values) + 1, len(self.values) + len(values) + 1)
        self.conditions.append(condition.format(*(f"${number}" for number in numbers)))
        self.values += values


def _chosen(now: datetime, tag: str | None, year: int | None, author_id: int | None, zone: str) -> _Choice:
    choice = _Choice([now])
    if tag is not None:
        choice.add("p.tags @> array[{}::text]", tag)
    if year is not None:
        choice.add("p.published_at >= {} and p.published_at < {}", *bounds(year, zone))
    if author_id is not None:
        choice.add("p.author_id = {}", author_id)
    return choice


async def listed(
    conn: Conn,
    now: datetime,
    limit: int,
    *,
    offset: int = 0,
    total: int = 0,
    tag: str | None = None,
    year: int | None = None,
    author_id: int | None = None,
    zone: str = "UTC",
    pins: bool = True,
) -> list[Entry]:
    """Posts that came out, the newest first, and before them the pinned ones where nothing narrows the list and `pins`
    are wanted. `year` is one of `zone`, the site's time zone. Who tells how many there are in `total` gets the last of
    them as soon as the first: what is nearer to the end is read from there.
    """
    choice = _chosen(now, tag, year, author_id, zone)
    order = found_in = PINNED if pins and choice.is_all else NEWEST
    if 2 * offset > total > 0:
        limit = max(0, min(limit, total - offset))
        offset, found_in = max(0, total - offset - limit), BACKWARDS[order]
    count = len(choice.values)
    rows = await conn.fetch(
        f"""/* posts.listed */ with page as (
            select p.id from posts p where {choice.where} order by {found_in} limit ${count + 1} offset ${count + 2}
        ) select {ENTRY} from page join posts p on p.id = page.id {JOINS} order by {order}""",
        *choice.values,
        limit,
        offset,
    )
    return [entry_from(row) for row in rows]


async def standing(conn: Conn, now: datetime, limit: int = 6) -> list[Standing]:
    """Pages such as `/about` that everybody may find, by their titles."""
    rows = await conn.fetch(
        """/* posts.standing */ select slug, title from posts
        where kind = 'page' and deleted_at is null and state in ('published', 'scheduled') and published_at <= $1
        order by lower(title), id limit $2""",
        now,
        limit,
    )
    return [Standing(**row) for row in rows]


async def neighbours(conn: Conn, post: Entry, now: datetime) -> tuple[Entry | None, Entry | None]:
    """The post before this one and the one after it, as they came out."""
    rows = await conn.fetch(
        f"""/* posts.neighbours */ with beside as (
            (select p.id, false as later from posts p where {OUT} and (p.published_at, p.id) < ($2, $3)
                order by p.published_at desc, p.id desc limit 1)
            union all
            (select p.id, true from posts p where {OUT} and (p.published_at, p.id) > ($2, $3)
                order by p.published_at, p.id limit 1)
        ) select b.later, {ENTRY} from beside b join posts p on p.id = b.id {JOINS}""",
        now,
        post.published_at,
        post.id,
    )
    found = {row["later"]: entry_from(row) for row in rows}
    return found.get(False), found.get(True)


async def related(conn: Conn, post: Entry, now: datetime, limit: int = 3) -> list[Entry]:
    """Posts that share most tags with this one, the newest first among equals."""
    rows = await conn.fetch(
        f"""/* posts.related */ with alike as (
            select p.id, p.tags, p.published_at from posts p where {OUT} and p.tags && $2 and p.id <> $3
            order by {NEWEST} limit {ALIKE}
        ), nearest as (
            select id, (select count(*) from unnest(tags) as tag where tag = any($2)) as shared from alike
            order by shared desc, published_at desc, id desc limit $4
        ) select {ENTRY} from nearest n join posts p on p.id = n.id {JOINS} order by n.shared desc, {NEWEST}""",
        now,
        list(post.tags),
        post.id,
        limit if post.tags else 0,
    )
    return [entry_from(row) for row in rows]


async def for_feed(conn: Conn, now: datetime, limit: int, tag: str | None = None) -> list[Post]:
    """The newest posts, whole."""
    choice = _chosen(now, tag, None, None, "UTC")
    rows = await conn.fetch(
        f"""/* posts.for_feed */ select {WHOLE} from {TABLES} where {choice.where}
        order by {NEWEST} limit ${len(choice.values) + 1}""",
        *choice.values,
        limit,
    )
    return [post_from(row) for row in rows]


async def sitemap(conn: Conn, now: datetime, after_id: int, limit: int) -> list[Entry]:
    """Posts and pages that may be found, in the order of their ids, from the one after `after_id`."""
    rows = await conn.fetch(
        f"""/* posts.sitemap */ select {ENTRY} from {TABLES}
        where p.deleted_at is null and p.state in ('published', 'scheduled') and p.published_at <= $1 and p.id > $2
        order by p.id limit $3""",
        now,
        after_id,
        limit,
    )
    return [entry_from(row) for row in rows]


async def next_due(conn: Conn, now: datetime) -> datetime | None:
    """When the next scheduled post comes out; None when nothing is scheduled."""
    due: datetime | None = await conn.fetchval(
        """/* posts.next_due */ select min(published_at) from posts
        where state = 'scheduled' and deleted_at is null and published_at > $1""",
        now,
    )
    return due
