"""The page of one message: to be linked to, and without a script the way to answer, change, take back and react."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from db import messages, people, rooms
from web import make_app

LATER = timedelta(hours=1)


@pytest.fixture
async def ada(store, aiohttp_client):
    """Ada's browser."""
    visitor = await aiohttp_client(make_app(store))
    await visitor.post("/hangout/join", data={"name": "Ada"})
    return visitor


@pytest.fixture
async def room(store):
    return (await rooms.by_slug(store.pool, rooms.HANGOUT)).id


async def said(store, room, content, name="Mika", **more):
    found = await store.pool.fetchval("select id from people where name = $1", name)
    person = await people.get(store.pool, found) if found else await people.add_visitor(store.pool, name)
    now = datetime.now(UTC)
    return await messages.say(store, room, person, content, content, now, network=content, **more)


async def words(store, room):
    return [one.content for one in (await messages.newest(store.pool, room, 50))[1]]


async def test_a_stranger_may_read_it_and_is_told_how_to_answer(store, room, aiohttp_client):
    one = await said(store, room, "good **evening**")
    visitor = await aiohttp_client(make_app(store))
    answer = await visitor.get(f"/hangout/messages/{one.id}")
    page = await answer.text()
    assert (answer.status, "<strong>evening</strong>" in page, "choose a name" in page) == (200, True, True)
    assert "<textarea" not in page


async def test_only_ones_own_can_be_changed_and_only_in_time(store, room, ada):
    mine, theirs = await said(store, room, "mine", "Ada"), await said(store, room, "theirs")
    own = await (await ada.get(f"/hangout/messages/{mine.id}")).text()
    assert (f"/{mine.id}/edit" in own, f"/{mine.id}/delete" in own) == (True, True)
    other = await (await ada.get(f"/hangout/messages/{theirs.id}")).text()
    assert (f"/{theirs.id}/edit" in other, f"/{theirs.id}/delete" in other, "Your reply" in other) == (
        False,
        False,
        True,
    )
    await store.pool.execute("update messages set created_at = created_at - $1::interval", LATER)
    late = await (await ada.get(f"/hangout/messages/{mine.id}")).text()
    assert (f"/{mine.id}/edit" in late, f"/{mine.id}/delete" in late) == (False, True)


async def test_an_edit_leads_back_to_the_message(store, room, ada):
    one = await said(store, room, "frist", "Ada")
    answer = await ada.post(f"/hangout/messages/{one.id}/edit", data={"content": "first"}, allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, f"/hangout#m{one.id}")
    assert await words(store, room) == ["first"]


async def test_a_refused_edit_keeps_what_was_typed(store, room, ada):
    one = await said(store, room, "short", "Ada")
    answer = await ada.post(f"/hangout/messages/{one.id}/edit", data={"content": "<" + "x" * 2000})
    page = await answer.text()
    assert (answer.status, "2,001 characters" in page, "&lt;" + "x" * 2000 in page) == (422, True, True)
    assert await words(store, room) == ["short"]


async def test_a_refused_reply_keeps_what_was_typed_and_what_it_answers(store, room, ada):
    one = await said(store, room, "hello")
    form = {"content": "x" * 2001, "nonce": "n", "reply_to": str(one.id)}
    answer = await ada.post("/hangout", data=form)
    page = await answer.text()
    assert (answer.status, "x" * 2001 in page, f'name="reply_to" value="{one.id}"' in page) == (422, True, True)
    answer = await ada.post("/hangout", data=form | {"content": "hello you"}, allow_redirects=False)
    assert answer.status == 303
    assert (await messages.newest(store.pool, room, 1))[1][0].reply_to.id == one.id


async def test_what_was_deleted_says_so_with_410_and_what_never_was_with_404(store, room, ada):
    one = await said(store, room, "oops", "Ada")
    answer = await ada.post(f"/hangout/messages/{one.id}/delete", allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/hangout")
    gone = await ada.get(f"/hangout/messages/{one.id}")
    assert (gone.status, "oops" in await gone.text()) == (410, False)
    for number in ("999", "9" * 30):
        assert (await ada.get(f"/hangout/messages/{number}")).status == 404


async def test_reactions_are_given_and_taken_back_by_form(store, room, ada):
    one = await said(store, room, "hello")
    address = f"/hangout/messages/{one.id}"
    for on, pressed in (("1", ["true"]), ("0", []), ("1", ["true"])):
        await ada.post(f"{address}/react", data={"emoji": "👍", "on": on})
        for page in (address, "/hangout"):
            assert re.findall(r'aria-pressed="(\w+)"', await (await ada.get(page)).text()) == pressed


@pytest.mark.parametrize(
    ("act", "form", "status"),
    [("edit", {"content": "mine now"}, 403), ("delete", {}, 403), ("react", {"emoji": "no emoji"}, 422)],
)
async def test_what_may_not_be_done_is_refused_on_the_messages_page_or_in_json(store, room, ada, act, form, status):
    one = await said(store, room, "theirs")
    address = f"/hangout/messages/{one.id}/{act}"
    answer = await ada.post(address, data=form)
    page = await answer.text()
    assert (answer.status, "theirs" in page, 'role="alert"></p>' in page) == (status, True, False)
    answer = await ada.post(address, data=form, headers={"Accept": "application/json"})
    assert (answer.status, set((await answer.json())["error"])) == (status, {"code", "message"})
    assert await words(store, room) == ["theirs"]


@pytest.mark.parametrize("act", ["edit", "delete", "react"])
async def test_nobody_without_a_name_does_anything_and_nothing_is_done_to_nothing(
    store, room, ada, aiohttp_client, act
):
    one = await said(store, room, "hello")
    stranger = await aiohttp_client(make_app(store))
    form = {"content": "bye", "emoji": "👍"}
    answer = await stranger.post(f"/hangout/messages/{one.id}/{act}", data=form)
    assert (answer.status, "choose a name first" in await answer.text()) == (422, True)
    assert (await ada.post(f"/hangout/messages/999/{act}", data=form)).status == 404
    assert await words(store, room) == ["hello"]


async def test_a_change_by_form_answers_in_json_who_asks_for_it(store, room, ada):
    one = await said(store, room, "one", "Ada")
    json = {"Accept": "application/json"}
    answer = await ada.post(f"/hangout/messages/{one.id}/edit", data={"content": "two"}, headers=json)
    assert await answer.json() == {"id": str(one.id), "seq": one.seq + 1}
