"""The shut door, and the word on every page."""

import pytest

from db import house as houses
from db.moderators import Moderator
from tests.members import NOON, member
from tests.web.wire import Socket

SENTENCE = "Painting the fence until five."


@pytest.fixture
async def robin(store):
    return await member(store, "robin", "Robin", role="author", owner=True)


@pytest.fixture
def by(robin):
    return Moderator(robin)


@pytest.mark.parametrize("path", ["/", "/blog", "/hangout", "/feed.atom", "/api/v1/rooms/hangout/messages", "/nowhere"])
async def test_strangers_and_members_are_told_to_come_back(enter, store, by, ada, path):
    await houses.close(store, by, NOON, on=True, sentence=SENTENCE)
    for person in (None, ada):
        async with (await enter(person)).get(path) as answer:
            assert answer.status == 503
            assert int(answer.headers["Retry-After"]) >= 60
            assert SENTENCE in await answer.text()


async def test_the_owner_comes_in_and_the_way_in_stays_open(enter, store, by, robin):
    await houses.close(store, by, NOON, on=True)
    async with (await enter(robin)).get("/hangout") as answer:
        assert answer.status == 200
    stranger = await enter()
    for path in ("/login", "/healthz", "/static/base.css", "/robots.txt"):
        async with stranger.get(path) as answer:
            assert answer.status == 200, path


async def test_nothing_is_said_through_a_shut_door_and_all_goes_on_when_it_opens(enter, store, by, ada):
    client = await enter(ada)
    await houses.close(store, by, NOON, on=True)
    form = {"content": "hello", "nonce": "n1"}
    async with client.post("/hangout", data=form) as answer:
        assert answer.status == 503
    assert await store.pool.fetchval("select count(*) from messages") == 0
    await houses.close(store, by, NOON, on=False)
    async with client.post("/hangout", data=form) as answer:
        assert answer.status == 200
    assert await store.pool.fetchval("select count(*) from messages") == 1


async def test_open_sockets_are_closed_but_for_the_owners(enter, store, by, robin, ada):
    sockets = []
    for person in (ada, None, robin):
        sockets.append(Socket(await (await enter(person)).ws_connect("/ws/hangout")))
        await sockets[-1].next("hello")
    await houses.close(store, by, NOON, on=True)
    assert [await socket.closed() for socket in sockets[:2]] == [1012, 1012]
    await sockets[2].send(type="ping")
    await sockets[2].next("pong")


async def test_a_word_stands_on_every_page_also_on_kept_ones_until_it_is_taken_away(enter, store, by):
    stranger = await enter()
    for words in ("Back on <b>Monday</b>.", ""):
        await houses.tell(store, by, words, NOON)
        for path in ("/", "/blog", "/hangout"):
            async with stranger.get(path) as answer:
                assert ("Back on &lt;b&gt;Monday&lt;/b&gt;." in await answer.text()) == bool(words), path


async def test_what_is_set_holds_for_the_next_form(enter, store, by):
    stranger = await enter()
    async with stranger.get("/stats", allow_redirects=False) as answer:
        assert answer.status == 303
    await houses.adjust(store, by, "analytics.public", "true", NOON)
    async with stranger.get("/stats", allow_redirects=False) as answer:
        assert answer.status == 200
    await houses.adjust(store, by, "accounts.registration", "closed", NOON)
    async with stranger.get("/register") as answer:
        assert "Nobody new can register here for now" in await answer.text()
