"""Reporting from the pages, without a script: a form for whatever anybody can read, and a word of thanks."""

import re
from datetime import UTC, datetime

import pytest

from db import messages
from db.limits import Bucket
from tests.posted import a_post
from web import make_app


@pytest.fixture
async def client(store, aiohttp_client):
    return await aiohttp_client(make_app(store))


@pytest.fixture
async def bad(store, bob):
    return await messages.say(store, 1, bob, "bad <b>words</b>", "n", datetime.now(UTC), network="")


async def page_of(client, path):
    answer = await client.get(path)
    assert answer.status == 200
    return await answer.text()


async def test_a_stranger_reports_a_message_from_its_page(store, client, bad):
    here = f"/report/message/{bad.id}"
    assert f'href="{here}"' in await page_of(client, f"/hangout/messages/{bad.id}")
    page = await page_of(client, here)
    assert "bad &lt;b&gt;words&lt;/b&gt;" in page
    assert f'action="{here}"' in page
    for _ in range(2):
        answer = await client.post(here, data={"reason": "rude"}, allow_redirects=False)
        assert (answer.status, answer.headers["Location"]) == (303, "/report/thanks")
    assert "Thank you" in await page_of(client, "/report/thanks")
    [row] = await store.pool.fetch("select kind, subject_id, reason, reporter_id from reports")
    assert tuple(row) == ("message", bad.id, "rude", None)


async def test_what_is_refused_comes_back_with_what_was_typed(store, client, bad):
    answer = await client.post(f"/report/message/{bad.id}", data={"reason": f"<{'x' * 500}>"})
    page = await answer.text()
    assert answer.status == 422
    assert f"&lt;{'x' * 500}&gt;</textarea>" in page
    assert re.search(r'id="reason-error" role="alert">\w', page)


async def test_who_reports_too_much_is_told_when_to_come_back(store, client, bob):
    per_day = store.config.mod.reports_per_day
    answers = []
    for number in range(per_day + 1):
        store.limits.people = Bucket()
        one = await messages.say(store, 1, bob, f"words {number}", f"n{number}", datetime.now(UTC), network=f"{number}")
        answer = await client.post(f"/report/message/{one.id}", data={}, allow_redirects=False)
        answers.append(answer.status)
    assert answers == [303] * per_day + [429]
    assert "Please come back tomorrow" in await answer.text()


async def test_comments_and_profiles_have_their_own_and_what_is_not_there_has_none(store, client, ada, bob):
    post = await a_post(store, ada)
    one = await messages.say(store, post.room_id, bob, "spam", "n", datetime.now(UTC), network="", is_open=False)
    for path, here in (
        (f"/blog/{post.slug}", f"/report/comment/{one.id}"),
        ("/people/bob", f"/report/profile/{bob.id}"),
    ):
        assert f'href="{here}"' in await page_of(client, path)
        back = re.search(r'<a href="([^"]+)">Back</a>', await page_of(client, here))
        assert back
        assert back[1].startswith(path)
        assert (await client.post(here, data={}, allow_redirects=False)).status == 303
    for missing in (f"message/{one.id}", "comment/999", "profile/999", "profile/99999999999999999999", "chat/1"):
        assert (await client.get(f"/report/{missing}")).status == 404
        assert (await client.post(f"/report/{missing}", data={})).status == 404
    assert await store.pool.fetchval("select array_agg(kind order by id) from reports") == ["comment", "profile"]
