"""The comments of a post as readers see them: pages of threads, each one level deep however deep people answer.

Comments are messages of the post's room. What answers nothing begins a thread; what answers it, or answers an answer,
stands under it. A page is the newest threads, or those that began before a given message, the oldest first.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from db import messages
from db.comments._changing import HEART
from db.comments._shape import Page, Threaded
from db.messages import Message
from db.posts import Post
from db.store import Conn

THREADS = 25  # on a page
REPLIES = 20  # under one comment, the newest, until somebody asks for that thread
REPLIES_MAX = 500

# Whether there still is something to be read in the thread that begins with the deleted message m.
ANSWERED = """exists (with recursive below as (
        select id, deleted_at from messages where reply_to_id = m.id and room_id = m.room_id
        union all select r.id, r.deleted_at from below b join messages r on r.reply_to_id = b.id
    ) select from below where deleted_at is null)"""
BEGINS = f"m.reply_to_id is null and m.kind = 'said' and (m.deleted_at is null or {ANSWERED})"

THREAD = f"""/* comments.thread */ with recursive tops as (
        select m.id from messages m where m.room_id = $1 and ($2::bigint is null or m.id < $2) and {BEGINS}
        order by m.id desc limit $3 + 1
    ), below as (
        select id as top, id from tops
        union all select b.top, m.id from below b join messages m on m.reply_to_id = b.id and m.room_id = $1
    ), said as (
        select b.top, m.id, row_number() over (partition by b.top order by m.id desc) as place,
            count(*) over (partition by b.top) as count
        from below b join messages m on m.id = b.id
        where b.id <> b.top and m.deleted_at is null and m.kind = 'said'
    )
    select id as top, null::bigint as id, 0 as count from tops
    union all select top, id, count from said
    where place <= case when top = $5::bigint then $6::integer else $4::integer end
    order by 1, 2 nulls first"""


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom the page is, None for anybody; and until when after having said it they may change what they said."""

    person_id: int | None
    window: timedelta


# Queries


async def thread(
    conn: Conn,
    post: Post,
    person_id: int | None,
    now: datetime,
    limit: int = THREADS,
    before: int | None = None,
    *,
    replies: int = REPLIES,
    whole: int | None = None,
    window: int = 0,
) -> Page:
    """A page of threads: the newest, or those that begin before the message `before`. Under each up to `replies` of its
    answers, the newest; up to `REPLIES_MAX` under the thread `whole`. `window` is `comments.edit_window`, in seconds.
    """
    if post.room_id is None:
        return Page(())
    rows = await conn.fetch(
        THREAD,
        post.room_id,
        before,
        limit,
        replies,
        whole,
        REPLIES_MAX,
    )
    found = _by_top((row["top"], row["id"], row["count"]) for row in rows)
    has_older = len(found) > limit
    shown = found[-limit:]
    ids = [one for top, answers, _ in shown for one in (top, *answers)]
    drawn = await _drawn(conn, post.room_id, ids, Reader(person_id, timedelta(seconds=window)), now)
    comments = tuple(
        _threaded(drawn[top], [drawn[one] for one in answers if one in drawn], count)
        for top, answers, count in shown
        if top in drawn
    )
    newer = await _newer(conn, post.room_id, shown[-1][0], limit) if before and shown else None
    return Page(comments, shown[0][0] if has_older else None, newer)


def _by_top(rows: Iterable[tuple[int, int | None, int]]) -> list[tuple[int, list[int], int]]:
    """Each thread's first message, the answers to be shown, and how many there are."""
    found = []
    for top, group in groupby(rows, key=lambda row: row[0]):
        answers = [(number, count) for _, number, count in group if number is not None]
        found.append((top, [number for number, _ in answers], answers[0][1] if answers else 0))
    return found


def _threaded(top: Threaded, answers: list[Threaded], count: int) -> Threaded:
    return Threaded(
        message=top.message,
        replies=tuple(answers),
        hidden=count - len(answers),
        comment_id=top.comment_id,
        mine=top.mine,
        liked=top.liked,
        may_edit_until=top.may_edit_until,
    )


async def one(
    conn: Conn, room_id: int, message_id: int, person_id: int | None, now: datetime, *, window: int = 0
) -> Threaded | None:
    """One comment by itself, as this person sees it; None for one that never was here."""
    drawn = await _drawn(conn, room_id, [message_id], Reader(person_id, timedelta(seconds=window)), now)
    return drawn.get(message_id)


async def page_of(conn: Conn, post: Post, message_id: int, limit: int = THREADS) -> tuple[int, int | None] | None:
    """Where this comment is: the message that its thread begins with, and `before` of a page that has it, None for the
    newest. None instead of both when there is no such comment here.
    """
    top: int | None = await conn.fetchval(
        """/* comments.page_of */ with recursive above as (
            select id, reply_to_id from messages
            where id = $2 and room_id = $1 and kind = 'said' and deleted_at is null
            union all select m.id, m.reply_to_id from above a join messages m on m.id = a.reply_to_id
        ) select id from above where reply_to_id is null""",
        post.room_id,
        message_id,
    )
    if top is None or post.room_id is None:
        return None
    return top, await _newer(conn, post.room_id, top, limit // 2) or None


async def _newer(conn: Conn, room_id: int, after: int, limit: int) -> int | None:
    """`before` of the page that follows the thread `after`: 0 when that is the newest page, None when nothing does."""
    rows = await conn.fetch(
        f"""/* comments.newer */ select m.id from messages m where m.room_id = $1 and m.id > $2 and {BEGINS}
        order by m.id limit $3 + 1""",
        room_id,
        after,
        limit,
    )
    if not rows:
        return None
    return rows[-1]["id"] if len(rows) > limit else 0


async def newest(conn: Conn, room_id: int, limit: int) -> list[Message]:
    """The newest comments, whatever they answer, the newest first: for the feed."""
    rows = await conn.fetch(
        """/* comments.newest */ select id from messages
        where room_id = $1 and kind = 'said' and deleted_at is null order by id desc limit $2""",
        room_id,
        limit,
    )
    return (await messages.get(conn, room_id, [row["id"] for row in rows]))[::-1]


async def tops_of(conn: Conn, room_id: int, message_ids: list[int]) -> dict[int, int]:
    """With which message the threads begin that these are in."""
    rows = await conn.fetch(
        """/* comments.tops_of */ with recursive above as (
            select id as asked, id, reply_to_id from messages where room_id = $1 and id = any($2)
            union all select a.asked, m.id, m.reply_to_id from above a join messages m on m.id = a.reply_to_id
        ) select asked, id from above where reply_to_id is null""",
        room_id,
        message_ids,
    )
    return {row["asked"]: row["id"] for row in rows}


async def _drawn(
    conn: Conn, room_id: int, message_ids: list[int], reader: Reader, now: datetime
) -> dict[int, Threaded]:
    found = await messages.get(conn, room_id, message_ids)
    rows = await conn.fetch(
        """/* comments.beside */ select i.id, c.id as comment_id, c.author_id = $2 as mine, exists (
            select from reactions r where r.message_id = i.id and r.person_id = $2 and r.emoji = $3) as liked
        from unnest($1::bigint[]) as i (id) left join comments c on c.message_id = i.id""",
        message_ids,
        reader.person_id,
        HEART,
    )
    beside = {row["id"]: row for row in rows}
    drawn = {}
    for message in found:
        known = beside[message.id]
        mine = bool(known["mine"]) and not message.deleted
        until = message.created_at + reader.window
        drawn[message.id] = Threaded(
            message,
            comment_id=known["comment_id"],
            mine=mine,
            liked=known["liked"],
            may_edit_until=until if mine and until > now else None,
        )
    return drawn
