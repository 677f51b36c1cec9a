"""What goes wrong with a source when it is told to: an answer of another kind, or none."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
HUGE = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Fault:
    """One wrong answer: `status` with `body` and `headers`; `delay` seconds before it; `cut`: the connection ends in
    the middle of it; `huge`: it goes on for 64 MiB.
    """

    status: int = 200
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    cut: bool = False
    huge: bool = False


AWAY = Fault(status=503)


class Faults:
    """By source: `always` for every request, else those of `next` one by one, where None lets a request through well.
    `requests` are all that came.
    """

    def __init__(self) -> None:
        self.always: dict[str, Fault] = {}
        self.next: dict[str, deque[Fault | None]] = {}
        self.requests: list[tuple[str, str, dict[str, str]]] = []  # the source, path with query, headers

    def away(self, *sources: str, seconds: float) -> None:
        """They answer nothing but 503 for so long."""
        for source in sources:
            self.always[source] = AWAY
        asyncio.get_running_loop().call_later(seconds, self._back, sources)

    def _back(self, sources: tuple[str, ...]) -> None:
        for source in sources:
            if self.always.get(source) is AWAY:
                del self.always[source]

    def wrap(self, source: str, handler: Handler) -> Handler:
        async def answer(request: web.Request) -> web.StreamResponse:
            self.requests.append((source, request.path_qs, dict(request.headers)))
            waiting = self.next.get(source)
            fault = waiting.popleft() if waiting else self.always.get(source)
            return await _wrong(request, fault) if fault else await handler(request)

        return answer


async def _wrong(request: web.Request, fault: Fault) -> web.StreamResponse:
    await asyncio.sleep(fault.delay)
    body = fault.body.encode()
    if not (fault.cut or fault.huge):
        return web.Response(status=fault.status, body=body, headers=fault.headers)
    response = web.StreamResponse(status=fault.status, headers=fault.headers)
    response.content_length = HUGE
    await response.prepare(request)
    await response.write(body or b'{"data": "')
    if fault.cut and request.transport is not None:
        request.transport.abort()
        return response
    for _ in range(HUGE // 65_536):
        await response.write(b"x" * 65_536)
    return response
