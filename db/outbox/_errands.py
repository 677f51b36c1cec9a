"""Errands: what the bot has yet to do itself in Discord with messages that moderators took away on the site, or whose
links they hid. db/writer puts them down; cogs/errands.py runs them.

Each may be run twice without harm. What Discord refuses for good is not tried again, and its case says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from db import mod_notices
from db.events import ModNoticeDue
from db.store import Conn, Store

AT_ONCE = 100  # messages that Discord takes away with one request
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=2), timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Errand:
    """`kind` is `delete`, or `suppress` for the cards of links. `is_ours`: the site said it, and the relay takes it
    away if nobody else does.
    """

    discord_id: int
    kind: str
    channel_id: int
    is_ours: bool
    case_id: int | None
    tries: int


# Rules


def wait_for_errand(tries: int) -> timedelta:
    """How long after so many tries that failed: twice as long each time, five minutes at most."""
    return min(FIRST_WAIT * (1 << min(tries, 20)), LONGEST_WAIT)


# Queries


async def next_errands(conn: Conn, now: datetime, most: int = AT_ONCE) -> list[Errand]:
    """What is due and can be done together: of one kind and in one channel, the oldest messages first."""
    rows = await conn.fetch(
        """/* outbox.next_errands */ with first as (
            select channel_id, kind from errands where next_at <= $1 order by next_at, discord_id limit 1
        ) select e.discord_id, e.kind, e.channel_id, e.is_ours, e.case_id, e.tries
        from errands e join first f on f.channel_id = e.channel_id and f.kind = e.kind
        where e.next_at <= $1 order by e.discord_id limit $2""",
        now,
        most,
    )
    return [Errand(**row) for row in rows]


# Acts


async def put_off_errands(store: Store, errands: Sequence[Errand], until: datetime) -> None:
    """They are tried again then, if they are not recorded as run before."""
    await store.pool.execute(
        """/* outbox.put_off_errands */ update errands set tries = tries + 1, next_at = $3
        where discord_id = any($1) and kind = $2""",
        [one.discord_id for one in errands],
        errands[0].kind,
        until,
    )


async def record_run(store: Store, errands: Sequence[Errand]) -> None:
    """They are done, or needless because the message is not there any more: then the relay need not do it either."""
    async with store.pool.acquire() as conn, conn.transaction():
        await _forget(conn, errands)
        if errands[0].kind == "delete":
            await conn.execute(
                """/* outbox.record_taken_away */ update messages set relay = 'deleted'
                where discord_id = any($1) and source = 'web' and relay = 'sent' and deleted_at is not null""",
                [one.discord_id for one in errands],
            )


async def record_refused(store: Store, errands: Sequence[Errand], sentence: str, now: datetime) -> None:
    """Discord will never let the bot do it. The case says so, and its line in the moderators' channel; what is ours the
    relay still takes away.
    """
    async with store.pool.acquire() as conn, conn.transaction():
        await _forget(conn, errands)
        numbers = {one.case_id for one in errands if one.case_id and not one.is_ours}
        await conn.execute(
            """/* outbox.record_refused */ update cases
            set details = details || jsonb_build_object('refused', $2::text) where id = any($1)""",
            list(numbers),
            sentence,
        )
        await mod_notices.renew(conn, "case", numbers, now)
    store.live.announce(ModNoticeDue())


async def _forget(conn: Conn, errands: Sequence[Errand]) -> None:
    await conn.execute(
        "/* outbox.forget_errands */ delete from errands where discord_id = any($1) and kind = $2",
        [one.discord_id for one in errands],
        errands[0].kind,
    )
