"""Small pictures that came with Discord messages, kept so that they are still there when Discord's link is not."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from db.errors import NotFound, Unavailable
from db.media import _queries as queries
from db.media._acts import release
from db.media._shape import blob_name
from db.store import Store


@dataclass(frozen=True, slots=True)
class DiscordFile:
    """A kept copy; `content_type` is what its bytes are."""

    attachment_id: int
    digest: str
    content_type: str
    size: int


async def keep_discord_file(store: Store, attachment_id: int, data: bytes, content_type: str) -> None:
    """Keeps a copy of a file, whose content never changes. Again is no harm. Raises NoRoom or Unavailable."""
    digest = hashlib.sha256(data).hexdigest()
    async with store.pool.acquire() as conn, conn.transaction():
        await queries.lock_digest(conn, digest)
        await conn.execute(
            """/* media.keep_discord_file */ insert into discord_files (attachment_id, digest, content_type, size)
            values ($1, $2, $3, $4) on conflict (attachment_id) do nothing""",
            attachment_id,
            digest,
            content_type,
            len(data),
        )
    try:
        await store.blobs.keep(blob_name(digest), data)
    except BaseException:
        await forget_discord_files(store, [attachment_id])
        raise


async def discord_file(store: Store, attachment_id: int) -> tuple[DiscordFile, bytes] | None:
    """The kept copy and its bytes; None when there is none, or its bytes are lost."""
    row = await store.pool.fetchrow(
        """/* media.discord_file */ select attachment_id, digest, content_type, size from discord_files
        where attachment_id = $1""",
        attachment_id,
    )
    if row is None:
        return None
    try:
        return DiscordFile(**row), await store.blobs.read(blob_name(row["digest"]))
    except NotFound:
        return None


async def forget_discord_files(store: Store, attachment_ids: Sequence[int]) -> None:
    """When their message is deleted. Nobody sees them from here on, even if their bytes cannot be removed just now."""
    rows = await store.pool.fetch(
        "/* media.forget_discord_files */ delete from discord_files where attachment_id = any($1) returning digest",
        list(attachment_ids),
    )
    with suppress(Unavailable):
        await release(store, {row["digest"] for row in rows})
