"""The pictures of live cards: GET /cards/{name}/{picture}.{ext}, from what we keep of them. Nobody else is asked.

A name is the hash of its bytes, so that they may be kept for good; those asked for lately are answered from memory.
"""

from collections import OrderedDict

from aiohttp import web

from db import cards
from db.cards import Picture
from db.errors import NotFound
from db.store import Store

from . import keys, streams

BYTES_MAX = 8 * 1024**2
FOREVER = "public, max-age=31536000, immutable"
GONE = "There is no such picture."


class CardPictures:
    """Those that were asked for lately; the one that was not for longest goes first."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: OrderedDict[tuple[str, str], Picture] = OrderedDict()
        self._bytes = 0

    async def of(self, card: str, name: str) -> Picture:
        """Raises NotFound."""
        key = card, name
        if key not in self._kept:
            picture = await cards.picture(self._store.pool, card, name)
            if picture is None:
                raise NotFound(GONE)
            self._keep(key, picture)
            return picture
        self._kept.move_to_end(key)
        return self._kept[key]

    def _keep(self, key: tuple[str, str], picture: Picture) -> None:
        if key not in self._kept:  # else somebody asked at the same time
            self._kept[key] = picture
            self._bytes += len(picture.content)
        while self._bytes > BYTES_MAX:
            self._bytes -= len(self._kept.popitem(last=False)[1].content)


async def show(request: web.Request) -> web.Response:
    asked = request.match_info
    picture = await request.app[keys.CARD_PICTURES].of(asked["name"], asked["picture"])
    if picture.content_type != f"image/{asked['ext']}":
        raise NotFound(GONE)
    etag = f'"{picture.name}"'
    headers = {**streams.SAFE, "Cache-Control": FOREVER, "ETag": etag, "Cross-Origin-Resource-Policy": "same-origin"}
    if streams.is_known(request, etag):
        return web.Response(status=304, headers=headers)
    headers["Content-Type"] = picture.content_type
    return streams.bytes_of(request, picture.content, etag, headers)
