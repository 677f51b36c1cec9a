"""Chats by forms: asking, answering, talking, leaving; and that other people's chats are not there."""

import re
import secrets
from datetime import UTC, datetime

import msgspec
import pytest

from db import chats, messages
from db.config import Config, Hangout
from tests.members import member, signed_in
from web import make_app

JSON = {"Accept": "application/json"}


@pytest.fixture
def config(config: Config) -> Config:
    return msgspec.structs.replace(config, hangout=Hangout(rate=1000.0, burst=1000))


@pytest.fixture
async def browse(store, aiohttp_client):
    """Opens a browser of a member, who is made if need be; without a name, of somebody who has never been here."""
    server = (await aiohttp_client(make_app(store))).server
    people = {}

    async def browse(username=""):
        if not username:
            return await aiohttp_client(server), None
        if username not in people:
            people[username] = await member(store, username)
        person = people[username]
        return await aiohttp_client(server, cookies=await signed_in(store, person)), person

    return browse


@pytest.fixture
async def ada(browse):
    return await browse("ada")


@pytest.fixture
async def bea(browse):
    return await browse("bea")


@pytest.fixture
async def room(store, ada, bea):
    """Ada has asked Bea, who has accepted."""
    now = datetime.now(UTC)
    asked = await chats.ask(store, ada[1], "bea", "hello Bea", now)
    return await chats.answer(store, bea[1], asked.id, "accept", now)


async def said(store, room, person, words):
    now = datetime.now(UTC)
    return await messages.say(store, room, person, words, secrets.token_hex(8), now, network=words[:40])


async def page_of(visitor, path="/chats"):
    answer = await visitor.get(path)
    assert answer.status == 200, path
    return await answer.text()


async def post(visitor, path, **form):
    answer = await visitor.post(path, data=form, allow_redirects=False)
    return answer.status, answer.headers.get("Location", ""), await answer.text()


# Who may


@pytest.mark.parametrize("path", ["/chats", "/chats/7", "/chats/7/leave", "/chats/7/messages/3"])
async def test_who_is_no_member_is_led_to_the_log_in_and_back(browse, path):
    stranger, _ = await browse()
    for _ in range(2):
        answer = await stranger.get(path, allow_redirects=False)
        assert (answer.status, answer.headers["Location"]) == (303, f"/login?next={path}")
        await stranger.post("/hangout/join", data={"name": "Teo"})  # a visitor with a name is no member either


@pytest.mark.parametrize(
    "path", ["/chats/requests", "/chats/requests/1", "/chats/7", "/chats/7/read", "/chats/7/leave"]
)
async def test_who_is_no_member_does_nothing_by_form(browse, path):
    stranger, _ = await browse()
    status, location, _ = await post(stranger, path, content="hi", to="ada", message="hi", answer="accept", seq="1")
    assert (status, location) == (303, "/login?next=/chats")
    answer = await stranger.post(path, data={}, headers=JSON)
    assert (answer.status, (await answer.json())["error"]["code"]) == (422, "not_joined")


async def test_a_chat_of_others_is_not_there_whatever_is_asked_of_it(store, browse, bea, room):
    words = await said(store, room, bea[1], "between us")
    cleo, _ = await browse("cleo")
    form = {"content": "hi", "nonce": "n", "emoji": "👍", "seq": "1", "messages": str(words.id)}
    for method, path in (
        ("get", ""), ("post", ""), ("get", "/leave"), ("post", "/leave"), ("post", "/block"), ("post", "/report"),
        ("post", "/read"), ("get", "/seen.gif?seq=1"), ("get", "/messages/{id}"), ("post", "/messages/{id}/edit"),
        ("post", "/messages/{id}/delete"), ("post", "/messages/{id}/react"),
    ):  # fmt: skip
        seen = []
        for number, message in ((room, words.id), (999, 999), (1, 1), ("9" * 30, 1)):
            address = f"/chats/{number}{path.format(id=message)}"
            answer = await cleo.request(method, address, **({"data": form} if method == "post" else {}))
            page = (await answer.text()).replace(address.partition("?")[0], "")
            seen.append((answer.status, re.sub(r"[0-9a-f]{12,}", "", page)))
            assert "between us" not in seen[-1][1]
        assert seen[0][0] == 404, path
        assert len(set(seen)) == 1, path
    chat = await chats.enter(store.pool, room, bea[1].id)
    assert (chat.closed, chat.last.excerpt) == (False, "between us")


async def test_a_message_of_another_room_is_not_in_this_one(store, browse, ada, room):
    cleo, dora = (await browse("cleo"))[1], (await browse("dora"))[1]
    now = datetime.now(UTC)
    other = await chats.answer(store, dora, (await chats.ask(store, cleo, "dora", "psst", now)).id, "accept", now)
    secret = await said(store, other, cleo, "a secret")
    open_one = await said(store, 1, dora, "in the hangout")
    for one in (secret, open_one):
        assert (await ada[0].get(f"/chats/{room}/messages/{one.id}")).status == 404
        assert (await post(ada[0], f"/chats/{room}/messages/{one.id}/react", emoji="👍"))[0] == 404
    assert (await ada[0].get(f"/hangout/messages/{secret.id}")).status == 404


# Asking and answering


async def test_a_request_is_read_as_text_with_nothing_to_click_and_the_asker_waits(ada, bea):
    words = "look: https://evil.example **now** <b>here</b> [a](https://evil.example)"
    assert (await post(ada[0], "/chats/requests", to="bea", message=words))[:2] == (303, "/chats")
    asked = await page_of(bea[0])
    [shown] = re.findall(r"<blockquote[^>]*>(.*?)</blockquote>", asked, re.DOTALL)
    assert shown == words.replace("<", "&lt;").replace(">", "&gt;")
    assert 'href="https://evil' not in asked
    assert ">waiting<" in await page_of(ada[0])


async def test_a_picture_that_the_asker_chose_is_covered_until_somebody_looks(store, ada, bea):
    await post(ada[0], "/chats/requests", to="bea", message="hello")
    assert "face-cover" not in await page_of(bea[0])
    await store.pool.execute("alter table people disable trigger all")  # the picture itself is of no concern here
    await store.pool.execute("update people set picture = $2 where id = $1", ada[1].id, "p" * 22)
    page = await page_of(bea[0])
    assert re.search(r"<details class=\"cover face-cover\"><summary>.*?</summary><img", page)


@pytest.mark.parametrize(
    ("form", "field", "sentence"),
    [
        ({"to": "nobody", "message": "hi <you>"}, "to", "no member"),
        ({"to": "bea", "message": "x<" * 300}, "message", "600"),
        ({"to": "bea", "message": ""}, "message", ""),
        ({"to": "ada", "message": "hi me"}, "message", "That is you."),
        ({}, "message", ""),
    ],
)
async def test_a_refused_request_comes_back_with_what_was_typed_and_a_sentence_by_the_field(
    ada, bea, form, field, sentence
):
    status, _, page = await post(ada[0], "/chats/requests", **form)
    assert status == 422
    errors = dict(re.findall(r'id="(to|message)-error" role="alert">([^<]*)<', page))
    other = {"to": "message", "message": "to"}[field]
    assert (bool(errors[field]), sentence in errors[field], errors[other]) == (True, True, "")
    assert f'name="to" value="{form.get("to", "")}"' in page
    assert f">{form.get('message', '').replace('<', '&lt;').replace('>', '&gt;')}</textarea>" in page
    answer = await ada[0].post("/chats/requests", data=form, headers=JSON)
    assert answer.status in {404, 422}


async def test_a_request_from_a_profile_leads_back_to_it(ada, bea):
    form = {"to": "bea", "message": "x<" * 300, "from": "profile"}
    status, _, page = await post(ada[0], "/chats/requests", **form)
    assert (status, "x&lt;" * 300 in page, "<h1" in page and "Bea" in page, "600" in page) == (422, True, True, True)
    assert (await post(ada[0], "/chats/requests", **form | {"message": "hello"}))[:2] == (303, "/people/bea")
    assert ">waiting<" in await page_of(ada[0], "/people/bea")
    assert "#request-" in await page_of(bea[0], "/people/ada")
    assert (await post(ada[0], "/chats/requests", **form | {"to": "nobody"}))[0] == 404


async def test_accepting_leads_into_the_room_where_the_request_is_the_first_word(ada, bea):
    await post(ada[0], "/chats/requests", to="bea", message="hello **Bea**")
    [number] = re.findall(r'action="/chats/requests/(\d+)"', await page_of(bea[0]))
    status, location, _ = await post(bea[0], f"/chats/requests/{number}", answer="accept")
    assert (status, bool(re.fullmatch(r"/chats/\d+", location))) == (303, True)
    for visitor, _ in (ada, bea):
        assert "<strong>Bea</strong>" in await page_of(visitor, location)
        assert f'href="{location}"' in await page_of(visitor)


@pytest.mark.parametrize("answer", ["decline", "block", "report"])
async def test_who_is_not_accepted_sees_the_same_as_before(ada, bea, answer):
    await post(ada[0], "/chats/requests", to="bea", message="hello")
    before = await page_of(ada[0])
    [number] = re.findall(r'action="/chats/requests/(\d+)"', await page_of(bea[0]))
    assert (await post(bea[0], f"/chats/requests/{number}", answer=answer))[:2] == (303, "/chats")
    assert await page_of(ada[0]) == before
    assert "/chats/requests/" not in re.sub(r'action="/chats/requests"', "", await page_of(bea[0]))


async def test_a_request_is_answered_by_whom_it_was_made_to_and_in_one_of_four_ways(browse, ada, bea):
    await post(ada[0], "/chats/requests", to="bea", message="hello")
    [number] = re.findall(r'action="/chats/requests/(\d+)"', await page_of(bea[0]))
    for visitor, _ in (ada, await browse("cleo")):
        assert (await post(visitor, f"/chats/requests/{number}", answer="accept"))[0] == 404
    assert (await post(bea[0], f"/chats/requests/{number}", answer="perhaps"))[0] == 422
    assert (await post(bea[0], f"/chats/requests/{'9' * 30}", answer="accept"))[0] == 404
    assert f"/chats/requests/{number}" in await page_of(bea[0])


# Talking


async def test_talking_answering_changing_taking_back_and_reacting_need_no_script(store, ada, bea, room):
    here = f"/chats/{room}"
    status, location, _ = await post(ada[0], here, content="are you **there**?", nonce="n1")
    assert (status, location.startswith(f"{here}#m")) == (303, True)
    number = location.rpartition("#m")[2]
    assert (await post(bea[0], here, content="I am", nonce="n2", reply_to=number))[0] == 303
    assert (await post(bea[0], f"{here}/messages/{number}/react", emoji="👍"))[0] == 303
    page = await page_of(ada[0], here)
    assert ("<strong>there</strong>" in page, "👍" in page, f'data-to="{number}"' in page) == (True, True, True)
    assert (await post(ada[0], f"{here}/messages/{number}/edit", content="are you here?"))[0] == 303
    assert "are you here?" in await page_of(bea[0], f"{here}/messages/{number}")
    assert (await post(bea[0], f"{here}/messages/{number}/edit", content="mine"))[0] == 403
    assert (await post(ada[0], f"{here}/messages/{number}/delete"))[:2] == (303, here)
    gone = await bea[0].get(f"{here}/messages/{number}")
    assert (gone.status, "To the chat" in await gone.text()) == (410, True)


async def test_refused_words_stay_in_their_form(ada, room):
    status, _, page = await post(ada[0], f"/chats/{room}", content="<" + "x" * 2000, nonce="n")
    assert (status, "&lt;" + "x" * 2000 in page, "2,001 characters" in page) == (422, True, True)
    assert f'action="/chats/{room}"' in page


async def test_nothing_of_the_hangout_stands_on_the_page_of_a_chat(ada, room):
    page = await page_of(ada[0], f"/chats/{room}")
    assert (
        re.findall(r'(?:action|href|data-\w+)="(/hangout/[^"]*|/ws/hangout[^"]*|/api/v1/rooms/hangout[^"]*)"', page)
        == []
    )
    assert f'data-keep="chat.{room}.{ada[1].id}"' in page


async def test_older_pages_lead_back_and_none_is_read_by_being_older(store, ada, bea, room):
    for number in range(60):
        await said(store, room, bea[1], f"word {number}")
    page = await page_of(ada[0], f"/chats/{room}")
    assert ("word 59" in page, "word 5<" in page) == (True, False)
    [older] = re.findall(r'href="(/chats/\d+\?before=\d+)"', page)
    page = await page_of(ada[0], older)
    assert ("word 5<" in page, "seen.gif" in page, "<textarea" in page) == (True, False, False)


# Reading


async def test_what_is_read_is_told_by_a_form_or_by_the_picture_that_needs_no_script(store, ada, bea, room):
    here = f"/chats/{room}"

    async def waiting():
        return re.findall(r'class="count">(\d+)<', await page_of(ada[0]))

    await said(store, room, bea[1], "one")
    assert await waiting() == ["1"]
    [picture] = re.findall(r'<noscript><img [^>]*src="([^"]*)"', await page_of(ada[0], here))
    assert await waiting() == ["1"]  # drawing the page alone proves nothing
    answer = await ada[0].get(picture)
    assert (answer.status, answer.content_type, await waiting()) == (200, "image/gif", [])
    last = await said(store, room, bea[1], "two")
    answer = await ada[0].post(f"{here}/read", data={"seq": str(last.seq)}, headers=JSON)
    assert (answer.status, await waiting()) == (200, [])
    assert (await post(ada[0], f"{here}/read", seq="many"))[0] == 422


async def test_own_messages_say_whether_they_were_sent_or_read_unless_the_other_does_not_show_it(store, ada, bea, room):
    first = await said(store, room, ada[1], "first")
    await chats.read(store, bea[1], room, first.seq)
    await said(store, room, ada[1], "second")

    async def ticks():
        return re.findall(r'data-tick="(\w+)"', (await page_of(ada[0], f"/chats/{room}")).partition("<template")[0])

    assert await ticks() == ["read", "read", "sent"]
    await messages.react(
        store, room, bea[1], first.id, "👍", on=True
    )  # a change that Bea's own page has not told of yet
    assert await ticks() == ["read", "read", "sent"]
    await store.pool.execute("update accounts set shows_reading = false")
    assert await ticks() == ["sent", "sent", "sent"]


async def test_what_waits_is_counted_for_members_on_every_page(store, ada, bea, room):
    await said(store, room, bea[1], "one")
    await said(store, room, bea[1], "two")
    assert re.search(r"data-unread[^>]*>2<", await page_of(ada[0], "/hangout"))
    assert not re.search(r"data-unread[^>]*>2<", await page_of(ada[0], f"/chats/{room}"))  # it is being read
    assert re.search(r'class="count">2<', await page_of(ada[0]))


# The way out


async def test_who_leaves_is_rid_of_it_and_the_other_keeps_what_was_said(ada, bea, room):
    here = f"/chats/{room}"
    assert (await post(ada[0], f"{here}/leave"))[:2] == (303, "/chats")
    assert (await ada[0].get(here)).status == 404
    assert here not in await page_of(ada[0])
    page = await page_of(bea[0], here)
    assert ("They have left this chat." in page, "hello Bea" in page, "<textarea" in page) == (True, True, False)
    [number] = re.findall(r'id="m(\d+)"', page)
    alone = await page_of(bea[0], f"{here}/messages/{number}")
    assert ("They have left this chat." in alone, "<textarea" in alone) == (True, False)
    status, _, refused = await post(bea[0], here, content="are you there?", nonce="n")
    assert (status in {403, 422, 423}, "They have left this chat." in refused) == (True, True)
    assert (await post(bea[0], f"{here}/leave"))[:2] == (303, "/chats")
    assert (await bea[0].get(here)).status == 404


async def test_blocking_looks_like_leaving_and_can_be_undone_in_the_settings(store, ada, bea, room):
    assert (await post(ada[0], f"/chats/{room}/block"))[:2] == (303, "/chats")
    assert "They have left this chat." in await page_of(bea[0], f"/chats/{room}")
    assert [one.username for one in await chats.blocked_by(store.pool, ada[1].id)] == ["bea"]
    assert (await post(bea[0], "/chats/requests", to="ada", message="why?"))[:2] == (303, "/chats")
    assert "why?" not in await page_of(ada[0])
    assert (await post(ada[0], "/settings/blocks/bea/remove"))[:2] == (303, "/settings#blocks")
    assert await chats.blocked_by(store.pool, ada[1].id) == []


async def test_a_report_shows_what_was_chosen_and_only_that(store, ada, bea, room):
    bad = await said(store, room, bea[1], "something bad")
    await said(store, room, bea[1], "something private")
    own = await said(store, room, ada[1], "own words")
    page = await page_of(ada[0], f"/chats/{room}/leave")
    offered = re.findall(r'name="messages" value="(\d+)"', page)
    assert (str(bad.id) in offered, str(own.id) in offered) == (True, False)
    status, _, refused = await post(ada[0], f"/chats/{room}/report", reason="<rude>")
    assert (status, "&lt;rude&gt;" in refused, bool(re.search(r'chosen-error" role="alert">\w', refused))) == (
        422,
        True,
        True,
    )
    status, location, _ = await post(ada[0], f"/chats/{room}/report", messages=str(bad.id), reason="rude")
    assert (status, location) == (303, f"/chats/{room}?reported=1")
    assert "The moderators have what you chose" in await page_of(ada[0], location)
    kept = await store.pool.fetchval("select messages::text from reports")
    assert ("something bad" in kept, "private" in kept, "own words" in kept) == (True, False, False)


async def test_another_sites_form_does_nothing(ada, bea, room):
    foreign = {"Sec-Fetch-Site": "cross-site"}
    for path in (
        "/chats/requests",
        f"/chats/{room}",
        f"/chats/{room}/leave",
        f"/chats/{room}/block",
        f"/chats/{room}/read",
    ):
        answer = await ada[0].post(
            path, data={"to": "bea", "message": "hi", "content": "hi", "seq": "1"}, headers=foreign
        )
        assert answer.status == 403
    assert (await ada[0].get(f"/chats/{room}")).status == 200
