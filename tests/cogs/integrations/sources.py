"""A source of the tests' own, and what it asks with."""

import asyncio
from typing import Any

from cogs.integrations._outbound import SourceFailed
from db.cards import Snapshot


class Outbound:
    """Brings pictures only; what is not there fails."""

    def __init__(self, *_: object) -> None:
        self.pictures: dict[str, bytes] = {}
        self.asked: list[str] = []

    async def picture(self, url: str) -> bytes:
        self.asked.append(url)
        if url not in self.pictures:
            raise SourceFailed("There is no such picture.")
        return self.pictures[url]


class Tune:
    """A source as a module is one. It answers `says` or raises it."""

    def __init__(self) -> None:
        self.says: Any = {"title": "a"}
        self.pictures: dict[str, str] = {}
        self.asked = 0
        self.is_slow = False

    async def fetch(self, outbound: object, settings: object) -> Snapshot:
        self.asked += 1
        if self.is_slow:
            await asyncio.Event().wait()
        if isinstance(self.says, Exception):
            raise self.says
        return Snapshot(self.says, self.pictures)
