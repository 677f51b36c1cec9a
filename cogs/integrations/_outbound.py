"""How sources ask: bounded in time and size, politely, and with one kind of error for all that may go wrong."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import msgspec
from yarl import URL

from db.version import VERSION

from ._failures import SourceFailed, StillComputing, failure
from ._guard import PORTS, Guard, address
from ._wire import Answer, decoded, decoded_if_any, is_picture, whole

__all__ = ["Outbound", "SourceFailed", "StillComputing", "agent_of"]

SECONDS = 8.0  # for one question: below the engine's ten, so that it is ours to say what was wrong
ANSWER_MAX = 1024 * 1024  # bytes, unpacked
PICTURE_MAX = 5 * 1024 * 1024
REDIRECTS_MAX = 3
REDIRECTS = frozenset({301, 302, 303, 307, 308})
MEMORY_MAX = 32  # answers
ETAG_MAX = 500  # characters
POLL_MAX = 3600.0  # seconds; a longer X-Poll-Interval is not believed
NO_PICTURE = "What should be a picture is none."
NOT_PUBLIC = "Its picture does not lie at a public address."


def agent_of(public_url: str) -> str:
    """What we call ourselves to sources: who asks, and where that one is found."""
    return f"Porchlight/{VERSION} (+{public_url})"


@dataclass(frozen=True, slots=True, repr=False)
class Kept:
    """An answer in memory. `until`: the clock's time before which it is not asked for again."""

    value: Any
    etag: str
    until: float


class Outbound:
    """For one source. `memory` of answers lasts as long as the engine. `seconds`: how long one question may take;
    `clock` only goes forward.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        base_url: str,
        agent: str,
        *,
        seconds: float = SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.session = session
        self.base_url = base_url.rstrip("/")
        self.agent = agent
        self.timeout = aiohttp.ClientTimeout(total=seconds)
        self.clock = clock
        self.memory: dict[tuple[object, ...], Kept] = {}

    async def json(
        self,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: object = None,
        kept_for: float = 0.0,
        reading: Callable[[Any], Any] | None = None,
    ) -> Any:
        """The decoded answer of `base_url + path` (POST of `body` as JSON when there is one), or what `reading` makes
        of it; what that refuses (by SourceFailed) is not kept. An ETag is sent back the next time, and 304 answered
        from memory; with `kept_for`, or when the source asks for it by X-Poll-Interval, the memory alone answers for
        so many seconds. Redirects are not followed. The answer is the memory's too: read it, do not change it. Raises
        SourceFailed, StillComputing.
        """
        content = None if body is None else msgspec.json.encode(body)
        key = (path, *sorted((query or {}).items()), *sorted((headers or {}).items()), content)
        kept = self.memory.get(key)
        if kept and self.clock() < kept.until:
            return kept.value
        answer = await self._ask(path, query or {}, headers or {}, content, kept.etag if kept else "")
        if answer.status == 304 and kept:
            self._keep(key, kept.value, kept.etag, answer, kept_for)
            return kept.value
        if answer.status != 200:
            raise failure(answer.status, answer.headers, decoded_if_any(answer.content))
        found = decoded(answer.content)
        value = reading(found) if reading else found
        self._keep(key, value, _fit(answer.headers.get("ETag", "")), answer, kept_for)
        return value

    async def picture(self, url: str) -> bytes:
        """A picture from wherever the source says it is: public addresses only, or the host of `base_url`; 5 MiB at
        most, a PNG, GIF, JPEG or WebP by its first bytes, after 3 redirects at most. Raises SourceFailed.
        """
        at, home = address(url), URL(self.base_url).origin()
        is_home = True
        for _ in range(REDIRECTS_MAX + 1):
            is_home = is_home and at.origin() == home  # nobody outside may send us there
            answer = await (self._seen(self.session, at) if is_home else self._seen_outside(at))
            if answer.status not in REDIRECTS:
                break
            at = address(answer.headers.get("Location", ""), at)
        if answer.status != 200:
            raise SourceFailed(f"Its picture is not to be had ({answer.status}).", status=answer.status)
        if not is_picture(answer.content):
            raise SourceFailed(NO_PICTURE, status=200)
        return answer.content

    async def _ask(
        self, path: str, query: Mapping[str, str], headers: Mapping[str, str], content: bytes | None, etag: str
    ) -> Answer:
        said = {"User-Agent": self.agent, "Accept": "application/json", **headers}
        if content is not None:
            said["Content-Type"] = "application/json"
        elif etag:
            said["If-None-Match"] = etag
        asking = self.session.request(
            "GET" if content is None else "POST",
            f"{self.base_url}{path}",
            params=query,
            data=content,
            headers=said,
            timeout=self.timeout,
            allow_redirects=False,
        )
        return await whole(asking, ANSWER_MAX)

    def _keep(self, key: tuple[object, ...], value: Any, etag: str, answer: Answer, kept_for: float) -> None:
        wish = answer.headers.get("X-Poll-Interval", "")
        pause = min(float(wish), POLL_MAX) if wish.isascii() and wish.isdecimal() else 0.0
        self.memory.pop(key, None)
        self.memory[key] = Kept(value, etag, self.clock() + max(kept_for, pause))
        if len(self.memory) > MEMORY_MAX:
            del self.memory[next(iter(self.memory))]

    async def _seen(self, session: aiohttp.ClientSession, url: URL) -> Answer:
        headers = {"User-Agent": self.agent, "Accept": "image/webp,image/png,image/jpeg,image/gif"}
        return await whole(session.get(url, headers=headers, timeout=self.timeout, allow_redirects=False), PICTURE_MAX)

    async def _seen_outside(self, url: URL) -> Answer:
        guard = Guard()
        if url.port not in PORTS:
            raise SourceFailed(NOT_PUBLIC)
        async with guard.session() as session:
            try:
                return await self._seen(session, url)
            except SourceFailed:
                if guard.has_refused:
                    raise SourceFailed(NOT_PUBLIC) from None
                raise


def _fit(etag: str) -> str:
    """Empty for one that no question can hold: with it each would fail, for as long as it is remembered."""
    return etag if etag.isascii() and etag.isprintable() and len(etag) <= ETAG_MAX else ""
