"""Sending: what was said on the site and is not in the channel yet.

A message goes `pending` -> `sending` -> `sent` or `failed`. `sending` is committed before the request leaves, with
the id of the newest message then known in the channel and with what is being sent: whoever finds it after a crash looks
in the channel, from there on, before it is sent again. Only the present leader's `term` may begin a send or take it
back. A message that is deleted before its send began is `cancelled`, one that is deleted in Discord too is `deleted`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from db import messages
from db.events import Relayed
from db.messages import Message
from db.store import Conn, Store

NEAR = 60  # messages looked at to be joined; no more fit in one of Discord's


@dataclass(frozen=True, slots=True)
class Queue:
    """How many messages wait, and since when the first."""

    count: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Sender:
    """Where a message is sent, and through which webhook; None when the bot speaks itself."""

    channel_id: int
    webhook: int | None


@dataclass(frozen=True, slots=True)
class Parcel:
    """Messages on their way, oldest first. After a send whose outcome nobody recorded, they are those that were sent as
    one, `said` is what was sent and `after` the newest message in the channel before it; else they wait, and `after`
    is None.
    """

    messages: tuple[Message, ...]
    after: int | None = None
    said: str = ""


# Queries


async def queue(conn: Conn, room_id: int) -> Queue:
    row = await conn.fetchrow(
        """/* outbox.queue */ select count(*) as count, min(created_at) as oldest from messages
        where room_id = $1 and relay in ('pending', 'sending')""",
        room_id,
    )
    assert row
    return Queue(row["count"], row["oldest"])


async def next_parcel(conn: Conn, room_id: int, most: int = NEAR) -> Parcel | None:
    """The send that was begun, or else the oldest messages that wait, at most so many."""
    rows = await conn.fetch(
        """/* outbox.next_parcel */ with begun as (
            select id, relay, relay_after, relay_said from messages where room_id = $1 and relay = 'sending'
        ), waiting as (
            select id, relay, relay_after, relay_said from messages
            where room_id = $1 and relay = 'pending' and not exists (select from begun) order by id limit $2
        ) select id, relay, relay_after, relay_said from begun
        union all select id, relay, relay_after, relay_said from waiting""",
        room_id,
        most,
    )
    if not rows:
        return None
    found = await messages.get(conn, room_id, [row["id"] for row in rows])
    if rows[0]["relay"] == "sending":
        return Parcel(tuple(found), rows[0]["relay_after"] or 0, rows[0]["relay_said"] or "")
    return Parcel(tuple(one for one in found if not one.deleted)) if found else None


async def underway(conn: Conn, room_id: int, discord_id: int | None = None) -> set[int]:
    """The messages whose send was begun and has no outcome yet, and which may be this one in Discord, or any there."""
    rows = await conn.fetch(
        """/* outbox.underway */ select id from messages
        where room_id = $1 and relay = 'sending' and ($2::bigint is null or coalesce(relay_after, 0) < $2)""",
        room_id,
        discord_id,
    )
    return {row["id"] for row in rows}


async def recorded(conn: Conn, discord_ids: list[int]) -> set[int]:
    """Which of these Discord messages are already known here."""
    rows = await conn.fetch(
        "/* outbox.recorded */ select discord_id from messages where discord_id = any($1)", discord_ids
    )
    return {row["discord_id"] for row in rows}


# Acts


async def claim(store: Store, lines: Sequence[Message], after: int, said: str, sender: Sender, term: int) -> bool:
    """Records that these messages are about to be sent as one. False when one of them has changed meanwhile, or when
    this process is no longer the leader: then nothing is recorded.
    """
    async with store.pool.acquire() as conn, conn.transaction():
        claimed = await conn.fetch(
            """/* outbox.claim */ update messages m set relay = 'sending', relay_after = $3, relay_said = $4,
                relay_webhook = $5, channel_id = $7, part = n.place - 1, relayed_revision = n.revision
            from unnest($1::bigint[], $2::integer[]) with ordinality as n (id, revision, place)
            where m.id = n.id and m.relay = 'pending' and m.revision = n.revision
                and (select term from leaders where name = 'discord') = $6
            returning m.id""",
            [one.id for one in lines],
            [one.revision for one in lines],
            after,
            said,
            sender.webhook,
            term,
            sender.channel_id,
        )
        if len(claimed) < len(lines):
            await conn.execute(
                """/* outbox.unclaim */ update messages
                set relay = 'pending', relay_after = null, relay_said = null, part = 0 where id = any($1)""",
                [row["id"] for row in claimed],
            )
    return len(claimed) == len(lines)


async def record_sent(store: Store, lines: Sequence[Message], discord_id: int) -> None:
    """The messages are in the channel under this id. That is true whoever leads, so no term is asked for."""
    await _conclude(store, lines, "sent", discord_id, None)


async def record_failed(store: Store, lines: Sequence[Message], reason: str) -> None:
    """Discord refuses the messages for good; `reason` is a sentence for their authors and the owner."""
    await _conclude(store, lines, "failed", None, reason)


async def _conclude(
    store: Store, lines: Sequence[Message], state: str, discord_id: int | None, reason: str | None
) -> None:
    """What was said is not needed any more to find it again."""
    await store.pool.execute(
        """/* outbox.conclude */ update messages set relay = $2, discord_id = coalesce($3, discord_id),
            relay_reason = $4, relay_at = now(), relay_said = null
        where id = any($1) and relay in ('pending', 'sending')""",
        [one.id for one in lines],
        state,
        discord_id,
        reason,
    )
    for one in lines:
        store.live.announce(Relayed(one.room_id, one.id, one.author.id, state, reason))


async def put_back(store: Store, lines: Sequence[Message], term: int) -> None:
    """The send surely did not happen: the messages wait again as if it had not been tried. Those that were deleted
    meanwhile need no sending any more.
    """
    await store.pool.execute(
        """/* outbox.put_back */ update messages set relay_after = null, relay_said = null, part = 0,
            relay = case when deleted_at is null then 'pending' else 'cancelled' end
        where id = any($1) and relay = 'sending' and (select term from leaders where name = 'discord') = $2""",
        [one.id for one in lines],
        term,
    )
