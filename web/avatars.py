"""Pictures of people: GET /avatars/{id}.png, the one they chose or a small pixel face.

Public, so that Discord can fetch it. On the way of every page, so what was read lately is answered from memory.
"""

import time
from collections import OrderedDict
from collections.abc import AsyncIterator
from dataclasses import dataclass

from aiohttp import web

from db import media
from db.errors import AWAY, NotFound, Unavailable
from db.events import PersonChanged
from db.identicons import identicon
from db.store import Store

from . import keys, streams

UNKNOWN = -1.0
FRESH = 60.0  # seconds for which another process may not have heard of a change
BYTES_MAX, PEOPLE_MAX = 16 * 1024**2, 20_000
FOREVER = "public, max-age=31536000, immutable"
FOR_A_WHILE = "public, max-age=3600, stale-while-revalidate=86400"


@dataclass(frozen=True, slots=True)
class Portrait:
    """`data` of `content_type`; None for who has the face that everybody has."""

    read_at: float
    picture: str = ""
    data: bytes | None = None
    content_type: str = "image/png"


class Portraits:
    """The pictures that were asked for lately, those of whom nobody asks first to go."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: OrderedDict[int, Portrait] = OrderedDict()
        self._bytes = 0
        self._changes = 0

    def hear(self, event: object) -> None:
        if isinstance(event, PersonChanged):
            self._changes += 1
            self._forget(event.person.id)

    async def of(self, person_id: int, now: float) -> Portrait:
        """While the database is away, what was known before, or else the face."""
        known = self._kept.get(person_id)
        if known and now - known.read_at < FRESH:
            self._kept.move_to_end(person_id)
            return known
        changes = self._changes
        try:
            portrait = await self._read(person_id, now)
        except (*AWAY, Unavailable):  # type: ignore[misc] # a tuple of types
            return known or Portrait(UNKNOWN)
        if changes == self._changes:  # else it may be the one before
            self._keep(person_id, portrait)
        return portrait

    async def _read(self, person_id: int, now: float) -> Portrait:
        chosen = await media.portrait_of(self._store.pool, person_id)
        if chosen is None:
            return Portrait(now)
        try:
            return Portrait(now, chosen.id, await media.read(self._store, chosen), chosen.content_type)
        except NotFound:  # its bytes are lost
            return Portrait(now)

    def _keep(self, person_id: int, portrait: Portrait) -> None:
        self._forget(person_id)
        self._kept[person_id] = portrait
        self._bytes += len(portrait.data or b"")
        while self._bytes > BYTES_MAX or len(self._kept) > PEOPLE_MAX:
            self._forget(next(iter(self._kept)))

    def _forget(self, person_id: int) -> None:
        gone = self._kept.pop(person_id, None)
        self._bytes -= len(gone.data or b"") if gone else 0


async def following(app: web.Application) -> AsyncIterator[None]:
    """cleanup_ctx: hears of new pictures while the site is up."""
    with app[keys.STORE].live.listening(app[keys.PORTRAITS].hear):
        yield


async def show(request: web.Request) -> web.Response:
    """With `?v=`, which changes with the picture, it may be kept for good."""
    asked = request.match_info["person_id"]
    if len(asked) > 18:
        raise NotFound
    portrait = await request.app[keys.PORTRAITS].of(int(asked), time.monotonic())
    etag = f'"{portrait.picture or f"face-{int(asked)}"}"'
    headers = {
        "Cache-Control": _how_long(portrait, request.query.get("v", "")),
        "ETag": etag,
        "Cross-Origin-Resource-Policy": "cross-origin",  # it is made to be shown elsewhere
    }
    if streams.is_known(request, etag):
        return web.Response(status=304, headers=headers)
    data = portrait.data or identicon(f"person {int(asked)}")
    return web.Response(body=data, content_type=portrait.content_type, headers=headers)


def _how_long(portrait: Portrait, version: str) -> str:
    if portrait.read_at == UNKNOWN:
        return "no-store"
    return FOREVER if version and portrait.picture[:8] == version else FOR_A_WHILE
