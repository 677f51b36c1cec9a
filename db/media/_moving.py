"""Pictures that move in with the texts that show them: brought by whoever runs the site, so nobody's quota counts."""

import asyncio
import hashlib
from datetime import datetime
from pathlib import Path

from db.darkroom import Developed, Report
from db.media import _queries as queries
from db.media._removing import needing
from db.media._shape import COLUMNS, Media, blob_name, check_alt, from_row, new_id
from db.store import Store

BEGINNINGS = {
    "png": (b"\x89PNG\r\n\x1a\n", "image/png"),
    "jpg": (b"\xff\xd8\xff", "image/jpeg"),
    "gif": (b"GIF8", "image/gif"),
    "webp": (b"RIFF", "image/webp"),
}


async def bring_back(store: Store, person_id: int, picture: Path, alt: str, now: datetime, media_id: str = "") -> Media:
    """Keeps a picture that is in use from here on. With `media_id` it was a picture of this site, made anew long ago:
    its bytes stay as they are, and the id too unless it is another picture's.

    Raises Refused (`bad_picture`), NoRoom, or Unavailable. What is not taken into use after all is for `take_back`.
    """
    content = await asyncio.to_thread(picture.read_bytes)
    beginning, content_type = BEGINNINGS.get(picture.suffix[1:], (b"", ""))
    is_exact = bool(media_id and content_type) and content.startswith(beginning)
    async with store.darkroom.developed(picture) as developed:
        if not is_exact:
            content, content_type = await asyncio.to_thread(developed.whole.read_bytes), developed.report.content_type
        digest = hashlib.sha256(content).hexdigest()
        known = await queries.get(store.pool, media_id) if media_id else None
        if known is not None and known.digest == digest and known.room_id is None:
            return known
        ext = picture.suffix[1:] if is_exact else developed.report.ext
        row = (person_id, digest, content_type, ext, len(content), check_alt(alt), now)
        media = await _insert(store, media_id, row, developed.report)
        await _keep(store, media, content, developed)
    return media


async def _insert(store: Store, media_id: str, row: tuple[object, ...], report: Report) -> Media:
    async with needing(store, str(row[1])) as conn:
        for one in (media_id or new_id(), new_id()):
            kept = await conn.fetchrow(
                f"""/* media.move_in */ insert into media (id, person_id, digest, content_type, ext, size, alt,
                    created_at, width, height, animated, widths, used)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, true)
                on conflict (id) do nothing returning {COLUMNS}""",
                one,
                *row,
                report.width,
                report.height,
                report.animated,
                list(report.widths),
            )
            if kept is not None:
                break
    assert kept
    return from_row(kept)


async def _keep(store: Store, media: Media, content: bytes, developed: Developed) -> None:
    try:
        for width in media.widths:
            await store.blobs.keep(blob_name(media.digest, width), developed.variant(width))
        await store.blobs.keep(blob_name(media.digest), content)
    except BaseException:
        await asyncio.shield(take_back(store, [media.id]))
        raise


async def take_back(store: Store, media_ids: list[str]) -> None:
    """They are nobody's from here on, so they count for nobody; the next sweep removes what was written of them."""
    await store.pool.execute(
        """/* media.take_back */ update media set used = true, released_at = now(), person_id = null
        where id = any($1) and released_at is null""",
        media_ids,
    )
