"""The outbox: what still has to reach the Discord channel. The database is the queue; cogs/relay.py works through it.

A message goes `pending` -> `sending` -> `sent` or `failed`. `sending` is committed before the request leaves, with
the id of the newest message then known in the channel: whoever finds it after a crash looks in the channel, from there
on, before it is sent again. Only the present leader's `term` may begin a send or take it back.
"""

from dataclasses import dataclass
from datetime import datetime

from db import messages
from db.events import Relayed
from db.messages import Message
from db.store import Conn, Store


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message on its way. `after` is set when a send was begun earlier whose outcome nobody recorded."""

    message: Message
    after: int | None


@dataclass(frozen=True, slots=True)
class Channel:
    """`heard_id`: all up to it is on the site. `newest_id`: the newest message known there, ours included."""

    heard_id: int
    newest_id: int


@dataclass(frozen=True, slots=True)
class Report:
    """The state of the relay, for its owner."""

    waiting: int
    failed: int
    oldest_waiting: datetime | None
    last_out: datetime | None
    last_in: datetime | None


# Queries


async def next_parcel(conn: Conn, room_id: int) -> Parcel | None:
    """The oldest message of the room that is still to be sent."""
    row = await conn.fetchrow(
        """/* outbox.next_parcel */ select id, relay, relay_after from messages
        where room_id = $1 and relay in ('pending', 'sending') order by id limit 1""",
        room_id,
    )
    if row is None:
        return None
    [message] = await messages.get(conn, room_id, [row["id"]])
    return Parcel(message, row["relay_after"] if row["relay"] == "sending" else None)


async def channel(conn: Conn, room_id: int) -> Channel | None:
    """What is known of the channel of this room, or None when it has none."""
    row = await conn.fetchrow(
        """/* outbox.channel */ select c.heard_id,
            greatest(c.heard_id, (select max(discord_id) from messages where room_id = r.id)) as newest_id
        from rooms r join channels c on c.id = r.channel_id where r.id = $1""",
        room_id,
    )
    return Channel(row["heard_id"], row["newest_id"]) if row else None


async def recorded(conn: Conn, discord_ids: list[int]) -> set[int]:
    """Which of these Discord messages are already known here."""
    rows = await conn.fetch(
        "/* outbox.recorded */ select discord_id from messages where discord_id = any($1)", discord_ids
    )
    return {row["discord_id"] for row in rows}


async def our_webhooks(conn: Conn) -> set[int]:
    return {row["id"] for row in await conn.fetch("/* outbox.our_webhooks */ select id from webhooks")}


async def keep_webhook(conn: Conn, webhook_id: int, channel_id: int) -> None:
    await conn.execute(
        "/* outbox.keep_webhook */ insert into webhooks (id, channel_id) values ($1, $2) on conflict do nothing",
        webhook_id,
        channel_id,
    )


async def mark_heard(conn: Conn, channel_id: int, heard_id: int) -> None:
    """All of the channel up to this id is on the site, or was there before the site began to listen."""
    await conn.execute(
        "/* outbox.mark_heard */ update channels set heard_id = greatest(heard_id, $2) where id = $1",
        channel_id,
        heard_id,
    )


async def oldest_waiting(conn: Conn, room_id: int) -> datetime | None:
    """When the message was said that has waited longest for Discord."""
    said: datetime | None = await conn.fetchval(
        """/* outbox.oldest_waiting */ select min(created_at) from messages
        where room_id = $1 and relay in ('pending', 'sending')""",
        room_id,
    )
    return said


async def report(conn: Conn, room_id: int) -> Report:
    row = await conn.fetchrow(
        """/* outbox.report */ select
            (select count(*) from messages where room_id = $1 and relay in ('pending', 'sending')) as waiting,
            (select count(*) from messages where room_id = $1 and relay = 'failed') as failed,
            (select min(created_at) from messages where room_id = $1 and relay in ('pending', 'sending')) as
            oldest_waiting,
            (select max(relay_at) from messages where room_id = $1 and relay = 'sent') as last_out,
            (select max(created_at) from messages where room_id = $1 and source = 'discord') as last_in""",
        room_id,
    )
    assert row
    return Report(*row)


async def relayed_since(conn: Conn, room_id: int, since: datetime) -> tuple[datetime, list[Relayed]]:
    """The database's time, and the messages that came to a new relay state since that time."""
    rows = await conn.fetch(
        """/* outbox.relayed_since */ select n.now, m.id, m.relay, m.relay_reason from (select now()) as n (now)
        left join messages m on m.room_id = $1 and m.relay_at > $2 and m.relay in ('sent', 'failed')""",
        room_id,
        since,
    )
    news = [Relayed(room_id, row["id"], row["relay"], row["relay_reason"]) for row in rows if row["id"]]
    return rows[0]["now"], news


# Acts


async def claim(store: Store, message_id: int, after: int, term: int) -> bool:
    """Records that the message is about to be sent. False when this process is no longer the leader."""
    claimed = await store.pool.fetchval(
        """/* outbox.claim */ update messages set relay = 'sending', relay_after = $2
        where id = $1 and relay = 'pending' and (select term from leaders where name = 'discord') = $3
        returning true""",
        message_id,
        after,
        term,
    )
    return bool(claimed)


async def record_sent(store: Store, message: Message, discord_id: int) -> None:
    """The message is in the channel under this id. That is true whoever leads, so no term is asked for."""
    await store.pool.execute(
        """/* outbox.record_sent */ update messages set relay = 'sent', discord_id = $2, relay_at = now()
        where id = $1 and relay in ('pending', 'sending')""",
        message.id,
        discord_id,
    )
    store.live.announce(Relayed(message.room_id, message.id, "sent", None))


async def record_failed(store: Store, message: Message, reason: str) -> None:
    """Discord refuses the message for good; `reason` is a sentence for its author and the owner."""
    await store.pool.execute(
        """/* outbox.record_failed */ update messages set relay = 'failed', relay_reason = $2, relay_at = now()
        where id = $1 and relay in ('pending', 'sending')""",
        message.id,
        reason,
    )
    store.live.announce(Relayed(message.room_id, message.id, "failed", reason))


async def put_back(store: Store, message_id: int, term: int) -> None:
    """The send surely did not happen: the message waits again as if it had not been tried."""
    await store.pool.execute(
        """/* outbox.put_back */ update messages set relay = 'pending', relay_after = null
        where id = $1 and relay = 'sending' and (select term from leaders where name = 'discord') = $2""",
        message_id,
        term,
    )
