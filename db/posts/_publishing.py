"""Coming out, at once or when the time has come, and going again: each one transaction, so that nothing is half out."""

from datetime import datetime

from db import sanctions
from db.errors import Refused
from db.events import NoticeDue, PostsChanged
from db.people import Person
from db.posts import _pictures as pictures
from db.posts import _queries as queries
from db.posts._coming_out import make_room, put_notices
from db.posts._rules import check_day, check_words, is_out
from db.posts._shape import Post
from db.sanctions import Caller
from db.store import Conn, Store

BATCH = 50  # scheduled posts that come out in one transaction
WAS_OUT = "This post has been out already, so it cannot be scheduled any more. Publish it when the time has come."


async def publish(store: Store, person: Person, post_id: int, now: datetime, *, at: datetime | None = None) -> Post:
    """Out now; or at a time to come, if it was not out before. Its first day stays when it comes out again; `at` in the
    past is the first day of a post that came out elsewhere.

    Raises NotFound, or Refused (`empty`, `was_out`, `bad_day`).
    """
    sanctions.check(store, Caller(person), now)
    if at is not None:
        check_day(at)
    async with store.pool.acquire() as conn, conn.transaction():
        post = await queries.own_locked(conn, person, post_id)
        check_words(post.body)
        is_later = at is not None and at > now
        first = _first_day(post, now)
        if is_later and first is not None:
            raise Refused(WAS_OUT, "was_out")
        post = await _put(conn, post, "scheduled" if is_later else "published", first or at or now, now)
        await put_notices(conn, post, store.config.discord, now)
    _tell(store, post.id)
    return post


async def unlist(store: Store, person: Person, post_id: int, now: datetime) -> Post:
    """There for whoever knows its address, and on no list. Raises NotFound, or Refused (`empty`)."""
    async with store.pool.acquire() as conn, conn.transaction():
        post = await queries.own_locked(conn, person, post_id)
        check_words(post.body)
        post = await _put(conn, post, "unlisted", _first_day(post, now) or now, now)
    _tell(store, post.id)
    return post


async def unpublish(store: Store, person: Person, post_id: int, now: datetime) -> Post:
    """A draft again. Once it was out, it keeps its first day and its comments. Raises NotFound."""
    async with store.pool.acquire() as conn, conn.transaction():
        post = await queries.own_locked(conn, person, post_id)
        post = await _put(conn, post, "draft", _first_day(post, now), now)
    _tell(store, post.id)
    return post


async def come_due(store: Store, now: datetime) -> list[int]:
    """Turns scheduled posts whose time has come into published ones, each once, whoever else does the same. Readers see
    them already; this is how Discord comes to hear of them. One without words is a draft again. Returns the ids of
    those that came out, at most 50.
    """
    async with store.pool.acquire() as conn, conn.transaction():
        rows = await conn.fetch(
            """/* posts.come_due */ with due as (
                select id from posts where state = 'scheduled' and published_at <= $1 and deleted_at is null
                order by published_at, id limit $2 for no key update skip locked
            ) update posts p set state = case p.body when '' then 'draft' else 'published' end,
                published_at = case p.body when '' then null else p.published_at end,
                updated_at = greatest(p.updated_at, p.published_at)
            from due where p.id = due.id returning p.id, p.state""",
            now,
            BATCH,
        )
        due = sorted(row["id"] for row in rows if row["state"] == "published")
        for post_id in due:
            post = await queries.get(conn, post_id)
            assert post
            await put_notices(conn, await make_room(conn, post), store.config.discord, post.published_at or now)
    for row in rows:
        _tell(store, row["id"])
    return due


async def delete(store: Store, person: Person, post_id: int, now: datetime) -> None:
    """Its words and pictures go, of every revision. One that was out leaves its address behind, which says so from here
    on; of one that never was nothing is left. Raises NotFound.
    """
    async with store.pool.acquire() as conn, conn.transaction():
        post = await queries.own_locked(conn, person, post_id)
        await pictures.let_go(conn, post.id, now)
        if _first_day(post, now) is None:
            await _remove(conn, post)
        else:
            await _wipe(conn, post, now)
    _tell(store, post_id)


def _first_day(post: Post, now: datetime) -> datetime | None:
    """When it first came out; None for a post that never was out."""
    return post.published_at if post.state == "draft" or is_out(post, now) else None


def _tell(store: Store, post_id: int) -> None:
    store.live.announce(PostsChanged(post_id))
    store.live.announce(NoticeDue())


async def _put(conn: Conn, post: Post, state: str, published_at: datetime | None, now: datetime) -> Post:
    """Into another state. The first day is the day of its last edit as well, for before it nobody had read it."""
    first = published_at if published_at is not None and published_at <= now else None
    await conn.execute(
        """/* posts.put */ update posts set state = $2, published_at = $3,
            updated_at = greatest(updated_at, case when $4 then $3::timestamptz end)
        where id = $1""",
        post.id,
        state,
        published_at,
        first is not None and state != "draft",
    )
    kept = await queries.get(conn, post.id)
    assert kept
    return await make_room(conn, kept)


async def _remove(conn: Conn, post: Post) -> None:
    await conn.execute("/* posts.remove */ delete from posts where id = $1", post.id)
    await conn.execute("/* posts.remove_room */ delete from rooms where id = $1", post.room_id)


async def _wipe(conn: Conn, post: Post, now: datetime) -> None:
    """What its readers said stays theirs, in a room that is closed; what was not let in yet is not any more."""
    await conn.execute(
        """/* posts.wipe */ with saved as (
            delete from revisions where post_id = $1
        ), liked as (
            delete from post_likes where post_id = $1
        ), locked as (
            update rooms set locked = true where id = $3
        ), waiting as (
            update comments set state = 'deleted', content = '', digest = null, network = null,
                decided_at = $2, notice_wanted = notice_wanted + 1, notice_at = null,
                notice_state = case when notice_state = 'sent' then 'due' else notice_state end
            where post_id = $1 and state = 'waiting'
        ) update posts set deleted_at = $2, title = 'deleted', summary = '', body = '', tags = '{}', cover = null,
            cover_alt = '', html = '', contents = '[]', words = 0, excerpt = '', plain = '', search = null,
            heads = null, likes = 0, pinned = false, state = 'draft'
        where id = $1""",
        post.id,
        now,
        post.room_id,
    )
