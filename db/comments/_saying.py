"""What posting and deciding have in common: the room of a post, its locks, and how a comment becomes a message.

All of it inside the caller's transaction. Locks are taken in one order everywhere: the post, its room, the comment.
"""

from dataclasses import dataclass, field
from datetime import datetime

from asyncpg.pool import PoolConnectionProxy

from db.config import Discord
from db.errors import NotFound, Refused
from db.messages import Message
from db.store import Conn
from db.writer import NewMessage, Work, commit

GONE = "This comment is not here any more."


@dataclass(slots=True)
class Locked:
    """A comment that nobody else decides on until the transaction ends. `events` are to be announced after it."""

    id: int
    post_id: int
    room_id: int
    author_id: int
    state: str
    content: str
    nonce: str
    reply_to_id: int | None
    message_id: int | None
    network: bytes | None
    created_at: datetime
    events: list[object] = field(default_factory=list)


async def room_of(conn: Conn, post_id: int) -> int:
    """The room of the post's comments, made now if it has none yet. Raises NotFound for a post that is gone."""
    row = await conn.fetchrow(
        """/* comments.room_of */ select room_id from posts where id = $1 and deleted_at is null for no key update""",
        post_id,
    )
    if row is None:
        raise NotFound
    room_id: int = row["room_id"] or await conn.fetchval(
        """/* comments.make_room */ with made as (
            insert into rooms (kind) values ('comments') returning id
        ) update posts set room_id = made.id from made where posts.id = $1 returning room_id""",
        post_id,
    )
    return room_id


async def locked(conn: Conn, comment_id: int) -> Locked:
    """Raises NotFound."""
    post_id = await conn.fetchval("/* comments.post_of */ select post_id from comments where id = $1", comment_id)
    if post_id is None:
        raise NotFound(GONE)
    room_id = await room_of(conn, post_id)
    await conn.execute("/* comments.lock_room */ select from rooms where id = $1 for no key update", room_id)
    row = await conn.fetchrow(
        """/* comments.lock */ select c.author_id, c.state, c.content, c.nonce, c.reply_to_id, c.message_id, c.network,
            c.created_at from comments c where c.id = $1 for update""",
        comment_id,
    )
    if row is None:
        raise NotFound(GONE)
    return Locked(id=comment_id, post_id=post_id, room_id=room_id, **row)


async def approve(conn: PoolConnectionProxy, one: Locked, by_id: int | None, now: datetime) -> None:
    """Says it in the room, in the same transaction: it is a message once, or a comment that waits, and never both."""
    new = NewMessage(
        author_id=one.author_id,
        source="web",
        content=one.content,
        created_at=one.created_at,
        nonce=one.nonce,
        reply_to_id=one.reply_to_id,
        let_in=by_id is not None,
    )
    message = await done(conn, one, new)
    await conn.execute(
        """/* comments.approve */ update comments set state = 'approved', message_id = $2, content = '',
            decided_at = $3, decided_by = $4 where id = $1""",
        one.id,
        message.id,
        now,
        by_id,
    )
    one.state, one.message_id = "approved", message.id


async def done(conn: PoolConnectionProxy, one: Locked, work: Work) -> Message:
    """Has the room's writer do it in this transaction. Raises what it refuses."""
    committed = await commit(conn, one.room_id, [work])
    [result] = committed.results
    if isinstance(result, Refused):
        raise result
    assert result, "only what is heard from Discord may be about nothing"
    one.events += committed.events
    return result


async def want_thread(conn: Conn, room_id: int, discord: Discord, now: datetime) -> None:
    """A post that came out before there was a channel for threads, or moved in, gets its thread with its next comment:
    many old posts would else fill the channel with silence.
    """
    if discord.token and discord.comments_channel_id:
        await conn.execute(
            """/* comments.want_thread */ insert into post_notices (post_id, kind, channel_id, next_at)
            select id, 'thread', $2, $3 from posts
            where room_id = $1 and kind = 'post' and state = 'published' and deleted_at is null
            on conflict (post_id, kind) do nothing""",
            room_id,
            discord.comments_channel_id,
            now,
        )


async def tell_anew(conn: Conn, comment_id: int) -> None:
    """What the moderators' channel shows of this comment is not how it is any more."""
    await conn.execute(
        """/* comments.tell_anew */ update comments set notice_wanted = notice_wanted + 1, notice_at = null,
            notice_state = case when notice_state = 'sent' then 'due' else notice_state end where id = $1""",
        comment_id,
    )
