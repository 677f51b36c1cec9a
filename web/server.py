"""Opens the door: listens, and closes within 5 seconds. `Door` speaks HTTP; what is no HTTP never gets to the app."""

import asyncio
import errno
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.web_request import BaseRequest

from . import errors

log = logging.getLogger(__name__)

PATIENCE = 1.5  # seconds; aiohttp waits for handlers this long, then cancels them and waits as long again
OPTIONS: dict[str, Any] = {
    "access_log": None,  # web/middlewares.py writes one without addresses
    "keepalive_timeout": 30.0,  # seconds; also how long a new connection may take over its headers
    "lingering_time": 2.0,  # seconds for the rest of a refused body, so that its sender sees the refusal
    "logger": log,
}
REASONS = {
    errno.EADDRINUSE: "Port {port} is taken by another program: stop it, or set WEB_PORT to a free one.",
    errno.EACCES: "Port {port} may not be opened by this user: set WEB_PORT to one above 1023.",
    errno.EADDRNOTAVAIL: "{host} is not an address of this machine: change [web] host.",
}


class PortBusy(Exception):
    """The site cannot listen where it should; `sentence` says why and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Door(web.RequestHandler):
    """One connection. What is no HTTP is answered here, past the app: without versions, and no address in the log."""

    __slots__ = ()

    def log_exception(self, *args: Any, **kw: Any) -> None:
        """Leaves out bodies that break off or cannot be decoded: anybody can send one, and was answered with 400."""
        if not isinstance(kw.get("exc_info"), web.RequestPayloadError):
            super().log_exception(*args, **kw)

    def handle_error(
        self, request: BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        if request.writer.output_size > 0:
            raise ConnectionError("The answer has begun and cannot become another one.")
        if status >= 500:
            log.error("A request failed outside the app", exc_info=exc)
        del message  # it quotes what was sent
        text = errors.FAULT[1] if status >= 500 else errors.SENTENCES[400][1]
        headers = {**errors.HEADERS, "Server": errors.SERVER, "Cache-Control": "no-store"}
        response = web.Response(status=status, text=text, headers=headers)
        response.force_close()
        return response


@asynccontextmanager
async def serving(app: web.Application, host: str, port: int) -> AsyncIterator[int]:
    """Serves until left, and yields the port (another than asked for if that was 0). Raises PortBusy.

    A handler goes on when its visitor leaves (aiohttp's default): what was sent shall be kept, or not, as a whole.
    """
    runner = web.AppRunner(app, shutdown_timeout=PATIENCE)
    await runner.setup()
    try:
        server = await _listen(runner, host, port)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int) -> asyncio.Server:
    loop = asyncio.get_running_loop()
    manager = runner.server
    assert manager

    def open_door() -> Door:
        return Door(manager, loop=loop, **OPTIONS)

    try:
        return await loop.create_server(open_door, host, port, backlog=1024)
    except OSError as error:
        reason = REASONS.get(error.errno or 0, "The site cannot listen on {host} port {port}: " + str(error.strerror))
        raise PortBusy(reason.format(host=host, port=port)) from error
