"""Blobs: bytes kept under a name, in a folder or in an S3-compatible bucket. Called by db/media only.

A name is written whole or not at all: obstore writes to a file beside it and renames, or puts the object at once.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from db.config import Config, Media
from db.errors import NoRoom, NotFound, Unavailable

log = logging.getLogger(__name__)

CHUNK = 512 * 1024
PATIENCE, WHOLE_PATIENCE = 5.0, 10.0  # seconds to learn of a blob or to get a piece of it, and to get the whole
ABANDONED_AFTER = 3600.0  # seconds; a file that was begun and left this long ago is nobody's
FULL = ("(os error 28)", "(os error 122)", "(os error 27)")  # ENOSPC, EDQUOT, EFBIG, as obstore tells them
AWAY = "Pictures cannot be kept or shown just now. Please try again in a moment."


@dataclass(frozen=True, slots=True)
class Reading:
    """Part of a blob on its way: bytes `start` to `end` (exclusive) of `size`."""

    size: int
    start: int
    end: int
    chunks: AsyncIterator[bytes]


class Blobs:
    """Where the bytes are. Nothing is opened or made before the first use, so a site without pictures needs no folder.

    Raises NotFound for a name that is not there, NoRoom when the disk is full, and Unavailable for any other failure,
    such as a bucket that takes too long.
    """

    def __init__(self, config: Config) -> None:
        self._media = config.media
        self._folder = None if config.media.bucket else config.data_path / "media"
        self._opened: ObjectStore | None = None

    async def keep(self, name: str, content: bytes | Path) -> None:
        """Writes it unless it is there already, whole: one that a power cut left shorter is written anew."""
        try:
            if await self.size(name) == _length(content):
                return
        except NotFound:
            pass
        try:
            await obstore.put_async(self._store(), name, content, use_multipart=False)
        except FileNotFoundError as error:  # the bucket itself is not there
            raise _unavailable(error) from error
        except (BaseError, OSError) as error:
            raise _refusal(error) from error

    async def size(self, name: str) -> int:
        async with _patiently(PATIENCE):
            return int((await obstore.head_async(self._store(), name))["size"])

    async def read(self, name: str) -> bytes:
        async with _patiently(WHOLE_PATIENCE):
            answer = await obstore.get_async(self._store(), name)
            return bytes(await answer.bytes_async())

    async def open(self, name: str, start: int, end: int) -> Reading:
        """The bytes from `start` to `end` (exclusive), which must lie within the blob, in pieces of up to 512 KiB.

        Each piece is asked for when the one before has been taken, so that a slow reader holds no request open.
        """
        first = min(end, start + CHUNK)
        async with _patiently(PATIENCE):
            answer = await obstore.get_async(self._store(), name, options={"range": (start, first)})
            piece = bytes(await answer.bytes_async())
        return Reading(int(answer.meta["size"]), start, end, self._pieces(name, piece, first, end))

    async def _pieces(self, name: str, piece: bytes, start: int, end: int) -> AsyncIterator[bytes]:
        yield piece
        for here in range(start, end, CHUNK):
            async with _patiently(PATIENCE):
                there = min(end, here + CHUNK)
                piece = bytes(await obstore.get_range_async(self._store(), name, start=here, end=there))
            yield piece

    async def remove(self, names: Sequence[str]) -> None:
        """Removes what there is of these."""
        for name in names:
            with suppress(NotFound):
                async with _patiently(WHOLE_PATIENCE):
                    await obstore.delete_async(self._store(), name)

    async def tidy(self) -> None:
        """Removes files that a killed process had begun. A bucket has none: there an object is put at once."""
        if self._folder is not None:
            await asyncio.to_thread(_remove_abandoned, self._folder)

    def _store(self) -> ObjectStore:
        if self._opened is None:
            self._opened = _bucket(self._media) if self._folder is None else _folder(self._folder)
        return self._opened


def _length(content: bytes | Path) -> int:
    return len(content) if isinstance(content, bytes) else content.stat().st_size


def _folder(folder: Path) -> LocalStore:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return LocalStore(folder)


def _bucket(media: Media) -> S3Store:
    return S3Store(
        media.bucket,
        endpoint=media.endpoint or None,
        region=media.region,
        access_key_id=media.access_key,
        secret_access_key=media.secret_key,
        client_options={"allow_http": media.endpoint.startswith("http:"), "timeout": "10s", "connect_timeout": "3s"},
        retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=8)},
    )


@asynccontextmanager
async def _patiently(seconds: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(seconds):
            yield
    except (BaseError, OSError) as error:
        raise _refusal(error) from error


def _refusal(error: Exception) -> NotFound | NoRoom | Unavailable:
    if isinstance(error, FileNotFoundError):
        return NotFound("That picture is not here any more.")
    if any(sign in str(error) for sign in FULL) or getattr(error, "errno", None) in {27, 28, 122}:
        return NoRoom()
    return _unavailable(error)


def _unavailable(error: Exception) -> Unavailable:
    why = str(error).partition("\n")[0][:200] or "it takes too long"
    log.warning("The place where pictures are kept fails (%s)", why)
    return Unavailable(AWAY)


def _remove_abandoned(folder: Path) -> None:
    """obstore's unfinished files are called like what they were to become, with `#` and a number after it."""
    before = time.time() - ABANDONED_AFTER
    for path in folder.glob("*/*#*"):
        if path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
