"""The pictures of a card: fetched once, made small, and kept by us. One that fails leaves the card without it."""

import asyncio
import logging
import time

import aiohttp

from db import cards
from db.cards import Picture, Snapshot
from db.errors import Refused, Unavailable
from db.store import Store

from ._outbound import Outbound, SourceFailed

log = logging.getLogger(__name__)
MOST = 6  # pictures of one card
PATIENCE = 10.0  # seconds for all of them
REST = 900.0  # seconds in which one that failed is not tried again
SHORT_REST = 30.0


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
        self._failed = {url: until for url, until in self._failed.items() if until > time.monotonic()}
        missing = {key: url for key, url in wanted.items() if url not in kept and url not in self._failed}
        brought: dict[str, Picture] = {}
        url = ""
        try:
            async with asyncio.timeout(PATIENCE):
                for key, url in missing.items():  # when the time is over, `url` is the one that took it
                    if picture := await self._bring(url):
                        brought[key] = picture
        except TimeoutError as error:
            self._let_be(url, error)
        return brought

    async def _bring(self, url: str) -> Picture | None:
        try:
            return await cards.develop(self._store, await self._outbound.picture(url), url)
        except (SourceFailed, Refused, aiohttp.ClientError, OSError) as error:
            self._let_be(url, error)
            return None

    def _let_be(self, url: str, error: Exception) -> None:
        """A busy darkroom is another matter: soon it is not."""
        log.info("A picture of the card %s is left out (%s)", self._card, type(error).__name__)
        self._failed[url] = time.monotonic() + (SHORT_REST if isinstance(error, Unavailable) else REST)
