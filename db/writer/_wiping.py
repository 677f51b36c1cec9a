"""What a writer does inside its transaction when something that was said goes for good, whoever took it away."""

from datetime import datetime

import asyncpg

from db.events import Changed
from db.writer._numbering import next_seqs


async def wipe(
    conn: "asyncpg.pool.PoolConnectionProxy", room_id: int, message_ids: list[int], at: datetime
) -> list[Changed]:
    """What was said is wiped, not only hidden. A send that has not begun is called off. None of them is gone yet."""
    from db import messages  # noqa: PLC0415 - the noun's acts use the writer, the writer its queries

    if not message_ids:
        return []
    wiped = sorted(message_ids)
    seqs = await next_seqs(conn, room_id, "delete", wiped)
    await _let_go(conn, wiped, at)
    await conn.execute(
        """/* writer.wipe */ update messages m set content = '', mentions = '{}', attachments = '[]', extras = '{}',
            reactions = '[]', deleted_at = $3, seq = n.seq,
            relay = case relay when 'pending' then 'cancelled' else relay end
        from unnest($1::bigint[], $2::bigint[]) as n (id, seq) where m.id = n.id""",
        wiped,
        seqs,
        at,
    )
    await quote_anew(conn, wiped)
    return [Changed(room_id, one.seq, "delete", one) for one in await messages.get(conn, room_id, wiped)]


async def _let_go(conn: "asyncpg.pool.PoolConnectionProxy", message_ids: list[int], at: datetime) -> None:
    """Of what hangs on the messages: pictures, files of Discord's, reactions; and they count no longer."""
    await conn.execute(
        """/* writer.let_go */ with files as (
            select file ->> 'media' as media, (file ->> 'id')::bigint as id
            from messages m, jsonb_array_elements(
                m.attachments || coalesce(m.extras #> '{forward,attachments}', '[]')) as file where m.id = any($1)
        ), kept as (
            update post_pictures set own = true where media_id in (select media from files) returning media_id
        ), held as (
            update media set released_at = $2
            where id in (select media from files) and id not in (select media_id from kept)
        ), forgotten as (
            update discord_files set released_at = $2
            where attachment_id in (select id from files) and released_at is null
        ), gone as (
            delete from reactions where message_id = any($1)
        ), unmirrored as (
            update mirrors set wanted = false where message_id = any($1)
        )
        update rooms o set said = o.said - s.count from (
            select room_id, count(*) as count from messages
            where id = any($1) and kind = 'said' and deleted_at is null group by room_id
        ) s where o.id = s.room_id""",
        message_ids,
        at,
    )


async def quote_anew(conn: "asyncpg.pool.PoolConnectionProxy", message_ids: list[int]) -> None:
    """Our replies in Discord quote what they reply to; they have to quote it as it is now."""
    await conn.execute(
        """/* writer.quote_anew */ update messages set revision = revision + 1
        where reply_to_id = any($1) and source = 'web' and deleted_at is null""",
        message_ids,
    )


async def unapprove(
    conn: "asyncpg.pool.PoolConnectionProxy", message_ids: list[int], at: datetime, by_id: int | None
) -> None:
    """The comments that became these messages are gone with them, and the moderators' channel is to say so."""
    await conn.execute(
        """/* writer.unapprove */ update comments set state = 'deleted', content = '', digest = null, network = null,
            decided_at = $2, decided_by = $3, notice_wanted = notice_wanted + 1, notice_at = null,
            notice_state = case when notice_state = 'sent' then 'due' else notice_state end
        where message_id = any($1)""",
        message_ids,
        at,
        by_id,
    )


async def forget_errands(conn: "asyncpg.pool.PoolConnectionProxy", discord_ids: list[int]) -> None:
    """What the bot had still to do in Discord with messages that are not there any more."""
    await conn.execute("/* writer.forget_errands */ delete from errands where discord_id = any($1)", discord_ids)
