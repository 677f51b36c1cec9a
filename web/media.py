"""Pictures that people brought: /media/{id}/... What a public message uses is public and for good.

One that nothing uses yet is its owner's, and one that is used in a chat is for the two in it.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

from aiohttp import web

from db import media
from db.errors import NotFound, Refused
from db.loops import again_and_again, doing, pause

from . import keys, streams
from .allowances import allow
from .sessions import current_person
from .uploads import shown

SWEEP_EVERY, TIDY_EVERY = 120.0, 3600.0  # seconds
FOREVER = "public, max-age=31536000, immutable"
GONE = "There is no such picture."


@allow(patience=streams.PATIENCE)
async def show(request: web.Request) -> web.StreamResponse:
    """GET /media/{id}/{name}.{ext}: `full`, or the copy of a width such as `800`."""
    store, asked = request.app[keys.STORE], request.match_info
    found = await media.get(store.pool, asked["id"])
    width = None if asked["name"] == "full" else int(asked["name"])
    may_see = (found is not None and found.is_public) or await _may_see(request, asked["id"])
    if found is None or not may_see or found.ext != asked["ext"]:
        raise NotFound(GONE)
    if width is not None and width not in found.widths:
        raise NotFound(GONE)
    etag = f'"{found.digest[:32]}{f"-{width}" if width else ""}"'
    headers = _headers(found, etag)
    if streams.is_known(request, etag):
        return web.Response(status=304, headers=headers)
    size = await media.size_of(store, found, width)
    part = streams.asked_part(request, size, etag)
    if part is None:
        return streams.outside(size, headers)
    reading = await media.open_range(store, found, part.start, part.end, width)
    status, given = 200 if part.is_whole else 206, {**headers, **streams.part_headers(part)}
    return await streams.send(request, status, given, reading.chunks)


async def _may_see(request: web.Request, media_id: str) -> bool:
    """What is not public is asked for in the same way whether it is there or not, so that nobody can tell."""
    person = await current_person(request)
    return person is not None and await media.may_see(request.app[keys.STORE].pool, media_id, person.id)


def _headers(found: media.Media, etag: str) -> dict[str, str]:
    return {
        **streams.SAFE,
        "Content-Type": found.content_type,
        "Content-Disposition": streams.disposition("inline", f"picture.{found.ext}"),
        "Cache-Control": FOREVER if found.is_public else "private, no-store",
        "ETag": etag,
        # Discord shows those of the hangout, too.
        "Cross-Origin-Resource-Policy": "cross-origin" if found.is_public else "same-origin",
    }


async def describe(request: web.Request) -> web.Response:
    """POST /media/{id}/alt: what an own picture shows, as long as nothing uses it yet."""
    person = await current_person(request)
    if person is None:
        raise Refused("Please choose a name first.", "not_joined")
    alt = str((await request.post()).get("alt", ""))
    kept = await media.change_alt(request.app[keys.STORE], person, request.match_info["id"], alt)
    return web.json_response(shown(kept))


async def cleared(app: web.Application) -> AsyncIterator[None]:
    """cleanup_ctx: while the site is up, removes pictures that nobody uses, and what was begun and never finished."""
    store = app[keys.STORE]

    async def clear() -> None:
        while await media.remove_unused(store, datetime.now(UTC)):
            pass
        await pause(SWEEP_EVERY)

    async def tidy() -> None:
        await media.tidy(store)
        await pause(TIDY_EVERY)

    async with (
        doing(again_and_again("Removing unused pictures", clear), "unused pictures"),
        doing(again_and_again("Removing unfinished files", tidy), "unfinished files"),
    ):
        yield
