import asyncio
import errno
import io
import json
import logging
import resource
import socket
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import msgspec
import pytest

from db import config as settings
from db import media
from tests import pictures
from tests.programs import until
from tests.web.conftest import line
from web import make_app, serving, uploads
from web import media as media_pages

JSON = {"Accept": "application/json"}


@pytest.fixture
async def visitor(store, aiohttp_client):
    return await aiohttp_client(make_app(store))


@pytest.fixture
async def ada(visitor):
    """A visitor with a name."""
    await named(visitor, "Ada")
    return visitor


async def named(visitor, name):
    answer = await visitor.post("/hangout/join", data={"name": name}, headers=JSON)
    assert answer.status == 200


def form(data, name="picture.png", kind="image/png", **fields):
    made = aiohttp.FormData(fields)
    made.add_field("file", io.BytesIO(data), filename=name, content_type=kind)
    return made


async def bring(visitor, data=None, **fields):
    return await visitor.post("/media", data=form(data or pictures.still(), **fields), headers=JSON)


async def error_of(answer):
    return (await answer.json())["error"]


def everything_kept(store):
    folder = store.config.data_path / "media"
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_a_picture_is_brought_and_shown(ada):
    answer = await bring(ada, pictures.still("JPEG", (900, 300)), alt="A teal wall")
    brought = await answer.json()
    assert answer.status == 201
    assert brought | {"id": "", "url": "", "size": 0} == {
        "id": "", "url": "", "width": 900, "height": 300, "content_type": "image/jpeg", "size": 0, "alt": "A teal wall",
    }  # fmt: skip
    assert brought["url"] == f"/media/{brought['id']}/full.jpg"
    shown = await ada.get(brought["url"])
    assert (shown.status, shown.content_type, shown.content_length) == (200, "image/jpeg", brought["size"])
    assert pictures.opened(await shown.read()).size == (900, 300)
    narrow = await ada.get(f"/media/{brought['id']}/320.jpg")
    assert pictures.opened(await narrow.read()).size == (320, 107)


async def test_what_it_is_called_does_not_matter_and_what_it_is_does(ada):
    answer = await bring(ada, pictures.still("GIF"), name="../../holiday.html", kind="text/html")
    assert (await answer.json())["content_type"] == "image/gif"
    refused = await bring(ada, b"<script>alert(1)</script>", name="innocent.png")
    assert (refused.status, (await error_of(refused))["code"]) == (422, "bad_picture")


async def test_the_headers_let_it_be_shown_anywhere_and_run_nowhere(ada, store):
    url = (await (await bring(ada)).json())["url"]
    await store.pool.execute("update media set used = true")
    for answer in (await ada.get(url), await ada.head(url)):
        headers = answer.headers
        assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert headers["Content-Disposition"].startswith('inline; filename="picture.png"')
        assert headers["Accept-Ranges"] == "bytes"
        assert "Set-Cookie" not in headers
        known = await ada.get(url, headers={"If-None-Match": headers["ETag"]})
        assert (known.status, await known.read()) == (304, b"")
    assert await answer.read() == b""
    assert answer.content_length == len(await (await ada.get(url)).read())


@pytest.mark.parametrize(
    ("asked", "status", "expected"),
    [("bytes=0-9", 206, slice(0, 10)), ("bytes=100-", 206, slice(100, None)), ("bytes=-7", 206, slice(-7, None)),
     ("bytes=5-99999999", 206, slice(5, None)), ("bytes=0-", 200, slice(None)), ("bytes=9-1", 200, slice(None)),
     ("bytes=0-1,5-6", 200, slice(None)), ("lines=1-2", 200, slice(None)), ("bytes=99999999-", 416, slice(0, 0)),
     ("bytes=" + "9" * 5000 + "-", 200, slice(None))],
)  # fmt: skip
async def test_a_part_of_a_picture_can_be_had(ada, asked, status, expected):
    url = (await (await bring(ada, pictures.packed(pictures.noise((300, 200)), "PNG"))).json())["url"]
    whole = await (await ada.get(url)).read()
    answer = await ada.get(url, headers={"Range": asked})
    assert (answer.status, await answer.read()) == (status, whole[expected])
    start, end, _ = expected.indices(len(whole))
    given = {206: f"bytes {start}-{end - 1}/{len(whole)}", 416: f"bytes */{len(whole)}"}.get(status)
    assert answer.headers.get("Content-Range") == given


async def test_a_part_of_another_version_is_the_whole(ada):
    url = (await (await bring(ada)).json())["url"]
    etag = (await ada.head(url)).headers["ETag"]
    statuses = [
        (await ada.get(url, headers={"Range": "bytes=0-3", "If-Range": known})).status for known in (etag, '"other"')
    ]
    assert statuses == [206, 200]


@pytest.mark.parametrize("name", ["full.jpg", "1600.png", "99999.png", "0.png", "full.svg", "full", "alt"])
async def test_what_is_not_there_is_404_with_a_sentence(ada, name):
    brought = await (await bring(ada)).json()
    for address in (f"/media/{brought['id']}/{name}", f"/media/{'x' * 22}/full.png"):
        answer = await ada.get(address, headers=JSON)
        assert answer.status in ({404, 405} if name == "alt" else {404})
        assert (await error_of(answer))["message"].endswith(".")


async def test_a_picture_whose_bytes_are_lost_is_404(ada, store):
    url = (await (await bring(ada)).json())["url"]
    for path in everything_kept(store):
        path.unlink()
    assert (await ada.get(url)).status == 404


async def test_nobody_without_a_name_brings_anything(visitor, store):
    answer = await bring(visitor)
    assert (answer.status, (await error_of(answer))["code"]) == (422, "not_joined")
    assert everything_kept(store) == []


async def test_nobody_is_made_to_bring_a_picture_by_another_site(ada, store):
    answer = await ada.post("/media", data=form(pictures.still()), headers={"Origin": "https://evil.example"})
    assert answer.status == 403
    assert everything_kept(store) == []


async def test_only_whoever_brought_it_describes_it(ada, store, aiohttp_client):
    brought = await (await bring(ada, alt="A wall")).json()
    address = f"/media/{brought['id']}/alt"
    answer = await ada.post(address, data={"alt": "A teal wall"}, headers=JSON)
    assert (answer.status, (await answer.json())["alt"]) == (200, "A teal wall")
    grace = await aiohttp_client(make_app(store))
    assert (await grace.post(address, data={"alt": "x"}, headers=JSON)).status == 422
    await named(grace, "Grace")
    assert (await grace.post(address, data={"alt": "x"}, headers=JSON)).status == 404
    assert (await media.get(store.pool, brought["id"])).alt == "A teal wall"


@pytest.mark.parametrize("alt", ["x" * 1001, "x" * 40_000])
async def test_a_description_that_is_too_long_is_refused(ada, store, alt):
    answer = await bring(ada, alt=alt)
    assert answer.status in {413, 422}
    assert (await error_of(answer))["code"] in {"too_large", "too_long"}
    assert everything_kept(store) == []


@pytest.mark.parametrize(
    "body",
    [b"", b"--x--\r\n", b"no parts at all", b"--x\r\n\r\nno name\r\n--x--\r\n",
     b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\ncut off',
     b'--x\r\nContent-Disposition: form-data; name="alt"\r\n\r\nonly words\r\n--x--\r\n',
     b'--x\r\nContent-Disposition: form-data; name="alt"\r\n\r\n\xff\xfe\r\n--x--\r\n',
     b'--x\r\nContent-Disposition: form-data; name="other"\r\n\r\n1\r\n--x--\r\n',
     b'--x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n\r\n1\r\n--y--\r\n--x--\r\n'],
)  # fmt: skip
async def test_a_form_that_makes_no_sense_is_refused_and_no_fault_of_ours(ada, store, body):
    headers = {**JSON, "Content-Type": "multipart/form-data; boundary=x"}
    answer = await ada.post("/media", data=body, headers=headers)
    assert answer.status in {400, 422}
    assert (await error_of(answer))["message"].endswith(".")
    assert everything_kept(store) == []


@pytest.mark.parametrize(
    "kind", ["application/json", "multipart/form-data", "multipart/mixed; boundary=x", "text/plain"]
)
async def test_what_is_no_such_form_is_refused(ada, kind):
    answer = await ada.post("/media", data=b"{}", headers={**JSON, "Content-Type": kind})
    assert answer.status in {400, 415}


@pytest.mark.usefixtures("in_one_moment")
async def test_more_than_a_few_at_once_are_told_to_wait(ada):
    answers = await asyncio.gather(*(bring(ada, b"no picture") for _ in range(14)))
    late = [answer for answer in answers if answer.status == 429]
    assert len(late) == 6
    assert all(answer.headers["Retry-After"] for answer in late)


async def test_more_than_a_day_allows_is_429_with_the_time_to_come_back(ada, store):
    store.config = msgspec.structs.replace(store.config, media=settings.Media(per_day=1))
    assert [(await bring(ada)).status for _ in range(2)] == [201, 429]


async def test_a_picture_that_nobody_used_is_gone_after_a_day_while_the_site_is_up(ada, store, aiohttp_client):
    url = (await (await bring(ada)).json())["url"]
    yesterday = datetime.now(UTC) - timedelta(hours=25)
    await store.pool.execute("update media set created_at = $1", yesterday)
    other = await aiohttp_client(make_app(store))
    await until(lambda: not everything_kept(store))
    assert (await other.get(url)).status == 404


async def test_a_picture_of_a_deleted_message_is_404_at_once_and_soon_no_more(store, aiohttp_client, monkeypatch):
    assert media_pages.SWEEP_EVERY <= 300
    monkeypatch.setattr(media_pages, "SWEEP_EVERY", 0.1)
    ada = await aiohttp_client(make_app(store))
    await named(ada, "Ada")
    brought = await (await bring(ada)).json()
    said = await ada.post("/hangout", data={"content": "look", "nonce": "n", "media": brought["id"]}, headers=JSON)
    message = await said.json()
    etag = (await ada.get(brought["url"])).headers["ETag"]
    deleted = await ada.post(f"/hangout/messages/{message['id']}/delete", headers=JSON)
    assert deleted.status == 200
    assert (await ada.get(brought["url"])).status == 404
    assert (await ada.get(brought["url"], headers={"If-None-Match": etag})).status == 404
    await until(lambda: not everything_kept(store))


# Bodies that are too large, too slow, or not what they say


def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


@pytest.fixture
async def door(store):
    """The site on a port of its own, and the cookie of somebody with a name."""
    async with serving(make_app(store), "127.0.0.1", 0) as port:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
            async with session.post(f"http://127.0.0.1:{port}/hangout/join", data={"name": "Ada"}) as answer:
                assert answer.status == 200
            [cookie] = [f"{one.key}={one.value}" for one in session.cookie_jar]
        yield port, cookie


def head(cookie, *headers):
    lines = ["POST /media HTTP/1.1", "Host: localhost", "Accept: application/json", f"Cookie: {cookie}",
             "Content-Type: multipart/form-data; boundary=x", *headers]  # fmt: skip
    return "\r\n".join([*lines, "", ""]).encode()


PART = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'


async def test_a_body_that_says_it_is_100_mb_is_refused_before_it_is_sent(door, store):
    port, cookie = door
    async with line("127.0.0.1", port) as (reader, writer):
        began = time.monotonic()
        writer.write(head(cookie, f"Content-Length: {100 * 1024**2}") + PART)
        answer = await asyncio.wait_for(reader.readuntil(b"}}"), 5)
        assert time.monotonic() - began < 1.0
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert json.loads(answer.rpartition(b"\r\n")[2])["error"] == {
        "code": "too_large", "message": "A picture may have 8 MiB; that one has more.",
    }  # fmt: skip


@pytest.mark.parametrize("where", ["in the picture", "in a header of the form", "before the form begins"])
async def test_a_body_that_does_not_say_its_length_is_cut_off_as_soon_as_it_is_too_long(
    door, store, where, monkeypatch
):
    monkeypatch.setattr(uploads, "GRACE", 1.0)
    port, cookie = door
    start = {"in the picture": PART, "in a header of the form": b"--x\r\nX: ", "before the form begins": b""}[where]
    piece = (b"z" * 1022 + b"\r\n") * 64 if where == "before the form begins" else b"z" * 65_536
    before, sent = resident(), 0
    async with line("127.0.0.1", port) as (reader, writer):
        writer.write(head(cookie, "Transfer-Encoding: chunked") + b"%x\r\n%s\r\n" % (len(start) or 2, start or b"\r\n"))
        answer = asyncio.create_task(reader.readuntil(b"}}"))
        began = time.monotonic()
        while not answer.done() and sent < 100 * 1024**2:
            writer.write(b"10000\r\n%s\r\n" % piece)
            sent += len(piece)
            try:
                await asyncio.wait_for(writer.drain(), 3)
            except (ConnectionError, TimeoutError):
                break
        assert (await asyncio.wait_for(answer, 5))[9:12] in {b"413", b"400", b"408"}
        assert time.monotonic() - began < 3.0
    assert resident() - before < 24 * 1024**2
    assert everything_kept(store) == []


async def test_whoever_sends_too_slowly_is_cut_off(door, monkeypatch):
    monkeypatch.setattr(uploads, "GRACE", 0.5)
    port, cookie = door
    async with line("127.0.0.1", port) as (reader, writer):
        writer.write(head(cookie, "Content-Length: 5000000") + PART)
        answer = asyncio.create_task(reader.readuntil(b"}}"))
        began = time.monotonic()
        while not answer.done():
            writer.write(b"z" * 100)
            await asyncio.sleep(0.05)
            assert time.monotonic() - began < 3.0
        assert (await answer).startswith(b"HTTP/1.1 408 ")


async def test_whoever_is_slow_but_steady_is_waited_for(door, monkeypatch):
    """Longer than every other route would wait."""
    monkeypatch.setattr("web.middlewares.BODY_PATIENCE", 0.3)
    monkeypatch.setattr("web.middlewares.HANDLER_PATIENCE", 0.3)
    port, cookie = door
    body = PART + pictures.packed(pictures.noise((300, 300)), "PNG") + b"\r\n--x--\r\n"
    async with line("127.0.0.1", port) as (reader, writer):
        writer.write(head(cookie, f"Content-Length: {len(body)}"))
        for start in range(0, len(body), 40_000):
            writer.write(body[start : start + 40_000])
            await asyncio.sleep(0.15)
        assert (await asyncio.wait_for(reader.readuntil(b"}"), 5)).startswith(b"HTTP/1.1 201 ")


async def test_whoever_leaves_in_the_middle_leaves_nothing(door, store, tmp_path, monkeypatch):
    monkeypatch.setattr(uploads.tempfile, "tempdir", str(tmp_path))
    port, cookie = door
    async with line("127.0.0.1", port) as (_, writer):
        writer.write(head(cookie, "Content-Length: 5000000") + PART + b"z" * 100_000)
        await writer.drain()
        await asyncio.sleep(0.1)
    await asyncio.sleep(0.1)
    assert everything_kept(store) == []
    assert list(tmp_path.glob("porchlight-upload-*")) == []


async def test_whoever_stops_reading_is_let_go(ada, monkeypatch, store, caplog):
    caplog.set_level(logging.INFO, "web.streams")
    monkeypatch.setattr("web.streams.STALL", 0.3)
    url = (await (await bring(ada, pictures.packed(pictures.noise((1600, 1600)), "PNG"))).json())["url"]
    await store.pool.execute("update media set used = true")
    async with serving(make_app(store), "127.0.0.1", 0) as port:
        with socket.socket() as slow:
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            slow.connect(("127.0.0.1", port))
            slow.sendall(f"GET {url} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            await until(lambda: "A stream broke off" in caplog.text, 3)


# A full disk


async def test_a_full_disk_is_507_leaves_no_part_of_a_file_and_is_over_when_there_is_room(ada, store):
    """No file of this process may become larger than 200 kB, so writing fails in the middle as on a full disk."""
    picture = pictures.packed(pictures.noise((400, 400)), "PNG")
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    refused = await bring_with_small_files(ada, picture, hard)
    assert (refused.status, (await error_of(refused))["code"]) == (507, "no_room")
    assert everything_kept(store) == []
    assert await store.pool.fetchval("select count(*) from media where released_at is null") == 0
    assert (await bring(ada, picture)).status == 201


async def bring_with_small_files(visitor, picture, hard):
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
    try:
        return await bring(visitor, picture)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


async def test_a_full_place_for_arriving_files_is_507(ada, store, monkeypatch):
    def full(*_args, **_kw):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(uploads.tempfile, "NamedTemporaryFile", full)
    assert (await bring(ada)).status == 507
    assert everything_kept(store) == []
