"""The search: posts for everybody, what was said in the hangout for members, and nothing that is not out."""

from datetime import UTC, datetime

import pytest

from db import messages, people
from tests.members import signed_in
from tests.posted import a_post

ROOM = 1


async def written(store, ann, slug, title, plain, **more):
    await a_post(store, ann, slug, title=title, plain=plain, **more)
    await store.pool.execute(
        """update posts set search = setweight(to_tsvector('site_english', title), 'A')
            || setweight(to_tsvector('site_english', plain), 'C') where slug = $1""",
        slug,
    )


async def read(reader, path, status=200, **more):
    answer = await reader.get(path, **more)
    assert answer.status == status, path
    return await answer.text()


async def test_words_are_found_and_shown_where_they_stand(store, ann, reader):
    await written(store, ann, "lamp", "The lamp", "A café & its lamps.")
    await written(store, ann, "draft", "A lamp that is not lit", "lamp", state="draft")
    page = await read(reader, "/search?q=Cafe lamps")
    assert ("1 post<" in page, 'href="/blog/lamp"' in page, "/blog/draft" in page) == (True, True, False)
    assert "<mark>café</mark> &amp; its <mark>lamps</mark>" in page
    assert 'value="Cafe lamps"' in page


async def test_what_is_found_goes_on_from_page_to_page(store, ann, reader):
    for number in range(12):
        await written(store, ann, f"post-{number}", f"Post {number}", "lamp")
    assert (await read(reader, "/search?q=lamp")).count('href="/blog/post-') == 10
    last = await read(reader, "/search?q=lamp&page=2")
    assert (last.count('href="/blog/post-'), 'href="/search?q=lamp"' in last) == (2, True)
    for page in ("3", "0", "x"):
        await read(reader, f"/search?q=lamp&page={page}", 404)


async def test_a_slip_of_the_pen_gets_a_suggestion(store, ann, reader):
    await written(store, ann, "lighthouse", "The lighthouse keeper", "Words.")
    page = await read(reader, "/search?q=lighthuose keeper")
    assert 'Did you mean <a href="/search?q=The+lighthouse+keeper">' in page


@pytest.mark.parametrize("asked", ["", "   ", "%00", "!*:&|()", "%22", "-", "<script>", "x" * 3000, "%F0%9F%8F%AE"])
async def test_whatever_is_asked_for_is_answered(reader, asked):
    page = await read(reader, f"/search?q={asked}")
    assert ("<script>" in page, 'name="q"' in page) == (False, True)


async def test_members_also_find_what_was_said_in_the_hangout(store, ann, reader):
    visitor = await people.add_visitor(store.pool, "Bea")
    await messages.say(store, ROOM, ann, "an owl, ||a secret owl||", "n", datetime.now(UTC), network="n")
    for person, finds in ((ann, True), (visitor, False), (None, False)):
        cookies = await signed_in(store, person) if person else {}
        page = await read(reader, "/search?q=owl", cookies=cookies)
        assert ("<mark>owl</mark>" in page) is finds
        assert "a secret" not in page


@pytest.mark.usefixtures("in_one_moment")
async def test_looking_for_everything_takes_its_time(store, reader):
    statuses = [(await reader.get(f"/search?q={number}")).status for number in range(21)]
    assert statuses == [200] * 20 + [429]
    assert (await reader.get("/search")).status == 200
