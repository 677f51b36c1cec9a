import asyncio
from datetime import UTC, datetime

import aiohttp
import msgspec
import pytest

from db import messages, rooms
from db.config import Hangout
from tests.web.wire import Socket
from web import keys

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
JOIN = {"Accept": "application/json"}


def heard(number, content="hi"):
    return messages.Heard(number, 7, "Grace", "grace", content, NOON)


@pytest.fixture
async def enter(house):
    """Opens the site as a new visitor, under a name if one is given."""
    visitors = []

    async def open_client(name=None):
        client = aiohttp.ClientSession(house.make_url("/"), cookie_jar=aiohttp.CookieJar(unsafe=True))
        visitors.append(client)
        if name:
            answer = await client.post("/hangout/join", data={"name": name}, headers=JOIN)
            assert answer.status == 200, await answer.text()
        return client

    yield open_client
    for client in visitors:
        await client.close()


@pytest.fixture
def config(config):
    return msgspec.structs.replace(
        config, hangout=Hangout(names_per_address=100, rate=0.1, burst=50, address_burst=500, page=5, resume_max=20)
    )


async def sit(client, after=None):
    ws = await client.ws_connect("/ws/hangout" + ("" if after is None else f"?after={after}"))
    socket = Socket(ws)
    return socket, await socket.next("hello")


async def test_reading_needs_nothing_and_speaking_needs_a_name(enter):
    socket, hello = await sit(await enter())
    assert (hello["you"], hello["seq"], hello["messages"], hello["reset"]) == (None, 0, [], False)
    assert (await socket.say("hi", "n1")) | {"message": ""} == {
        "type": "error",
        "code": "not_joined",
        "message": "",
        "nonce": "n1",
    }


async def test_what_one_says_is_acknowledged_and_everybody_hears_it(enter):
    ada = await enter("Ada")
    speaker, hello = await sit(ada)
    listener, _ = await sit(await enter())
    assert hello["you"]["name"] == "Ada"
    ack = await speaker.say("**hi** <b>", "n1")
    assert (ack["type"], ack["seq"]) == ("ack", 1)
    for socket in (speaker, listener):
        frame = await socket.next("message_create")
        assert (frame["seq"], frame["message"]["id"]) == (1, ack["id"])
        assert frame["message"]["content"] == "**hi** <b>"
        assert frame["message"]["html"] == "<strong>hi</strong> &lt;b&gt;"


async def test_a_send_again_with_the_same_nonce_gets_the_same_answer(enter):
    ada = await enter("Ada")
    first, _ = await sit(ada)
    ack = await first.say("hi", "n1")
    await first.ws.close()
    second, hello = await sit(ada, after=0)
    assert await second.say("hi", "n1") == ack
    assert [message["id"] for message in hello["messages"]] == [ack["id"]]


async def test_the_acknowledgement_comes_before_the_message_itself(enter):
    socket, _ = await sit(await enter("Ada"))
    for number in range(20):
        await socket.send(type="send", content=f"{number}", nonce=f"n{number}")
    order = [await socket.next("ack", "message_create") for _ in range(40)]
    acks = {frame["id"]: place for place, frame in enumerate(order) if frame["type"] == "ack"}
    assert all(acks[f["message"]["id"]] < place for place, f in enumerate(order) if f["type"] == "message_create")


async def test_a_socket_resumes_without_gap_and_without_repeat(enter):
    speaker, _ = await sit(await enter("Ada"))
    reader, hello = await sit(await enter())
    await speaker.say("one", "n1")
    seen = (await reader.next("message_create"))["seq"]
    await reader.ws.close()
    await speaker.say("two", "n2")
    await speaker.say("three", "n3")
    reader, hello = await sit(await enter(), after=seen)
    await speaker.say("four", "n4")
    live = await reader.next("message_create")
    assert ([m["content"] for m in hello["messages"]], hello["seq"], hello["reset"]) == (["two", "three"], 3, False)
    assert (live["seq"], live["message"]["content"]) == (4, "four")


async def test_resuming_under_fire_misses_nothing_and_repeats_nothing(enter, store):
    async def chatter():
        for number in range(60):
            await messages.hear(store, 1, [heard(number + 1, str(number))])
            await asyncio.sleep(0)

    async def follow():
        seen, after = [], 0
        client = await enter()
        while len(seen) < 60:
            socket, hello = await sit(client, after=after)
            assert not hello["reset"]
            seen += [message["seq"] for message in hello["messages"]]
            for _ in range(min(3, 60 - len(seen))):
                seen.append((await socket.next("message_create"))["seq"])
            after = seen[-1]
            await socket.ws.close()
        return seen

    results = await asyncio.gather(*(follow() for _ in range(4)), chatter())
    for seen in results[:4]:
        assert seen == list(range(1, 61))


@pytest.mark.parametrize(("after", "reset", "count"), [(0, True, 5), (10, False, 20), (30, False, 0), (99, True, 5)])
async def test_who_is_too_far_behind_gets_the_newest_page_and_is_told_so(enter, store, after, reset, count):
    await messages.hear(store, 1, [heard(number) for number in range(1, 31)])
    _, hello = await sit(await enter(), after=after)
    assert (hello["reset"], len(hello["messages"]), hello["seq"]) == (reset, count, 30)


@pytest.mark.parametrize("after", ["x", "-1", "9" * 40, "1e3", "\u0661"])
async def test_a_place_that_makes_no_sense_gets_the_newest_page(enter, after):
    _, hello = await sit(await enter(), after=after)
    assert hello["reset"]


HOSTILE = [
    "",
    "null",
    "[]",
    "{",
    '{"type":"send"}',
    '{"type":"send","nonce":1,"content":"x"}',
    '{"type":"send","nonce":"n","content":["x"]}',
    '{"type":"send","nonce":"n","content":null}',
    '{"type":"nonsense"}',
    '{"type":7}',
    "[" * 5000,
    '{"type":"send","nonce":"n","content":"\\ud800"',
]


@pytest.mark.parametrize("data", HOSTILE)
async def test_a_bad_frame_gets_a_sentence_and_the_socket_stays_open(enter, data):
    socket, _ = await sit(await enter("Ada"))
    await socket.ws.send_str(data)
    error = await socket.next("error")
    assert error["code"] == "bad_frame"
    assert error["message"].endswith(".")
    assert (await socket.say("still here", "n1"))["type"] == "ack"


async def test_the_error_for_a_bad_send_names_its_nonce(enter):
    socket, _ = await sit(await enter("Ada"))
    await socket.send(type="send", nonce="n7", content=5)
    assert (await socket.next("error"))["nonce"] == "n7"


async def test_ten_bad_frames_close_the_socket(enter):
    socket, _ = await sit(await enter("Ada"))
    for _ in range(10):
        await socket.ws.send_bytes(b"\x00")
    assert await socket.closed() == 1008


async def test_a_frame_that_is_too_big_closes_the_socket(enter):
    socket, _ = await sit(await enter("Ada"))
    await socket.ws.send_str("x" * 17_000)
    assert await socket.closed() == 1009


@pytest.mark.parametrize(
    ("content", "code"), [("", "empty"), ("   ", "empty"), ("\u202e\u200b", "empty"), ("x" * 2001, "too_long")]
)
async def test_content_that_does_not_fit_is_refused_with_its_nonce(enter, content, code):
    socket, _ = await sit(await enter("Ada"))
    error = await socket.say(content, "n1")
    assert (error["code"], error["nonce"]) == (code, "n1")


@pytest.mark.parametrize(
    "content",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "a\x00b",
        "\u202eevil",
        "<img src=x onerror=y>",
        "@everyone",
        "<@!1>",
        "<:x:1>",
        '<:x" onerror=:1>',
        "```<script>```",
        "||" * 900,
        "*" * 1990,
        "[" * 1990,
    ],
)
async def test_hostile_words_are_shown_safely(enter, content):
    socket, _ = await sit(await enter("Ada"))
    answer = await socket.say(f"x {content}", "n1")
    assert answer["type"] == "ack"
    html = (await socket.next("message_create"))["message"]["html"]
    assert "<script" not in html
    assert "javascript:" not in html or 'href="javascript' not in html
    assert "onerror" not in html or "&lt;" in html


async def test_the_same_nonce_with_other_words_is_a_conflict(enter):
    socket, _ = await sit(await enter("Ada"))
    await socket.say("one", "n1")
    error = await socket.say("two", "n1")
    assert error["code"] == "nonce_conflict"


async def test_a_ping_is_answered(enter):
    socket, _ = await sit(await enter())
    await socket.send(type="ping")
    assert await socket.next("pong") == {"type": "pong"}


async def test_everybody_is_told_who_is_here_and_one_person_counts_once(enter):
    watcher, hello = await sit(await enter())
    assert hello["online"] == 1
    ada = await enter("Ada")
    first, _ = await sit(ada)
    second, _ = await sit(ada)
    frame = await watcher.next("presence")
    assert (frame["online"], frame["owner"], frame["relay"]) == (2, "offline", "off")
    await first.ws.close()
    await second.ws.close()
    assert (await watcher.next("presence"))["online"] == 1


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost:1", "http://localhost.evil.example"]
)
async def test_a_socket_from_another_site_is_refused_before_the_upgrade(enter, origin):
    client = await enter()
    with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
        await client.ws_connect("/ws/hangout", headers={"Origin": origin})
    assert refusal.value.status == 403


async def test_a_socket_from_our_own_page_is_let_in(enter, house):
    client = await enter()
    ws = await client.ws_connect("/ws/hangout", headers={"Origin": f"http://127.0.0.1:{house.port}"})
    assert (await ws.receive_json())["type"] == "hello"


async def test_stopping_closes_the_sockets_with_1012_and_keeps_what_was_acknowledged(enter, store, house):
    client = await enter("Ada")
    socket, _ = await sit(client)
    await socket.say("kept", "n1")
    stopping = asyncio.create_task(house.close())
    assert await socket.closed() == 1012
    await stopping
    room = await rooms.by_slug(store.pool, rooms.HANGOUT)
    assert [one.content for one in (await messages.newest(store.pool, room.id, 5))[1]] == ["kept"]


async def test_while_the_database_is_away_a_send_is_unavailable_and_a_hello_is_honest(enter, store):
    socket, _ = await sit(await enter("Ada"))
    stranger = await enter()
    await store.pool.close()
    error = await socket.say("hi", "n1")
    assert (error["code"], error["nonce"], error["retry_after"]) == ("unavailable", "n1", 2.0)
    ws = await stranger.ws_connect("/ws/hangout")
    assert (await ws.receive_json())["code"] == "unavailable"
    assert (await ws.receive()).data == 1011


async def test_too_quick_is_told_when_to_come_back(enter):
    socket, _ = await sit(await enter("Ada"))
    answers = [await socket.say("hi", f"n{number}") for number in range(51)]
    assert [answer["type"] for answer in answers] == ["ack"] * 50 + ["error"]
    assert answers[-1]["code"] == "rate_limited"
    assert 0 < answers[-1]["retry_after"] <= 10


async def test_the_acknowledgement_comes_first_whatever_else_is_told_just_then(enter, house):
    audience = house.app[keys.HALL].audience
    socket, _ = await sit(await enter("Ada"))

    async def chatter():
        while True:
            audience.tell_all({"type": "typing_start"})
            await asyncio.sleep(0)

    chatting = asyncio.create_task(chatter())
    try:
        for number in range(20):
            await socket.send(type="send", content=f"{number}", nonce=f"n{number}")
            assert (await socket.next("ack", "message_create"))["type"] == "ack"
            await socket.next("message_create")
    finally:
        chatting.cancel()


async def test_frames_without_end_are_refused_and_keep_nobody_waiting(visitor):
    async with visitor.ws_connect("/ws/hangout") as ws:
        await ws.receive_json(timeout=2)
        for _ in range(3000):
            await ws.send_str('{"type": "ping"}')
        began = asyncio.get_running_loop().time()
        assert (await visitor.get("/healthz")).status == 200
        assert asyncio.get_running_loop().time() - began < 1
        kinds = []
        while not ws.closed:
            packet = await ws.receive(timeout=5)
            if packet.type is aiohttp.WSMsgType.TEXT:
                kinds.append(packet.json()["type"])
        assert ws.close_code == 1008
    assert kinds.count("pong") < 500
    assert "error" in kinds
