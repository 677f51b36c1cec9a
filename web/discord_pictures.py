"""Custom emoji and stickers from Discord's CDN, handed on by us so that no visitor's browser asks a third party."""

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass
from functools import partial

import aiohttp
from aiohttp import web

from db.errors import NotFound, TooOften

from . import keys
from .proxies import client_address, network_key

SIZE_MAX = 512 * 1024  # Discord's own limit for stickers; emoji have half of it
KEEP = 40  # 20 MiB at the most
AT_ONCE = 8
WAITING_MAX = 50
MISSING_FOR, MISSING_MAX = 600.0, 2_000  # seconds, and how many; what is not there is not asked for each time
PACE, BURST = 5.0, 60  # pictures a second and network that are not kept yet
NOT_NOW = "Discord does not hand out this picture just now."
NONE = "There is no such picture."
CDN, MEDIA_HOST = "https://cdn.discordapp.com", "https://media.discordapp.net"
MONTH = 30 * 24 * 3600
MAGIC = {b"\x89PNG": "image/png", b"GIF8": "image/gif", b"\xff\xd8\xff": "image/jpeg"}


@dataclass(frozen=True, slots=True)
class Picture:
    data: bytes
    content_type: str


class Pictures:
    """Those seen lately, in memory, by their path at the CDN (`emojis/7.webp`). An id never changes its picture."""

    def __init__(self, outbound: aiohttp.ClientSession | None, cdn_base: str) -> None:
        self._outbound = outbound
        self._cdn_base = cdn_base.rstrip("/")
        self._kept: OrderedDict[str, Picture] = OrderedDict()
        self._missing: dict[str, float] = {}
        self._fetching: dict[str, asyncio.Task[Picture]] = {}
        self._doors = asyncio.Semaphore(AT_ONCE)

    async def get(self, name: str) -> Picture:
        """The picture. Raises NotFound when Discord has none, or none that is one."""
        if name in self._kept:
            self._kept.move_to_end(name)
            return self._kept[name]
        if self._missing.get(name, 0.0) > time.monotonic():
            raise NotFound(NONE)
        if len(self._fetching) >= WAITING_MAX and name not in self._fetching:
            raise NotFound(NOT_NOW)
        task = self._fetching.get(name)
        if task is None:
            task = self._fetching[name] = asyncio.create_task(self._fetch_and_keep(name))
            task.add_done_callback(partial(self._end, name))
        return await asyncio.shield(task)  # others wait for the same picture

    def _end(self, name: str, task: "asyncio.Task[Picture]") -> None:
        self._fetching.pop(name, None)
        if not task.cancelled():
            task.exception()  # looked at, also when nobody waits for it any more

    def has(self, name: str) -> bool:
        return name in self._kept

    async def _fetch_and_keep(self, name: str) -> Picture:
        try:
            picture = recognised(await self._fetch(name))
        except NotFound:
            self._missing[name] = time.monotonic() + MISSING_FOR
            if len(self._missing) > MISSING_MAX:
                del self._missing[next(iter(self._missing))]
            raise
        self._kept[name] = picture
        if len(self._kept) > KEEP:
            self._kept.popitem(last=False)
        return picture

    def _address(self, name: str) -> str:
        # Discord's documentation, "CDN Endpoints": stickers that are GIFs are served by another host.
        is_elsewhere = self._cdn_base == CDN and name.startswith("stickers/") and name.endswith(".gif")
        return f"{MEDIA_HOST if is_elsewhere else self._cdn_base}/{name}"

    async def _fetch(self, name: str) -> bytes:
        if self._outbound is None:
            raise NotFound(NONE)
        timeout = aiohttp.ClientTimeout(total=5)
        try:
            async with (
                self._doors,
                self._outbound.get(self._address(name), timeout=timeout, allow_redirects=False) as answer,
            ):
                picture = b""
                async for chunk in answer.content.iter_chunked(64 * 1024):
                    picture += chunk
                    if len(picture) > SIZE_MAX:
                        break
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise NotFound(NOT_NOW) from error
        if answer.status != 200 or len(picture) > SIZE_MAX:
            raise NotFound(NONE)
        return picture


def picture_type(data: bytes) -> str | None:
    """What it is by its first bytes, whatever it is called; None for what is no picture."""
    if data.startswith(b"RIFF"):
        return "image/webp" if data[8:12] == b"WEBP" else None
    return next((content_type for magic, content_type in MAGIC.items() if data.startswith(magic)), None)


def recognised(data: bytes) -> Picture:
    """Raises NotFound for what is no picture."""
    found = picture_type(data)
    if found is None:
        raise NotFound(NONE)
    return Picture(data, found)


async def emoji(request: web.Request) -> web.Response:
    """GET /media/discord/emojis/{id}.{ext}"""
    return await _show(request, "emojis")


async def sticker(request: web.Request) -> web.Response:
    """GET /media/discord/stickers/{id}.{ext}; those in Lottie are no pictures and have no address here."""
    return await _show(request, "stickers")


async def _show(request: web.Request, kind: str) -> web.Response:
    number = request.match_info["id"]
    if len(number) > 20:
        raise NotFound(NONE)
    name = f"{kind}/{number}.{request.match_info['ext']}"
    pictures = request.app[keys.PICTURES]
    if not pictures.has(name):
        network = network_key(client_address(request))
        wait = request.app[keys.STORE].limits.pictures.take(network, time.monotonic(), PACE, BURST)
        if wait:
            raise TooOften("That is a lot of pictures at once.", wait)
    picture = await pictures.get(name)
    headers = {"Cache-Control": f"public, max-age={MONTH}, immutable"}
    return web.Response(body=picture.data, content_type=picture.content_type, headers=headers)
