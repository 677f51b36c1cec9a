"""What was typed in the editor: its form, read here as it arrives, for it may be longer than every other one.

Called by web/write.py. A form with pictures comes in parts, any other as forms usually do.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, MultipartReader, StreamReader, web
from aiohttp.http_exceptions import HttpProcessingError

from db.errors import TooLarge
from db.people import Person

from . import keys
from .middlewares import CHARSETS, FORM, MULTIPART
from .proxies import client_address, network_key
from .uploads import CHUNK, GRACE, RATE, FewLines, Intake, pace, place_for, write_piece

FORM_MAX = 3 * 1024**2  # bytes: 200,000 characters as a form writes them, twelve bytes for each of the widest
PATIENCE = 75.0  # seconds; what bounds a form is the rate of web/uploads.py, then its patience with the database
SMALL = 64 * 1024  # bytes, up to which a form is read on the spot
FIELDS_MAX = 64
PICTURES = ("picture", "cover_file")
TOO_LONG = "That is more than fits into one post. Please make it shorter, or two of it."


@dataclass(slots=True)
class Typed:
    """`pictures`: the files that were chosen, by their field; they are there as long as the form is being read."""

    fields: dict[str, str] = field(default_factory=dict)
    pictures: dict[str, Path] = field(default_factory=dict)


async def read_form(request: web.Request) -> dict[str, str]:
    """The fields of a form without pictures. Raises TooOften, Unavailable, TooLarge, or an HTTP error."""
    if request.content_type != FORM or (request.charset or "utf-8").lower() not in CHARSETS:
        raise web.HTTPUnsupportedMediaType
    size = request.content_length
    if size is not None and size > FORM_MAX:
        raise TooLarge(TOO_LONG)
    if size is not None and size <= SMALL:
        return _parse(await _receive(request))
    async with request.app[keys.UPLOADS].place(network_key(client_address(request))):
        return await asyncio.to_thread(_parse, await _receive(request))


async def _receive(request: web.Request) -> bytes:
    body, began = bytearray(), asyncio.get_running_loop().time()
    with _patient():
        async with asyncio.timeout(GRACE) as clock:
            async for chunk in request.content.iter_chunked(CHUNK):
                body += chunk
                if len(body) > FORM_MAX:
                    raise TooLarge(TOO_LONG)
                clock.reschedule(began + GRACE + len(body) / RATE)
    return bytes(body)


def _parse(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=FIELDS_MAX)
        return {_checked(name): _checked(value) for name, value in pairs}
    except ValueError:
        raise web.HTTPBadRequest from None


def _checked(text: str) -> str:
    """Lines end as in the database, so that the same words are the same whichever way they came."""
    _ = text.encode()  # UnicodeEncodeError is a ValueError
    return text.replace("\r\n", "\n").replace("\r", "\n")


@asynccontextmanager
async def reading_pictures(request: web.Request, person: Person) -> AsyncIterator[Typed]:
    """The form with the pictures that were chosen. Raises TooOften, Unavailable, TooLarge, NoRoom, or an HTTP error."""
    most = request.app[keys.STORE].config.media.upload_max
    if request.content_type != MULTIPART:
        raise web.HTTPUnsupportedMediaType
    if (request.content_length or 0) > len(PICTURES) * most + FORM_MAX:
        raise TooLarge(TOO_LONG)
    pace(request, person)
    with ExitStack() as files:
        async with request.app[keys.UPLOADS].place(network_key(client_address(request))):
            with _patient():
                async with asyncio.timeout(GRACE) as clock:
                    typed = await _read_parts(request, Intake(most, clock, len(PICTURES) * most + FORM_MAX), files)
            yield typed


async def _read_parts(request: web.Request, intake: Intake, files: ExitStack) -> Typed:
    typed = Typed()
    reader = MultipartReader(request.headers, cast(StreamReader, FewLines(request.content)))
    async for part in reader:
        name = part.name if isinstance(part, BodyPartReader) else None
        if not isinstance(part, BodyPartReader) or not name or name in typed.fields or name in typed.pictures:
            raise web.HTTPBadRequest
        if name in PICTURES:
            await _keep_picture(typed, name, part, intake, files)
        else:
            text = b"".join([chunk async for chunk in intake.pieces(part, FORM_MAX)])
            typed.fields[name] = _checked(text.decode())
        if len(typed.fields) > FIELDS_MAX:
            raise web.HTTPBadRequest
    return typed


async def _keep_picture(typed: Typed, name: str, part: BodyPartReader, intake: Intake, files: ExitStack) -> None:
    """A field in which nothing was chosen comes as a file without a byte."""
    place = files.enter_context(place_for())
    async for chunk in intake.pieces(part, intake.picture_max):
        write_piece(place, chunk)
    if place.tell():
        typed.pictures[name] = Path(place.name)


@contextmanager
def _patient() -> Iterator[None]:
    """What may go wrong while a body arrives, as the answer that it deserves."""
    try:
        yield
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except (ValueError, LookupError, AssertionError, web.RequestPayloadError, HttpProcessingError):
        raise web.HTTPBadRequest from None
