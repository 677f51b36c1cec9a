"""One's own record, what waits for a moderator, and what the owner removes on the site."""

from datetime import UTC, datetime, timedelta

import pytest

from db import cases, filters, held, messages, sanctions
from db.moderators import Moderator
from tests.members import chat_between, member
from tests.posted import a_post
from tests.web.wire import Socket

JSON = {"Accept": "application/json"}
ROOM = 1


@pytest.fixture
async def robin(store):
    return await member(store, "robin", owner=True)


@pytest.fixture
def by(robin):
    return Moderator(robin)


@pytest.fixture
async def hold_casinos(store, by):
    await filters.add(store, by, "words", "casino", "hold", None, datetime.now(UTC))


async def page_of(client, path):
    return await (await client.get(path)).text()


async def said(store, person, content):
    return await messages.say(store, ROOM, person, content, content, datetime.now(UTC), network="")


# The record


async def test_people_read_their_own_cases_and_nobody_else_s(enter, store, by, ada, bob):
    now = datetime.now(UTC)
    warned = await sanctions.warn(store, by, ada.id, now, reason="Mind the <kettle>.")
    await sanctions.note(store, by, ada.id, "she is new", now)
    muted = await sanctions.mute(store, None, ada.id, now, until=now + timedelta(hours=1), rule='the word "casino"')
    page = await page_of(await enter(ada), "/cases")
    assert "Mind the &lt;kettle&gt;." in page
    assert f"#{warned.id}" in page
    assert f"#{muted.id}" in page
    assert "the word &#34;casino&#34;" in page
    assert "she is new" not in page
    assert store.config.mod.appeal in page
    await sanctions.unmute(store, None, ada.id, now)
    assert "No reason was given" not in await page_of(await enter(ada), "/cases")
    assert "Robin" not in page[page.index("<main") : page.index("</main>")]  # it is the house that one appeals to
    assert "nothing on record" in await page_of(await enter(bob), "/cases")
    assert "nothing on record" in await page_of(await enter(), "/cases")


async def test_a_visitor_without_an_account_has_a_record_too(enter, store, by):
    client = await enter()
    joined = await (await client.post("/hangout/join", data={"name": "Zed"}, headers=JSON)).json()
    await sanctions.warn(store, by, int(joined["you"]["id"]), datetime.now(UTC), reason="Once is enough.")
    assert "Once is enough." in await page_of(client, "/cases")


async def test_settings_lead_to_the_record(enter, ada):
    assert 'href="/cases"' in await page_of(await enter(ada), "/settings")


# What waits


@pytest.mark.usefixtures("hold_casinos")
async def test_what_is_held_over_a_form_leads_back_and_stands_behind_all_that_was_said_until_it_is_let_through(
    enter, store, by, ada
):
    client = await enter(ada)
    form = {"content": "a casino", "nonce": "n1"}
    answer = await client.post("/hangout", data=form, allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/hangout#held")
    page = await page_of(client, "/hangout")
    below = page[page.index('id="held"') :]
    assert "a casino" in below
    assert ">a casino</textarea>" not in page
    assert "a casino" not in await page_of(await enter(), "/hangout")
    again = await client.post("/hangout", data=form, headers=JSON)
    assert (again.status, (await again.json())["error"]["code"]) == (202, "held")
    [waiting] = await held.own(store.pool, ada.id)
    await held.approve(store, by, waiting.id, datetime.now(UTC))
    page = await page_of(client, "/hangout")
    assert "a casino" in page[: page.index('id="held"')]
    assert "a casino" not in page[page.index('id="held"') :]


@pytest.mark.usefixtures("hold_casinos")
async def test_what_is_held_over_a_socket_is_told_to_its_author_alone(enter, ada, bob):
    socket, other = [Socket(await (await enter(one)).ws_connect("/ws/hangout")) for one in (ada, bob)]
    answer = await socket.say("a casino", "n1")
    assert (answer["code"], answer["nonce"], answer["message"]) == ("held", "n1", held.SENTENCE)
    assert (await other.say("tea", "n2"))["type"] == "ack"
    assert (await other.next("message_create"))["message"]["content"] == "tea"


# What the owner removes


async def test_the_owner_removes_a_message_with_a_reason_that_its_author_reads(enter, store, robin, ada, bob):
    one = await said(store, ada, "buy my casino")
    path = f"/hangout/messages/{one.id}"
    assert f"{path}/remove" not in await page_of(await enter(bob), path)
    owner = await enter(robin)
    assert f"{path}/remove" in await page_of(owner, path)
    answer = await owner.post(f"{path}/remove", data={"reason": "No casinos."}, allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/hangout")
    assert (await owner.get(path)).status == 410
    assert "No casinos." in await page_of(await enter(ada), "/cases")
    [case] = await cases.latest(store.pool, person_id=ada.id)
    assert (case.kind, case.door, case.by_id) == ("remove", "site", robin.id)
    assert (await owner.post(f"{path}/remove", data={}, allow_redirects=False)).status == 303
    assert len(await cases.latest(store.pool, person_id=ada.id)) == 1


async def test_the_owner_removes_a_comment_that_came_from_anywhere(enter, store, robin, ann):
    post = await a_post(store, ann)
    await messages.hear(store, post.room_id, [messages.Heard(9, 7, "Grace", "grace", "spam!", datetime.now(UTC))])
    [found] = (await messages.newest(store.pool, post.room_id, 5))[1]
    path, owner = f"/blog/first-light/comments/{found.id}", await enter(robin)
    assert f'href="{path}#remove"' in await page_of(owner, "/blog/first-light")
    assert f"{path}/remove" in await page_of(owner, path)
    assert f"{path}/remove" not in await page_of(await enter(ann), path)
    answer = await owner.post(f"{path}/remove", data={"reason": "No spam."}, allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/blog/first-light#comments")
    assert "spam!" not in await page_of(owner, "/blog/first-light")


async def test_a_message_of_another_room_is_not_removed_by_the_hangout_s_address(enter, store, robin, ann):
    post = await a_post(store, ann)
    await messages.hear(store, post.room_id, [messages.Heard(9, 7, "Grace", "grace", "tea", datetime.now(UTC))])
    [found] = (await messages.newest(store.pool, post.room_id, 5))[1]
    owner = await enter(robin)
    assert (await owner.post(f"/hangout/messages/{found.id}/remove", data={})).status == 404
    assert not (await messages.newest(store.pool, post.room_id, 5))[1][0].deleted


# What is told wherever they are


async def test_who_is_warned_reads_it_wherever_they_speak_until_they_say_so(enter, store, by, ada, bob, ann):
    await a_post(store, ann)
    room, client, now = await chat_between(store, ada, bob), await enter(ada), datetime.now(UTC)
    assert 'class="own-record" href="/cases" hidden' in await page_of(client, "/hangout")
    case = await sanctions.warn(store, by, ada.id, now, reason="Mind the <kettle>.")
    words = "A moderator warned you: Mind the &lt;kettle&gt;."
    for path in ("/hangout", f"/chats/{room}", "/blog/first-light"):
        assert words in await page_of(client, path)
        assert words not in await page_of(await enter(bob), path)
    assert 'class="own-record" href="/cases">' in await page_of(client, "/hangout")
    form = {"upto": str(case.id), "next": "/hangout"}
    await (await enter(bob)).post("/cases/read", data=form, allow_redirects=False)
    assert words in await page_of(client, "/hangout")  # it is for them to say
    answer = await client.post("/cases/read", data=form, allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/hangout")
    assert words not in await page_of(client, "/hangout")
    assert "Mind the &lt;kettle&gt;." in await page_of(client, "/cases")
    assert 'class="own-record" href="/cases">' in await page_of(client, "/hangout")


async def test_what_is_done_after_the_page_was_drawn_is_not_taken_as_read(enter, store, by, ada):
    client, now = await enter(ada), datetime.now(UTC)
    first = await sanctions.warn(store, by, ada.id, now, reason="One.")
    await sanctions.warn(store, by, ada.id, now, reason="Two.")
    await client.post("/cases/read", data={"upto": str(first.id)})
    page = await page_of(client, "/hangout")
    assert "A moderator warned you: Two." in page
    assert "A moderator warned you: One." not in page


async def test_an_open_page_is_told_of_a_warning_and_of_words_that_were_taken_away_and_others_are_not(
    enter, store, by, ada, bob, ann
):
    await a_post(store, ann)
    room = await chat_between(store, ada, bob)
    paths = ("/ws/hangout", f"/ws/rooms/{room}", "/ws/blog/first-light")
    client = await enter(ada)
    sockets = [Socket(await client.ws_connect(path)) for path in paths]
    other = Socket(await (await enter(bob)).ws_connect("/ws/hangout"))
    for socket in (*sockets, other):
        await socket.next("hello")
    one = await said(store, ada, "buy my things")
    await messages.remove(store, by, one.id, datetime.now(UTC), reason="No ads")
    for socket in sockets:
        assert (await socket.next("record"))["words"] == ["A moderator removed something you wrote: No ads."]
    await other.send(type="ping")
    assert (await other.next("record", "pong"))["type"] == "pong"


@pytest.mark.usefixtures("hold_casinos")
async def test_what_a_moderator_does_not_let_through_is_told_to_the_page_that_shows_it_as_waiting(
    enter, store, by, ada
):
    socket = Socket(await (await enter(ada)).ws_connect("/ws/hangout"))
    await socket.say("a casino", "n1")
    [waiting] = await held.own(store.pool, ada.id)
    await held.delete(store, by, waiting.id, datetime.now(UTC))
    told = await socket.next("record")
    assert (told["words"], told["refused"]) == (["A moderator did not let through what you wrote."], ["n1"])
    page = await page_of(await enter(ada), "/cases")
    assert "What had to wait was not let through" in page
