"""Notices: what Discord is told of a post in the announcements' channel, kept as outgoing messages are.

`due` -> `sending` -> `sent` -> `gone`, or `failed`. `sending` is committed before the request leaves, with the newest
message then known in the channel: whoever finds it after a crash looks there before it is sent again. Only the present
leader's `term` may begin a send. Rows are made when a post comes out (db/posts). Called by cogs/announcements.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from db.store import Conn, Store

Kind = Literal["announcement", "thread"]
SOON, LATE = timedelta(seconds=15), timedelta(minutes=10)
# A post that readers find in the lists: only that is announced.
IS_OUT = "p.deleted_at is null and p.state in ('published', 'scheduled') and p.published_at <= $2"


@dataclass(frozen=True, slots=True)
class Notice:
    """What is to be done of one post. `state` is as kept; `round`: how often it was taken out of
    the channel again. `wanted`: the post is out, so that it is to be shown, at
    revision `revision`. `after_id` and `message_id` are 0 where there are none.
    """

    post_id: int
    channel_id: int
    state: str
    after_id: int
    message_id: int
    shown: int
    round: int
    tries: int
    reason: str
    wanted: bool
    revision: int


COLUMNS = f"""n.post_id, n.channel_id, n.state, coalesce(n.after_id, 0) as after_id,
    coalesce(n.message_id, 0) as message_id, n.shown, n.round, n.tries, coalesce(n.reason, '') as reason,
    {IS_OUT} as wanted, p.revision"""

# Rules


def wait_after(tries: int) -> timedelta:
    """How long the next try waits after so many that failed: longer each time, ten minutes at most."""
    return min(SOON * (1 << min(tries, 10)), LATE)


# Queries


async def next_open(conn: Conn, kind: Kind, now: datetime, *, sends: bool) -> Notice | None:
    """One that is to be sent, if `sends`, or whose send was begun and has no outcome; those that were begun first."""
    row = await conn.fetchrow(
        f"""/* notices.next_open */ select {COLUMNS} from post_notices n join posts p on p.id = n.post_id
        where n.kind = $1 and n.next_at <= $2 and n.state in ('due', 'sending')
            and (n.state = 'sending' or $3 and {IS_OUT})
        order by n.state = 'due', n.next_at, n.post_id limit 1""",
        kind,
        now,
        sends,
    )
    return Notice(**row) if row else None


async def next_stale(conn: Conn, kind: Kind, now: datetime) -> Notice | None:
    """One that Discord shows as the post was before its last save, or of a post that is not out any more. One that was
    refused for good ends with its post, so that it may be tried again when that comes out again.
    """
    row = await conn.fetchrow(
        f"""/* notices.next_stale */ select {COLUMNS} from post_notices n join posts p on p.id = n.post_id
        where n.kind = $1 and n.next_at <= $2 and n.state in ('sent', 'failed')
            and (n.state = 'sent' and n.shown < p.revision or not ({IS_OUT}))
        order by n.next_at, n.post_id limit 1""",
        kind,
        now,
    )
    return Notice(**row) if row else None


# Acts


async def claim(store: Store, kind: Kind, notice: Notice, channel_id: int, after: int, term: int) -> bool:
    """Records that it is about to be sent, at the post's present revision. False when another has begun meanwhile,
    when the post was saved or taken back since it was read, or when this process is no longer the leader.
    """
    claimed = await store.pool.fetchval(
        """/* notices.claim */ update post_notices n
        set state = 'sending', channel_id = $3, after_id = $4, shown = $5, message_id = null
        from posts p
        where n.post_id = $1 and n.kind = $2 and n.state = 'due' and p.id = n.post_id and p.revision = $5
            and p.deleted_at is null and p.state in ('published', 'scheduled')
            and (select term from leaders where name = 'discord') = $6
        returning true""",
        notice.post_id,
        kind,
        channel_id,
        after,
        notice.revision,
        term,
    )
    return bool(claimed)


async def record_sent(store: Store, kind: Kind, post_id: int, message_id: int) -> None:
    """It is in the channel under this id. That is true whoever leads."""
    await store.pool.execute(
        """/* notices.record_sent */ update post_notices
        set state = 'sent', message_id = $3, tries = 0, reason = null, next_at = now()
        where post_id = $1 and kind = $2 and state = 'sending'""",
        post_id,
        kind,
        message_id,
    )


async def record_shown(store: Store, kind: Kind, post_id: int, revision: int) -> None:
    """Discord shows the post as of this revision."""
    await store.pool.execute(
        """/* notices.record_shown */ update post_notices
        set shown = greatest(shown, $3), tries = 0, reason = null, next_at = now()
        where post_id = $1 and kind = $2 and state = 'sent'""",
        post_id,
        kind,
        revision,
    )


async def put_back(store: Store, kind: Kind, post_id: int, term: int) -> None:
    """The send surely did not happen: it is due as if it had not been tried."""
    await store.pool.execute(
        """/* notices.put_back */ update post_notices set state = 'due', after_id = null, shown = 0
        where post_id = $1 and kind = $2 and state = 'sending'
            and (select term from leaders where name = 'discord') = $3""",
        post_id,
        kind,
        term,
    )


async def put_off(store: Store, kind: Kind, notice: Notice, until: datetime, reason: str) -> bool:
    """Not now: `reason` is a sentence for the owner. Says whether it is another one than before."""
    await store.pool.execute(
        """/* notices.put_off */ update post_notices set tries = tries + 1, next_at = $3, reason = $4
        where post_id = $1 and kind = $2""",
        notice.post_id,
        kind,
        until,
        reason,
    )
    return reason != notice.reason


async def conclude(
    store: Store, kind: Kind, post_id: int, state: Literal["gone", "failed"], reason: str | None
) -> None:
    """It is in the channel no more, or never will be."""
    await store.pool.execute(
        """/* notices.conclude */ update post_notices set state = $3, reason = $4, round = round + 1
        where post_id = $1 and kind = $2""",
        post_id,
        kind,
        state,
        reason,
    )
