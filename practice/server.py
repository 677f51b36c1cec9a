"""The practice Discord as one server: REST, gateway, pictures and page on one port of this machine."""

import asyncio
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from aiohttp import web

from practice import polls, porch
from practice.breaking import Breaking
from practice.faults import Faults
from practice.gateway import Gateway
from practice.grants import Grants
from practice.interactions import Interactions
from practice.limits import Limits, Rates
from practice.model import Ping, Request
from practice.page import add_page
from practice.people import People
from practice.rest import MEDIA, make_api
from practice.rest.doors import FAULTS, LIMITS
from practice.rest.requests import DISCORD, Discord
from practice.sources import Faults as SourceFaults
from practice.sources import add_sources
from practice.world import World

SHUTDOWN_SECONDS = 2.0
POLL_SECONDS = 1.0  # how late the end of a poll may be noticed


class Practice(People):
    """`async with Practice() as practice:` runs it on a free port; people act through its methods, things break through
    `practice.faults`, and with the sources of live cards through `practice.sources`. `limits=True` applies Discord's
    rate limits, or pass Rates of your own. `now` is the clock."""

    guild_id = porch.GUILD
    channel_id = porch.HANGOUT
    owner_id = porch.OWNER
    bot_id = porch.BOT
    application_id = porch.APPLICATION

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        limits: bool | Rates = False,
        greetings: bool = False,
        now: Callable[[], float] = time.time,
        token: str = porch.TOKEN,
    ) -> None:
        self.host = host
        self.port = port
        self.world = World(now, token)
        self.interactions = Interactions(self.world)
        self.gateway = Gateway(self.world)
        self.grants = Grants(self.world)
        self.faults = Breaking(self.world, self.gateway, Faults())
        self.sources = SourceFaults()
        rates = Rates() if limits is True else limits
        self.limits = Limits(rates, now) if rates else None
        self._runner: web.AppRunner | None = None
        self._polls: asyncio.Task[None] | None = None
        if greetings:
            self.greet()

    def greet(self) -> None:
        """A few words from the members, so that the room is not empty."""
        for name, text in porch.GREETINGS:
            self.say(name, text)

    @property
    def base(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def api_base(self) -> str:
        return f"{self.base}/api/v10"

    @property
    def gateway_url(self) -> str:
        return f"ws://{self.host}:{self.port}/gateway"

    @property
    def cdn_base(self) -> str:
        return self.base

    @property
    def page_url(self) -> str:
        return f"{self.base}/"

    @property
    def token(self) -> str:
        return self.world.application.token

    @property
    def authorize_url(self) -> str:
        """Where a browser asks whether somebody wants to sign in."""
        return f"{self.base}/oauth2/authorize"

    @property
    def pings(self) -> list[Ping]:
        """Every notification that really reached somebody, in order."""
        return self.world.pings

    @property
    def requests(self) -> list[Request]:
        return list(self.world.requests)

    @property
    def fetches(self) -> list[Request]:
        """What programs fetched of files and pictures, in order; the page's own are not among them."""
        return list(self.world.fetches)

    @property
    def environment(self) -> dict[str, str]:
        """The variables that point a Discord client which can be pointed at this server."""
        return {
            "DISCORD_TOKEN": self.token,
            "DISCORD_API_BASE": self.api_base,
            "DISCORD_GATEWAY_URL": self.gateway_url,
            "DISCORD_CDN_BASE": self.cdn_base,
            "DISCORD_GUILD_ID": str(self.guild_id),
            "DISCORD_CHANNEL_ID": str(self.channel_id),
            "DISCORD_ANNOUNCE_CHANNEL_ID": str(porch.NEWS),
            "DISCORD_COMMENTS_CHANNEL_ID": str(porch.COMMENTS),
            "DISCORD_OWNER_ID": str(self.owner_id),
            "DISCORD_CLIENT_ID": str(self.application_id),
            "DISCORD_CLIENT_SECRET": porch.CLIENT_SECRET,
            "DISCORD_AUTHORIZE_URL": self.authorize_url,
        }

    async def start(self) -> None:
        """Raises OSError when the port is taken."""
        self._runner = web.AppRunner(self._app(), access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, self.port)
        try:
            await site.start()
        except OSError:
            await self._runner.cleanup()
            raise
        self.port = self._runner.addresses[0][1]
        self.world.cdn_base, self.gateway.url = self.cdn_base, self.gateway_url
        self._polls = asyncio.create_task(self._end_polls())

    async def stop(self) -> None:
        self.faults.stop()
        if self._polls:
            self._polls.cancel()
        await self.gateway.close()
        if self._runner:
            await self._runner.cleanup()

    async def _end_polls(self) -> None:
        while True:
            await asyncio.sleep(POLL_SECONDS)
            polls.end_due(self.world)

    def _app(self) -> web.Application:
        app = web.Application(client_max_size=26 * 1024 * 1024)
        app[DISCORD] = Discord(self.world, self.gateway, self.interactions, self.grants)
        app[FAULTS] = self.faults.rest
        if self.limits:
            app[LIMITS] = self.limits
        app.add_subapp("/api/v10", make_api())
        app.router.add_get("/gateway", self.gateway.handle)
        app.router.add_get("/gateway/", self.gateway.handle)
        app.add_routes(MEDIA)
        add_sources(app, self.sources, self.world.now)
        add_page(app, self)
        return app

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.stop()
