import asyncio
import logging
import socket
import time

import pytest
from aiohttp import ClientSession, web

from tests.web.conftest import line
from web import PortBusy, serving

GARBAGE = [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(50),
    b"GARBAGE\r\n\r\n",
    b"FROB /page HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /page HTTP/9.9\r\nHost: localhost\r\n\r\n",
    b"GET /page HTTP/1.1\r\nHost: localhost\r\nBad Header\x00: x\r\n\r\n",
    b"GET /page HTTP/1.1\r\nHost: localhost\r\nX: " + b"y" * 20_000 + b"\r\n\r\n",
    b"GET /page HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 500 + b"\r\n",
    b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    b"POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
    b"POST /read HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
]


@pytest.mark.parametrize("garbage", GARBAGE)
async def test_what_is_no_http_is_refused_and_told_nothing(shell, garbage, caplog):
    async with serving(shell, "127.0.0.1", 0) as port, line("127.0.0.1", port) as (reader, writer):
        writer.write(garbage)
        async with asyncio.timeout(10):
            answer = (await reader.read()).decode()
    assert answer.split(" ", 2)[1] == "400"
    assert "\r\nServer: Porchlight\r\n" in answer
    assert "\r\nX-Content-Type-Options: nosniff\r\n" in answer
    assert "aiohttp" not in answer
    assert "127.0.0.1" not in caplog.text
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


BROKEN_BODIES = [
    b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd",
    b"Transfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\nzz\r\n",
]


@pytest.mark.parametrize("body", BROKEN_BODIES)
async def test_a_body_that_cannot_be_decoded_is_refused_and_no_fault_of_ours(shell, body, caplog):
    async with serving(shell, "127.0.0.1", 0) as port, line("127.0.0.1", port) as (reader, writer):
        writer.write(b"POST /read HTTP/1.1\r\nHost: localhost\r\n" + body)
        async with asyncio.timeout(10):
            assert (await reader.readline()).split(b" ")[1] == b"400"
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_a_taken_port_is_one_sentence(shell):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortBusy, match=f"^Port {port} is taken by another program: .*WEB_PORT"):
            async with serving(shell, "127.0.0.1", port):
                pass


async def test_an_address_of_another_machine_is_one_sentence(shell):
    with pytest.raises(PortBusy, match="is not an address of this machine"):
        async with serving(shell, "192.0.2.1", 0):
            pass


async def test_a_request_under_way_is_finished_when_the_door_closes(shell):
    begun = asyncio.Event()

    async def slow(_request: web.Request) -> web.Response:
        begun.set()
        await asyncio.sleep(0.3)
        return web.Response(text="done")

    shell.router.add_get("/slow", slow)
    async with ClientSession() as session:
        async with serving(shell, "127.0.0.1", 0) as port:
            request = asyncio.create_task(session.get(f"http://127.0.0.1:{port}/slow"))
            await begun.wait()
        async with await request as answer:
            assert await answer.text() == "done"


async def test_what_never_ends_does_not_hold_the_door(shell):
    begun = asyncio.Event()

    async def endless(_request: web.Request) -> web.Response:
        begun.set()
        await asyncio.sleep(3600)
        return web.Response()

    shell.router.add_get("/endless", endless)
    async with serving(shell, "127.0.0.1", 0) as port, line("127.0.0.1", port) as (_, writer):
        writer.write(b"GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await begun.wait()
        started = time.monotonic()
    assert time.monotonic() - started < 5


async def test_a_handler_goes_on_when_its_visitor_leaves(shell):
    begun, done = asyncio.Event(), asyncio.Event()

    async def slow(_request: web.Request) -> web.Response:
        begun.set()
        await asyncio.sleep(0.2)
        done.set()
        return web.Response()

    shell.router.add_post("/slow", slow)
    async with serving(shell, "127.0.0.1", 0) as port:
        async with line("127.0.0.1", port) as (_, writer):
            writer.write(b"POST /slow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")
            await begun.wait()
        async with asyncio.timeout(5):
            await done.wait()
