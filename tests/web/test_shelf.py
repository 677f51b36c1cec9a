"""The shelf: pages are drawn once, sent as the same bytes to all, drawn again when they changed, and nobody's own."""

import asyncio
import gzip
from datetime import UTC, datetime, timedelta

import brotli
import pytest

from db import people
from db.errors import NotFound
from db.events import Behind, Changed, Missed, PersonChanged, PostsChanged
from tests.members import signed_in
from tests.posted import a_post
from web import _blog_pages, keys, make_app
from web.sheets import Drawn
from web.shelf import Shelf

ROOM = 1


@pytest.fixture
async def reader(store, aiohttp_client):
    return await aiohttp_client(make_app(store), auto_decompress=False)


@pytest.fixture
def drawings(monkeypatch):
    """How often the list of posts was read for a page."""
    counted = []
    whole = _blog_pages.of_list

    async def of_list(*args, **more):
        counted.append(args)
        await asyncio.sleep(0)
        return await whole(*args, **more)

    monkeypatch.setattr(_blog_pages, "of_list", of_list)
    return counted


async def test_a_page_is_sent_as_it_lies_there_in_the_shortest_form_that_is_taken(store, ann, reader):
    await a_post(store, ann, html="<p>Words and words.</p>" * 100)
    plain = await reader.get("/blog/first-light", headers={"Accept-Encoding": "identity"})
    body = await plain.read()
    sent = {"br": brotli.decompress, "gzip": gzip.decompress}
    for accepted, encoding in (("gzip, br", "br"), ("gzip", "gzip"), ("br;q=0, gzip;q=0.5", "gzip")):
        answer = await reader.get("/blog/first-light", headers={"Accept-Encoding": accepted})
        raw = await answer.read()
        assert answer.headers["Content-Encoding"] == encoding
        assert (sent[encoding](raw), len(raw) < len(body) / 2) == (body, True)
        assert answer.headers["ETag"] != plain.headers["ETag"]
    refused = await reader.get("/blog/first-light", headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers
    assert plain.headers["Cache-Control"] == "public, no-cache"
    assert {one.strip() for one in plain.headers["Vary"].split(",")} == {"Cookie", "Accept-Encoding"}
    head = await reader.head("/blog/first-light", headers={"Accept-Encoding": "identity"})
    assert (head.headers["Content-Length"], await head.read()) == (str(len(body)), b"")


async def test_who_has_it_already_is_told_so(store, ann, reader):
    await a_post(store, ann)
    first = await reader.get("/blog/first-light")
    again = await reader.get("/blog/first-light", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, await again.read()) == (304, b"")
    assert [again.headers[name] for name in ("ETag", "Vary", "Cache-Control")] == [
        first.headers[name] for name in ("ETag", "Vary", "Cache-Control")
    ]
    await store.pool.execute("update posts set html = '<p>Others</p>'")
    store.live.announce(PostsChanged())
    other = await reader.get("/blog/first-light", headers={"If-None-Match": first.headers["ETag"]})
    assert other.status == 200


async def test_many_who_ask_at_once_have_it_drawn_once(store, ann, reader, drawings):
    await asyncio.gather(*(reader.get("/blog") for _ in range(8)))
    await reader.get("/blog")
    assert len(drawings) == 1


async def test_it_is_drawn_again_when_something_changed_and_not_before(store, ann, reader, drawings):
    post = await a_post(store, ann)
    await reader.get("/blog")
    for event in (PostsChanged(post.id), PostsChanged(), PersonChanged(ann)):
        store.live.announce(event)
        await reader.get("/blog")
        await reader.get("/blog")
    assert len(drawings) == 4


async def test_a_comment_changes_the_pages_and_what_is_said_in_the_hangout_does_not(store, ann, reader, drawings):
    post = await a_post(store, ann)
    await reader.get("/blog")
    for number, (room, drawn) in enumerate(((ROOM, 1), (post.room_id, 2), (post.room_id, 3), (ROOM, 3))):
        store.live.announce(Changed(room, number, "create", None))
        await reader.get("/blog")
        assert len(drawings) == drawn


async def test_what_another_process_did_without_a_word_is_seen_when_news_may_have_been_missed(
    store, ann, reader, drawings
):
    post = await a_post(store, ann)
    store.live.announce(Missed())
    await reader.get("/blog")
    for _ in range(2):
        store.live.announce(Missed())
        await reader.get("/blog")
    assert len(drawings) == 1
    for change in (
        f"update posts set likes = 1 where id = {post.id}",
        f"update rooms set seq = seq + 1 where id = {post.room_id}",
        f"update people set name = 'Anna' where id = {ann.id}",
        "insert into projects (name, created_at) values ('Porch', now())",
    ):
        before = len(drawings)
        await store.pool.execute(change)
        store.live.announce(Missed())
        await reader.get("/blog")
        assert len(drawings) == before + 1, change


async def test_a_room_that_fell_behind_is_looked_at(store, ann, reader, drawings):
    post = await a_post(store, ann)
    store.live.announce(Behind(post.room_id))
    await reader.get("/blog")
    store.live.announce(Missed())
    await reader.get("/blog")
    drawn = len(drawings)
    await store.pool.execute("update rooms set seq = seq + 1 where id = $1", post.room_id)
    store.live.announce(Behind(post.room_id))
    await reader.get("/blog")
    assert len(drawings) == drawn + 1


async def test_a_scheduled_post_is_there_as_soon_as_its_time_has_come(store, ann, reader, monkeypatch):
    soon = datetime.now(UTC) + timedelta(seconds=30)
    await a_post(store, ann, "soon", state="scheduled", published_at=soon)
    assert "/blog/soon" not in await (await reader.get("/blog", headers={"Accept-Encoding": "identity"})).text()

    class Later(datetime):
        @classmethod
        def now(cls, tz=None):  # noqa: ARG003
            return soon + timedelta(seconds=1)

    monkeypatch.setattr("web.shelf.datetime", Later)
    monkeypatch.setattr("web._blog_pages.datetime", Later)
    assert "/blog/soon" in await (await reader.get("/blog", headers={"Accept-Encoding": "identity"})).text()


# Whose it is


async def test_who_has_come_in_gets_the_same_page_with_what_is_theirs_and_nobody_else_does(store, ann, reader):
    await a_post(store, ann)
    how = {"headers": {"Accept-Encoding": "identity"}}
    eve = await people.add_visitor(store.pool, "Eve-the-visitor")
    own = await reader.get("/blog/first-light", cookies=await signed_in(store, ann), **how)
    page = await own.text()
    assert ('action="/logout"' in page, "notes.js" in page, "<p>Words.</p>" in page) == (True, True, True)
    assert (own.headers["Cache-Control"], "ETag" in own.headers) == ("no-store", False)
    strange = await reader.get("/blog/first-light", **how)
    told = await strange.text()
    assert ('action="/logout"' in told, "/write/" in told, 'href="/login"' in told) == (False, False, True)
    visitor = await reader.get("/blog/first-light", cookies=await signed_in(store, eve), **how)
    assert visitor.headers["Cache-Control"] == "no-store"


async def test_the_theme_and_the_lamp_are_the_readers_and_todays(store, ann, reader):
    how = {"headers": {"Accept-Encoding": "identity"}}
    assert 'data-theme="system" data-lamp="offline"' in await (await reader.get("/blog", **how)).text()
    assert 'data-theme="dark"' in await (await reader.get("/blog", cookies={"theme": "dark"}, **how)).text()
    store.presence.owner = "online"
    assert 'data-lamp="online"' in await (await reader.get("/blog", **how)).text()


# By itself


async def drawn(body=b"x" * 1000):
    return Drawn(body, "text/plain")


async def test_the_oldest_makes_room_for_the_newest(store):
    shelf = Shelf(store, bytes_max=10_000)
    for number in range(20):
        await shelf.find(number, drawn)
    assert shelf._bytes <= 10_000
    assert shelf._bytes == sum(place.sheet.size for place in shelf._places.values())
    assert list(shelf._places)[-1] == 19


async def test_while_the_database_is_away_what_lies_there_is_shown(store, ann, reader):
    await a_post(store, ann)
    shown = await (await reader.get("/blog/first-light")).read()
    store.live.announce(PostsChanged())
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(store, "pool", Away())
        answer = await reader.get("/blog/first-light")
        assert (answer.status, await answer.read()) == (200, shown)
        assert (await reader.get("/blog/archive/2026")).status == 503


class Away:
    def __getattr__(self, name):
        raise ConnectionRefusedError


async def test_what_is_gone_does_not_lie_there_any_more(store):
    shelf = Shelf(store)
    await shelf.find("one", drawn)
    shelf.hear(PostsChanged())

    async def gone():
        raise NotFound

    with pytest.raises(NotFound):
        await shelf.find("one", gone)
    assert (shelf._bytes, len(shelf._places)) == (0, 0)


async def test_what_changed_while_it_was_drawn_is_drawn_again(store):
    shelf, bodies = Shelf(store), [b"new", b"old"]

    async def draw():
        if len(bodies) == 2:
            shelf.hear(PostsChanged())
        return Drawn(bodies.pop(), "text/plain")

    assert (await shelf.find("one", draw)).body == b"old"
    assert (await shelf.find("one", draw)).body == b"new"


async def test_a_reader_who_leaves_does_not_end_the_drawing_for_the_others(store):
    shelf, go_on = Shelf(store), asyncio.Event()

    async def slow():
        await go_on.wait()
        return await drawn()

    first = asyncio.create_task(shelf.find("one", slow))
    second = asyncio.create_task(shelf.find("one", slow))
    while not shelf._drawing:
        await asyncio.sleep(0)
    first.cancel()
    go_on.set()
    assert (await second).body == b"x" * 1000


async def test_the_site_has_one_shelf_that_hears_the_news_while_it_is_up(store, reader):
    shelf = reader.app[keys.SHELF]
    before = shelf._turn
    store.live.announce(PostsChanged())
    assert shelf._turn == before + 1


async def test_what_many_pages_need_is_read_once_a_turn(store):
    shelf, read = Shelf(store), []

    async def count():
        read.append(1)
        return len(read)

    assert [await shelf.recall("count", count) for _ in range(3)] == [1, 1, 1]
    shelf.hear(PostsChanged())
    assert await shelf.recall("count", count) == 2


async def test_what_somebody_writes_behind_an_address_does_not_have_a_post_drawn_again(store, ann, reader):
    await a_post(store, ann)
    tags = set()
    for mark in ("", "?utm_source=x", "?1"):
        async with reader.get(f"/blog/first-light{mark}") as answer:
            tags.add(answer.headers["ETag"])
    assert len(tags) == 1
