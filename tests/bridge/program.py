"""The same scene with the real program in a process of its own, which SIGKILL ends as a power cut would."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
import asyncpg

from db.live import Live
from db.opening import prepare
from practice import Practice
from tests.bridge.scene import Scene
from tests.programs import Program


class ProgramScene(Scene):
    """`store` has a pool here, and a hub that nobody listens to."""

    def __init__(self, database_url: str, folder: Path, practice: Practice) -> None:
        environ = {**practice.environment, "DATABASE_URL": database_url, "HANGOUT_PAGE": "200"}
        self.program = Program(folder, environ)
        self.practice, self.url = practice, self.program.url
        self.client = aiohttp.ClientSession()
        self._database_url = database_url
        self.store: Any = None

    async def open(self) -> None:
        await self.program.start()
        if self.store is None:
            pool = await asyncpg.create_pool(self._database_url, min_size=0, init=prepare)
            self.store = SimpleNamespace(pool=pool, live=Live())
        await self.is_on()

    async def is_on(self, seconds: float = 30.0) -> None:
        await self.program.is_serving()

    async def crash(self) -> None:
        await self.program.kill()

    async def end(self) -> None:
        await self.program.kill()
        await self.client.close()
        if self.store:
            await self.store.pool.close()
