"""What every request passes, in one order: named, counted, refused if foreign, read within limits, answered kindly if
it fails.

`ALL` is that order, outermost first; web/__init__.py adds the sessions innermost. Headers are set by a signal, which
also sees what no middleware does: refused upgrades, 304s, static files, `Expect` answered with 417.
"""

import asyncio
import logging
import secrets
import time

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.typedefs import Handler

from db import logs
from db.errors import Unavailable

from . import allowances, counting, errors, keys, origins

log = logging.getLogger(__name__)

HANDLER_PATIENCE = 6.0  # seconds, after which the visitor is told to come back
BODY_PATIENCE = 10.0  # seconds for a whole body; aiohttp itself would wait for ever
BODY_MAX = 64 * 1024  # so that the slowest accepted sender still sends 6.4 KiB a second
WORTH_COMPRESSING = 1024
FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
UNREAD_AFTER = 30.0  # seconds in which a large answer must be read on, or its connection ends
LARGE = 64 * 1024
CHARSETS = {None, "utf-8", "utf8", "us-ascii"}  # Python knows stranger ones, which decode to what UTF-8 cannot hold
QUIET = ("/static/", "/healthz", "/readyz", "/favicon.ico", "/seen.svg")


@web.middleware
async def name_request(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Gives the request an id, which its answer and its log lines carry, and writes one line about it."""
    started = time.monotonic()
    request[keys.REQUEST_ID] = secrets.token_hex(8)
    logs.request_id.set(request[keys.REQUEST_ID])
    status = 499  # the visitor left before there was an answer
    try:
        response = await handler(request)
        status = response.status
    except web.HTTPException as answer:
        status = answer.status
        raise
    finally:
        level = logging.DEBUG if request.path.startswith(QUIET) else logging.INFO
        took = (time.monotonic() - started) * 1000
        # The path as it was sent is ASCII, so nobody can write into the log; no address, and no query.
        path = ascii(request.rel_url.raw_path)[1:-1][:200]
        log.log(level, "%s %s %d %.0f ms", request.method, path, status, took)
    return response


@web.middleware
async def compress(request: web.Request, handler: Handler) -> web.StreamResponse:
    response = await handler(request)
    if not isinstance(response, web.Response) or response.prepared:
        return response
    if "Content-Encoding" in response.headers or "ETag" in response.headers:  # what has a tag is in the form it names
        return response
    if response.content_type not in {"text/html", "application/json"} or not isinstance(response.body, bytes):
        return response
    if len(response.body) >= WORTH_COMPRESSING:
        vary = response.headers.get("Vary")
        response.headers["Vary"] = f"{vary}, Accept-Encoding" if vary else "Accept-Encoding"
        if "gzip" in request.headers.get("Accept-Encoding", "").lower():
            response.enable_compression(web.ContentCoding.gzip)
    return response


@web.middleware
async def refuse_foreign(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Nothing is read, asked or done for a request to another host, or from another site's page."""
    origins.check_host(request)
    origins.check_same_origin(request)
    return await handler(request)


@web.middleware
async def read_body(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Reads the body before anything else is done, in bounded time. Forms then hold text only, and valid text.

    A route that is allowed to reads its body itself.
    """
    if request.body_exists and request.can_read_body and not allowances.of(request).reads_body:
        try:
            async with asyncio.timeout(BODY_PATIENCE):
                await _read(request)
        except TimeoutError:
            raise web.HTTPRequestTimeout from None
        except (ValueError, LookupError, web.RequestPayloadError, HttpProcessingError):
            raise web.HTTPBadRequest from None
    return await handler(request)


@web.middleware
async def lose_patience(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answers for a handler that gets no answer itself, from a database that hangs. Sockets have limits of their own.

    The handler is cancelled but not waited for: the driver gives a connection back only when the database answers.
    """
    if request.headers.get("Upgrade", "").lower() == "websocket":
        return await handler(request)
    task = asyncio.ensure_future(handler(request))
    try:
        await _wait(request, task)
    finally:
        if not task.done():
            task.cancel()
            task.add_done_callback(_forget)
    if task.done():
        return task.result()
    if keys.STARTED_ANSWER in request and request.transport is not None:
        request.transport.abort()  # a stream without end: what has begun cannot become another answer
        return request[keys.STARTED_ANSWER]
    log.warning("The database does not answer in time")
    raise Unavailable


async def _wait(request: web.Request, task: "asyncio.Future[web.StreamResponse]") -> None:
    """A stream must begin as soon as any other answer, and may then go on; an upload comes before its answer."""
    allowed = allowances.of(request)
    await asyncio.wait([task], timeout=allowed.patience if allowed.reads_body else HANDLER_PATIENCE)
    if not task.done() and allowed.patience and keys.STARTED_ANSWER in request:
        await asyncio.wait([task], timeout=allowed.patience)


def _forget(task: "asyncio.Future[web.StreamResponse]") -> None:
    if not task.cancelled():
        task.exception()  # looked at: its visitor has long been answered


async def _read(request: web.Request) -> None:
    if request.content_type == MULTIPART:  # only files need it, and they are read elsewhere (web/uploads.py)
        raise web.HTTPUnsupportedMediaType
    if request.content_type != FORM:
        await request.read()
        return
    if (request.charset or "utf-8").lower() not in CHARSETS:
        raise web.HTTPUnsupportedMediaType
    for name, value in (await request.post()).items():
        if not isinstance(value, str):
            raise web.HTTPUnsupportedMediaType  # only web/uploads.py takes files
        _ = name.encode(), value.encode()  # UnicodeEncodeError is a ValueError


def watch_reading(request: web.Request, response: web.StreamResponse) -> None:
    """A large answer that nobody reads would stay in memory for as long as its visitor likes."""
    transport = request.transport
    is_large = isinstance(response, web.Response) and isinstance(response.body, bytes) and len(response.body) > LARGE
    if transport is not None and is_large:
        asyncio.get_running_loop().call_later(UNREAD_AFTER, _look_again, transport, None)


def _look_again(transport: asyncio.Transport, before: int | None) -> None:
    waiting = 0 if transport.is_closing() else transport.get_write_buffer_size()
    if waiting and before is not None and waiting >= before:
        transport.abort()
    elif waiting:
        asyncio.get_running_loop().call_later(UNREAD_AFTER, _look_again, transport, waiting)


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """on_response_prepare: what every answer carries. A handler that set a header itself keeps its own."""
    request[keys.STARTED_ANSWER] = response
    watch_reading(request, response)
    secure = request.app[keys.CONFIG].public_url.startswith("https:")
    for name, value in errors.HEADERS.items():
        response.headers.setdefault(name, value)
    if secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    response.headers["Server"] = errors.SERVER
    if keys.REQUEST_ID in request:
        response.headers["X-Request-Id"] = request[keys.REQUEST_ID]
    if response.cookies or response.status >= 400:
        response.headers["Cache-Control"] = "no-store"
    else:
        response.headers.setdefault("Cache-Control", "no-cache")


ALL = (name_request, counting.count, compress, errors.translate, refuse_foreign, read_body, lose_patience)
