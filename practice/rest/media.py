"""Pictures and files, as Discord's content network serves them; these paths lie outside /api. What the bot or its
site fetches here is written down and may be made to fail; the page's own pictures are neither."""

import asyncio
from functools import wraps

import aiohttp
from aiohttp import web

from practice import checks, payloads, pictures, porch, stickers
from practice.model import Request
from practice.rest.doors import Handler, fail
from practice.rest.requests import number, read, reply, world

FETCH_SECONDS = 5.0
PICTURE_MAX = 1024 * 1024
CACHE = {"Cache-Control": "public, max-age=3600"}
SAFE = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"}
SHOWN = ("image/png", "image/jpeg", "image/gif", "image/webp", "video/", "audio/", "text/plain")


async def attachment(request: web.Request) -> web.StreamResponse:
    """A file, for whoever has its signed and unexpired address."""
    query = request.query
    here = world(request)
    genuine = here.opens(request.rel_url.raw_path, query.get("ex", ""), query.get("is", ""), query.get("hm", ""))
    file = here.files.get(number(request, "attachment_id"))
    if not genuine or file is None:
        return web.Response(status=404, text="This content is no longer available.")
    try:
        asked = request.http_range
    except ValueError:
        return web.Response(status=416, headers={"Content-Range": f"bytes */{len(file.data)}"})
    kind = file.content_type if file.content_type.startswith(SHOWN) else "application/octet-stream"
    headers = {"Content-Type": kind, "Accept-Ranges": "bytes", **CACHE, **SAFE}
    if "Range" not in request.headers:
        return web.Response(body=file.data, headers=headers)
    return part_of(file.data, asked, headers)


def part_of(data: bytes, asked: slice, headers: dict[str, str]) -> web.Response:
    """206 with the bytes that were asked for, 416 when there are none. Source: RFC 9110, section 14."""
    first, end, _ = asked.indices(len(data))
    if first >= end:
        return web.Response(status=416, headers={"Content-Range": f"bytes */{len(data)}"})
    headers = {**headers, "Content-Range": f"bytes {first}-{end - 1}/{len(data)}"}
    return web.Response(body=data[first:end], status=206, headers=headers)


def watched(handler: Handler) -> Handler:
    """Writes a fetch down and lets it fail if it is to. A browser says where a request comes from, a program does
    not."""

    @wraps(handler)
    async def fetched(request: web.Request) -> web.StreamResponse:
        if "Sec-Fetch-Site" in request.headers:
            return await handler(request)
        response: web.StreamResponse = await fail(request, handler)
        status = 0 if request.transport is None or request.transport.is_closing() else response.status
        world(request).fetches.append(Request(request.method, request.path_qs, status, {}))
        return response

    return fetched


async def refresh(request: web.Request) -> web.Response:
    """POST /attachments/refresh-urls: the same addresses, signed anew."""
    here, body = world(request), await read(request)
    refreshed = []
    for original in body.get("attachment_urls") or []:
        parts = str(original).partition("?")[0].rpartition("/")[0].rpartition("/")
        file = here.files.get(checks.snowflake(parts[2], "attachment_urls"))
        refreshed.append({"original": original, "refreshed": payloads.attachment(here, file)["url"] if file else None})
    return reply({"refreshed_urls": refreshed})


async def avatar(request: web.Request) -> web.StreamResponse:
    """A user's picture: the one a webhook named, fetched now, or a drawn one."""
    name = request.match_info["name"].partition(".")[0]
    url = world(request).avatars.get(name)
    fetched = await fetch(url) if url else None
    kind, data = fetched or ("image/png", pictures.picture(name))
    return web.Response(body=data, headers={"Content-Type": kind, **CACHE, **SAFE})


async def emoji(request: web.Request) -> web.StreamResponse:
    name = request.match_info["name"].partition(".")[0]
    if not name.isdecimal() or int(name) not in world(request).guild.emojis:
        return web.Response(status=404)
    drawn = pictures.lamp() if int(name) == porch.EMOJI else pictures.picture(name)
    return web.Response(body=drawn, headers={"Content-Type": "image/png", **CACHE, **SAFE})


async def sticker(request: web.Request) -> web.StreamResponse:
    """A sticker under its own extension, as the content network has it."""
    name, _, extension = request.match_info["name"].partition(".")
    found = world(request).guild.stickers.get(int(name)) if name.isdecimal() else None
    if found is None or extension != found.format.extension:
        return web.Response(status=404)
    kind, data = stickers.drawn(found)
    return web.Response(body=data, headers={"Content-Type": kind, **CACHE, **SAFE})


async def external(request: web.Request) -> web.StreamResponse:
    """A picture from somewhere else, as Discord passes it on; drawn here, nothing is fetched."""
    drawn = pictures.picture(request.match_info["mark"])
    return web.Response(body=drawn, headers={"Content-Type": "image/png", **CACHE, **SAFE})


async def app_asset(request: web.Request) -> web.StreamResponse:
    """The picture of what somebody does, which its program brought along."""
    drawn = pictures.picture(request.match_info["asset"])
    return web.Response(body=drawn, headers={"Content-Type": "image/png", **CACHE, **SAFE})


async def fetch(url: str) -> tuple[str, bytes] | None:
    """A picture of at most 1 MiB as (content type, bytes); None when there is none to be had in five seconds."""
    try:
        async with (
            asyncio.timeout(FETCH_SECONDS),
            aiohttp.ClientSession() as session,
            session.get(url, allow_redirects=False) as answer,
        ):
            data = await answer.content.read(PICTURE_MAX)
            good = answer.status == 200 and answer.content_type in {
                "image/png",
                "image/jpeg",
                "image/gif",
                "image/webp",
            }
            return (answer.content_type, data) if good else None
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return None
