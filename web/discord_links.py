"""Discord's signed links to files: opened at Discord's own hosts only, and signed anew when they have expired.

A link says in `ex` when it ends: seconds since 1970, in hexadecimal. The bot's token goes to the API and nowhere else.
"""

import logging
import time
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit

import aiohttp
import msgspec
from yarl import URL

from db.config import Discord
from db.errors import NotFound

from .origins import origin_of

log = logging.getLogger(__name__)

HOSTS = ("https://cdn.discordapp.com", "https://media.discordapp.net")
PATHS = ("/attachments/", "/ephemeral-attachments/")
ENDED = {403, 404}
TIMEOUT = aiohttp.ClientTimeout(total=None, connect=5, sock_connect=5, sock_read=15)
ASKING = aiohttp.ClientTimeout(total=5)
ANSWER_MAX = 64 * 1024
LEEWAY = 30  # seconds before its end at which a link counts as ended
REMEMBERED = 2_000  # fresh links, and ids that Discord had none for
NO_LINK_FOR = 300.0  # seconds in which Discord is not asked again for a link that it did not give
REST_FOR = 60.0  # seconds without any question after Discord refused us, for it counts refused requests
GONE = "Discord does not have this file any more."
NOT_NOW = "Discord does not hand out this file just now."


Value = TypeVar("Value")


class Refreshed(msgspec.Struct):
    original: str
    refreshed: str | None = None


class Answer(msgspec.Struct):
    refreshed_urls: list[Refreshed]


class Links:
    def __init__(self, outbound: aiohttp.ClientSession | None, discord: Discord) -> None:
        self._outbound = outbound
        self._discord = discord
        self._origins = {origin_of(host) for host in (discord.cdn_base, *HOSTS)}
        self._fresh: OrderedDict[str, str] = OrderedDict()
        self._none: OrderedDict[str, float] = OrderedDict()
        self._rest_until = 0.0

    @asynccontextmanager
    async def opened(self, file_id: str, url: str, asked: str | None = None) -> AsyncIterator[aiohttp.ClientResponse]:
        """Discord's answer (200, 206 or 416) for the file; `asked` is a `Range`. Raises NotFound."""
        link, is_new = self._fresh.get(file_id, url), False
        if has_ended(link):
            link, is_new = await self._refresh(file_id, url), True
        answer = await self._get(link, asked)
        try:
            if answer.status in ENDED and not is_new:
                answer.close()
                answer = await self._get(await self._refresh(file_id, url), asked)
            if answer.status not in {200, 206, 416}:
                raise NotFound(GONE if answer.status in ENDED else NOT_NOW)
            yield answer
        finally:
            answer.close()

    async def _get(self, link: str, asked: str | None) -> aiohttp.ClientResponse:
        self._check(link)
        assert self._outbound
        headers = {"Accept-Encoding": "identity"} | ({"Range": asked} if asked else {})
        try:
            return await self._outbound.get(
                URL(link, encoded=True), headers=headers, timeout=TIMEOUT, allow_redirects=False
            )
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise NotFound(NOT_NOW) from error

    def _check(self, link: str) -> None:
        """Raises NotFound for a link to anywhere but Discord's files."""
        is_plain = link.isascii() and link.isprintable() and " " not in link and ".." not in link
        is_ours = is_plain and origin_of(link) in self._origins and urlsplit(link).path.startswith(PATHS)
        if not is_ours or self._outbound is None:
            raise NotFound(GONE)

    async def _refresh(self, file_id: str, url: str) -> str:
        """A fresh link, remembered. Raises NotFound when Discord has none, or was asked for it lately."""
        self._check(url)
        now = time.monotonic()
        if not self._discord.token or now < self._rest_until:
            raise NotFound(NOT_NOW)
        if self._none.get(file_id, 0.0) > now:
            raise NotFound(GONE)
        fresh = await self._ask(url)
        if fresh is None:
            _remember(self._none, file_id, now + NO_LINK_FOR)
            raise NotFound(GONE)
        self._check(fresh)
        _remember(self._fresh, file_id, fresh)
        return fresh

    async def _ask(self, url: str) -> str | None:
        assert self._outbound
        try:
            async with self._outbound.post(
                f"{self._discord.api_base.rstrip('/')}/attachments/refresh-urls",
                json={"attachment_urls": [url]},
                headers={"Authorization": f"Bot {self._discord.token}"},
                timeout=ASKING,
                allow_redirects=False,
            ) as answer:
                if answer.status != 200:
                    self._rest(answer.status)
                    raise NotFound(NOT_NOW)
                body = await answer.content.read(ANSWER_MAX)
            given = msgspec.json.decode(body, type=Answer).refreshed_urls
        except (aiohttp.ClientError, TimeoutError, OSError, msgspec.DecodeError) as error:
            raise NotFound(NOT_NOW) from error
        return given[0].refreshed if given else None

    def _rest(self, status: int) -> None:
        log.warning("Discord signs no links just now (status %s)", status)
        self._rest_until = time.monotonic() + REST_FOR


def has_ended(link: str) -> bool:
    """Whether the link says of itself that its time is over. One that says nothing is tried."""
    try:
        ends = int(parse_qs(urlsplit(link).query)["ex"][0], 16)
    except (KeyError, ValueError):
        return False
    return ends < time.time() + LEEWAY


def _remember(memory: "OrderedDict[str, Value]", key: str, value: Value) -> None:
    memory[key] = value
    memory.move_to_end(key)
    if len(memory) > REMEMBERED:
        memory.popitem(last=False)
