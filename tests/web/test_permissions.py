"""Every route and every frame, tried by everybody: what a row of tests/web/permission_rows.py says is allowed, and
nothing else. A route or a frame without a row fails the test.
"""

import io
import re
import secrets
from contextlib import suppress
from datetime import UTC, datetime
from typing import get_args

import aiohttp
import msgspec
import pytest

from tests import pictures
from tests.members import chat_between
from tests.web.permission_rows import FRAME_ROWS, MESSAGE_ROWS, ROOM_ROWS, ROWS
from tests.web.permissions import CAST, ROOM, Scene
from web import _incoming, make_app
from web.routes import ROUTES

FIELDS = {
    "send": {"nonce": "n", "content": "hello"},
    "edit": {"content": "other words"},
    "react": {"emoji": "👍"},
    "unreact": {"emoji": "👍"},
    "read": {"seq": 1},
}
TAKEN = {
    "/ws/hangout": _incoming.Incoming,
    r"/ws/rooms/{id:\d+}": _incoming.InChat,
    "/ws/blog/{slug}": _incoming.PingOnly,
    "/ws/cards": _incoming.PingOnly,
    "/ws/me": _incoming.PingOnly,
}
ANSWERS = {"ack", "error", "pong", "typing_start", "read"}
OF_ITS_OWN = {"Date", "X-Request-Id", "Content-Length"}  # the last is that of what was compressed
PICTURES = {
    ("POST", "/media"): "file",
    ("POST", "/settings/picture"): "file",
    ("POST", r"/write/{id:\d+}/pictures"): "picture",
}


@pytest.fixture
def config(config):
    """One that knows an application of Discord's, so that the way in by it is open."""
    known = msgspec.structs.replace(config.discord, client_id=1, client_secret="secret")
    return msgspec.structs.replace(config, discord=known)


@pytest.fixture
async def scene(store, aiohttp_client):
    async with aiohttp.ClientSession() as outbound:
        client = await aiohttp_client(make_app(store, outbound), cookie_jar=aiohttp.DummyCookieJar())
        scene = Scene(store, client)
        await scene.gather()
        yield scene


def test_every_route_has_a_row_and_every_row_a_route():
    assert sorted(row.key for row in ROWS) == sorted((route.method, route.path) for route in ROUTES)


def kinds(frames):
    """The frames that a decoder takes, by their names."""
    return [kind.__struct_config__.tag for kind in get_args(frames.type) or [frames.type]]


def test_every_frame_has_a_row_and_every_row_a_frame():
    taken = [(path, kind) for path, frames in TAKEN.items() for kind in kinds(frames)]
    assert sorted(row.key for row in FRAME_ROWS) == sorted(taken)
    assert set(TAKEN) == {route.path for route in ROUTES if route.path.startswith("/ws/")}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: " ".join(row.key))
async def test_a_route_lets_in_whom_its_row_says(scene, row):
    found, places = {}, await scene.places(row.key[1])
    for name in CAST:
        answer = await ask(scene, row, name, places)
        found[name] = str(answer.status)
        if row.key[0] == "POST":  # what was asked for may have been done
            places = await scene.places(row.key[1])
    assert found == row.answers


async def ask(scene, row, name, places):
    """What the row's route answers to this one."""
    method, url = row.key[0], address(scene, row, places)
    sent = picture_form(PICTURES[row.key]) if row.key in PICTURES else form_of(row, name, places)
    how = {"params" if method == "GET" else "data": sent, "headers": await scene.enter(name)}
    return await scene.client.request(method, url, allow_redirects=False, **how)


def address(scene, row, places):
    [route] = [one for one in ROUTES if (one.method, one.path) == row.key]
    resource = scene.client.app.router[route.kwargs["name"]]
    named = resource.get_info().get("formatter", "")
    return resource.url_for(**{key: value for key, value in places.items() if f"{{{key}}}" in named})


def form_of(row, name, places):
    """With words that nobody has said before: a username is taken once, and so is a nonce."""
    own = {"username": f"new-{name}", "password": "kettle umbrella 47 gravel", "nonce": secrets.token_hex(8)}
    given = {key: value.replace("*", name).format(**places) for key, value in row.form.items()}
    return {**own, **given} if row.key[0] == "POST" else given


def picture_form(name):
    made = aiohttp.FormData()
    made.add_field(name, io.BytesIO(pictures.still()), filename="picture.png", content_type="image/png")
    return made


@pytest.mark.parametrize("row", ROOM_ROWS, ids=lambda row: " ".join(row.key))
async def test_to_all_others_a_chat_is_as_one_that_was_never_there(scene, row):
    await scene.store.pool.execute("select setval(pg_get_serial_sequence('rooms', 'id'), 71000)")
    there = await scene.places(row.key[1])
    key = "room" if "room" in there else "id"
    nowhere = {**there, key: "82000"}
    for name in CAST:
        if name != "member":
            assert await told(scene, row, name, there, there[key]) == await told(scene, row, name, nowhere, "82000")


async def told(scene, row, name, places, room):
    """All that an answer tells, but for what the asker has said and what every answer has of its own."""
    answer = await ask(scene, row, name, places)
    headers = [f"{key}: {value}" for key, value in answer.headers.items() if key.title() not in OF_ITS_OWN]
    return answer.status, [text.replace(room, "ROOM") for text in (*headers, await answer.text())]


@pytest.mark.parametrize("row", MESSAGE_ROWS, ids=lambda row: " ".join(row.key))
async def test_a_message_is_in_its_own_room_only(scene, row):
    """Not even its author, who is in both, finds it by another."""
    rooms = [await scene.room(), await scene.room(), ROOM]
    message_ids = [str((await scene.message(room)).id) for room in rooms]
    here = rooms.index(ROOM) if row.key[1].startswith("/hangout") else 0
    for place, message_id in enumerate(message_ids):
        answer = await ask(scene, row, "member", {"room": str(rooms[here]), "id": message_id})
        assert (answer.status == 404) is (place != here)


@pytest.mark.parametrize("row", FRAME_ROWS, ids=lambda row: " ".join(row.key))
async def test_a_frame_is_taken_from_whom_its_row_says(scene, row):
    found = {}
    for name in CAST:
        room = await scene.room() if "{id" in row.key[0] else ROOM
        found[name] = await answer_in(scene, row.key[0], name, room, row.key[1], await scene.message(room))
    assert found == row.answers


async def answer_in(scene, path, name, room, kind, message):
    """What the socket of a room answers to a frame about a message; the status when it does not open."""
    try:
        place = (await scene.post()).slug if "{slug" in path else str(room)
        opened = await scene.client.ws_connect(re.sub("{.*}", place, path), headers=await scene.enter(name))
    except aiohttp.WSServerHandshakeError as refused:
        return str(refused.status)
    async with opened as ws:
        await ws.receive_json(timeout=2)
        await ws.send_json({"type": kind, "id": str(message.id), "nonce": "n", **FIELDS.get(kind, {})})
        return await answer_to(ws)


@pytest.mark.parametrize("kind", ["edit", "delete", "react", "unreact"])
@pytest.mark.parametrize("path", [path for path in TAKEN if TAKEN[path] is not _incoming.PingOnly])
async def test_a_socket_reaches_no_message_of_another_room(scene, path, kind):
    rooms = [await scene.room(), await scene.room(), ROOM]
    here = rooms[0] if "{id" in path else ROOM
    for room in rooms:
        answer = await answer_in(scene, path, "member", here, kind, await scene.message(room))
        assert answer == ("ack" if room == here else "not_found")


@pytest.mark.parametrize("path", TAKEN)
async def test_a_socket_takes_no_frame_that_is_not_its_own(scene, path):
    room = await scene.room()
    for kind in {row.key[1] for row in FRAME_ROWS} - set(kinds(TAKEN[path])):
        assert await answer_in(scene, path, "member", room, kind, await scene.message(room)) == "bad_frame"


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


async def test_a_picture_is_seen_by_those_who_are_in_its_room(scene):
    asked, member = [], scene.people["member"]
    friend = await scene.friend()
    scene.people["friend"] = friend
    room = await chat_between(scene.store, friend, member, datetime.now(UTC))
    for place in (ROOM, room):
        one = await scene.picture(place)
        for name in (*CAST, "friend"):
            answer = await scene.client.get(one.url, headers=await scene.enter(name))
            asked.append((place, name, answer.status))
    may = {(ROOM, name) for name in (*CAST, "friend")} | {(room, "member"), (room, "friend")}
    assert {(place, name) for place, name, status in asked if status == 200} == may
    assert {status for place, name, status in asked if (place, name) not in may} == {404}
