"""The form below a post as strangers get it, on a page that is drawn once for all of them."""

import re

import pytest

from db.events import PostsChanged
from db.limits import Looks, Window
from tests.members import member
from tests.posted import a_post
from web import make_app

SLUG = "first-light"


@pytest.fixture
async def post(store):
    return await a_post(store, await member(store, "ann", role="author"))


@pytest.fixture
async def enter(store, aiohttp_client):
    """A browser that nobody knows yet, at a process of the site of its own."""

    async def come():
        return await aiohttp_client(make_app(store))

    return come


async def opened(browser, path=f"/blog/{SLUG}"):
    """The page's tag and the hidden fields of its form."""
    async with browser.get(path) as answer:
        page = await answer.text()
        assert answer.status == 200, page
        marks = {name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in ("nonce", "stamp")}
        return answer.headers.get("ETag"), marks


async def send(browser, **form):
    async with browser.post(f"/blog/{SLUG}/comments", data=form, allow_redirects=False) as answer:
        assert answer.status == 303, await answer.text()


async def kept(store):
    rows = await store.pool.fetch("select author_id, content, held_for from comments order by id")
    return [tuple(row) for row in rows]


def a_while_passes(store):
    """Everybody has had the page before them for long enough."""
    store.limits.looks = Looks()


async def test_a_page_drawn_again_or_by_another_process_is_the_same_until_something_changes(store, post, enter):
    first, second = await enter(), await enter()
    before = await opened(first)
    store.live.announce(PostsChanged())
    async with first.get(f"/blog/{SLUG}", headers={"If-None-Match": before[0]}) as answer:
        assert answer.status == 304
    assert await opened(second) == before
    await store.pool.execute("update rooms set seq = seq + 1 where id = $1", post.room_id)
    store.live.announce(PostsChanged())
    assert (await opened(first))[1]["nonce"] != before[1]["nonce"]


async def test_who_writes_as_soon_as_the_page_is_there_is_a_machine_however_old_the_page(store, post, enter):
    quick, slow = await enter(), await enter()
    _, marks = await opened(quick)
    await send(quick, name="Quick", content="Buy lamps.", **marks)
    a_while_passes(store)
    await send(slow, name="Slow", content="A fine lamp.", **marks)
    assert [why for _, _, why in await kept(store)] == ["trap", "first"]


async def test_the_same_page_serves_several_comments_of_several_people(store, post, enter):
    ada, bob = await enter(), await enter()
    (_, marks), (_, same) = await opened(ada), await opened(bob)
    assert marks == same
    a_while_passes(store)
    for browser, name, words in ((ada, "Ada", "Yes."), (bob, "Bob", "Yes."), (ada, "", "And no."), (bob, "", "Yes.")):
        store.limits.comments = Window()
        await send(browser, name=name, content=words, **marks)
    (one, *_), (other, *_), (third, *_) = found = await kept(store)
    assert [words for _, words, _ in found] == ["Yes.", "Yes.", "And no."], "Bob's was sent twice, and is one"
    assert (one != other, one == third) == (True, True)


async def test_a_member_gets_a_form_of_their_own(store, post, enter):
    browser = await enter()
    _, marks = await opened(browser)
    a_while_passes(store)
    await send(browser, name="Ada", content="Hello.", **marks)
    own = [(await opened(browser))[1]["nonce"] for _ in range(2)]
    assert len({marks["nonce"], *own}) == 3


def test_a_look_is_the_first_one_for_an_hour_and_the_oldest_is_forgotten():
    looks = Looks(keys_max=2)
    for at in (0.0, 10.0):
        looks.note("ada", at)
    assert (looks.age("ada", 12.0), looks.age("bob", 12.0)) == (12.0, None)
    looks.note("ada", 4000.0)
    assert looks.age("ada", 4001.0) == 1.0
    for key in ("bob", "cy"):
        looks.note(key, 4002.0)
    assert looks.age("ada", 4003.0) is None
