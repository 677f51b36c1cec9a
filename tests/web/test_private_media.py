"""Who sees a picture: everybody, its owner, or the two of a chat; to all others there is none under that address."""

import io

import aiohttp
import pytest

from db import chats, media, messages, people
from db.errors import Refused
from tests import pictures
from tests.members import NOON, chat_between

OWN = {"X-Request-ID", "Date", "Content-Length"}  # of the answer, and of the address that the packed page repeats
UNKNOWN = "/media/AAAAAAAAAAAAAAAAAAAAAA/full.png"


def bring(store, person, colour="teal"):
    return media.add(store, person, pictures.still(size=(900, 300), colour=colour), "A wall", NOON)


def say(store, room_id, person, picture, nonce="n"):
    return messages.say(store, room_id, person, "", nonce, NOON, network="n", media=[picture.id])


async def statuses(enter, url, *people_):
    return [(await (await enter(one)).get(url)).status for one in people_]


async def test_a_picture_that_nothing_uses_is_seen_by_its_owner_only(enter, store, ada, bob):
    visitor = await people.add_visitor(store.pool, "Vera")
    for owner, others in ((ada, (bob, visitor, None)), (visitor, (ada, None))):
        picture = await bring(store, owner)
        assert await statuses(enter, picture.url, owner) == [200]
        assert set(await statuses(enter, picture.url, *others)) == {404}


async def test_once_it_is_used_in_the_hangout_everybody_may_keep_it(enter, store, ada):
    picture = await bring(store, ada)
    answer = await (await enter(ada)).get(picture.url)
    assert answer.headers["Cache-Control"] == "private, no-store"
    await say(store, 1, ada, picture)
    for person in (None, ada):
        answer = await (await enter(person)).get(picture.url)
        assert (answer.status, answer.headers["Cache-Control"]) == (200, "public, max-age=31536000, immutable")
        assert "Set-Cookie" not in answer.headers


async def test_used_in_a_chat_it_is_for_its_two_members_and_kept_by_nobody(enter, store, ada, bob, eve):
    room_id = await chat_between(store, ada, bob)
    await chat_between(store, ada, eve)
    picture = await bring(store, ada)
    await say(store, room_id, ada, picture)
    for name in ("full", "320"):
        url = f"/media/{picture.id}/{name}.png"
        for person in (ada, bob):
            answer = await (await enter(person)).get(url)
            assert (answer.status, answer.headers["Cache-Control"]) == (200, "private, no-store")
            assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert set(await statuses(enter, url, eve, None)) == {404}


async def test_to_others_it_is_like_one_that_does_not_exist(enter, store, ada, bob, eve):
    room_id = await chat_between(store, ada, bob)
    picture = await bring(store, ada)
    await say(store, room_id, ada, picture)
    client = await enter(eve)

    async def seen(url, **headers):
        answer = await client.get(url, headers=headers)
        kept = {name: value for name, value in answer.headers.items() if name not in OWN}
        return answer.status, kept, (await answer.text()).replace(picture.id, "A" * 22)

    etag = (await (await enter(ada)).get(picture.url)).headers["ETag"]
    none = await seen(UNKNOWN)
    assert none[0] == 404
    assert await seen(picture.url) == none
    assert await seen(picture.url, **{"If-None-Match": etag}) == none
    assert await seen(picture.url, Range="bytes=0-9") == none
    assert (await client.head(picture.url)).status == 404


async def test_who_leaves_the_chat_sees_its_pictures_no_more(enter, store, ada, bob):
    room_id = await chat_between(store, ada, bob)
    picture = await bring(store, ada)
    await say(store, room_id, ada, picture)
    await chats.leave(store, ada, room_id, NOON)
    assert await statuses(enter, picture.url, ada, bob) == [404, 200]
    await chats.leave(store, bob, room_id, NOON)
    assert await statuses(enter, picture.url, ada, bob, None) == [404, 404, 404]
    await media.remove_unused(store, NOON)
    assert not list((store.config.data_path / "media").glob("??/*"))


async def test_the_same_picture_said_aloud_makes_the_one_in_the_chat_no_more_public(enter, store, ada, bob):
    room_id = await chat_between(store, ada, bob)
    hushed, aloud = await bring(store, ada), await bring(store, bob)
    assert hushed.digest == aloud.digest
    await say(store, room_id, ada, hushed)
    await say(store, 1, bob, aloud)
    assert await statuses(enter, hushed.url, None) == [404]
    assert await statuses(enter, aloud.url, None) == [200]


async def test_a_picture_that_a_chat_uses_is_not_taken_for_the_hangout(store, ada, bob):
    room_id = await chat_between(store, ada, bob)
    picture = await bring(store, ada)
    await say(store, room_id, ada, picture)
    for person, nonce in ((ada, "m"), (bob, "n"), (ada, "n")):
        with pytest.raises(Refused):
            await say(store, 1, person, picture, nonce)
    assert (await media.get(store.pool, picture.id)).room_id == room_id


async def test_a_picture_of_a_refused_message_stays_its_owners(enter, store, ada, bob, eve):
    room_id = await chat_between(store, ada, bob)
    picture = await bring(store, eve)
    with pytest.raises(Refused):
        await say(store, room_id, eve, picture)
    assert await statuses(enter, picture.url, eve, ada, None) == [200, 404, 404]


async def test_a_picture_is_brought_for_a_chat_as_for_any_room(enter, store, ada, bob):
    room_id = await chat_between(store, ada, bob)
    client = await enter(ada)
    form = aiohttp.FormData()
    form.add_field("file", io.BytesIO(pictures.still()), filename="x.png", content_type="image/png")
    brought = await (await client.post("/media", data=form, headers={"Accept": "application/json"})).json()
    ws = await client.ws_connect(f"/ws/rooms/{room_id}")
    await ws.send_json({"type": "send", "nonce": "n", "content": "", "media": [brought["id"]]})
    while (frame := await ws.receive_json(timeout=5))["type"] != "message_create":
        pass
    [file] = frame["message"]["attachments"]
    assert await statuses(enter, file["url"], bob, None) == [200, 404]
