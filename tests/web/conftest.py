"""The shell with a few rooms of its own: small templates and handlers that do what real ones may do to it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from aiohttp_session import get_session
from jinja2 import TemplateNotFound

from db import people
from db.errors import Forbidden, NotFound, TooOften
from db.limits import Bucket
from db.people import Person
from db.store import Store
from tests.members import member, signed_in
from web import keys, make_app, pages, sessions
from web.proxies import client_address, is_https

ERROR = "<title>{{ status }}</title><p id=sentence>{{ sentence }}</p><p id=reference>{{ reference }}</p>{{ theme }}"
PAGE = (
    "<p>{{ you.name if you else 'nobody' }}</p><p>{{ owner_status }} {{ theme }} {{ path }} {{ banner }}</p>{{ words }}"
)


async def show(request: web.Request) -> web.Response:
    return await pages.render(request, "page.html", {"words": request.query.get("words", "")})


async def read_post(request: web.Request) -> web.Response:
    form = await request.post()
    return web.json_response({key: str(value) for key, value in form.items()} | {"size": len(await request.read())})


async def join(request: web.Request) -> web.Response:
    form = await request.post()
    person = await people.add_visitor(request.app[keys.STORE].pool, str(form["name"]))
    await sessions.enter(request, person)
    raise web.HTTPSeeOther("/page")


async def leave(request: web.Request) -> web.Response:
    await sessions.leave(request)
    raise web.HTTPSeeOther("/page")


async def keep(request: web.Request) -> web.Response:
    """Sets or removes one entry of the session, slowly if told so."""
    session = await get_session(request)
    await asyncio.sleep(float(request.query.get("wait", "0")))
    for key, value in (await request.post()).items():
        if value:
            session[key] = value
        else:
            del session[key]
    return web.Response(text="kept")


async def read_session(request: web.Request) -> web.Response:
    return web.json_response(dict(await get_session(request)))


async def renew(request: web.Request) -> web.Response:
    await sessions.rotate(request)
    return web.Response(text="renewed")


async def fail(request: web.Request) -> web.Response:
    raise {
        "fault": ZeroDivisionError("a secret detail"),
        "hidden": NotFound(),
        "forbidden": Forbidden("Not <you>."),
        "often": TooOften("Slow down.", 1.5),
        "away": ConnectionRefusedError("secret-host"),
        "template": TemplateNotFound("forgotten.html"),
        "query": web.HTTPFound("/page"),
    }[request.match_info["how"]]


async def who(request: web.Request) -> web.Response:
    return web.json_response({"address": client_address(request), "https": is_https(request)})


async def socket(request: web.Request) -> web.StreamResponse:
    answer = web.WebSocketResponse()
    await answer.prepare(request)
    if "fail" in request.query:
        raise ZeroDivisionError
    await answer.send_str("hello")
    await answer.close()
    return answer


def furnish(app: web.Application) -> web.Application:
    app.router.add_get("/page", show, name="test.page")
    app.router.add_get("/rooms/{slug}", show, name="test.room")
    app.router.add_post("/read", read_post)
    app.router.add_post("/join", join)
    app.router.add_post("/leave", leave)
    app.router.add_post("/keep", keep)
    app.router.add_get("/session", read_session)
    app.router.add_post("/renew", renew)
    app.router.add_get("/fail/{how}", fail)
    app.router.add_get("/api/fail/{how}", fail)
    app.router.add_get("/who", who)
    app.router.add_get("/ws", socket)
    return app


@asynccontextmanager
async def line(host: str, port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A bare connection, for what no well-behaved client would send."""
    reader, writer = await asyncio.open_connection(host, port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "error.html").write_text(ERROR)
    (folder / "page.html").write_text(PAGE)
    return folder


@pytest.fixture
def static(tmp_path: Path) -> Path:
    folder = tmp_path / "static"
    (folder / "fonts").mkdir(parents=True)
    (folder / "base.css").write_text("body { margin: 0 }\n" * 100)
    (folder / "fonts" / "plain.woff2").write_bytes(b"wOF2" + bytes(range(256)))
    (folder / ".secret").write_text("hidden")
    (tmp_path / "outside.txt").write_text("outside")
    (folder / "link.txt").symlink_to(tmp_path / "outside.txt")
    return folder


@pytest.fixture
def shell(store: Store, templates: Path, static: Path) -> web.Application:
    return furnish(make_app(store, templates=templates, static=static))


@pytest.fixture
async def visitor(shell: web.Application, aiohttp_client) -> TestClient:
    return await aiohttp_client(shell)


@pytest.fixture
async def house(aiohttp_server, store):
    return await aiohttp_server(make_app(store))


@pytest.fixture
async def enter(house, store):
    """Opens the site as this person; as a stranger without one."""
    clients = []

    async def open_client(person=None):
        cookies = await signed_in(store, person) if person else {}
        jar = aiohttp.CookieJar(unsafe=True)
        client = aiohttp.ClientSession(house.make_url("/"), cookie_jar=jar)
        jar.update_cookies(cookies, house.make_url("/"))
        clients.append(client)
        return client

    yield open_client
    for client in clients:
        await client.close()


@pytest.fixture
def in_one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that is asked of a bucket is asked at the same time, however long the machine takes for it."""
    take = Bucket.take
    monkeypatch.setattr(Bucket, "take", lambda self, key, _, rate, burst: take(self, key, 0.0, rate, burst))


@pytest.fixture
async def ann(store: Store) -> Person:
    """Who writes the posts."""
    return await member(store, "ann", "Ann", role="author")


@pytest.fixture
async def reader(store: Store, aiohttp_client: Any) -> TestClient:
    """A browser that nobody has come in by, at the whole site."""
    client: TestClient = await aiohttp_client(make_app(store))
    return client
