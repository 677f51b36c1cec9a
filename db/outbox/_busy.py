"""Which rooms have something to do in Discord. The hangout is always looked at; comments only when they have."""

from collections.abc import Collection

from db.rooms import Bridge
from db.store import Conn


async def busy_threads(conn: Conn, held: Collection[int], most: int) -> list[Bridge]:
    """Comments with something that their thread has yet to hear of, who waited longest first; not those of `held`, by
    their rooms. The comments of a post that is gone stay in Discord as they are, for there they are locked.
    """
    rows = await conn.fetch(
        """/* outbox.busy_threads */ with busy as (
            select room_id, id from messages where relay in ('pending', 'sending')
            union all
            select room_id, id from messages where relay = 'sent' and source = 'web'
                and (revision <> relayed_revision or deleted_at is not null)
            union all
            select m.room_id, m.id from mirrors r join messages m on m.id = r.message_id
            where r.wanted <> r.placed and m.discord_id > 0
        ) select o.id, o.channel_id, min(b.id) as oldest from busy b join rooms o on o.id = b.room_id
        where o.kind = 'comments' and o.channel_id is not null and o.id <> all ($1::bigint[])
            and not exists (select from posts p
                where p.room_id = o.id and (p.deleted_at is not null or p.state = 'draft'))
        group by o.id, o.channel_id order by oldest limit $2""",
        list(held),
        most,
    )
    return [Bridge(row["id"], row["channel_id"], is_hangout=False) for row in rows]
