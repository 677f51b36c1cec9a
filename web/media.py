"""Pictures from Discord's CDN, handed on by us so that no visitor's browser asks a third party: custom emoji for
now.
"""

import asyncio
import logging
from collections import OrderedDict
from dataclasses import dataclass

import aiohttp
from aiohttp import web

from db.errors import NotFound

from . import keys

log = logging.getLogger(__name__)
SIZE_MAX = 512 * 1024  # Discord's own limit for an emoji is 256 KiB
KEEP = 300
AT_ONCE = 8
NONE = "There is no such emoji."
MONTH = 30 * 24 * 3600
MAGIC = {b"\x89PNG": "image/png", b"GIF8": "image/gif", b"RIFF": "image/webp"}


@dataclass(frozen=True, slots=True)
class Picture:
    data: bytes
    content_type: str


class Emojis:
    """The custom emoji seen lately, in memory. An id never changes its picture."""

    def __init__(self, outbound: aiohttp.ClientSession | None, cdn_base: str) -> None:
        self._outbound = outbound
        self._cdn_base = cdn_base.rstrip("/")
        self._kept: OrderedDict[str, Picture] = OrderedDict()
        self._doors = asyncio.Semaphore(AT_ONCE)

    async def get(self, name: str) -> Picture:
        """The picture. Raises NotFound when Discord has none, or none that is one."""
        if name in self._kept:
            self._kept.move_to_end(name)
            return self._kept[name]
        picture = _recognised(await self._fetch(name))
        self._kept[name] = picture
        if len(self._kept) > KEEP:
            self._kept.popitem(last=False)
        return picture

    async def _fetch(self, name: str) -> bytes:
        if self._outbound is None:
            raise NotFound(NONE)
        timeout = aiohttp.ClientTimeout(total=5)
        try:
            async with (
                self._doors,
                self._outbound.get(f"{self._cdn_base}/emojis/{name}", timeout=timeout, allow_redirects=False) as answer,
            ):
                picture = b""
                async for chunk in answer.content.iter_chunked(64 * 1024):
                    picture += chunk
                    if len(picture) > SIZE_MAX:
                        break
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise NotFound("Discord does not hand out this emoji just now.") from error
        if answer.status != 200 or len(picture) > SIZE_MAX:
            raise NotFound(NONE)
        return picture


def _recognised(data: bytes) -> Picture:
    """What it is by its first bytes, whatever it is called. Raises NotFound for what is no picture."""
    found = next((content_type for magic, content_type in MAGIC.items() if data.startswith(magic)), None)
    if found is None:
        raise NotFound(NONE)
    return Picture(data, found)


async def emoji(request: web.Request) -> web.Response:
    """GET /media/discord/emojis/{id}.{ext}"""
    number = request.match_info["id"]
    if len(number) > 20:
        raise NotFound(NONE)
    picture = await request.app[keys.EMOJIS].get(f"{number}.{request.match_info['ext']}")
    headers = {"Cache-Control": f"public, max-age={MONTH}, immutable"}
    return web.Response(body=picture.data, content_type=picture.content_type, headers=headers)
