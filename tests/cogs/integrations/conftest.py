"""The sources as they ask: the real modules and a real client; only the services are the practice server's."""

from collections import deque
from contextlib import asynccontextmanager
from importlib import import_module

import aiohttp
import msgspec
import pytest
from aiohttp import web

from cogs.integrations._outbound import Outbound
from db.config import load
from practice import Practice, sources

NOON = 1_780_056_000.0  # the practice server's clock, in May 2026


class Desk:
    """Where sources are asked. `clock` is a list with the practice server's time, `now` that of what remembers."""

    def __init__(self, practice, session, clock, sections):
        self.practice = practice
        self.session = session
        self.clock = clock
        self.faults = practice.sources
        self.seconds = 5.0
        self.now = 1000.0
        self.sections = dict(sections)
        self.known = {}

    def settings(self, name, **changes):
        return msgspec.structs.replace(self.sections[name], **changes)

    def outbound(self, name):
        """The same for the same source, as with the engine, so that it has a memory."""
        if name not in self.known:
            base, agent = self.sections[name].base_url, "Porchlight/0 (+https://x.example)"
            self.known[name] = Outbound(self.session, base, agent, seconds=self.seconds, clock=lambda: self.now)
        return self.known[name]

    async def ask(self, name, outbound=None, **changes):
        module = import_module(f"cogs.integrations.{name}")
        return await module.fetch(outbound or self.outbound(name), self.settings(name, **changes))

    def fail(self, name, *faults):
        """What comes of its next questions, one by one; None: what is right."""
        self.faults.next[name] = deque(faults)

    def asked(self, name):
        """The paths that were asked for, in order."""
        return [path.removeprefix(f"/sources/{name}") for source, path, _ in self.faults.requests if source == name]


@asynccontextmanager
async def running(app, host="127.0.0.1"):
    """Serves it; gives its origin."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, host, 0).start()
    try:
        yield f"http://{host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@pytest.fixture(scope="module")
async def stand_ins():
    clock = [NOON]
    async with Practice(now=lambda: clock[0]) as practice, aiohttp.ClientSession() as session:
        yield practice, session, clock, load(sources.environment(practice.base)).sources


@pytest.fixture
async def desk(stand_ins):
    practice, _, clock, _ = stand_ins
    clock[0] = NOON
    for told in (practice.sources.always, practice.sources.next, practice.sources.requests):
        told.clear()
    return Desk(*stand_ins)
