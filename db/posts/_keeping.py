"""Writing a post's row: everything that was typed, as one more revision. Inside the transactions of the acts."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from db.posts import _pictures as pictures
from db.posts import _queries as queries
from db.posts import _slugs as slugs
from db.posts._printing import Print, keep_print
from db.posts._rules import draft_of, shown
from db.posts._shape import BadDraft, Draft, Post
from db.store import Conn

ONE_SITTING = timedelta(minutes=10)  # of a draft that saves itself leave one revision
TAKEN = "Another post has that address, or had it once. Please choose another one."


@dataclass(frozen=True, slots=True)
class Saving:
    """Who saves, through which door, and when; `by_itself` while they go on writing."""

    person_id: int
    source: str
    now: datetime
    by_itself: bool = False


async def add(conn: Conn, author_id: int, draft: Draft, fresh: Print, saving: Saving) -> Post:
    """A new post. Raises BadDraft."""
    await slugs.lock(conn)
    post_id: int = await conn.fetchval("/* posts.next_id */ select nextval(pg_get_serial_sequence('posts', 'id'))")
    slug = await _choose_slug(conn, post_id, draft, "")
    await conn.execute(
        """/* posts.add */ insert into posts (id, slug, author_id, title, body, created_at, updated_at)
        overriding system value values ($1, $2, $3, $4, '', $5, $5)""",
        post_id,
        slug,
        author_id,
        draft.title,
        saving.now,
    )
    await _keep(conn, post_id, draft, slug, 1, saving.now)
    await _keep_revision(conn, post_id, draft, fresh, saving)
    return await _whole(conn, post_id)


async def change(conn: Conn, post: Post, draft: Draft, fresh: Print, saving: Saving) -> Post:
    """To be called with the post's row locked. Raises BadDraft."""
    await slugs.lock(conn)
    slug = await _choose_slug(conn, post.id, draft, post.slug)
    reads_new = shown(draft) != shown(draft_of(post))
    is_revision = reads_new or slug != post.slug
    number, updated_at = post.revision + is_revision, saving.now if reads_new else post.updated_at
    await _keep(conn, post.id, draft, slug, number, updated_at)
    if is_revision:
        await _keep_revision(conn, post.id, draft, fresh, saving)
    return await _whole(conn, post.id)


async def _choose_slug(conn: Conn, post_id: int, draft: Draft, before: str) -> str:
    """The address that was asked for, or the one it has, or one made from the title; it is the post's from here on.
    Raises BadDraft for one that another post has or had. To be called under the lock of slugs.
    """
    asked = draft.slug or ("" if slugs.is_reserved(before, draft.kind) else before)
    base = asked or slugs.slug_of(draft.title) or f"post-{post_id}"
    taken = {slug for slug, holder in (await slugs.like(conn, base)).items() if holder != post_id}
    if asked and asked in taken:
        raise BadDraft("slug", TAKEN)
    return slugs.free_slug(base, draft.kind, taken)


async def _keep(conn: Conn, post_id: int, draft: Draft, slug: str, number: int, updated_at: datetime) -> None:
    await conn.execute(
        """/* posts.keep */ update posts set kind = $2, slug = $3, title = $4, summary = $5, body = $6, tags = $7,
            cover = $8, cover_alt = $9, pinned = $10, comments_days = $11, revision = $12, updated_at = $13
        where id = $1""",
        post_id,
        draft.kind,
        slug,
        draft.title,
        draft.summary,
        draft.body,
        list(draft.tags),
        draft.cover,
        draft.cover_alt,
        draft.pinned,
        draft.comments_days,
        number,
        updated_at,
    )
    await slugs.take(conn, slug, post_id)


async def _keep_revision(conn: Conn, post_id: int, draft: Draft, fresh: Print, saving: Saving) -> None:
    await pictures.take(conn, post_id, saving.person_id, draft)
    await keep_print(conn, post_id, fresh)
    since = await _replaced(conn, post_id, saving) or saving.now
    await conn.execute(
        """/* posts.keep_revision */ insert into revisions (post_id, number, slug, title, summary, body, tags, cover,
            cover_alt, person_id, source, created_at, by_itself_since)
        select id, revision, slug, title, summary, body, tags, cover, cover_alt, $2, $3, $4, $5
        from posts where id = $1""",
        post_id,
        saving.person_id,
        saving.source,
        saving.now,
        since if saving.by_itself else None,
    )


async def _replaced(conn: Conn, post_id: int, saving: Saving) -> datetime | None:
    """Since when a draft has been saving itself, if the revision before this one is of that. It goes, or the history
    would be full of half sentences.
    """
    if not saving.by_itself:
        return None
    since: datetime | None = await conn.fetchval(
        """/* posts.replaced */ delete from revisions v using posts p
        where p.id = $1 and v.post_id = p.id and v.number = p.revision - 1 and v.person_id = $2
            and v.by_itself_since > $3
        returning v.by_itself_since""",
        post_id,
        saving.person_id,
        saving.now - ONE_SITTING,
    )
    return since


async def _whole(conn: Conn, post_id: int) -> Post:
    post = await queries.get(conn, post_id)
    assert post
    return post
