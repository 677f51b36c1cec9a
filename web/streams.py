"""Bytes sent piece by piece, whole or in part (RFC 9110, 14), to readers that may be slow but not stand still."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from aiohttp import web

log = logging.getLogger(__name__)

PATIENCE = 3600.0  # seconds for a whole stream; what bounds it is that each piece must get away
STALL = 20.0  # seconds for one piece, and for one to arrive from where it comes from
SAFE = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Accept-Ranges": "bytes",
}


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes `start` to `end` (exclusive) of `size`."""

    start: int
    end: int
    size: int

    @property
    def is_whole(self) -> bool:
        return (self.start, self.end) == (0, self.size)


def asked_part(request: web.Request, size: int, etag: str) -> Part | None:
    """What `Range` asks for; None when that lies outside. A header that makes no sense, or more than one part, is
    the whole, as is a range of another version (`If-Range`).
    """
    whole = Part(0, size, size)
    if request.headers.get("If-Range", etag) != etag:
        return whole
    try:
        asked = request.http_range
    except ValueError:
        return whole
    if asked.start is None:
        return whole
    start = max(0, size + asked.start) if asked.start < 0 else asked.start
    end = size if asked.stop is None else min(size, asked.stop)
    return Part(start, end, size) if start < end else None


def is_known(request: web.Request, etag: str) -> bool:
    """Whether the browser has it already (`If-None-Match`)."""
    return any(f'"{known.value}"' == etag or known.value == "*" for known in request.if_none_match or ())


def disposition(kind: str, name: str) -> str:
    """`inline` or `attachment` with a file name that no header can be broken by (RFC 6266)."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._- ") else "_" for c in name)[:150] or "file"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name[:150], safe='')}"


def outside(size: int, headers: Mapping[str, str]) -> web.Response:
    return web.Response(status=416, headers={**headers, "Content-Range": f"bytes */{size}"})


def part_headers(part: Part) -> dict[str, str]:
    given = {"Content-Length": str(part.end - part.start)}
    return given if part.is_whole else {**given, "Content-Range": f"bytes {part.start}-{part.end - 1}/{part.size}"}


def bytes_of(request: web.Request, data: bytes, etag: str, headers: Mapping[str, str]) -> web.Response:
    """An answer whose bytes are at hand."""
    part = asked_part(request, len(data), etag)
    if part is None:
        return outside(len(data), headers)
    given = {**headers, **part_headers(part), "ETag": etag}
    return web.Response(status=200 if part.is_whole else 206, body=data[part.start : part.end], headers=given)


async def send(
    request: web.Request, status: int, headers: Mapping[str, str], chunks: AsyncIterator[bytes]
) -> web.StreamResponse:
    """What breaks off in the middle breaks the connection, so that nobody takes a part for the whole."""
    response = web.StreamResponse(status=status, headers=headers)
    await response.prepare(request)
    if request.method == "HEAD":
        return response
    try:
        while True:
            async with asyncio.timeout(STALL):
                chunk = await anext(chunks, None)
                if chunk is None:
                    break
                await response.write(chunk)
    except ConnectionError:
        pass  # the reader left
    except Exception as error:  # noqa: BLE001 - the answer has begun, and cannot become another one
        log.info("A stream broke off (%s)", type(error).__name__)
        if request.transport is not None:
            request.transport.abort()
    return response
