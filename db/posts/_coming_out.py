"""What belongs to a post that has come out: a room for its comments, and what Discord is to be told. Inside the acts'
transactions.
"""

from datetime import datetime, timedelta

from db.config import Discord
from db.posts import _queries as queries
from db.posts._shape import Post
from db.store import Conn

NEWS = timedelta(days=1)  # what came out longer ago is an old post that has moved in, and no news


async def make_room(conn: Conn, post: Post) -> Post:
    """The post with a room for comments, if it is one that may have any by now."""
    if post.state == "draft" or post.kind != "post" or post.room_id is not None:
        return post
    await conn.execute(
        """/* posts.make_room */ with made as (insert into rooms (kind) values ('comments') returning id)
        update posts set room_id = made.id from made where posts.id = $1""",
        post.id,
    )
    kept = await queries.get(conn, post.id)
    assert kept
    return kept


async def put_notices(conn: Conn, post: Post, discord: Discord, now: datetime) -> bool:
    """Discord is to be told of a post that is out: where it is announced, and where its comments are. What was taken
    out again is told anew. Returns whether there is anything to tell.
    """
    if not discord.token or post.kind != "post" or post.state != "published" or post.published_at is None:
        return False
    if post.published_at < now - NEWS:
        return False
    channels = {"announcement": discord.announce_channel_id, "thread": discord.comments_channel_id}
    wanted = {kind: channel for kind, channel in channels.items() if channel}
    await conn.execute(
        """/* posts.put_notices */ insert into post_notices (post_id, kind, channel_id, next_at)
        select $1, kind, channel_id, $4 from unnest($2::text[], $3::bigint[]) as wanted (kind, channel_id)
        on conflict (post_id, kind) do update set state = 'due', channel_id = excluded.channel_id, message_id = null,
            after_id = null, tries = 0, next_at = excluded.next_at, reason = null
            where post_notices.state = 'gone'""",
        post.id,
        list(wanted),
        list(wanted.values()),
        now,
    )
    return bool(wanted)
