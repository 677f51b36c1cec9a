"""POST /media: a picture arrives. The body is read here as it comes, never more of it than may be and never slowly."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, cast

from aiohttp import BodyPartReader, MultipartReader, StreamReader, web
from aiohttp.http_exceptions import HttpProcessingError

from db import media
from db.errors import NoRoom, Refused, TooLarge, TooOften
from db.people import Person

from . import keys
from .allowances import allow
from .proxies import client_address, network_key
from .sessions import current_person

SLACK = 64 * 1024  # bytes that a form is larger than its picture
CHUNK = 64 * 1024
GRACE, RATE = 10.0, 64 * 1024  # seconds before anything must have come; from then on, bytes a second on average
PATIENCE = 1800.0  # seconds; what bounds an upload is the rate above, then the darkroom
AT_ONCE, WAITING_MAX, SHARE, SHARE_WAITING = 16, 8, 4, 4  # uploads under way and waiting, in all and of one network
PERSON_RATE, PERSON_BURST = 0.5, 8  # uploads a second, and at once
NETWORK_RATE, NETWORK_BURST = 1.0, 24
BUSY = "Many pictures are arriving just now. Please try again in a moment."


class Intake:
    """Counts what arrives of one body, and moves its deadline on as it does. `picture_max` bytes may be in a picture,
    `most` in all of the form.
    """

    def __init__(self, picture_max: int, clock: asyncio.Timeout, most: int | None = None) -> None:
        self.picture_max = picture_max
        self._most = most or picture_max + SLACK
        self._clock = clock
        self._began = asyncio.get_running_loop().time()
        self._received = 0

    async def pieces(self, part: BodyPartReader, most: int) -> AsyncIterator[bytes]:
        """Raises TooLarge as soon as there is more than `most`, or more in all than fits the form."""
        here = 0
        while chunk := await part.read_chunk(CHUNK):
            here += len(chunk)
            self._received += len(chunk)
            if here > most or self._received > self._most:
                raise too_large(self.picture_max)
            self._clock.reschedule(self._began + GRACE + self._received / RATE)
            yield chunk


def too_large(most: int) -> TooLarge:
    return TooLarge(f"A picture may have {most / 1024**2:.3g} MiB; that one has more.")


@allow(patience=PATIENCE, reads_body=True)
async def add(request: web.Request) -> web.Response:
    """POST /media: multipart with `file` and, if wanted, `alt`."""
    check_form(request)
    person = await current_person(request)
    if person is None:
        raise Refused("Please choose a name first.", "not_joined")
    async with arriving(request, person) as (path, alt):
        kept = await media.add(request.app[keys.STORE], person, path, alt, datetime.now(UTC))
    return web.json_response(shown(kept), status=201)


def check_form(request: web.Request) -> None:
    """Before anything of the body is read. Raises TooLarge or an HTTP error."""
    most = request.app[keys.STORE].config.media.upload_max
    if (request.content_length or 0) > most + SLACK:
        raise too_large(most)
    if request.content_type != "multipart/form-data":
        raise web.HTTPUnsupportedMediaType


@asynccontextmanager
async def arriving(request: web.Request, person: Person) -> AsyncIterator[tuple[Path, str]]:
    """The picture of a form as a file, there for as long as the body lasts, and its description.

    Raises TooOften, Unavailable, TooLarge, NoRoom, or an HTTP error.
    """
    pace(request, person)
    async with request.app[keys.UPLOADS].place(network_key(client_address(request))):
        with place_for() as place:
            alt = await _receive(request, place, request.app[keys.STORE].config.media.upload_max)
            yield Path(place.name), alt


def shown(kept: media.Media) -> dict[str, object]:
    fields = ("id", "url", "width", "height", "content_type", "size", "alt")
    return {field: getattr(kept, field) for field in fields}


def pace(request: web.Request, person: Person) -> None:
    """Counts one picture of this person and their network. Raises TooOften."""
    paces, now = request.app[keys.STORE].limits.uploads, time.monotonic()
    wait = paces.take(f"person {person.id}", now, PERSON_RATE, PERSON_BURST) or paces.take(
        network_key(client_address(request)), now, NETWORK_RATE, NETWORK_BURST
    )
    if wait:
        raise TooOften("That is a lot of pictures at once. Please wait a moment.", wait)


def place_for() -> IO[bytes]:
    """A file for what arrives, gone when it is closed. Raises NoRoom."""
    try:
        return tempfile.NamedTemporaryFile(prefix="porchlight-upload-")
    except OSError as error:
        raise NoRoom from error


async def _receive(request: web.Request, place: IO[bytes], most: int) -> str:
    """Writes the picture to its place and returns the description. Raises TooLarge, NoRoom, or an HTTP error."""
    try:
        async with asyncio.timeout(GRACE) as clock:
            return await _read_form(request, place, Intake(most, clock), most)
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except (ValueError, LookupError, AssertionError, web.RequestPayloadError, HttpProcessingError):
        raise web.HTTPBadRequest from None


class FewLines:
    """The body's stream for the reader of its parts, which reads lines without end and without a pause until the first
    part begins. What is not in a part is a few short lines in every honest body.
    """

    def __init__(self, stream: StreamReader) -> None:
        self._stream = stream
        self._left = SLACK

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    async def readline(self, **limits: int) -> bytes:
        line = await self._stream.readline(**limits)
        self._left -= len(line) + 1
        if self._left < 0:
            raise ValueError("too many lines outside of the parts")
        await asyncio.sleep(0)
        return line


async def _read_form(request: web.Request, place: IO[bytes], intake: Intake, most: int) -> str:
    alt, seen = "", set()
    reader = MultipartReader(request.headers, cast(StreamReader, FewLines(request.content)))
    async for part in reader:
        if not isinstance(part, BodyPartReader) or part.name in seen or part.name not in {"file", "alt"}:
            raise web.HTTPBadRequest
        seen.add(part.name)
        if part.name == "alt":
            alt = b"".join([chunk async for chunk in intake.pieces(part, SLACK // 2)]).decode()
            continue
        async for chunk in intake.pieces(part, most):
            write_piece(place, chunk)
    if "file" not in seen:
        raise web.HTTPBadRequest
    return alt


def write_piece(place: IO[bytes], chunk: bytes) -> None:
    try:
        place.write(chunk)
        place.flush()
    except OSError as error:
        raise NoRoom from error
