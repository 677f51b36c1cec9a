"""What is known of a room's channel in Discord: up to where it was heard, and which webhooks are ours."""

from dataclasses import dataclass

from db.store import Conn


@dataclass(frozen=True, slots=True)
class Channel:
    """`heard_id`: all up to it is on the site. `newest_id`: the newest message known there, ours included."""

    heard_id: int
    newest_id: int


# Queries


async def channel(conn: Conn, room_id: int) -> Channel | None:
    """What is known of the channel of this room, or None when it has none."""
    row = await conn.fetchrow(
        """/* outbox.channel */ select c.heard_id,
            greatest(c.heard_id, (select max(discord_id) from messages where room_id = r.id)) as newest_id
        from rooms r join channels c on c.id = r.channel_id where r.id = $1""",
        room_id,
    )
    return Channel(row["heard_id"], row["newest_id"]) if row else None


async def heard_up_to(conn: Conn, channel_ids: list[int]) -> dict[int, int]:
    """Which of these channels of Discord's, or threads, are one with comments here, and up to where each was heard."""
    rows = await conn.fetch(
        """/* outbox.heard_up_to */ select c.id, c.heard_id from rooms o join channels c on c.id = o.channel_id
        where o.channel_id = any($1) and o.kind = 'comments'""",
        channel_ids,
    )
    return {row["id"]: row["heard_id"] for row in rows}


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
