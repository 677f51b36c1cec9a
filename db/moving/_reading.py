"""Reading what is exported of one post, in one moment."""

from db.moving._shape import Address, Comment, Gone, Held, History, Kept, Saved, Thread, Waiting
from db.posts import Post
from db.store import Conn


async def all_ids(conn: Conn) -> list[int]:
    rows = await conn.fetch("/* moving.all_ids */ select id from posts where deleted_at is null order by id")
    return [row["id"] for row in rows]


async def gone(conn: Conn) -> list[Gone]:
    rows = await conn.fetch(
        """/* moving.gone */ select id, kind, slug, published_at, deleted_at from posts
        where deleted_at is not null
        order by id"""
    )
    return [Gone(**row, addresses=await addresses(conn, row["id"])) for row in rows]


async def addresses(conn: Conn, post_id: int) -> list[Address]:
    rows = await conn.fetch(
        "/* moving.addresses */ select slug, created_at from slugs where post_id = $1 order by created_at, slug",
        post_id,
    )
    return [Address(**row) for row in rows]


async def pictures(conn: Conn, post_id: int) -> list[tuple[Kept, str]]:
    """The post's pictures, with the digests of their bytes."""
    rows = await conn.fetch(
        """/* moving.pictures */ select m.id, m.ext, m.alt, m.created_at, m.digest
        from post_pictures x join media m on m.id = x.media_id
        where x.post_id = $1 and m.released_at is null order by m.id""",
        post_id,
    )
    return [(Kept(*list(row.values())[:4]), row["digest"]) for row in rows]


async def history(conn: Conn, post: Post, held: list[Kept], *, is_relative: bool) -> History:
    rows = await conn.fetch(
        """/* moving.revisions */ select v.number, v.slug, v.title, v.summary, v.body, v.tags, v.cover, v.cover_alt,
            coalesce(b.name, '') as by, v.source, v.created_at
        from revisions v left join people b on b.id = v.person_id where v.post_id = $1 order by v.number""",
        post.id,
    )
    return History(
        id=post.id,
        state=post.state,
        author=post.author.name,
        created_at=post.created_at,
        published_at=post.published_at,
        updated_at=post.updated_at,
        likes=post.likes,
        is_relative=is_relative,
        addresses=await addresses(conn, post.id),
        pictures=held,
        revisions=[Saved(**row) for row in rows],
    )


async def thread(conn: Conn, post: Post) -> Thread | None:
    """The comments, those that nobody has decided about too; None where there are none."""
    rows = await conn.fetch(
        """/* moving.comments */ select m.id, p.name as author, m.source, m.content, m.created_at, m.edited_at,
            m.deleted_at, m.reply_to_id, m.mentions, m.attachments, m.extras, m.reactions
        from messages m join people p on p.id = m.author_id
        where m.room_id = $1 and m.kind = 'said' and (m.deleted_at is null or exists (
            select from messages r where r.reply_to_id = m.id and r.room_id = m.room_id and r.deleted_at is null))
        order by m.id""",
        post.room_id,
    )
    places = {row["id"]: place for place, row in enumerate(rows)}
    held = await _held(conn, list(places))
    comments = [
        Comment(
            **{name: row[name] for name in Comment.__struct_fields__ if name not in {"reply_to", "held"}},
            reply_to=places.get(row["reply_to_id"]),
            held=held.get(row["id"], []),
        )
        for row in rows
    ]
    waiting = await _waiting(conn, post.id, places)
    locked = await conn.fetchval("/* moving.locked */ select locked from rooms where id = $1", post.room_id)
    return Thread(bool(locked), comments, waiting) if comments or waiting or locked else None


async def _held(conn: Conn, message_ids: list[int]) -> dict[int, list[Held]]:
    rows = await conn.fetch(
        """/* moving.held */ select r.message_id, r.emoji, r.source, array_agg(p.name order by p.name) as by
        from reactions r join people p on p.id = r.person_id where r.message_id = any($1)
        group by r.message_id, r.emoji, r.source order by r.message_id, min(r.created_at), r.emoji, r.source""",
        message_ids,
    )
    held: dict[int, list[Held]] = {}
    for row in rows:
        held.setdefault(row["message_id"], []).append(Held(row["emoji"], row["source"], row["by"]))
    return held


async def _waiting(conn: Conn, post_id: int, places: dict[int, int]) -> list[Waiting]:
    rows = await conn.fetch(
        """/* moving.waiting */ select p.name as author, c.content, c.created_at, c.reply_to_id, c.held_for
        from comments c join people p on p.id = c.author_id
        where c.post_id = $1 and c.state = 'waiting' order by c.id""",
        post_id,
    )
    return [
        Waiting(row["author"], row["content"], row["created_at"], places.get(row["reply_to_id"]), row["held_for"])
        for row in rows
    ]
