"""Chats over sockets and the API: what the two hear of each other, and that nobody else hears anything."""

import aiohttp
import msgspec
import pytest

from db import chats, messages, people, sessions
from db.config import Hangout
from db.events import Missed
from tests.members import NOON, chat_between
from tests.programs import until
from tests.web.wire import Socket
from web import keys, porch


@pytest.fixture
def config(config):
    return msgspec.structs.replace(config, hangout=Hangout(burst=50, address_burst=500, page=5, resume_max=20))


@pytest.fixture
async def room_id(store, ada, bob):
    return await chat_between(store, ada, bob)


async def sit(client, address):
    socket = Socket(await client.ws_connect(address))
    return socket, await socket.next("hello")


async def seated(enter, person, room_id):
    return await sit(await enter(person), f"/ws/rooms/{room_id}")


async def refused(client, address):
    with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
        await client.ws_connect(address)
    answer = await client.get(address)
    return refusal.value.status, (await answer.text()).replace(address, "")


# A room


async def test_a_chats_hello_tells_how_far_both_have_read_and_nothing_of_discord(enter, ada, bob, room_id):
    _, hello = await seated(enter, ada, room_id)
    assert hello["you"]["username"] == "ada"
    assert [one["content"] for one in hello["messages"]] == ["hello"]
    assert hello["reads"] == {str(ada.id): 0, str(bob.id): 0}
    assert (hello["online"], hello["here"], hello["closed"]) == (1, [str(ada.id)], False)
    assert not {"relay", "owner", "members"} & hello.keys()


async def test_the_two_hear_what_is_said_changed_and_deleted(enter, ada, bob, room_id):
    (one, _), (two, _) = await seated(enter, ada, room_id), await seated(enter, bob, room_id)
    ack = await one.say("**hi**", "n1")
    told = await two.next("message_create")
    assert (told["seq"], told["message"]["html"]) == (ack["seq"], "<strong>hi</strong>")
    await one.send(type="edit", id=ack["id"], content="ho")
    assert (await two.next("message_update"))["message"]["content"] == "ho"
    await two.send(type="react", id=ack["id"], emoji="🎉")
    assert (await one.next("reaction_add"))["person"] == str(bob.id)
    await one.send(type="delete", id=ack["id"])
    assert (await two.next("message_delete"))["id"] == ack["id"]


async def test_a_chats_socket_resumes_without_gap_and_without_repeat(enter, store, ada, bob, room_id):
    await messages.say(store, room_id, ada, "one", "1", NOON, network="n")
    await messages.say(store, room_id, ada, "two", "2", NOON, network="n")
    _, hello = await sit(await enter(bob), f"/ws/rooms/{room_id}?after=2")
    assert [one["content"] for one in hello["messages"]] == ["two"]


async def test_nothing_of_a_chat_is_heard_in_the_hangout_or_in_another_chat(enter, store, ada, bob, eve, room_id):
    other_room = await chat_between(store, ada, eve)
    hangout, _ = await sit(await enter(eve), "/ws/hangout")
    other, _ = await seated(enter, eve, other_room)
    one, _ = await seated(enter, ada, room_id)
    await one.send(type="typing")
    await one.say("for Bob", "n1")
    await one.send(type="read", seq=2)
    for socket in (hangout, other):
        await socket.silent("message_create", "typing_start", "read")


async def test_to_others_no_room_is_there(enter, store, ada, bob, eve, room_id):
    visitor = await people.add_visitor(store.pool, "Vera")
    for person in (None, visitor, eve):
        client = await enter(person)
        answers = [await refused(client, f"/ws/rooms/{one}") for one in (room_id, 1, room_id + 50, "9" * 30)]
        assert {status for status, _ in answers} == {404}
        history = [await client.get(f"/api/v1/rooms/{one}/messages") for one in (room_id, 1, room_id + 50, "9" * 30)]
        assert {answer.status for answer in history} == {404}
        assert len({await answer.text() for answer in history}) == 1


async def test_the_history_is_there_for_the_two_and_kept_by_nobody(enter, store, ada, room_id):
    for number in range(7):
        await messages.say(store, room_id, ada, f"{number}", f"{number}", NOON, network="n")
    answer = await (await enter(ada)).get(f"/api/v1/rooms/{room_id}/messages?limit=3")
    page = await answer.json()
    assert [one["content"] for one in page["messages"]] == ["4", "5", "6"]
    assert (page["more"], answer.headers["Cache-Control"]) == (True, "no-store")
    first = page["messages"][0]["id"]
    older = await (await (await enter(ada)).get(f"/api/v1/rooms/{room_id}/messages?before={first}&limit=3")).json()
    assert [one["content"] for one in older["messages"]] == ["1", "2", "3"]


async def test_a_message_of_a_chat_is_not_found_under_the_hangout(enter, store, ada, room_id):
    [said] = (await messages.newest(store.pool, room_id, 1))[1]
    client = await enter(ada)
    there = await client.get(f"/hangout/messages/{said.id}")
    none = await client.get("/hangout/messages/99999")
    assert there.status == none.status == 404
    changed = await client.post(f"/hangout/messages/{said.id}/edit", data={"content": "x"})
    assert changed.status == 404
    hangout, _ = await sit(client, "/ws/hangout")
    for frame in ({"type": "edit", "content": "x"}, {"type": "delete"}, {"type": "react", "emoji": "🎉"}):
        await hangout.send(**frame, id=str(said.id), nonce="n")
        assert (await hangout.next("ack", "error"))["code"] == "not_found"


# Reading, typing, being here


async def test_what_one_has_read_is_told_to_the_other(enter, ada, bob, room_id):
    (one, _), (two, _) = await seated(enter, ada, room_id), await seated(enter, bob, room_id)
    await two.send(type="read", seq=1)
    assert await one.next("read") == {"type": "read", "person": str(bob.id), "seq": 1}
    await two.send(type="read", seq=1)
    await two.send(type="read", seq=0)
    await one.silent("read")
    _, hello = await seated(enter, ada, room_id)
    assert hello["reads"][str(bob.id)] == 1


async def test_who_hides_reading_and_being_online_is_not_seen_doing_so(enter, store, ada, bob, room_id):
    await store.pool.execute(
        "update accounts set shows_reading = false, shows_online = false where person_id = $1", bob.id
    )
    one, hello = await seated(enter, ada, room_id)
    two, _ = await seated(enter, bob, room_id)
    await two.send(type="read", seq=1)
    await two.send(type="typing")
    await one.silent("read", "typing_start")
    assert (await chats.enter(store.pool, room_id, bob.id)).unread == 0
    assert hello["here"] == [str(ada.id)]
    _, hello = await seated(enter, ada, room_id)
    assert (hello["here"], hello["reads"][str(bob.id)]) == ([str(ada.id)], 0)


async def test_typing_is_told_to_the_other(enter, ada, bob, room_id):
    (one, _), (two, _) = await seated(enter, ada, room_id), await seated(enter, bob, room_id)
    await two.send(type="typing")
    assert (await one.next("typing_start"))["person"] == {"id": str(bob.id), "name": "Bob"}


async def test_the_other_is_here_while_they_have_any_page_open(enter, ada, bob, room_id):
    one, hello = await seated(enter, ada, room_id)
    assert hello["here"] == [str(ada.id)]
    elsewhere, _ = await sit(await enter(bob), "/ws/me")
    here = await one.next("presence")
    assert (here["online"], set(here["here"])) == (2, {str(ada.id), str(bob.id)})
    await elsewhere.ws.close()
    assert (await one.next("presence"))["here"] == [str(ada.id)]


async def test_only_the_hangout_counts_who_has_the_hangout_open(enter, ada, bob, room_id):
    hangout, _ = await sit(await enter(), "/ws/hangout")
    await hangout.next("presence")
    await seated(enter, ada, room_id)
    await sit(await enter(bob), "/ws/me")
    await hangout.silent("presence", seconds=1.2)


async def test_a_read_frame_makes_sense_in_a_chat_only(enter, ada):
    hangout, _ = await sit(await enter(ada), "/ws/hangout")
    await hangout.send(type="read", seq=1)
    assert (await hangout.next("error"))["code"] == "bad_frame"


@pytest.mark.parametrize("frame", [{"seq": "1"}, {"seq": -5}, {"seq": 0.5}, {"seq": None}, {}])
async def test_a_read_frame_that_makes_no_sense_changes_nothing(enter, store, ada, room_id, frame):
    one, _ = await seated(enter, ada, room_id)
    await one.send(type="read", **frame)
    await one.send(type="ping")
    await one.next("pong")
    assert (await chats.enter(store.pool, room_id, ada.id)).read_seq == 0


# The end


@pytest.mark.parametrize("way", ["leave", "block"])
async def test_when_one_leaves_both_sockets_close_and_only_the_other_finds_something(
    enter, store, ada, bob, room_id, way
):
    (one, _), (two, _) = await seated(enter, ada, room_id), await seated(enter, bob, room_id)
    await (chats.leave(store, ada, room_id, NOON) if way == "leave" else chats.block(store, ada, "bob", NOON))
    assert (await one.closed(), await two.closed()) == (1001, 1001)
    assert (await refused(await enter(ada), f"/ws/rooms/{room_id}"))[0] == 404
    two, hello = await seated(enter, bob, room_id)
    assert (hello["closed"], hello["here"], len(hello["messages"])) == (True, [], 1)
    answer = await two.say("hello?", "n1")
    assert (answer["code"], answer["message"]) == ("room_locked", "They have left this chat.")
    await two.send(type="typing")
    await two.silent("typing_start")


@pytest.mark.parametrize("address", ["/ws/hangout", "/ws/me", "room"])
async def test_the_sockets_of_an_ended_session_close_at_once(enter, store, ada, bob, room_id, address):
    address = f"/ws/rooms/{room_id}" if address == "room" else address
    (one, _), (other, _) = await sit(await enter(ada), address), await seated(enter, bob, room_id)
    await sessions.end_all(store, ada.id)
    assert await one.closed() == 1001
    assert (await other.say("still here", "n"))["type"] == "ack"


async def test_what_was_missed_between_the_processes_is_noticed(enter, store, ada, bob, eve, room_id):
    second = await chat_between(store, ada, eve)
    (one, _), (left, _) = await seated(enter, bob, room_id), await seated(enter, ada, second)
    me, _ = await sit(await enter(eve), "/ws/me")
    await store.pool.execute("update members set left_at = now() where room_id = $1 and person_id = $2", second, ada.id)
    await store.pool.execute("update members set unread = 7 where room_id = $1 and person_id = $2", second, eve.id)
    await store.pool.execute("delete from sessions where person_id = $1", bob.id)
    store.live.announce(Missed())
    assert (await one.closed(), await left.closed()) == (1001, 1001)
    assert (await me.next("unread"))["unread"] == 7


async def test_a_session_that_ends_while_its_socket_knocks_is_not_greeted(enter, store, ada, room_id, monkeypatch):
    client = await enter(ada)
    seated_before = chats.enter

    async def slow(conn, *args):
        chat = await seated_before(conn, *args)
        await store.pool.execute("delete from sessions where person_id = $1", ada.id)
        return chat

    monkeypatch.setattr(chats, "enter", slow)
    ws = await client.ws_connect(f"/ws/rooms/{room_id}")
    packet = await ws.receive(timeout=5)
    assert (packet.type, packet.data) == (aiohttp.WSMsgType.CLOSE, 1001)


async def test_rooms_are_open_only_while_somebody_sits_in_them(enter, store, house, ada, bob, room_id):
    shared = house.app[keys.PORCH]
    sockets = [(await seated(enter, one, room_id))[0] for one in (ada, ada, bob)]
    me, _ = await sit(await enter(ada), "/ws/me")
    assert (len(shared.open_rooms), len(shared.open_desks), store.followed[room_id]) == (1, 1, 1)
    for socket in (*sockets, me):
        await socket.ws.close()
    await until(lambda: not len(shared.open_rooms) + len(shared.open_desks) + store.followed[room_id])
    assert store.presence.around == {}
    _, hello = await seated(enter, bob, room_id)
    assert hello["seq"] == 1


async def test_a_room_that_cannot_be_opened_now_can_be_opened_later(enter, store, ada, room_id, monkeypatch):
    async def away(*_):
        raise ConnectionRefusedError

    client = await enter(ada)
    with monkeypatch.context() as patch:
        patch.setattr("db.feeds.rooms.current_seq", away)
        assert (await refused(client, f"/ws/rooms/{room_id}"))[0] == 503
    await sit(client, f"/ws/rooms/{room_id}")


async def test_nobody_takes_all_places(enter, ada, monkeypatch):
    monkeypatch.setattr(porch, "PER_PERSON", 2)
    client = await enter(ada)
    taken = [await sit(client, "/ws/me") for _ in range(2)]
    assert (await refused(client, "/ws/me"))[0] == 429
    windows = [await sit(client, "/ws/cards") for _ in range(2)]
    assert (await refused(client, "/ws/cards"))[0] == 429
    await sit(client, "/ws/hangout")
    await windows[0][0].ws.close()
    await taken[0][0].ws.close()


# What waits


async def test_a_member_is_told_wherever_they_are_what_waits_and_not_what_it_says(enter, store, ada, bob, room_id):
    me, hello = await sit(await enter(bob), "/ws/me")
    assert hello == {"type": "hello", "seq": 0, "unread": 1, "requests": 0, "rooms": {str(room_id): 1}}
    await messages.say(store, room_id, ada, "a secret", "n1", NOON, network="n")
    told = await me.next("unread")
    assert told == {
        "type": "unread", "room": str(room_id), "name": "Ada", "unread": 2, "total": 2, "requests": 0,
    }  # fmt: skip
    await chats.read(store, bob, room_id, 2)
    assert (await me.next("unread"))["total"] == 0


async def test_requests_and_rooms_that_come_and_go_are_told(enter, store, ada, bob):
    mine, _ = await sit(await enter(ada), "/ws/me")
    theirs, _ = await sit(await enter(bob), "/ws/me")
    await chats.ask(store, ada, "bob", "hi", NOON)
    told = await theirs.next("requests")
    assert told == {"type": "requests", "name": "Ada", "total": 0, "requests": 1}
    [request] = await chats.requests_to(store.pool, bob.id, NOON, 30)
    room_id = await chats.answer(store, bob, request.id, "accept", NOON)
    opened = await mine.next("chat")
    assert (opened["room"], opened["name"], opened["state"]) == (str(room_id), "Bob", "open")
    assert (await theirs.next("requests"))["requests"] == 0
    await chats.leave(store, ada, room_id, NOON)
    assert (await mine.next("chat"))["state"] == "left"
    closed = await theirs.next("chat")
    assert (closed["room"], closed["state"]) == (str(room_id), "closed")


async def test_a_decline_is_told_to_nobody(enter, store, ada, bob):
    await chats.ask(store, ada, "bob", "hi", NOON)
    mine, _ = await sit(await enter(ada), "/ws/me")
    [request] = await chats.requests_to(store.pool, bob.id, NOON, 30)
    await chats.answer(store, bob, request.id, "decline", NOON)
    await mine.silent("requests", "chat", "unread")


async def test_only_members_are_told_what_waits(enter, store):
    visitor = await people.add_visitor(store.pool, "Vera")
    for person in (None, visitor):
        assert (await refused(await enter(person), "/ws/me"))[0] == 404


async def test_nothing_can_be_said_where_one_is_only_told(enter, ada):
    me, _ = await sit(await enter(ada), "/ws/me")
    answer = await me.say("hi", "n1")
    assert (answer["code"], answer["nonce"]) == ("bad_frame", "n1")


@pytest.mark.parametrize("address", ["/ws/me", "room"])
async def test_a_socket_from_another_site_is_refused_before_the_upgrade(enter, ada, room_id, address):
    client = await enter(ada)
    with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
        await client.ws_connect(
            f"/ws/rooms/{room_id}" if address == "room" else address, headers={"Origin": "https://evil.example"}
        )
    assert refusal.value.status == 403
