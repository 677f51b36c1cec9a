"""The thread in Discord that a post's comments are one with: made once, kept like the post, shut when that is gone.
cogs/threads.py does it; the rows are `post_notices` of the kind `thread`, made when a post comes out.

`due` -> `sending` -> `sent`. `sending` is committed before the request leaves: whoever finds it later looks for the
thread first. `gone` is one that was locked because its post is not there to be read, `failed` one that nobody tries for
any more.
"""

from dataclasses import dataclass
from datetime import datetime

from db import rooms
from db.store import Conn, Store

NAME_MAX = 100  # characters; Discord's own


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread as it is known here, and what it should show. `channel_id` is the forum or text channel that it is to be
    in, `thread_id` the thread, `after_id` the newest there before it was asked for, `shown` the revision that it shows.
    `is_out`: the post is there to be read. `slugs` are all that it ever had.
    """

    post_id: int
    channel_id: int
    state: str
    after_id: int
    thread_id: int | None
    shown: int
    tries: int
    slug: str
    title: str
    summary: str
    revision: int
    room_id: int | None
    is_out: bool
    slugs: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.title if len(self.title) <= NAME_MAX else f"{self.title[: NAME_MAX - 1]}…"


# Queries


async def next_due(conn: Conn, now: datetime) -> Thread | None:
    """The thread that is to be made, brought up to date, shut or opened again, and whose time for it has come."""
    row = await conn.fetchrow(
        """/* threads.next_due */ select n.post_id, n.channel_id, n.state, coalesce(n.after_id, 0) as after_id,
            n.message_id as thread_id, n.shown, n.tries, p.slug, p.title,
            coalesce(nullif(p.summary, ''), p.excerpt) as summary, p.revision, p.room_id, o.is_out,
            array(select slug from slugs where post_id = p.id union select p.slug) as slugs
        from post_notices n join posts p on p.id = n.post_id cross join lateral (
            select p.deleted_at is null and p.published_at <= $1 and p.state <> 'draft' as is_out) o
        where n.kind = 'thread' and n.next_at <= $1 and case n.state
            when 'due' then o.is_out and p.room_id is not null
            when 'sending' then true
            when 'sent' then n.shown <> p.revision or not o.is_out
            when 'gone' then o.is_out
            else false end
        order by n.next_at, n.post_id limit 1""",
        now,
    )
    return Thread(**{**row, "slugs": tuple(row["slugs"])}) if row else None


async def next_time(conn: Conn) -> datetime | None:
    """When something that waits may be tried again."""
    found: datetime | None = await conn.fetchval(
        """/* threads.next_time */ select min(next_at) from post_notices
        where kind = 'thread' and next_at > now() and state in ('due', 'sending', 'sent', 'gone')"""
    )
    return found


async def at(conn: Conn, thread_id: int) -> int | None:
    """The post whose thread this is."""
    found: int | None = await conn.fetchval(
        "/* threads.at */ select post_id from post_notices where kind = 'thread' and message_id = $1", thread_id
    )
    return found


# Acts


async def claim(store: Store, thread: Thread, after_id: int, term: int) -> bool:
    """Records that the thread is about to be asked for. False when somebody else leads, or the row has changed."""
    done = await store.pool.fetchval(
        """/* threads.claim */ update post_notices set state = 'sending', after_id = $2
        where post_id = $1 and kind = 'thread' and state = 'due'
            and (select term from leaders where name = 'discord') = $3 returning true""",
        thread.post_id,
        after_id,
        term,
    )
    return bool(done)


async def record_made(store: Store, thread: Thread, thread_id: int, shown: int) -> None:
    """The thread is there, as the post was at that revision (0: who knows), and from now on one with the comments."""
    if thread.room_id is not None:  # first, so that a crash in between looks for the thread again
        await rooms.bridge_room(store, thread.room_id, thread_id, heard_id=thread_id)
    await store.pool.execute(
        """/* threads.record_made */ update post_notices set state = 'sent', message_id = $2, shown = $3, tries = 0,
            reason = null where post_id = $1 and kind = 'thread'""",
        thread.post_id,
        thread_id,
        shown,
    )


async def record_shown(store: Store, thread: Thread) -> None:
    """The thread is as the post was when it was read."""
    await store.pool.execute(
        """/* threads.record_shown */ update post_notices set state = $2, shown = $3, tries = 0, reason = null
        where post_id = $1 and kind = 'thread' and state <> 'failed'""",
        thread.post_id,
        "sent" if thread.is_out else "gone",
        thread.revision,
    )


async def put_back(store: Store, thread: Thread, term: int) -> None:
    """It was surely not made: it is due again."""
    await store.pool.execute(
        """/* threads.put_back */ update post_notices set state = 'due', after_id = null
        where post_id = $1 and kind = 'thread' and state = 'sending'
            and (select term from leaders where name = 'discord') = $2""",
        thread.post_id,
        term,
    )


async def put_off(store: Store, thread: Thread, next_at: datetime, reason: str) -> None:
    """Whatever there is to do is not tried before `next_at`."""
    await store.pool.execute(
        """/* threads.put_off */ update post_notices set next_at = $2, tries = tries + 1, reason = $3
        where post_id = $1 and kind = 'thread'""",
        thread.post_id,
        next_at,
        reason,
    )


async def give_up(store: Store, post_id: int, reason: str) -> None:
    await store.pool.execute(
        """/* threads.give_up */ update post_notices set state = 'failed', reason = $2
        where post_id = $1 and kind = 'thread'""",
        post_id,
        reason,
    )


async def record_lost(store: Store, thread_id: int) -> None:
    """Somebody has deleted the thread in Discord. The comments stay on the site, by themselves from here."""
    bridge = await rooms.by_channel(store.pool, thread_id)
    if bridge and not bridge.is_hangout:
        await rooms.unbridge(store, bridge.room_id, thread_id)
    post_id = await at(store.pool, thread_id)
    if post_id is not None:
        await give_up(store, post_id, "The thread was deleted in Discord.")
