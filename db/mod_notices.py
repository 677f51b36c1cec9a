"""What the moderators' channel is told: one message for each case, report, held message, raid and fault, which then
shows what became of it.

A notice goes `due` -> `sending` -> `sent` or `failed`. `sending` is committed before the request leaves, with the
newest message then known in the channel, so that one whose outcome nobody recorded is looked for there before it is
sent again. What changes afterwards makes it `due` once more, and the message is edited. Carried by cogs/mod_channel.py.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import asyncpg

from db import settings
from db.store import Conn, Store

Kind = Literal["case", "report", "held", "raid", "fault"]
COLUMNS = """id, kind, subject_id, case when state = 'sending' then coalesce(after, 0) end as after, message_id,
    channel_id, tries, wanted"""
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=15), timedelta(hours=1)
OLD = timedelta(days=1)  # from before there was a channel: what was done then need not be told any more
CHANNEL = "mod_channel"  # the setting under which the channel is remembered


@dataclass(frozen=True, slots=True)
class Notice:
    """`message_id` is the message in `channel_id`, None before there is one; `after` is set for a send that was begun.
    `wanted` counts what it has to show.
    """

    id: int
    kind: Kind
    subject_id: int
    after: int | None
    message_id: int | None
    channel_id: int | None
    tries: int
    wanted: int


# Rules


def wait_after(tries: int) -> timedelta:
    return min(FIRST_WAIT * (1 << min(tries, 20)), LONGEST_WAIT)


# Queries


async def tell(conn: Conn, kind: Kind, subject_id: int, now: datetime) -> None:
    """The channel is to be told of it, once. Whoever calls announces ModNoticeDue after the commit."""
    await conn.execute(
        """/* mod_notices.tell */ insert into mod_notices (kind, subject_id, next_at, created_at)
        values ($1, $2, $3, $3) on conflict (kind, subject_id) do nothing""",
        kind,
        subject_id,
        now,
    )


async def renew(conn: Conn, kind: Kind, subject_ids: Collection[int], now: datetime) -> None:
    """The messages show something that has changed: they are edited. Nothing where the channel was never told. Whoever
    calls announces ModNoticeDue after the commit.
    """
    if not subject_ids:
        return
    await conn.execute(
        """/* mod_notices.renew */ update mod_notices set wanted = wanted + 1,
            next_at = case when state = 'sent' then $3 else next_at end,
            state = case when state = 'sent' then 'due' else state end where kind = $1 and subject_id = any($2)""",
        kind,
        list(subject_ids),
        now,
    )


async def next_due(conn: Conn, now: datetime) -> Notice | None:
    """The oldest that is to be told, or told anew; what waits for a moderator comes before what is only on record."""
    row = await conn.fetchrow(
        f"""/* mod_notices.next_due */ select {COLUMNS} from mod_notices
        where state in ('due', 'sending') and next_at <= $1 order by kind = 'case', id limit 1""",
        now,
    )
    return _notice(row) if row else None


async def notice_of(conn: Conn, kind: Kind, subject_id: int) -> Notice | None:
    row = await conn.fetchrow(
        f"/* mod_notices.notice_of */ select {COLUMNS} from mod_notices where kind = $1 and subject_id = $2",
        kind,
        subject_id,
    )
    return _notice(row) if row else None


async def newest(conn: Conn, channel_id: int) -> int:
    """The newest message of ours that is known in this channel, 0 for none: others can only be newer."""
    found: int | None = await conn.fetchval(
        "/* mod_notices.newest */ select max(message_id) from mod_notices where channel_id = $1", channel_id
    )
    return found or 0


def _notice(row: asyncpg.Record) -> Notice:
    return Notice(*row.values())


# Acts


async def claim(store: Store, notice: Notice, channel_id: int, after: int, term: int) -> bool:
    """Records that it is about to be sent. False when something has changed meanwhile, or another process leads."""
    claimed = await store.pool.fetchval(
        """/* mod_notices.claim */ update mod_notices set state = 'sending', after = $2, channel_id = $3, term = $4
        where id = $1 and state = 'due' and message_id is null
            and (select term from leaders where name = 'discord') = $4 returning true""",
        notice.id,
        after,
        channel_id,
        term,
    )
    return bool(claimed)


async def record(store: Store, notice: Notice, message_id: int, *, is_current: bool = True) -> None:
    """The message is there and shows it as `notice` has it, or (not `is_current`) as it was at some time. What has
    changed since is still to be told.
    """
    await store.pool.execute(
        """/* mod_notices.record */ update mod_notices set message_id = $2, tries = 0,
            shown = greatest(shown, $3), state = case when wanted <= greatest(shown, $3) then 'sent' else 'due' end
        where id = $1""",
        notice.id,
        message_id,
        notice.wanted if is_current else 0,
    )


async def put_off(store: Store, notice: Notice, now: datetime, *, at_once: bool = False) -> None:
    """It surely is not there, or was not changed: tried again a little later, each time later; or `at_once`."""
    await store.pool.execute(
        """/* mod_notices.put_off */ update mod_notices set tries = tries + 1, next_at = $2, after = null, state = 'due'
        where id = $1""",
        notice.id,
        now if at_once else now + wait_after(notice.tries),
    )


async def drop(store: Store, notice: Notice) -> None:
    """Discord will never take it, or somebody has removed it there: the record on the site is left."""
    await store.pool.execute("/* mod_notices.drop */ update mod_notices set state = 'failed' where id = $1", notice.id)


async def begin_in(store: Store, channel_id: int, now: datetime) -> None:
    """The channel is this one from here. A new one is not told what was long done when it came; what waits for a
    decision, it is.
    """
    async with store.pool.acquire() as conn, conn.transaction():
        if await settings.get(conn, CHANNEL) == channel_id:
            return
        await settings.keep(conn, CHANNEL, channel_id)
        await conn.execute(
            """/* mod_notices.begin_in */ update mod_notices set state = 'failed'
            where state = 'due' and message_id is null and kind in ('case', 'fault') and created_at < $1""",
            now - OLD,
        )
