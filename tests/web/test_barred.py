"""Who is banned or muted, at every door of the site: sockets, forms, pages."""

from datetime import UTC, datetime, timedelta

import aiohttp
import msgspec
import pytest

from db import floods, messages, people, rooms, sanctions, sessions, sightings
from db.moderators import Moderator
from tests.members import chat_between, member
from tests.posted import a_post
from tests.web.wire import Socket
from web import _kept_out, doors
from web.routes import ROUTES

JSON = {"Accept": "application/json"}
REASON = "Casinos are not for porches."
# What fits into the braces of any path, so that only who asks can be the reason for a refusal.
FILLING = {"id": "5", "room": "5", "slug": "first-light", "kind": "message", "username": "ada", "token": "t" * 43}
LONG_IDS = {"media.describe"}


@pytest.fixture
def config(config):
    return msgspec.structs.replace(config, web=msgspec.structs.replace(config.web, trusted_proxies=("127.0.0.1",)))


@pytest.fixture
async def robin(store):
    return await member(store, "robin", owner=True)


@pytest.fixture
def keep_out(store, robin):
    """Bans or mutes somebody for an hour."""

    async def do(person, kind="ban"):
        now = datetime.now(UTC)
        act = {"ban": sanctions.ban, "mute": sanctions.mute}[kind]
        return await act(store, Moderator(robin), person.id, now, until=now + timedelta(hours=1), reason=REASON)

    return do


async def sit(client, path="/ws/hangout"):
    socket = Socket(await client.ws_connect(path))
    return socket, await socket.next("hello")


async def last_words(socket):
    """The error that a socket ends with, and how it is closed."""
    error = await socket.next("error")
    return error, await socket.closed()


async def test_a_banned_person_s_sockets_close_with_the_reason_wherever_they_sit(enter, store, keep_out, ada, bob, ann):
    await a_post(store, ann)
    room = await chat_between(store, bob, ada)
    client = await enter(ada)
    paths = ["/ws/hangout", f"/ws/rooms/{room}", "/ws/blog/first-light", "/ws/cards", "/ws/me"]
    seats = [(await sit(client, path))[0] for path in paths]
    other, _ = await sit(await enter(bob))
    await keep_out(ada)
    for socket in seats:
        error, code = await last_words(socket)
        assert (error["code"], code) == ("banned", 1008)
        assert REASON in error["message"]
    assert (await other.say("still here", "n"))["type"] == "ack"


async def test_a_banned_person_who_knocks_hears_why_and_nothing_else(enter, keep_out, ada):
    client = await enter(ada)
    await keep_out(ada)
    ws = await client.ws_connect("/ws/hangout")
    first = await ws.receive_json(timeout=5)
    assert (first["type"], first["code"]) == ("error", "banned")
    assert await Socket(ws).closed() == 1008


async def test_a_muted_person_stays_reads_and_may_speak_again_later(enter, store, robin, keep_out, ada):
    socket, hello = await sit(await enter(ada))
    assert hello["room"] == {
        "locked": False,
        "slowmode": 0,
        "alarm": None,
        "muted": None,
        "muted_html": None,
        "on_record": False,
    }
    await keep_out(ada, "mute")
    assert REASON in (await socket.next("room"))["muted"]
    refused = await socket.say("hello", "n1")
    assert (refused["code"], refused["nonce"]) == ("muted", "n1")
    _, again = await sit(await enter(ada))
    assert REASON in again["room"]["muted"]
    await sanctions.unmute(store, Moderator(robin), ada.id, datetime.now(UTC))
    assert (await socket.next("room"))["muted"] is None
    assert (await socket.say("hello", "n2"))["type"] == "ack"


async def test_what_a_muted_person_writes_is_nobody_s_business(enter, keep_out, ada, bob):
    socket, _ = await sit(await enter(ada))
    other, _ = await sit(await enter(bob))
    await keep_out(ada, "mute")
    await socket.next("room")
    await socket.send(type="typing")
    await socket.send(type="ping")
    await socket.next("pong")
    await other.send(type="ping")
    assert (await other.next("typing_start", "pong"))["type"] == "pong"


async def test_a_locked_or_slow_room_is_told_to_whoever_is_in_it(enter, store, robin, ada):
    by, now = Moderator(robin), datetime.now(UTC)
    socket, _ = await sit(await enter(ada))
    owner, _ = await sit(await enter(robin))
    await rooms.slow(store, by, 1, 30, now)
    assert (await socket.next("room"))["slowmode"] == 30
    assert (await owner.next("room"))["slowmode"] == 0  # whom it does not hold up
    await rooms.lock(store, by, 1, now, on=True)
    assert (await socket.next("room"))["locked"] is True
    page = await (await (await enter(ada)).get("/hangout")).text()
    assert "closed for writing" in page
    assert "one message every 30 s" in page
    _, hello = await sit(await enter(ada))
    assert (hello["room"]["locked"], hello["room"]["slowmode"]) == (True, 30)


def address_of(route, app):
    resource = app.router[route.kwargs["name"]]
    named = resource.get_info().get("formatter", "")
    filling = FILLING | ({"id": "i" * 22} if route.kwargs["name"] in LONG_IDS else {})
    return resource.url_for(**{key: value for key, value in filling.items() if f"{{{key}}}" in named})


FORMS = [route for route in ROUTES if route.method == "POST"]


async def test_every_form_of_somebody_banned_answers_with_the_same_sentence_but_for_those_that_are_theirs(
    house, enter, keep_out, ada
):
    client = await enter(ada)
    await keep_out(ada)
    closed = [route for route in FORMS if route.kwargs["name"] not in doors.OPEN]
    assert len(FORMS) - len(closed) == len(doors.OPEN)
    told = set()
    for route in closed:
        answer = await client.post(address_of(route, house.app), data={"content": "x"}, headers=JSON)
        error = (await answer.json())["error"]
        assert (route.path, answer.status, error["code"]) == (route.path, 403, "banned")
        told.add(error["message"])
    [sentence] = told
    page = await client.post("/hangout", data={"content": "x", "nonce": "n"})
    assert (page.status, sentence in await page.text()) == (403, True)
    assert '<a href="/cases">' in await page.text()


async def test_somebody_banned_may_still_leave_and_take_what_is_theirs(enter, keep_out, ada):
    client = await enter(ada)
    await keep_out(ada)
    assert (await client.get("/settings/data")).status == 200
    assert (await client.post("/theme", data={"theme": "dark"}, allow_redirects=False)).status == 303
    assert (await client.post("/settings/deletion", data={})).status == 422
    assert (await client.post("/settings/sessions/end", data={}, allow_redirects=False)).status == 303
    assert (await client.post("/logout", allow_redirects=False)).status == 303


async def test_pages_say_why_there_is_no_form(enter, store, keep_out, ada, ann):
    await a_post(store, ann)
    await keep_out(ada)
    client = await enter(ada)
    for path in ("/hangout", "/blog/first-light", "/chats", "/cases"):
        page = await (await client.get(path)).text()
        assert REASON in page, path
        assert "<textarea" not in page, path


PASSWORD = "kettle umbrella 47 gravel"


async def register(client, username):
    form = {"username": username, "password": PASSWORD, "name": username.title()}
    return await client.post("/register", data=form, headers=JSON, allow_redirects=False)


async def log_in(client, username):
    form = {"username": username, "password": PASSWORD}
    return await client.post("/login", data=form, headers=JSON, allow_redirects=False)


async def test_nobody_banned_comes_back_as_somebody_else_and_the_household_is_not_hindered(enter, store, keep_out):
    """At the door; the whole table of who is covered is in tests/db/test_sanctions.py."""
    here, elsewhere = {"X-Forwarded-For": "198.51.100.7"}, {"X-Forwarded-For": "203.0.113.9"}
    lodger, fresh, other = await enter(), await enter(), await enter()
    for client in (lodger, fresh):
        client.headers.update(here)
    other.headers.update(elsewhere)
    assert (await register(other, "olive")).status == 200
    assert (await register(lodger, "zed")).status == 200
    assert (await lodger.post("/hangout", data={"content": "hi", "nonce": "n"}, headers=JSON)).status == 200
    zed = await people.by_username(store.pool, "zed")
    await keep_out(zed)
    # A new name and a new account, from the same network:
    assert (await fresh.post("/hangout/join", data={"name": "Zack"}, headers=JSON)).status == 403
    assert (await register(fresh, "zack")).status == 403
    assert await store.pool.fetchval("select count(*) from people where lower(name) = 'zack'") == 0
    # The same browser as another member, and then as themselves, to read why:
    assert (await log_in(lodger, "zed")).status == 200
    [kept] = await sessions.of_person(store.pool, zed.id, datetime.now(UTC))
    await store.pool.execute("update sessions set person_id = null where id = $1", kept.id)
    assert (await log_in(lodger, "olive")).status == 403
    assert (await log_in(lodger, "zed")).status == 200
    # An older member of the same household:
    assert (await log_in(fresh, "olive")).status == 200
    assert (await fresh.post("/hangout", data={"content": "hi", "nonce": "n"}, headers=JSON)).status == 200


async def test_the_owner_is_never_kept_out(enter, store, keep_out, robin, ada):
    """Not even from the network of somebody who is."""
    network = {"X-Forwarded-For": "198.51.100.7"}
    guest, owner = await enter(ada), await enter(robin)
    guest.headers.update(network)
    owner.headers.update(network)
    assert (await guest.post("/hangout", data={"content": "hi", "nonce": "n"}, headers=JSON)).status == 200
    await keep_out(ada)
    assert (await owner.post("/hangout", data={"content": "hi", "nonce": "n"}, headers=JSON)).status == 200


async def test_a_stranger_from_a_covered_network_is_told_so_on_the_page_and_by_the_socket(enter, keep_out, ada):
    network = {"X-Forwarded-For": "198.51.100.7"}
    guest, stranger = await enter(ada), await enter()
    guest.headers.update(network)
    stranger.headers.update(network)
    assert (await guest.post("/hangout", data={"content": "hi", "nonce": "n"}, headers=JSON)).status == 200
    socket, _ = await sit(stranger)
    await keep_out(ada)
    assert (await last_words(socket))[1] == 1008
    assert "You are banned" in await (await stranger.get("/hangout")).text()
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await stranger.ws_connect("/ws/me")


# How it is said


@pytest.mark.parametrize(
    ("appeal", "drawn"),
    [
        ("Write to robin@example.org.", 'Write to <a href="mailto:robin@example.org">robin@example.org</a>.'),
        ("See https://x.example/a?b&c.", 'See <a href="https://x.example/a?b&amp;c">https://x.example/a?b&amp;c</a>.'),
        ("Tell <us>.", "Tell &lt;us&gt;."),
    ],
)
async def test_where_to_appeal_can_be_followed_and_nothing_else_of_the_sentence_is_a_link(config, appeal, drawn):
    config = msgspec.structs.replace(config, mod=msgspec.structs.replace(config.mod, appeal=appeal))
    now = datetime(2026, 5, 1, 12, tzinfo=UTC)
    sanction = sanctions.Sanction(1, "mute", 1, None, None, "http://bad.example", now, now, 1)
    html = str(_kept_out.drawn(sanctions.refusal(sanction, config)))
    assert html.endswith(f"http://bad.example. {drawn}")
    assert '<time datetime="2026-05-01T12:00:00.000Z" data-style="f">1 May 2026, 12:00 UTC</time>' in html


async def test_pages_and_sockets_carry_the_time_until_which_it_holds(enter, keep_out, ada):
    socket, _ = await sit(await enter(ada))
    await keep_out(ada, "mute")
    assert '<time datetime="' in (await socket.next("room"))["muted_html"]
    page = await (await (await enter(ada)).get("/hangout")).text()
    assert 'data-style="f">' in page[page.index('class="standing"') :]


async def test_why_one_only_reads_stands_once_on_the_page_of_a_refused_form(enter, keep_out, ada):
    client = await enter(ada)
    await keep_out(ada, "mute")
    answer = await client.post("/hangout", data={"content": "hello", "nonce": "n"})
    assert (answer.status, (await answer.text()).count(REASON)) == (403, 1)


async def test_slow_mode_says_over_a_form_how_long_there_is_to_wait(enter, store, robin, ada):
    await rooms.slow(store, Moderator(robin), 1, 30, datetime.now(UTC))
    client = await enter(ada)
    await client.post("/hangout", data={"content": "one", "nonce": "n1"})
    answer = await client.post("/hangout", data={"content": "two", "nonce": "n2"})
    assert (answer.status, "The next one can go in 30 s." in await answer.text()) == (429, True)


# Before anything is written


async def test_a_stranger_from_a_covered_network_reads_it_in_place_of_the_form_for_comments(
    enter, store, robin, ann, keep_out, ada
):
    await a_post(store, ann)
    away = {"X-Forwarded-For": "203.0.113.9"}
    there = await enter()
    assert 'id="write"' in await (await there.get("/blog/first-light", headers=away)).text()
    await sightings.note(store, ada.id, "203.0.113.9", datetime.now(UTC))
    await keep_out(ada)
    page = await (await there.get("/blog/first-light", headers=away)).text()
    assert REASON in page
    assert 'id="write"' not in page
    assert 'id="write"' in await (await there.get("/blog/first-light")).text()
    record = await (await there.get("/cases", headers=away)).text()
    assert "nothing on record about you" not in record
    assert "came from the same network" in record


async def test_a_panic_is_told_to_new_people_before_they_write_and_to_nobody_else(enter, store, robin, ada, bob, ann):
    by, now = Moderator(robin), datetime.now(UTC)
    await a_post(store, ann)
    await messages.say(store, 1, bob, "here before", "n", now, network="")
    new, old = await sit(await enter(ada)), await sit(await enter(bob))
    stranger, _ = await sit(await enter())
    await floods.panic(store, by, True, datetime.now(UTC))
    for socket in (new[0], stranger):
        told = await socket.next("room")
        assert (told["muted"], told["on_record"]) == (floods.READ_ONLY, False)
    assert (await old[0].next("room"))["muted"] is None
    for path in ("/hangout", "/blog/first-light"):
        for client, is_told in ((await enter(ada), True), (await enter(), True), (await enter(bob), False)):
            page = await (await client.get(path)).text()
            assert (floods.READ_ONLY in page) == is_told
    _, hello = await sit(await enter(ada))
    assert hello["room"]["muted"] == floods.READ_ONLY
    await floods.panic(store, by, False, datetime.now(UTC))
    assert (await new[0].next("room"))["muted"] is None
    assert floods.READ_ONLY not in await (await (await enter()).get("/blog/first-light")).text()
