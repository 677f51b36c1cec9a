import pytest

from tests.web.conftest import line
from web.statics import Statics


async def get(visitor, path):
    """The status and body of a path that is sent as it stands."""
    async with line(visitor.host, visitor.port) as (reader, writer):
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    return int(head.split(b" ")[1]), body


async def test_a_hashed_address_is_kept_for_good(visitor, static):
    url = Statics(static).url("fonts/plain.woff2")
    answer = await visitor.get(url)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"] == "font/woff2"
    assert await answer.read() == (static / "fonts/plain.woff2").read_bytes()


async def test_what_a_stylesheet_refers_to_beside_itself_has_a_hashed_address_too(visitor, static):
    css = Statics(static).url("base.css")
    font = css.rpartition("/")[0] + "/fonts/plain.woff2"
    assert "immutable" in (await visitor.get(font)).headers["Cache-Control"]


@pytest.mark.parametrize("version", ["", "0123456789ab/"])
async def test_without_todays_hash_the_file_is_served_but_asked_for_again(visitor, version):
    answer = await visitor.get(f"/static/{version}base.css")
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-cache")


def test_a_change_of_any_file_changes_the_addresses(static):
    before = Statics(static)
    (static / "base.css").write_text("body { margin: 1px }")
    after = Statics(static)
    assert before.hash != after.hash
    assert Statics(static).hash == after.hash


def test_a_page_cannot_link_to_a_file_that_is_not_there(static):
    with pytest.raises(KeyError, match="There is no static/nothing"):
        Statics(static).url("nothing.css")


async def test_text_is_compressed_for_who_asks(visitor):
    answer = await visitor.get("/static/base.css", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert int(answer.headers["Content-Length"]) < 200
    assert len(await answer.text()) == 1900
    plain = await visitor.get("/static/base.css", headers={"Accept-Encoding": "identity"})
    assert (plain.headers["Content-Length"], plain.headers["ETag"] != answer.headers["ETag"]) == ("1900", True)


async def test_a_file_the_browser_has_is_not_sent_again(visitor):
    first = await visitor.get("/static/base.css")
    again = await visitor.get("/static/base.css", headers={"If-None-Match": f'W/"x", {first.headers["ETag"]}'})
    assert (again.status, await again.read(), again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    other = await visitor.get("/static/base.css", headers={"If-None-Match": '"x"'})
    assert other.status == 200


async def test_head_tells_the_size_without_the_body(visitor):
    answer = await visitor.head("/static/base.css", headers={"Accept-Encoding": "identity"})
    assert (answer.status, answer.headers["Content-Length"], await answer.read()) == (200, "1900", b"")


@pytest.mark.parametrize(
    "path",
    [
        "/static/../outside.txt",
        "/static/..%2foutside.txt",
        "/static/%2e%2e/outside.txt",
        "/static/fonts/../../outside.txt",
        "/static//etc/passwd",
        "/static/link.txt",
        "/static/.secret",
        "/static/fonts",
        "/static/fonts/",
        "/static/",
        "/static/base.css%00",
        "/static/BASE.CSS",
        "/static/0123456789ab/../.secret",
    ],
)
async def test_only_the_folders_own_files_are_served(visitor, path):
    status, body = await get(visitor, path)
    assert status == 404
    assert b"outside" not in body
    assert b"hidden" not in body


async def test_browsers_that_ask_for_an_icon_are_answered(visitor, static):
    assert (await visitor.get("/favicon.ico")).status == 204
    robots = await visitor.get("/robots.txt")
    assert "Disallow: /api/" in await robots.text()
