import asyncio
import gzip
import json
import logging

import pytest
from aiohttp import ClientPayloadError, FormData, web

from db.config import Web
from tests.web.conftest import furnish, line
from web import make_app, middlewares
from web.allowances import allow


def part(header, body):
    """A multipart form of one part."""
    return b'--x\r\nContent-Disposition: form-data; name="a"\r\n' + header + b"\r\n\r\n" + body + b"\r\n--x--\r\n"


EVERY_ANSWER = [
    ("GET", "/page", {}, 200),
    ("HEAD", "/page", {}, 200),
    ("GET", "/healthz", {}, 200),
    ("GET", "/readyz", {}, 200),
    ("GET", "/robots.txt", {}, 200),
    ("GET", "/favicon.ico", {}, 204),
    ("GET", "/static/base.css", {}, 200),
    ("GET", "/static/base.css", {"If-None-Match": "*"}, 304),
    ("GET", "/static/nothing.css", {}, 404),
    ("GET", "/nowhere", {}, 404),
    ("GET", "/api/nowhere", {}, 404),
    ("POST", "/page", {}, 405),
    ("PROPFIND", "/page", {}, 405),
    ("OPTIONS", "/page", {}, 405),
    ("GET", "/fail/fault", {}, 500),
    ("GET", "/fail/away", {}, 503),
    ("GET", "/fail/often", {}, 429),
    ("GET", "/fail/query", {}, 302),
    ("GET", "/page", {"Expect": "a miracle"}, 417),
    ("GET", "/page", {"Host": "evil.example"}, 421),
    ("POST", "/read", {"Origin": "https://evil.example"}, 403),
    ("GET", "/ws", {"Upgrade": "websocket", "Connection": "Upgrade", "Origin": "https://evil.example"}, 403),
    ("GET", "/ws", {"Upgrade": "websocket", "Connection": "Upgrade"}, 400),
]


@pytest.mark.parametrize(("method", "path", "headers", "status"), EVERY_ANSWER)
async def test_every_answer_carries_the_security_headers(visitor, method, path, headers, status):
    answer = await visitor.request(method, path, headers=headers, allow_redirects=False)
    assert answer.status == status
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Server"] == "Porchlight"
    assert "Cache-Control" in answer.headers
    assert "Strict-Transport-Security" not in answer.headers
    if status >= 400:
        assert answer.headers["Cache-Control"] == "no-store"


async def test_on_https_browsers_are_told_to_stay_there(store, templates, static, aiohttp_client):
    store.config = type(store.config)(web=Web(base_url="https://porch.example"), database=store.config.database)
    visitor = await aiohttp_client(make_app(store, templates=templates, static=static))
    answer = await visitor.get("/healthz")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


async def test_each_request_has_an_id_of_our_own_making(visitor):
    answers = [await visitor.get("/healthz", headers={"X-Request-Id": "forged"}) for _ in range(2)]
    ids = {answer.headers["X-Request-Id"] for answer in answers}
    assert len(ids) == 2
    assert "forged" not in ids


async def test_the_log_line_has_no_address_no_query_and_no_control_characters(visitor, caplog):
    caplog.set_level(logging.INFO, "web")
    await visitor.get("/page%0A%1b[31mFAKE?secret=1", headers={"X-Forwarded-For": "198.51.100.7"})
    [line] = [record.getMessage() for record in caplog.records if record.name == "web.middlewares"]
    assert line.startswith("GET /page%0A%1B%5B31mFAKE 404 ")
    assert not any(word in line for word in ("127.0.0.1", "198.51.100.7", "secret", "\x1b", "\n"))


@pytest.mark.parametrize("headers", [{}, {"Accept": "application/json"}])
async def test_a_body_over_the_limit_is_refused_with_a_sentence(visitor, headers):
    answer = await visitor.post("/read", data=b"x" * (middlewares.BODY_MAX + 1), headers=headers)
    assert (answer.status, "letterbox" in await answer.text()) == (413, True)


async def test_a_compressed_body_counts_by_what_it_becomes(visitor):
    bomb = gzip.compress(b"x" * 5_000_000)
    answer = await visitor.post("/read", data=bomb, headers={"Content-Encoding": "gzip"})
    assert answer.status == 413


async def test_a_body_that_stalls_is_given_up_and_the_connection_closed(visitor, monkeypatch):
    monkeypatch.setattr(middlewares, "BODY_PATIENCE", 0.1)
    async with line(visitor.host, visitor.port) as (reader, writer), asyncio.timeout(15):
        writer.write(b"POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf")
        answer = await reader.readuntil(b"</p>")
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"Connection: close" in answer


async def test_a_visitor_who_leaves_in_the_middle_of_a_body_breaks_nothing(visitor, caplog):
    async with line(visitor.host, visitor.port) as (_, writer):
        writer.write(b"POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf")
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.1)
    assert (await visitor.get("/healthz")).status == 200
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_a_form_arrives_as_text_and_one_for_files_is_not_read(visitor):
    plain = await (await visitor.post("/read", data={"content": "höi\n"})).json()
    assert plain["content"] == "höi\n"
    multipart = FormData({"content": "höi\n"}, default_to_multipart=True)
    assert (await visitor.post("/read", data=multipart)).status == 415


async def test_a_form_for_files_that_never_begins_holds_nobody_up(visitor):
    async with line(visitor.host, visitor.port) as (_, writer):
        writer.write(b"POST /read HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n")
        writer.write(b"Content-Type: multipart/form-data; boundary=B\r\n\r\n")
        writer.write((b"4000\r\n" + b"x\r\n" * 0x1555 + b"x\r\n\r\n")[: 0x4000 + 8] * 20)
        began = asyncio.get_running_loop().time()
        assert (await visitor.get("/healthz")).status == 200
        assert asyncio.get_running_loop().time() - began < 1


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"content=%ED%A0%80", "application/x-www-form-urlencoded", 200),
        (b"content=%00%ff%fe", "application/x-www-form-urlencoded", 200),
        (b"content=\xff\xfe", "application/x-www-form-urlencoded", 400),
        (rb"content=\ud800", "application/x-www-form-urlencoded; charset=unicode_escape", 415),
        (b"content=x", "application/x-www-form-urlencoded; charset=no-such", 415),
        (b"&".join(b"a=1" for _ in range(2000)), "application/x-www-form-urlencoded", 413),
        (b"no boundary here", "multipart/form-data", 415),
        (part(b"Content-Type: text/plain", b"x"), "multipart/form-data; boundary=x", 415),
        (b"\xff\xfe{", "application/json; charset=utf-16", 200),
        (b"x", "nonsense", 200),
        (b"x", "\xff/\xff; charset==", 200),
    ],
)
async def test_a_hostile_form_is_read_or_refused_and_never_a_fault(visitor, body, content_type, status):
    answer = await visitor.post("/read", data=body, headers={"Content-Type": content_type})
    assert answer.status == status
    if status == 200:
        (await answer.text()).encode()
    else:
        assert "id=sentence" in await answer.text()


@pytest.mark.parametrize(
    "path",
    [
        "/%00",
        "/page%00",
        "/static/%00",
        "/%ED%A0%80",
        "/%ff",
        "/..%2f..",
        "//evil.example",
        "/" + "a" * 7000,
        "/rooms/%0d%0aX:y",
    ],
)
async def test_a_hostile_path_is_not_found_and_never_a_fault(visitor, path):
    async with line(visitor.host, visitor.port) as (reader, writer):
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        answer = await reader.read()
    assert answer.split(b" ", 2)[1] == (b"200" if path.startswith("/rooms") else b"404")
    assert b"\r\nX:y" not in answer.partition(b"\r\n\r\n")[0]


async def test_a_query_that_is_no_utf8_is_shown_safely(visitor):
    answer = await visitor.get("/page?words=%ED%A0%80%00<script>", allow_redirects=False)
    assert answer.status == 200
    assert "<script>" not in await answer.text()


async def test_pages_are_compressed_for_who_asks_and_say_that_they_vary(visitor):
    long = {"words": "porch " * 1000}
    answer = await visitor.get("/page", params=long, headers={"Accept-Encoding": "gzip, br"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Vary"] == "Cookie, Accept-Encoding"
    assert int(answer.headers["Content-Length"]) < 1000
    assert "porch porch" in await answer.text()
    plain = await visitor.get("/page", params=long, headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    assert plain.headers["Vary"] == "Cookie, Accept-Encoding"
    head = await visitor.head("/page", params=long, headers={"Accept-Encoding": "gzip"})
    assert (head.status, await head.read()) == (200, b"")


async def test_a_socket_that_fails_after_its_upgrade_gets_no_page_written_into_it(visitor, caplog):
    socket = await visitor.ws_connect("/ws?fail")
    message = await socket.receive()
    assert message.data in {None, 1000, 1006, 1011}
    assert "A request failed" in caplog.text


async def test_errors_carry_the_same_id_as_the_log(visitor, caplog):
    answer = await visitor.get("/api/fail/fault")
    reference = json.loads(await answer.read())["error"]["reference"]
    assert reference == answer.headers["X-Request-Id"]
    assert reference in caplog.text


async def test_the_shell_stands_without_a_database(store, templates, static, aiohttp_client):
    visitor = await aiohttp_client(furnish(make_app(store, templates=templates, static=static)))
    await visitor.post("/join", data={"name": "Ada"})
    await store.pool.close()
    answer = await visitor.get("/page")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
    assert "short rest" in await answer.text()
    assert (await visitor.get("/nowhere/at/all")).status == 404
    assert (await visitor.get("/static/base.css")).status == 200
    refused = await visitor.post("/keep", data={"a": "b"}, headers={"Accept": "application/json"})
    assert (await refused.json())["error"]["code"] == "unavailable"


async def test_a_handler_that_gets_no_answer_is_answered_for(visitor, monkeypatch):
    monkeypatch.setattr("web.middlewares.HANDLER_PATIENCE", 0.2)
    answer = await visitor.post("/keep?wait=2", data={"a": "1"})
    assert answer.status == 503
    assert answer.headers["Retry-After"]
    assert (await visitor.get("/page")).status == 200


async def streamed(request):
    answer = web.StreamResponse(headers={"Content-Length": "10"})
    await asyncio.sleep(float(request.query.get("first", "0")))
    await answer.prepare(request)
    for _ in range(10):
        await answer.write(b"x")
        await asyncio.sleep(0.05)
    return answer


@allow(patience=0.2)
async def endless(request):
    return await streamed(request)


@pytest.fixture
async def listener(shell, aiohttp_client, monkeypatch):
    monkeypatch.setattr("web.middlewares.HANDLER_PATIENCE", 0.2)
    shell.router.add_get("/stream", allow(patience=5)(streamed))
    shell.router.add_get("/endless", endless)
    return await aiohttp_client(shell)


async def test_a_stream_that_has_begun_goes_on_beyond_the_patience_of_others(listener):
    answer = await listener.get("/stream")
    assert (answer.status, await answer.read()) == (200, b"x" * 10)


async def test_a_stream_that_does_not_begin_is_answered_for(listener):
    assert (await listener.get("/stream?first=2")).status == 503


async def test_a_stream_that_does_not_end_is_broken_off_and_not_passed_for_whole(listener, monkeypatch):
    monkeypatch.setattr("web.middlewares.HANDLER_PATIENCE", 0.05)
    answer = await listener.get("/endless")
    with pytest.raises(ClientPayloadError):
        await answer.read()
