"""Reading one post: by its id, by an address it has or had, and as it was saved before; and what a writer may edit."""

import re
from datetime import datetime

from db.people import LITERAL, Person
from db.posts._rows import ENTRY, JOINS, TABLES, WHOLE, entry_from, post_from
from db.posts._rules import check_own
from db.posts._shape import Entry, Gone, Moved, Post, Revision, Save
from db.store import Conn

SLUG = re.compile(r"[a-z0-9-]{1,100}")  # anything else people type into an address, PostgreSQL may not even take
WORDS_MAX = 100  # characters of what is typed into a choice of posts that count
NEARLY_MIN = 4  # letters; with fewer everything is like everything
SAVE = """v.number, v.slug, v.title, v.summary, v.tags, v.cover, v.cover_alt, coalesce(b.name, '') as by, v.source,
    v.created_at, v.body = '' as is_empty"""


async def get(conn: Conn, post_id: int) -> Post | None:
    """In whatever state, but deleted; whether somebody may read it is the caller's to ask."""
    row = await conn.fetchrow(
        f"/* posts.get */ select {WHOLE} from {TABLES} where p.id = $1 and p.deleted_at is null", post_id
    )
    return post_from(row) if row else None


async def by_slug(conn: Conn, slug: str) -> Post | None:
    """The post that has this address now, in whatever state, but deleted; None as well for what is no address."""
    if not SLUG.fullmatch(slug):
        return None
    row = await conn.fetchrow(
        f"/* posts.by_slug */ select {WHOLE} from {TABLES} where p.slug = $1 and p.deleted_at is null", slug
    )
    return post_from(row) if row else None


async def find(conn: Conn, slug: str, *, now: datetime | None = None) -> Post | Moved | Gone | None:
    """What is to be found under an address: a post in whatever state, where one went that readers may see, or that it
    is deleted.
    """
    post = await by_slug(conn, slug)
    if post is not None or not SLUG.fullmatch(slug):
        return post
    row = await conn.fetchrow(
        """/* posts.find */ select p.slug, p.kind, p.deleted_at is not null as gone,
            p.state in ('published', 'unlisted') or (p.state = 'scheduled' and p.published_at <= coalesce($2, now()))
                as is_out
        from slugs s join posts p on p.id = s.post_id where s.slug = $1""",
        slug,
        now,
    )
    if row is None:
        return None
    if row["gone"]:
        return Gone()
    return Moved(row["slug"], row["kind"]) if row["is_out"] else None


async def locked(conn: Conn, post_id: int) -> Post | None:
    """The post as it is now, and nobody changes it until the transaction ends."""
    await conn.execute("/* posts.lock */ select from posts where id = $1 for no key update", post_id)
    return await get(conn, post_id)


async def own(conn: Conn, person: Person, post_id: int) -> Post:
    """A post that this person may edit. Raises NotFound."""
    return check_own(person, await get(conn, post_id))


async def own_locked(conn: Conn, person: Person, post_id: int) -> Post:
    """Likewise, and nobody else changes it until the transaction ends."""
    return check_own(person, await locked(conn, post_id))


def _mine(person: Person) -> str:
    """Which posts this person may edit; `$1` is their id."""
    return "$1::bigint is not null" if person.owner else "p.author_id = $1"


async def drafts_of(conn: Conn, person: Person, *, limit: int = 1000, offset: int = 0) -> list[Entry]:
    """What this person may edit, in every state, what was edited last first."""
    rows = await conn.fetch(
        f"""/* posts.drafts_of */ with page as (
            select p.id from posts p where {_mine(person)} and p.deleted_at is null
            order by p.updated_at desc, p.id desc limit $2 offset $3
        ) select {ENTRY} from page join posts p on p.id = page.id {JOINS} order by p.updated_at desc, p.id desc""",
        person.id,
        limit if person.may_write_posts else 0,
        offset,
    )
    return [entry_from(row) for row in rows]


async def suggest(conn: Conn, person: Person, words: str, limit: int = 25) -> list[Entry]:
    """Posts that this person may edit whose title or address has these words in it, or from four letters on nearly;
    what was edited last first.
    """
    asked = words.strip().lower()[:WORDS_MAX]
    if not asked:
        return await drafts_of(conn, person, limit=limit)
    nearly = "or $2 <% (lower(p.title) || ' ' || p.slug)" if len(asked) >= NEARLY_MIN else ""
    rows = await conn.fetch(
        f"""/* posts.suggest */ with found as (
            select p.id, lower(p.title) || ' ' || p.slug like $3 as is_in, $2::text from posts p
            where {_mine(person)} and p.deleted_at is null and (lower(p.title) || ' ' || p.slug like $3 {nearly})
            order by is_in desc, p.updated_at desc, p.id desc limit $4
        ) select {ENTRY} from found f join posts p on p.id = f.id {JOINS}
        order by f.is_in desc, p.updated_at desc, p.id desc""",
        person.id,
        asked,
        "%" + LITERAL.sub(r"\\\g<0>", asked) + "%",
        limit if person.may_write_posts else 0,
    )
    return [entry_from(row) for row in rows]


async def revisions(conn: Conn, post_id: int) -> list[Save]:
    """All saves, the newest first. Their texts are left where they are: together they may be very long."""
    rows = await conn.fetch(
        f"""/* posts.revisions */ select {SAVE} from revisions v left join people b on b.id = v.person_id
        where v.post_id = $1 order by v.number desc""",
        post_id,
    )
    return [Save(**{**row, "tags": tuple(row["tags"])}) for row in rows]


async def revision(conn: Conn, post_id: int, number: int) -> Revision | None:
    row = await conn.fetchrow(
        f"""/* posts.revision */ select {SAVE}, v.body from revisions v left join people b on b.id = v.person_id
        where v.post_id = $1 and v.number = $2""",
        post_id,
        number,
    )
    return Revision(**{**row, "tags": tuple(row["tags"])}) if row else None


async def liked_by(conn: Conn, post_id: int, person_id: int) -> bool:
    found: bool = await conn.fetchval(
        "/* posts.liked_by */ select exists (select from post_likes where post_id = $1 and person_id = $2)",
        post_id,
        person_id,
    )
    return found
