"""A post moves in: its row, addresses, revisions and pictures, in one transaction. Discord hears nothing of it."""

from dataclasses import dataclass, field
from datetime import datetime

from db.moving._people import Names, author_of
from db.moving._shape import Address, Gone, Saved
from db.posts import Draft, Print, keep_print, lock_slugs
from db.store import Conn


@dataclass(slots=True)
class Arrival:
    """A post on its way in. `id` is 0, or the one it had. `pictures` are the media ids that it needs, and whether they
    go with it.
    """

    draft: Draft
    author: str
    state: str
    created_at: datetime
    published_at: datetime | None
    updated_at: datetime
    id: int = 0
    likes: int = 0
    addresses: list[Address] = field(default_factory=list)
    revisions: list[Saved] = field(default_factory=list)
    pictures: dict[str, bool] = field(default_factory=dict)


async def taken(conn: Conn, slugs: list[str]) -> bool:
    """Whether a post has, or had, one of these addresses."""
    found: bool = await conn.fetchval(
        "/* moving.taken */ select exists (select from slugs where slug = any($1))", slugs
    )
    return found


async def free_id(conn: Conn, wanted: int) -> int:
    """The id that a post had, if nobody else has it; else a new one. The next new post gets a higher one."""
    await lock_slugs(conn)
    if wanted and not await conn.fetchval(
        "/* moving.id_taken */ select exists (select from posts where id = $1)", wanted
    ):
        await conn.execute(
            """/* moving.pass_id */ select setval('posts_id_seq', greatest($1, (select last_value from posts_id_seq)))
            """,
            wanted,
        )
        return wanted
    new: int = await conn.fetchval("/* moving.new_id */ select nextval('posts_id_seq')")
    return new


async def settle(conn: Conn, one: Arrival, fresh: Print, names: Names) -> int:
    """Returns the post's id."""
    post_id, author_id = await free_id(conn, one.id), await author_of(conn, names, one.author)
    draft = one.draft
    values = (post_id, draft.kind, draft.slug, author_id, one.state, draft.title, draft.summary, draft.body)
    await conn.execute(
        """/* moving.settle */ insert into posts (id, kind, slug, author_id, state, title, summary, body, tags, cover,
            cover_alt, pinned, comments_days, created_at, published_at, updated_at, revision, likes)
        overriding system value
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)""",
        *values,
        list(draft.tags),
        draft.cover,
        draft.cover_alt,
        draft.pinned,
        draft.comments_days,
        one.created_at,
        one.published_at,
        one.updated_at,
        max((saved.number for saved in one.revisions), default=1),
        one.likes,
    )
    await keep_print(conn, post_id, fresh)
    await _settle_addresses(conn, post_id, [*one.addresses, Address(draft.slug, one.created_at)])
    for saved in one.revisions:
        await _settle_revision(conn, post_id, saved, names)
    await _settle_pictures(conn, post_id, one.pictures)
    return post_id


async def _settle_addresses(conn: Conn, post_id: int, addresses: list[Address]) -> None:
    for one in addresses:
        await conn.execute(
            """/* moving.settle_address */ insert into slugs (slug, post_id, created_at) values ($1, $2, $3)
            on conflict do nothing""",
            one.slug,
            post_id,
            one.created_at,
        )


async def _settle_revision(conn: Conn, post_id: int, saved: Saved, names: Names) -> None:
    await conn.execute(
        """/* moving.settle_revision */ insert into revisions (post_id, number, slug, title, summary, body, tags, cover,
            cover_alt, person_id, source, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)""",
        post_id,
        saved.number,
        saved.slug,
        saved.title,
        saved.summary,
        saved.body,
        saved.tags,
        saved.cover,
        saved.cover_alt,
        await author_of(conn, names, saved.by) if saved.by else None,
        saved.source,
        saved.created_at,
    )


async def _settle_pictures(conn: Conn, post_id: int, pictures: dict[str, bool]) -> None:
    await conn.execute(
        """/* moving.settle_pictures */ insert into post_pictures (post_id, media_id, own)
        select $1, one.id, one.own from unnest($2::text[], $3::boolean[]) as one (id, own)
        join media m on m.id = one.id and m.released_at is null on conflict do nothing""",
        post_id,
        list(pictures),
        list(pictures.values()),
    )


async def settle_gone(conn: Conn, one: Gone, names: Names) -> None:
    """A deleted post, which is nothing but its addresses."""
    post_id = await free_id(conn, one.id)
    await conn.execute(
        """/* moving.settle_gone */ insert into posts (id, kind, slug, author_id, title, body, created_at, published_at,
            updated_at, deleted_at)
        overriding system value values ($1, $2, $3, $4, 'deleted', '', $5, $5, $6, $6)""",
        post_id,
        one.kind,
        one.slug,
        names.owner.id,
        one.published_at or one.deleted_at,
        one.deleted_at,
    )
    await _settle_addresses(conn, post_id, one.addresses)
