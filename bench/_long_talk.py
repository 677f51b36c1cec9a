"""A chat of any length, put into the database at once: as if the two of them had said all that by turns."""

from db import chats
from db.people import Person
from db.store import Store

EDITED_EVERY = 7  # so that the seq of a message is not always that of its first saying


async def talked(store: Store, asker: Person, asked: Person, count: int) -> int:
    """The id of a new chat of these two members with so many messages, which the asked has not read."""
    room_id: int = await store.pool.fetchval(
        """insert into rooms (kind, low_id, high_id, seq)
        values ('chat', least($1::bigint, $2::bigint), greatest($1, $2), 0) returning id""",
        asker.id,
        asked.id,
    )
    await store.pool.execute(
        "insert into members (room_id, person_id, joined_at) select $1, unnest($2::bigint[]), now()",
        room_id,
        [asker.id, asked.id],
    )
    async with store.pool.acquire() as conn, conn.transaction():
        await conn.execute("set local statement_timeout = 0")
        await conn.execute(
            """with said as (
                insert into messages (room_id, seq, author_id, source, nonce, content, created_at)
                select $1::bigint, n, case n % 2 when 0 then $2::bigint else $3 end, 'web',
                    'talk ' || $1::bigint || ' ' || n,
                    'What was said as number ' || n || ', in a line of the usual length.', now() - interval '1 day'
                from generate_series(1, $4::integer) as n order by n returning id, seq
            ) insert into changes (room_id, seq, kind, message_id) select $1::bigint, seq, 'create', id from said""",
            room_id,
            asker.id,
            asked.id,
            count,
            timeout=300,
        )
        await conn.execute(
            """with edited as (
                update messages set seq = $2::bigint + seq / $3::bigint, edited_at = now()
                where room_id = $1 and seq % $3 = 0
                returning id, seq
            ), told as (
                insert into changes (room_id, seq, kind, message_id) select $1, seq, 'update', id from edited
            ) update rooms set seq = $2 + (select count(*) from edited) where id = $1""",
            room_id,
            count,
            EDITED_EVERY,
            timeout=300,
        )
        await conn.execute(
            "update members set unread = $3 where room_id = $1 and person_id = $2", room_id, asked.id, (count + 1) // 2
        )
    await store.pool.execute("analyze messages, changes, members, rooms", timeout=300)
    assert (await chats.enter(store.pool, room_id, asked.id)).unread == (count + 1) // 2
    return room_id
