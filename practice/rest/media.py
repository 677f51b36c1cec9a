"""Pictures and files, as Discord's content network serves them; these paths lie outside /api."""

import asyncio

import aiohttp
from aiohttp import web

from practice import checks, payloads, pictures, porch
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
    kind = file.content_type if file.content_type.startswith(SHOWN) else "application/octet-stream"
    return web.Response(body=file.data, headers={"Content-Type": kind, **CACHE, **SAFE})


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
