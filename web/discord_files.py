"""Files that came with Discord messages: /media/discord/files/... They pass through us, so that no visitor's browser
asks a third party; small pictures are kept, and are still there when Discord's copy is not.
"""

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial

import aiohttp
from aiohttp import web

from db import media
from db.config import Discord
from db.errors import NoRoom, NotFound, TooOften, Unavailable
from db.media import SharedFile
from db.store import Store

from . import keys, streams
from .allowances import allow
from .discord_links import GONE, NOT_NOW, Links
from .discord_pictures import Picture, picture_type
from .lanes import Lane
from .proxies import client_address, network_key

log = logging.getLogger(__name__)

KEPT_MAX = 1024 * 1024  # bytes of a picture that is kept
CHUNK = 64 * 1024
STREAMS, STREAMS_WAITING = 36, 60  # for everybody; a stream may last for an hour
SHARE, SHARE_WAITING = 3, 9  # per network
PICTURES, PICTURES_WAITING = 8, 120  # for everybody, each some seconds at the most
PICTURES_SHARE, PICTURES_SHARE_WAITING = 6, 60
PACE, BURST = 5.0, 60  # files a second and network that have to be asked for
DAY = "public, max-age=86400, immutable"
ANY = "application/octet-stream"
SHOWN = frozenset(
    {"image/png", "image/jpeg", "image/gif", "image/webp", "video/mp4", "video/webm", "video/quicktime", "audio/mpeg",
     "audio/ogg", "audio/mp4", "audio/wav", "audio/x-wav", "audio/aac", "audio/flac", "audio/webm"}
)  # fmt: skip
ONE_RANGE = re.compile(r"bytes=(?:\d{1,15}-\d{0,15}|-\d{1,15})")
GIVEN_RANGE = re.compile(r"bytes \d{1,15}-\d{1,15}/\d{1,15}")
BIGINT_MAX = 2**63 - 1


class Files:
    """What is fetched from Discord just now: streams, and each small picture once in a lane of its own."""

    def __init__(self, outbound: aiohttp.ClientSession | None, discord: Discord) -> None:
        self._links = Links(outbound, discord)
        self._streams = Lane(STREAMS, STREAMS_WAITING, SHARE, SHARE_WAITING, NOT_NOW)
        self._pictures = Lane(PICTURES, PICTURES_WAITING, PICTURES_SHARE, PICTURES_SHARE_WAITING, NOT_NOW)
        self._fetching: dict[str, asyncio.Task[Picture]] = {}

    @asynccontextmanager
    async def stream(self, network: str, file: SharedFile, asked: str | None) -> AsyncIterator[aiohttp.ClientResponse]:
        """Raises NotFound, or TooOften or Unavailable when too many files are under way."""
        async with self._streams.place(network), self._links.opened(file.id, file.url, asked) as answer:
            yield answer

    async def picture(self, store: Store, network: str, message_id: int, file: SharedFile) -> Picture:
        """The whole of a small file, kept if it is a picture. Whoever asks meanwhile waits for the same."""
        task = self._fetching.get(file.id)
        if task is None:
            task = self._fetching[file.id] = asyncio.create_task(self._fetch_and_keep(store, network, message_id, file))
            task.add_done_callback(partial(self._end, file.id))
        return await asyncio.shield(task)

    def _end(self, file_id: str, task: "asyncio.Task[Picture]") -> None:
        self._fetching.pop(file_id, None)
        if not task.cancelled():
            task.exception()  # looked at, also when nobody waits for it any more

    async def _fetch_and_keep(self, store: Store, network: str, message_id: int, file: SharedFile) -> Picture:
        async with self._pictures.place(network):
            data = await self._fetch(file)
        found = picture_type(data)
        if found is None:
            return Picture(data, ANY)
        try:
            await media.keep_discord_file(store, int(file.id), data, found)
        except (NoRoom, Unavailable) as refused:
            log.warning("A picture of Discord's is not kept: %s", refused.sentence)
        if await media.attachment_of(store.pool, message_id, int(file.id)) is None:  # deleted while it was fetched
            await media.forget_discord_files(store, [int(file.id)])
            raise NotFound(GONE)
        return Picture(data, found)

    async def _fetch(self, file: SharedFile) -> bytes:
        data = b""
        try:
            async with asyncio.timeout(15), self._links.opened(file.id, file.url) as answer:
                async for chunk in answer.content.iter_chunked(CHUNK):
                    data += chunk
                    if len(data) > file.size:
                        raise NotFound(NOT_NOW)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise NotFound(NOT_NOW) from error
        return data


@allow(patience=streams.PATIENCE)
async def show(request: web.Request) -> web.StreamResponse:
    """GET /media/discord/files/{message_id}/{attachment_id}/{name}; what it is called is for the reader only."""
    store = request.app[keys.STORE]
    message_id, attachment_id = (int(request.match_info[name]) for name in ("message_id", "attachment_id"))
    if max(message_id, attachment_id) > BIGINT_MAX:
        raise NotFound(GONE)
    file = await media.attachment_of(store.pool, message_id, attachment_id)
    if file is None:
        raise NotFound(GONE)
    etag = f'"{attachment_id}"'
    if streams.is_known(request, etag):
        return web.Response(status=304, headers=_headers(file, ANY, etag))
    if plain_type(file).startswith("image/") and 0 < file.size <= KEPT_MAX:
        picture = await _picture(request, message_id, file)
        return streams.bytes_of(request, picture.data, etag, _headers(file, picture.content_type, etag))
    return await _stream(request, file, etag)


async def _picture(request: web.Request, message_id: int, file: SharedFile) -> Picture:
    store = request.app[keys.STORE]
    with suppress(Unavailable):  # then Discord is asked as if it were not kept
        if kept := await media.discord_file(store, int(file.id)):
            return Picture(kept[1], kept[0].content_type)
    return await request.app[keys.FILES].picture(store, _paced(request), message_id, file)


async def _stream(request: web.Request, file: SharedFile, etag: str) -> web.StreamResponse:
    headers = _headers(file, plain_type(file), etag)
    if request.method == "HEAD":
        return web.Response(headers={**headers, "Content-Length": str(file.size)})
    async with request.app[keys.FILES].stream(_paced(request), file, _asked(request, etag)) as answer:
        if answer.status == 416:
            return streams.outside(file.size, headers)
        length, part = answer.content_length, answer.headers.get("Content-Range", "")
        if length is None or length > file.size or (answer.status == 206 and not GIVEN_RANGE.fullmatch(part)):
            raise NotFound(NOT_NOW)
        headers["Content-Length"] = str(length)
        if answer.status == 206:
            headers["Content-Range"] = part
        return await streams.send(request, answer.status, headers, answer.content.iter_chunked(CHUNK).__aiter__())


def _asked(request: web.Request, etag: str) -> str | None:
    asked = request.headers.get("Range", "")
    return asked if ONE_RANGE.fullmatch(asked) and request.headers.get("If-Range", etag) == etag else None


def _paced(request: web.Request) -> str:
    """The visitor's network. Raises TooOften when it asks for more than a few files a second."""
    network = network_key(client_address(request))
    wait = request.app[keys.STORE].limits.files.take(network, time.monotonic(), PACE, BURST)
    if wait:
        raise TooOften("That is a lot of files at once.", wait)
    return network


def plain_type(file: SharedFile) -> str:
    """The type without its parameters, as Discord tells it."""
    return file.content_type.partition(";")[0].strip().lower()


def _headers(file: SharedFile, content_type: str, etag: str) -> dict[str, str]:
    """Only what browsers show without running it is shown; everything else is for saving."""
    is_shown = content_type in SHOWN
    return {
        **streams.SAFE,
        "Content-Type": content_type if is_shown else ANY,
        "Content-Disposition": streams.disposition("inline" if is_shown else "attachment", file.name),
        "Cache-Control": DAY,
        "ETag": etag,
    }
