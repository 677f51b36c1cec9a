"""Every route and every frame, tried by everybody: what a row of these tables says is allowed, and nothing else.

A route or a frame without a row fails the test. One number stands for everybody; else there is one for each of `CAST`.
"""

import io
import secrets
from contextlib import suppress
from typing import get_args

import aiohttp
import pytest

from tests import pictures
from tests.web.permissions import CAST, Scene
from web import make_app, sockets
from web.routes import ROUTES

# route, form                                    nobody visitor member other blocked author owner
TABLE = """
GET  /                                           200
GET  /hangout                                    200
POST /hangout content=hello                      422 303 303 303 303 303 303
POST /hangout/join name=Grace                    303 303 422 422 422 422 422
POST /hangout/leave                              303
GET  /hangout/messages/{id:\\d+}                  200
POST /hangout/messages/{id:\\d+}/edit content=x   422 403 303 403 403 403 403
POST /hangout/messages/{id:\\d+}/delete           422 403 303 403 403 403 403
POST /hangout/messages/{id:\\d+}/react emoji=👍   422 303 303 303 303 303 303
GET  /register                                   200 200 303 303 303 303 303
POST /register name=Grace                        303
GET  /login                                      200 200 303 303 303 303 303
POST /login username=grace                       422 422 303 303 303 303 303
POST /logout                                     303
GET  /ws/hangout                                 400
GET  /api/v1/rooms/hangout/messages              200
GET  /avatars/{person_id:\\d+}.png                200
POST /media                                      422 201 201 201 201 201 201
GET  /media/{id:[A-Za-z0-9_-]{22}}/{name:full|\\d{1,5}}.{ext:png|jpg|webp|gif}  200
POST /media/{id:[A-Za-z0-9_-]{22}}/alt alt=words 422 404 200 404 404 404 404
GET  /media/discord/emojis/{id:\\d+}.{ext:png|gif|webp}  404
GET  /media/discord/stickers/{id:\\d+}.{ext:png|gif|webp}  404
GET  /media/discord/files/{message_id:\\d{1,19}}/{attachment_id:\\d{1,19}}/{name:[^/]+}  404
POST /theme theme=dark                           303
GET  /static/{path:.+}                           200
GET  /favicon.ico                                200
GET  /robots.txt                                 200
GET  /healthz                                    200
GET  /readyz                                     200
"""

# path of the socket, frame                      nobody visitor member other blocked author owner
FRAMES = """
/ws/hangout send     not_joined ack ack ack ack ack ack
/ws/hangout edit     not_joined not_yours ack not_yours not_yours not_yours not_yours
/ws/hangout delete   not_joined not_yours ack not_yours not_yours not_yours not_yours
/ws/hangout react    not_joined ack ack ack ack ack ack
/ws/hangout unreact  not_joined ack ack ack ack ack ack
/ws/hangout typing   nothing typing_start typing_start typing_start typing_start typing_start typing_start
/ws/hangout ping     pong
"""
FIELDS = {
    "send": {"nonce": "n", "content": "hello"},
    "edit": {"content": "other words"},
    "react": {"emoji": "👍"},
    "unreact": {"emoji": "👍"},
}
TAKEN = {"/ws/hangout": sockets.Incoming}
ANSWERS = {"ack", "error", "pong", "typing_start"}


class Row:
    """One line of a table: `key` names the route or the frame, `form` what is sent along."""

    def __init__(self, line: str) -> None:
        first, second, *rest = line.split()
        self.key = (first, second)
        self.form = dict(pair.split("=") for pair in rest.pop(0).split("&")) if rest and "=" in rest[0] else {}
        self.answers = dict(zip(CAST, rest * len(CAST) if len(rest) == 1 else rest, strict=True))


ROWS = [Row(line) for line in TABLE.strip().splitlines()]
FRAME_ROWS = [Row(line) for line in FRAMES.strip().splitlines()]


@pytest.fixture
async def scene(store, aiohttp_client):
    scene = Scene(store, await aiohttp_client(make_app(store), cookie_jar=aiohttp.DummyCookieJar()))
    await scene.gather()
    return scene


def test_every_route_has_a_row_and_every_row_a_route():
    assert sorted(row.key for row in ROWS) == sorted((route.method, route.path) for route in ROUTES)


def test_every_frame_has_a_row_and_every_row_a_frame():
    taken = [(path, kind.__struct_config__.tag) for path, frames in TAKEN.items() for kind in get_args(frames.type)]
    assert sorted(row.key for row in FRAME_ROWS) == sorted(taken)
    assert set(TAKEN) == {route.path for route in ROUTES if route.path.startswith("/ws/")}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: " ".join(row.key))
async def test_a_route_lets_in_whom_its_row_says(scene, row):
    method, path = row.key
    [route] = [one for one in ROUTES if (one.method, one.path) == row.key]
    found = {}
    for name in CAST:
        places = await scene.places(path)
        resource = scene.client.app.router[route.kwargs["name"]]
        named = resource.get_info().get("formatter", "")
        url = resource.url_for(**{key: value for key, value in places.items() if f"{{{key}}}" in named})
        data = picture_form() if row.key == ("POST", "/media") else form_of(row, name)
        headers = await scene.enter(name)
        answer = await scene.client.request(method, url, data=data, headers=headers, allow_redirects=False)
        found[name] = str(answer.status)
    assert found == row.answers


def form_of(row, name):
    """Words that nobody has said before: a username is taken once, and so is a nonce."""
    own = {"username": f"new-{name}", "password": "kettle umbrella 47 gravel", "nonce": secrets.token_hex(8)}
    return {**own, **row.form} if row.key[0] == "POST" else None


def picture_form():
    made = aiohttp.FormData()
    made.add_field("file", io.BytesIO(pictures.still()), filename="picture.png", content_type="image/png")
    return made


@pytest.mark.parametrize("row", FRAME_ROWS, ids=lambda row: " ".join(row.key))
async def test_a_frame_is_taken_from_whom_its_row_says(scene, row):
    path, kind = row.key
    found = {}
    for name in CAST:
        message = await scene.message()
        async with scene.client.ws_connect(path, headers=await scene.enter(name)) as ws:
            await ws.receive_json(timeout=2)
            await ws.send_json({"type": kind, "id": str(message.id), "nonce": "n", **FIELDS.get(kind, {})})
            found[name] = await answer_to(ws)
    assert found == row.answers


async def answer_to(ws):
    """The frame that comes for this one, by its type or the code of its error; `nothing` when none does."""
    with suppress(TimeoutError):
        while True:
            frame = await ws.receive_json(timeout=0.5)
            if frame["type"] in ANSWERS:
                return frame.get("code", frame["type"])
    return "nothing"


async def test_who_was_disabled_is_nobody_from_then_on(scene):
    headers = await scene.enter("member")
    await scene.store.pool.execute("update accounts set disabled_at = now()")
    answer = await scene.client.post("/hangout", data={"content": "hello", "nonce": "n"}, headers=headers)
    assert answer.status == 422
