"""How sources ask: what they send, what they take for an answer, and where they do not go."""

import asyncio
import gzip
import socket

import pytest
from aiohttp import web

from cogs.integrations import _guard, asking
from cogs.integrations._failures import wait_of
from cogs.integrations._guard import is_public
from cogs.integrations._outbound import Outbound, SourceFailed
from practice.pictures import picture
from tests.cogs.integrations.conftest import running

PNG = picture("a cover")


def serving(routes, host="127.0.0.1"):
    """A server that says what a test wants; gives its origin."""
    app = web.Application()
    app.add_routes(routes)
    return running(app, host)


def answering(**more):
    async def answer(request):
        return web.Response(**more)

    return answer


def outbound(desk, base, seconds=5.0):
    return Outbound(
        desk.session, base, "Porchlight/0 (+https://porch.example)", seconds=seconds, clock=lambda: desk.now
    )


# Questions


async def test_nobody_who_is_asked_can_give_us_a_cookie(desk):
    heard = []

    async def answer(request):
        heard.append(request.headers.get("Cookie"))
        return web.json_response(1, headers={"Set-Cookie": "number=7; Path=/; Max-Age=999999"})

    async with serving([web.get("/x", answer)]) as origin, asking() as session:
        source = Outbound(session, origin.replace("127.0.0.1", "localhost"), "Porchlight/0")
        assert [await source.json("/x") for _ in range(2)] == [1, 1]
    assert heard == [None, None]


async def test_a_question_says_who_asks_and_what_is_asked(desk):
    heard = []

    async def hear(request):
        heard.append((request.method, request.query_string, dict(request.headers), await request.text()))
        return web.json_response({"ok": True})

    async with serving([web.route("*", "/api/x", hear)]) as origin:
        source = outbound(desk, f"{origin}/api/")
        assert await source.json("/x", query={"a": "1 &"}, headers={"X-Own": "yes"}) == {"ok": True}
        assert await source.json("/x", body={"b": [1]}) == {"ok": True}
    (get, query, headers, _), (post, _, posted, body) = heard
    assert (get, query, headers["X-Own"]) == ("GET", "a=1 %26", "yes")
    assert headers["User-Agent"] == "Porchlight/0 (+https://porch.example)"
    assert (post, posted["Content-Type"], body) == ("POST", "application/json", '{"b":[1]}')


async def test_an_etag_is_sent_back_and_304_answered_from_memory(desk):
    asked = []

    async def answer(request):
        asked.append(request.headers.get("If-None-Match"))
        return web.Response(status=304) if asked[-1] else web.json_response([1], headers={"ETag": '"one"'})

    async with serving([web.get("/x", answer)]) as origin:
        source = outbound(desk, origin)
        assert [await source.json("/x") for _ in range(3)] == [[1]] * 3
    assert asked == [None, '"one"', '"one"']


async def spoken(reader, writer, said):
    """An HTTP server that no library would be: it says just these bytes."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(said)
    writer.close()


@pytest.mark.parametrize("etag", [b'"a\x01b"', b'"\xff"', b'"' + b"e" * 4000 + b'"'], ids=["control", "bytes", "long"])
async def test_an_etag_that_no_question_can_hold_does_not_spoil_the_next_one(desk, etag):
    said = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\nETag: " + etag + b"\r\n\r\n7"
    server = await asyncio.start_server(lambda reader, writer: spoken(reader, writer, said), "127.0.0.1", 0)
    async with server:
        source = outbound(desk, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        assert [await source.json("/x") for _ in range(2)] == [7, 7]
        assert [kept.etag for kept in source.memory.values()] == [""]


async def test_what_is_kept_is_not_asked_for_again_until_its_time_is_over_nor_is_another_question(desk):
    asked = []

    async def answer(request):
        asked.append(request.query_string)
        return web.json_response(len(asked))

    async with serving([web.get("/x", answer)]) as origin:
        source = outbound(desk, origin)
        assert [await source.json("/x", kept_for=60) for _ in range(3)] == [1, 1, 1]
        assert await source.json("/x", query={"a": "b"}, kept_for=60) == 2
        desk.now += 61
        assert await source.json("/x", kept_for=60) == 3


async def test_an_answer_that_is_refused_by_its_reader_is_not_kept(desk):
    answers = iter([{"errors": 1}, {"good": 1}])

    async def answer(request):
        return web.json_response(next(answers))

    def reading(found):
        if "errors" in found:
            raise SourceFailed("It answered with an error.")
        return found["good"]

    async with serving([web.get("/x", answer)]) as origin:
        source = outbound(desk, origin)
        with pytest.raises(SourceFailed):
            await source.json("/x", kept_for=60, reading=reading)
        assert await source.json("/x", kept_for=60, reading=reading) == 1


async def test_memory_does_not_grow_without_end(desk):
    async with serving([web.get("/x", answering(text="1"))]) as origin:
        source = outbound(desk, origin)
        for number in range(40):
            await source.json("/x", query={"n": str(number)})
        assert len(source.memory) == 32


# Patience


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "120"}, 120.0),
        ({"Retry-After": " 1.5 "}, 1.5),
        ({"Retry-After": "Fri, 29 May 2026 12:02:00 GMT"}, 120.0),
        ({"Retry-After": "Fri, 29 May 2026 11:00:00 GMT"}, 0.0),
        ({"Retry-After": "999999999999"}, 86_400.0),
        ({"Retry-After": "9" * 400}, 86_400.0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "inf"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "٣"}, None),
        ({"Retry-After": ""}, None),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1780056060"}, 60.0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "2026-05-29T12:05:00.000Z"}, 300.0),
        ({"ratelimit-remaining": "0", "ratelimit-reset": "1780056030"}, 30.0),
        ({"x-ratelimit-remaining": "7", "x-ratelimit-reset": "1780056060"}, None),
        ({"x-ratelimit-remaining": "0"}, None),
        ({}, None),
    ],
)
def test_how_long_to_wait_is_read_in_each_way_of_saying_it(headers, wait):
    assert wait_of(headers, 1_780_056_000.0) == wait


# Where one does not go


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::127.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("2001:0:7f00:1::", False),
        ("2001:0:4136:e378:8000:63bf:80ff:fffe", False),  # Teredo of the client 127.0.0.1
        ("", False),
        ("localhost", False),
    ],
)
def test_an_address_is_public_only_if_what_it_carries_is_too(address, expected):
    assert is_public(address) is expected


@pytest.fixture
async def cellar(desk, monkeypatch):
    """A server in the house's own network, which is not the source's; gives its port and what was asked there."""
    asked = []

    async def answer(request):
        asked.append(request.path)
        return web.Response(body=PNG)

    async with serving([web.get("/{name}", answer)]) as origin:
        port = int(origin.rpartition(":")[2])
        monkeypatch.setattr("cogs.integrations._outbound.PORTS", frozenset({80, 443, port}))
        yield port, asked


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:{}/x", "http://localhost:{}/x", "http://[::ffff:127.0.0.1]:{}/x", "http://0:{}/x"]
)
async def test_a_picture_in_the_houses_own_network_is_not_fetched(desk, cellar, address):
    port, asked = cellar
    with pytest.raises(SourceFailed):
        await desk.outbound("lastfm").picture(address.format(port))
    assert asked == []


async def test_a_name_that_turns_into_an_inner_address_when_connected_to_is_refused(desk, cellar, monkeypatch):
    port, asked = cellar
    inner = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))

    async def looked_up(*_, **__):
        return [inner]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", looked_up, raising=False)
    with pytest.raises(SourceFailed, match="public"):
        await desk.outbound("lastfm").picture(f"http://pictures.example:{port}/x")
    assert asked == []


async def test_a_redirect_does_not_lead_into_the_cellar(desk, cellar):
    port, asked = cellar
    to = f"http://127.0.0.1:{port}/x"
    async with serving([web.get("/p", answering(status=302, headers={"Location": to}))]) as origin:
        with pytest.raises(SourceFailed, match="public"):
            await outbound(desk, origin).picture(f"{origin}/p")
    assert asked == []


async def test_nobody_outside_may_send_us_home(desk, monkeypatch):
    asked = []

    async def answer(request):
        asked.append(request.path)
        return web.Response(body=PNG)

    async with serving([web.get("/inner", answer)]) as home:
        to = {"Location": f"{home}/inner"}
        async with serving([web.get("/p", answering(status=302, headers=to))], host="127.0.0.2") as outside:
            ports = frozenset(int(origin.rpartition(":")[2]) for origin in (home, outside))
            monkeypatch.setattr("cogs.integrations._outbound.PORTS", ports)
            monkeypatch.setattr(_guard, "is_public", lambda address: address == "127.0.0.2")
            source = outbound(desk, home)
            assert await source.picture(f"{home}/inner") == PNG
            with pytest.raises(SourceFailed, match="public"):
                await source.picture(f"{outside}/p")
    assert asked == ["/inner"]


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://x.example/a", "//x", "http://", "https://a:b@x.example/", "", "data:,x", "http://["],
)
async def test_what_is_no_plain_address_of_the_web_is_not_asked(desk, url):
    with pytest.raises(SourceFailed, match="no address"):
        await desk.outbound("lastfm").picture(url)


async def test_another_port_is_not_asked_even_of_a_public_address(desk):
    with pytest.raises(SourceFailed, match="public"):
        await desk.outbound("lastfm").picture("http://93.184.216.34:6379/x")


# Pictures


async def test_a_picture_is_found_after_three_redirects_and_not_after_four(desk):
    hops = [web.get(f"/{n}", answering(status=302, headers={"Location": f"/{n - 1}"})) for n in range(1, 5)]
    async with serving([*hops, web.get("/0", answering(body=PNG))]) as origin:
        source = outbound(desk, origin)
        assert await source.picture(f"{origin}/3") == PNG
        with pytest.raises(SourceFailed, match="302"):
            await source.picture(f"{origin}/4")


@pytest.mark.parametrize("body", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<html>", b"", b"RIFF1234WAVE"])
async def test_what_is_no_picture_is_refused_whatever_it_calls_itself(desk, body):
    async with serving([web.get("/p", answering(body=body, content_type="image/png"))]) as origin:
        with pytest.raises(SourceFailed, match="none"):
            await outbound(desk, origin).picture(f"{origin}/p")


@pytest.mark.parametrize("body", [PNG + bytes(5 * 1024 * 1024), gzip.compress(PNG + bytes(6 * 1024 * 1024))])
async def test_a_picture_that_is_too_large_is_refused_also_when_it_was_packed(desk, body):
    packed = {"Content-Encoding": "gzip"} if body[:2] == b"\x1f\x8b" else {}
    async with serving([web.get("/p", answering(body=body, headers=packed))]) as origin:
        with pytest.raises(SourceFailed, match="too large"):
            await outbound(desk, origin).picture(f"{origin}/p")
