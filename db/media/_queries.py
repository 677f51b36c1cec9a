"""Reading and marking pictures, and looking up a file that came with a Discord message."""

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
    """None as well for one whose message is deleted."""
    row = await conn.fetchrow(
        f"/* media.get */ select {COLUMNS} from media where id = $1 and released_at is null", media_id
    )
    return from_row(row) if row else None


async def may_see(conn: Conn, media_id: str, person_id: int) -> bool:
    """Whether there is such a picture for this person, apart from those that are public: what they brought and nothing
    uses yet, and what is used in a chat that they are in.
    """
    found: bool = await conn.fetchval(
        """/* media.may_see */ select exists (
            select from media m where m.id = $1 and m.released_at is null and case when m.room_id is null
                then m.person_id = $2 else exists (select from members
                    where room_id = m.room_id and person_id = $2 and left_at is null) end)""",
        media_id,
        person_id,
    )
    return found


async def brought_by(conn: Conn, person_id: int, now: datetime) -> tuple[int, datetime | None, int]:
    """How many pictures in the last 24 hours, the first of these, and how many bytes there are in all."""
    row = await conn.fetchrow(
        """/* media.brought_by */ select count(*) filter (where created_at > $2) as today,
            min(created_at) filter (where created_at > $2) as oldest,
            coalesce(sum(size) filter (where digest is not null), 0)::bigint as bytes
        from media where person_id = $1""",
        person_id,
        now - DAY,
    )
    assert row
    return row["today"], row["oldest"], row["bytes"]


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


async def portrait_of(conn: Conn, person_id: int) -> Media | None:
    """The picture that this person chose for themselves."""
    row = await conn.fetchrow(
        f"""/* media.portrait_of */ select {COLUMNS} from media
        where id = (select picture from people where id = $1) and released_at is null""",
        person_id,
    )
    return from_row(row) if row else None


async def use(conn: Conn, media_id: str, person_id: int) -> bool:
    """Takes a picture of one's own into use; False when it is gone, somebody else's or used already."""
    taken = await conn.fetchval(
        """/* media.use */ update media set used = true where id = $1 and person_id = $2 and not used returning true""",
        media_id,
        person_id,
    )
    return bool(taken)


async def release(conn: Conn, media_ids: list[str], now: datetime) -> None:
    """Nobody sees these from here on, and the next sweep removes their bytes. What a post shows stays, for the post."""
    await conn.execute(
        """/* media.release */ with kept as (
            update post_pictures set own = true where media_id = any($1) returning media_id
        ) update media set used = true, released_at = $2, alt = ''
        where id = any($1) and released_at is null and id not in (select media_id from kept)""",
        media_ids,
        now,
    )


# Whether bytes are needed. A row that is released needs none.


async def lock_digest(conn: Conn, digest: str) -> None:
    """Until the transaction ends, nobody else says that these bytes are needed, or that they are not."""
    await conn.execute("/* media.lock_digest */ select pg_advisory_xact_lock($1)", int(digest[:15], 16))


async def is_needed(conn: Conn, digest: str) -> bool:
    needed: bool = await conn.fetchval(
        """/* media.is_needed */ select exists (select from media where digest = $1 and released_at is null)
            or exists (select from discord_files where digest = $1 and released_at is null)""",
        digest,
    )
    return needed


async def is_being_removed(conn: Conn, digest: str) -> bool:
    found: bool = await conn.fetchval(
        "/* media.is_being_removed */ select exists (select from removals where digest = $1)", digest
    )
    return found


async def mark_removal(conn: Conn, digest: str) -> datetime | None:
    """What to end it with; None when somebody else removes these bytes. After 30 seconds they are taken for dead."""
    since: datetime | None = await conn.fetchval(
        """/* media.mark_removal */ insert into removals (digest) values ($1)
        on conflict (digest) do update set since = now() where removals.since < now() - interval '30 seconds'
        returning since""",
        digest,
    )
    return since


async def end_removal(conn: Conn, digest: str, since: datetime) -> bool:
    """False when it took so long that somebody else has begun anew."""
    ended = await conn.fetchval(
        "/* media.end_removal */ delete from removals where digest = $1 and since = $2 returning true", digest, since
    )
    return ended is not None


async def release_unused(conn: Conn, before: datetime, limit: int) -> None:
    """Those brought before then that nothing uses. `used` is said as well, so that no message takes them meanwhile."""
    await conn.execute(
        """/* media.release_unused */ update media set used = true, released_at = now()
        where not used and id in (select id from media where not used and created_at < $1
            and not exists (select from held h where h.state = 'waiting' and media.id = any(h.media))
            order by created_at limit $2)
        """,
        before,
        limit,
    )


async def released(conn: Conn, limit: int) -> list[str]:
    """Digests that a released row still names, but for those whose removal is under way."""
    rows = await conn.fetch(
        """/* media.released */ select digest from (
            select digest from media where released_at is not null and digest is not null
            union select digest from discord_files where released_at is not null
        ) as named where not exists (
            select from removals r where r.digest = named.digest and r.since > now() - interval '30 seconds'
        ) limit $1""",
        limit,
    )
    return [row["digest"] for row in rows]


async def let_go(conn: Conn, digest: str) -> int:
    """Released rows name these bytes no longer. Returns how many."""
    count: int = await conn.fetchval(
        """/* media.let_go */ with pictures as (
            update media set digest = null where digest = $1 and released_at is not null returning id
        ), files as (
            delete from discord_files where digest = $1 and released_at is not null returning attachment_id
        ) select (select count(*) from pictures) + (select count(*) from files)""",
        digest,
    )
    return count


async def forget_gone(conn: Conn, before: datetime) -> None:
    """Rows whose bytes are gone, once they no longer count among anybody's pictures of the day."""
    await conn.execute(
        "/* media.forget_gone */ delete from media where digest is null and (person_id is null or created_at < $1)",
        before,
    )
