"""What may be done with pictures: bring one, describe it, read it."""

import asyncio
import hashlib
from datetime import datetime
from pathlib import Path

from db import sanctions
from db.blobs import Reading
from db.darkroom import Developed
from db.errors import NotFound
from db.media import _queries as queries
from db.media._moving import take_back
from db.media._removing import needing
from db.media._shape import COLUMNS, Media, blob_name, check_alt, check_quota, from_row, new_id
from db.people import Person
from db.sanctions import Caller
from db.store import Store


async def add(
    store: Store, person: Person, picture: Path | bytes, alt: str, now: datetime, *, square: int = 0
) -> Media:
    """Keeps a picture, made anew; with `square` a small one of its middle. It is gone after a day unless something
    uses it.

    Raises Refused (`bad_picture`, `quota`, `too_long`), Forbidden (`banned`, `muted`), TooOften, NoRoom, or
    Unavailable.
    """
    sanctions.check(store, Caller(person), now)
    alt = check_alt(alt)
    check_quota(store.config.media, *await queries.brought_by(store.pool, person.id, now), now)
    async with store.darkroom.developed(picture, square) as developed:
        digest = await asyncio.to_thread(_digest, developed.whole)
        media = await _insert(store, person, developed, digest, alt, now)
        await _keep_blobs(store, media, developed)
    return media


async def _insert(store: Store, person: Person, developed: Developed, digest: str, alt: str, now: datetime) -> Media:
    """The row comes before the bytes: whoever clears away then sees that they are needed."""
    report, size = developed.report, developed.whole.stat().st_size
    async with needing(store, digest) as conn:
        await conn.execute("/* media.lock_person */ select from people where id = $1 for no key update", person.id)
        today, oldest, total = await queries.brought_by(conn, person.id, now)
        check_quota(store.config.media, today, oldest, total + size, now)
        row = await conn.fetchrow(
            f"""/* media.insert */ insert into media (id, person_id, digest, content_type, ext, size, width, height,
                animated, alt, widths, created_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) returning {COLUMNS}""",
            new_id(),
            person.id,
            digest,
            report.content_type,
            report.ext,
            size,
            report.width,
            report.height,
            report.animated,
            alt,
            list(report.widths),
            now,
        )
    assert row
    return from_row(row)


async def _keep_blobs(store: Store, media: Media, developed: Developed) -> None:
    try:
        for width in media.widths:
            await store.blobs.keep(blob_name(media.digest, width), developed.variant(width))
        await store.blobs.keep(blob_name(media.digest), developed.whole)
    except BaseException:
        await asyncio.shield(take_back(store, [media.id]))
        raise


async def change_alt(store: Store, person: Person, media_id: str, alt: str) -> Media:
    """Describes a picture of one's own that is not used yet. Raises NotFound for any other."""
    row = await store.pool.fetchrow(
        f"""/* media.change_alt */ update media set alt = $3 where id = $1 and person_id = $2 and not used
        returning {COLUMNS}""",
        media_id,
        person.id,
        check_alt(alt),
    )
    if row is None:
        raise NotFound
    return from_row(row)


async def read(store: Store, media: Media, width: int | None = None) -> bytes:
    """The whole picture, or its copy of this width. Raises NotFound for a width that there is not."""
    return await store.blobs.read(_name_of(media, width))


async def size_of(store: Store, media: Media, width: int | None = None) -> int:
    """Bytes of the picture, or of its copy of this width."""
    return await store.blobs.size(_name_of(media, width)) if width else media.size


async def open_range(store: Store, media: Media, start: int, end: int, width: int | None = None) -> Reading:
    """The bytes from `start` to `end` (exclusive), piece by piece."""
    return await store.blobs.open(_name_of(media, width), start, end)


def _name_of(media: Media, width: int | None) -> str:
    if width and width not in media.widths:
        raise NotFound
    return blob_name(media.digest, width)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
