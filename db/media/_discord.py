"""Small pictures that came with Discord messages, kept so that they are still there when Discord's link is not."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from db.errors import NotFound
from db.media._removing import needing
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
    async with needing(store, digest) as conn:
        kept = await conn.fetchval(
            """/* media.keep_discord_file */ insert into discord_files (attachment_id, digest, content_type, size)
            values ($1, $2, $3, $4) on conflict (attachment_id) do update set released_at = null
                where discord_files.digest = excluded.digest
            returning true""",
            attachment_id,
            digest,
            content_type,
            len(data),
        )
    if not kept:
        return  # other bytes are kept under this id
    try:
        await store.blobs.keep(blob_name(digest), data)
    except BaseException:
        await forget_discord_files(store, [attachment_id])
        raise


async def discord_file(store: Store, attachment_id: int) -> tuple[DiscordFile, bytes] | None:
    """The kept copy and its bytes; None when there is none, or its bytes are lost."""
    row = await store.pool.fetchrow(
        """/* media.discord_file */ select attachment_id, digest, content_type, size from discord_files
        where attachment_id = $1 and released_at is null""",
        attachment_id,
    )
    if row is None:
        return None
    try:
        return DiscordFile(**row), await store.blobs.read(blob_name(row["digest"]))
    except NotFound:
        return None


async def forget_discord_files(store: Store, attachment_ids: Sequence[int]) -> None:
    """When their message is deleted. Nobody sees them from here on, and the next sweep removes their bytes."""
    await store.pool.execute(
        """/* media.forget_discord_files */ update discord_files set released_at = now()
        where attachment_id = any($1) and released_at is null""",
        list(attachment_ids),
    )
