"""Reading and marking pictures, and looking up a file that came with a Discord message."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from db.media._shape import COLUMNS, DAY, Media, from_row
from db.store import Conn


class SharedFile(msgspec.Struct, frozen=True):
    """A file that came with a message. `url` is Discord's signed link, which visitors never see."""

    id: str
    name: str = ""
    url: str = ""
    content_type: str = ""
    size: int = 0


async def get(conn: Conn, media_id: str) -> Media | None:
    row = await conn.fetchrow(f"/* media.get */ select {COLUMNS} from media where id = $1", media_id)
    return from_row(row) if row else None


async def of_person(conn: Conn, person_id: int, ids: Sequence[str]) -> list[Media]:
    """Those of these pictures that this person brought and has not used yet, in this order; others are left out."""
    rows = await conn.fetch(
        f"""/* media.of_person */ select {COLUMNS} from media where id = any($1) and person_id = $2 and not used
        order by array_position($1::text[], id)""",
        list(ids),
        person_id,
    )
    return [from_row(row) for row in rows]


async def mark_used(conn: Conn, ids: Sequence[str]) -> None:
    """They stay from here on."""
    await conn.execute("/* media.mark_used */ update media set used = true where id = any($1)", list(ids))


async def remove_if_unused(conn: Conn, media_id: str) -> None:
    await conn.execute("/* media.remove_if_unused */ delete from media where id = $1 and not used", media_id)


async def brought_by(conn: Conn, person_id: int, now: datetime) -> tuple[int, datetime | None, int]:
    """How many pictures in the last 24 hours, the first of these, and how many bytes in all."""
    row = await conn.fetchrow(
        """/* media.brought_by */ select count(*) filter (where created_at > $2) as today,
            min(created_at) filter (where created_at > $2) as oldest, coalesce(sum(size), 0)::bigint as bytes
        from media where person_id = $1""",
        person_id,
        now - DAY,
    )
    assert row
    return row["today"], row["oldest"], row["bytes"]


async def lock_digest(conn: Conn, digest: str) -> None:
    """Until the transaction ends, nobody else says that these bytes are needed, or that they are not."""
    await conn.execute("/* media.lock_digest */ select pg_advisory_xact_lock($1)", int(digest[:15], 16))


async def is_needed(conn: Conn, digest: str) -> bool:
    needed: bool = await conn.fetchval(
        """/* media.is_needed */ select exists (select from media where digest = $1)
            or exists (select from discord_files where digest = $1)""",
        digest,
    )
    return needed


async def attachment_of(conn: Conn, message_id: int, attachment_id: int) -> SharedFile | None:
    """The file with this id that came with this message from Discord, or with what it forwards; None for a deleted
    message.
    """
    found = await conn.fetchval(
        """/* media.attachment_of */ select file from messages m, jsonb_array_elements(
            m.attachments || coalesce(m.extras #> '{forward,attachments}', '[]')) as file
        where m.id = $1 and m.deleted_at is null and m.source = 'discord' and file ->> 'id' = $2 limit 1""",
        message_id,
        str(attachment_id),
    )
    return msgspec.convert(found, SharedFile) if found else None
