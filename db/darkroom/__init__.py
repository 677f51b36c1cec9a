"""The darkroom: strangers' pictures are unpacked in a process of their own, which may be killed. Called by db/media.

A picture can be made to stall or to blow up whoever decodes it, so each is decoded where nothing else lives, with
limits that the system keeps: memory, processor time, file size, and a clock on the wall.
"""

import asyncio
import logging
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from db import children
from db.config import Media
from db.errors import NoRoom, Refused, Unavailable

log = logging.getLogger(__name__)

CHILD = Path(__file__).with_name("_child.py")
AT_ONCE, WAITING_MAX = 2, 6
PATIENCE = 8.0  # seconds on the wall for one picture
VARIANTS = (320, 800, 1600)  # pixels wide; only those that are narrower than the picture
TOO_HARD = "That picture takes too much to unpack. A smaller one will do."
BUSY = "Several pictures are being looked at just now. Please try again in a moment."


class Report(msgspec.Struct, frozen=True):
    """What the child says of a picture: `refused` with a sentence, or `full` (the disk), or else all the rest."""

    content_type: str = ""
    ext: str = ""
    width: int = 0
    height: int = 0
    animated: bool = False
    widths: tuple[int, ...] = ()
    refused: str = ""
    full: bool = False


@dataclass(frozen=True, slots=True)
class Developed:
    """A picture made anew. Its files are there as long as the `with` of `Darkroom.developed` lasts."""

    report: Report
    folder: Path

    @property
    def whole(self) -> Path:
        return self.folder / "full"

    def variant(self, width: int) -> Path:
        return self.folder / str(width)


class Darkroom:
    """At most two pictures at once, a few more waiting; who comes then is told to come back."""

    def __init__(self, limits: Media, patience: float = PATIENCE) -> None:
        self._limits = limits
        self._patience = patience
        self._doors = asyncio.Semaphore(AT_ONCE)
        self._inside = 0

    @asynccontextmanager
    async def developed(self, picture: Path | bytes, square: int = 0, side: int = 0) -> AsyncIterator[Developed]:
        """The picture, decoded and encoded anew; with `square` only its middle, still and at most so many pixels wide;
        with `side` all of it, still and at most so many pixels wide and high.

        Raises Refused (`bad_picture`), NoRoom, or Unavailable.
        """
        if self._inside >= AT_ONCE + WAITING_MAX:
            raise Unavailable(BUSY)
        self._inside += 1
        try:
            with _scratch() as name:
                folder = Path(name)
                path = _as_file(picture, folder)
                async with self._doors:
                    report = await self._work(path, folder, (square, side))
                yield Developed(report, folder)
        finally:
            self._inside -= 1

    async def _work(self, picture: Path, folder: Path, still: tuple[int, int]) -> Report:
        process = await self._start(picture, folder, still)
        try:
            async with asyncio.timeout(self._patience):
                said, _ = await process.communicate()
        except TimeoutError:
            log.warning("A picture was given up after %.0f s", self._patience)
            raise Refused(TOO_HARD, "bad_picture") from None
        finally:
            await children.end(process)
        return _understood(said, process.returncode)

    async def _start(self, picture: Path, folder: Path, still: tuple[int, int]) -> asyncio.subprocess.Process:
        brought = os.open(picture, os.O_RDONLY)
        try:
            return await children.start(CHILD, *self._arguments(folder, still), stdin=brought, cwd=folder)
        except OSError as error:
            log.warning("No process can be started for a picture (%s)", error.strerror)
            raise Unavailable(BUSY) from error
        finally:
            os.close(brought)

    def _arguments(self, folder: Path, still: tuple[int, int]) -> tuple[object, ...]:
        limits = self._limits
        return (folder, os.getpid(), *still, limits.pixels_max, limits.side_max, limits.frames_max, *VARIANTS)


def _scratch() -> tempfile.TemporaryDirectory[str]:
    try:
        return tempfile.TemporaryDirectory(prefix="porchlight-", ignore_cleanup_errors=True)
    except OSError as error:
        raise NoRoom from error


def _as_file(picture: Path | bytes, folder: Path) -> Path:
    if isinstance(picture, Path):
        return picture
    path = folder / "brought"
    try:
        path.write_bytes(picture)
    except OSError as error:
        raise NoRoom from error
    return path


def _understood(said: bytes, status: int | None) -> Report:
    try:
        report = msgspec.json.decode(said, type=Report)
    except msgspec.DecodeError:
        log.warning("A picture ended its process (status %s)", status)
        raise Refused(TOO_HARD, "bad_picture") from None
    if report.full:
        raise NoRoom
    if report.refused:
        raise Refused(report.refused, "bad_picture")
    return report
