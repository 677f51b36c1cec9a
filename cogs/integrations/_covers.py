"""The pictures of a card: fetched once, made small, and kept by us. One that fails leaves the card without it."""

import asyncio
import logging
import time

import aiohttp

from db import cards
from db.cards import Picture, Snapshot
from db.errors import Refused
from db.store import Store

from ._outbound import Outbound, SourceFailed

log = logging.getLogger(__name__)
MOST = 6  # pictures of one card
PATIENCE = 10.0  # seconds for all of them
REST = 900.0  # seconds in which one that failed is not tried again


class Covers:
    def __init__(self, store: Store, card: str, outbound: Outbound) -> None:
        self._store = store
        self._card = card
        self._outbound = outbound
        self._failed: dict[str, float] = {}  # address: monotonic time until which it is let be

    async def of(self, snapshot: Snapshot) -> dict[str, Picture]:
        """Those that are not kept yet, by their key. Raises what the database raises."""
        if not snapshot.pictures:
            return {}
        wanted = dict(list(snapshot.pictures.items())[:MOST])
        kept = await cards.covers(self._store.pool, self._card, wanted.values())
        now = time.monotonic()
        self._failed = {url: until for url, until in self._failed.items() if until > now}
        brought: dict[str, Picture] = {}
        try:
            async with asyncio.timeout(PATIENCE):
                for key, url in wanted.items():
                    if url not in kept and url not in self._failed and (picture := await self._bring(url)):
                        brought[key] = picture
        except TimeoutError:
            log.info("The pictures of the card %s take too long", self._card)
        return brought

    async def _bring(self, url: str) -> Picture | None:
        self._failed[url] = time.monotonic() + REST  # unless it works, whatever ends it
        try:
            picture = await cards.develop(self._store, await self._outbound.picture(url), url)
        except (SourceFailed, Refused, aiohttp.ClientError, OSError) as error:
            log.info("A picture of the card %s is left out (%s)", self._card, type(error).__name__)
            return None
        del self._failed[url]
        return picture
