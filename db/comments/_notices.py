"""What the moderators' channel is told of comments: one message each, which then shows what became of it.

A notice goes `due` -> `sending` -> `sent` or `failed`. `sending` is committed before the request leaves, with the
newest message then known in the channel, so that one whose outcome nobody recorded is looked for there before it is
sent again. What changes afterwards makes it `due` once more, and the message is edited. Carried by cogs/reviews.py.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from db.comments._shape import COLUMNS, TABLES, Comment, from_row
from db.store import Conn, Store

# `o` is the post, `q` whom it answers; $1 is the time.
WHOLE = f"""{COLUMNS}, o.slug, o.title, q.name as answers,
    exists (select from sanctions b
        where b.kind = 'ban' and b.person_id = c.author_id and (b.until is null or b.until > $1)) as banned,
    case when c.notice_state = 'sending' then coalesce(c.notice_after, 0) end as after,
    c.notice_id, c.notice_channel, c.notice_tries, c.notice_wanted"""
AROUND = f"""{TABLES} join posts o on o.id = c.post_id
    left join messages r on r.id = c.reply_to_id left join people q on q.id = r.author_id"""
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=15), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Notice:
    """`message_id` is the message in `channel_id`, None before there is one; `after` is set for a send that was begun.
    `slug` and `title` are the post's, `answers` the name of whom it answers; `banned` says that its author is, and
    `wanted` counts what it has to show.
    """

    comment: Comment
    slug: str
    title: str
    answers: str | None
    banned: bool
    after: int | None
    message_id: int | None
    channel_id: int | None
    tries: int
    wanted: int


# Rules


def wait_after(tries: int) -> timedelta:
    return min(FIRST_WAIT * (1 << min(tries, 20)), LONGEST_WAIT)


# Queries


async def next_notice(conn: Conn, now: datetime) -> Notice | None:
    """The oldest that is to be told, or told anew."""
    row = await conn.fetchrow(
        f"""/* comments.next_notice */ select {WHOLE} from {AROUND}
        where c.notice_state in ('due', 'sending') and (c.notice_at is null or c.notice_at <= $1)
        order by c.id limit 1""",
        now,
    )
    return _notice(row) if row else None


async def notice_of(conn: Conn, comment_id: int, now: datetime) -> Notice | None:
    """What is to be shown of this comment now."""
    row = await conn.fetchrow(f"/* comments.notice_of */ select {WHOLE} from {AROUND} where c.id = $2", now, comment_id)
    return _notice(row) if row else None


def _notice(row: asyncpg.Record) -> Notice:
    return Notice(
        from_row(row),
        row["slug"],
        row["title"],
        row["answers"],
        row["banned"],
        row["after"],
        row["notice_id"],
        row["notice_channel"],
        row["notice_tries"],
        row["notice_wanted"],
    )


async def newest_notice(conn: Conn, channel_id: int) -> int:
    """The newest message of ours that is known in this channel, 0 for none: others can only be newer."""
    newest: int | None = await conn.fetchval(
        "/* comments.newest_notice */ select max(notice_id) from comments where notice_channel = $1", channel_id
    )
    return newest or 0


# Acts


async def claim_notice(store: Store, notice: Notice, channel_id: int, after: int, term: int) -> bool:
    """Records that it is about to be sent. False when something has changed meanwhile, or another process leads."""
    claimed = await store.pool.fetchval(
        """/* comments.claim_notice */ update comments set notice_state = 'sending', notice_after = $2,
            notice_channel = $3
        where id = $1 and notice_state = 'due' and notice_id is null
            and (select term from leaders where name = 'discord') = $4 returning true""",
        notice.comment.id,
        after,
        channel_id,
        term,
    )
    return bool(claimed)


async def record_notice(store: Store, notice: Notice, message_id: int, *, is_current: bool = True) -> None:
    """The message is there and shows the comment as `notice` has it, or (not `is_current`) as it was at some time. What
    has changed since is still to be told.
    """
    await store.pool.execute(
        """/* comments.record_notice */ update comments set notice_id = $2, notice_tries = 0, notice_at = null,
            notice_shown = $3, notice_state = case when notice_wanted = $3 then 'sent' else 'due' end where id = $1""",
        notice.comment.id,
        message_id,
        notice.wanted if is_current else -1,
    )


async def put_off_notice(store: Store, notice: Notice, now: datetime, *, at_once: bool = False) -> None:
    """It surely is not there, or was not changed: tried again a little later, each time later; or `at_once`."""
    await store.pool.execute(
        """/* comments.put_off_notice */ update comments set notice_tries = notice_tries + 1, notice_at = $2,
            notice_after = null, notice_state = 'due' where id = $1""",
        notice.comment.id,
        now if at_once else now + wait_after(notice.tries),
    )


async def drop_notice(store: Store, notice: Notice) -> None:
    """Discord will never take it, or somebody has removed it there: the site's own door is left."""
    await store.pool.execute(
        "/* comments.drop_notice */ update comments set notice_state = 'failed' where id = $1", notice.comment.id
    )


async def tell_waiting(store: Store) -> None:
    """Comments that wait from before there was a channel to tell of them."""
    await store.pool.execute(
        """/* comments.tell_waiting */ update comments set notice_state = 'due'
        where state = 'waiting' and notice_state = 'none'"""
    )
