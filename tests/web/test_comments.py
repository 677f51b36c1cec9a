"""Comments by form, as browsers without a script use them: what works, what is refused, and who sees what."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

import feedparser
import msgspec
import pytest
from yarl import URL

from db import comments, posts, rooms
from db.config import Comments
from db.limits import Limits
from db.moderators import Moderator
from tests.members import member
from tests.posted import a_post

JSON = {"Accept": "application/json"}


@pytest.fixture
def settings():
    return Comments(per_minute=1000)


@pytest.fixture
def config(config, settings):
    return msgspec.structs.replace(config, comments=settings)


@pytest.fixture
async def owner(store):
    return await member(store, "robin", owner=True)


@pytest.fixture
async def post(store, owner):
    now = datetime.now(UTC) - timedelta(hours=1)
    return await a_post(store, owner, published_at=now, created_at=now, updated_at=now)


def fields(page):
    """The hidden fields of the form on a page."""
    return {name: re.search(rf'name="{name}" value="([^"]*)"', page)[1] for name in ("nonce", "stamp")}


async def text(client, path, status=200):
    async with client.get(path) as answer:
        assert answer.status == status, await answer.text()
        return await answer.text()


async def send(client, store, path, **form):
    """The status, where it leads, and the page that came instead."""
    store.limits = Limits()
    async with client.post(path, data=form, allow_redirects=False) as answer:
        return answer.status, answer.headers.get("Location", ""), await answer.text()


async def read(client, store, post):
    """The form of somebody who has had the page open for a while."""
    kept = fields(await text(client, f"/blog/{post.slug}"))
    return kept | {"stamp": comments.stamp(store.secret_key, post.id, datetime.now(UTC) - timedelta(seconds=60))}


async def test_a_visitor_comments_sees_that_it_waits_and_everybody_sees_it_once_it_is_approved(
    store, owner, post, enter
):
    ada, stranger, robin = await enter(), await enter(), await enter(owner)
    form = await read(ada, store, post)
    status, way, _ = await send(ada, store, "/blog/first-light/comments", name="Ada", content="**hi** <b>", **form)
    assert (status, way) == (303, "/blog/first-light#waiting-1")
    own = await text(ada, "/blog/first-light")
    assert "waiting for approval" in own
    assert "<strong>hi</strong> &lt;b&gt;" in own
    assert "<strong>hi" not in await text(stranger, "/blog/first-light")
    assert "It waits because nothing of theirs was approved before" in await text(robin, "/blog/first-light")
    assert (await send(robin, store, "/comments/1/decide", decision="approve"))[0] == 303
    for reader in (stranger, ada):
        page = await text(reader, "/blog/first-light")
        assert 'id="comment-1"' in page
        assert "waiting for approval" not in page
        assert re.search(r'class="how-many">1<.*?noun">comment<', page)
    assert "Edit or delete<span" in await text(ada, "/blog/first-light")
    assert "Edit or delete<span" not in await text(stranger, "/blog/first-light")
    status, way, _ = await send(ada, store, "/blog/first-light/comments", content="again", **form)
    assert way == "/blog/first-light?comment=2#comment-2"


async def test_where_a_moderator_locked_the_comments_a_sentence_stands_in_place_of_the_form(store, owner, post, enter):
    ada = await enter()
    form = await read(ada, store, post)
    await send(ada, store, "/blog/first-light/comments", name="Ada", content="hi", **form)
    await comments.decide(store, 1, "approve", owner, datetime.now(UTC))
    guest = await enter()
    assert 'id="write"' in await text(guest, "/blog/first-light")
    for on in (True, False):
        await rooms.lock(store, Moderator(owner), post.room_id, datetime.now(UTC), on=on)
        for reader in (ada, guest):
            for path in ("/blog/first-light", "/blog/first-light/comments/1"):
                page = await text(reader, path)
                assert ("has closed the comments here for now" in page, 'id="write"' in page) == (on, not on)
        if on:
            status, _, page = await send(guest, store, "/blog/first-light/comments", name="Bob", content="kept", **form)
            assert (status, "kept</textarea>" in page) == (403, True)
    assert await store.pool.fetchval("select count(*) from people where name = 'Bob'") == 0


REFUSED = [
    ({"name": "Ada", "content": "  "}, 422, "Please write something first", "comment-error"),
    ({"name": "x", "content": "kept words"}, 422, "at least 2 letters", "comment-name-error"),
    ({"name": "Robin", "content": "kept words"}, 422, "belongs to the house", "comment-name-error"),
    ({"name": "Ada", "content": "kept words", "reply_to": "99"}, 422, "not here any more", "comment-error"),
]


@pytest.mark.parametrize(("form", "status", "sentence", "place"), REFUSED)
async def test_what_is_refused_stands_in_its_form_again_with_a_sentence_by_the_field(
    store, post, enter, form, status, sentence, place
):
    ada = await enter()
    got, _, page = await send(ada, store, "/blog/first-light/comments", **form, nonce="mine")
    assert got == status
    assert re.search(rf'id="{place}" role="alert">[^<]*{sentence}', page)
    assert form["content"].strip() in page
    assert 'value="mine"' in page


@pytest.mark.parametrize("settings", [Comments(per_minute=1, moderation="none")])
async def test_who_is_too_quick_is_told_how_long_to_wait_and_loses_nothing(store, post, enter, ada):
    browser = await enter(ada)
    await send(browser, store, "/blog/first-light/comments", content="one", nonce="1")
    async with browser.post("/blog/first-light/comments", data={"content": "two words", "nonce": "2"}) as answer:
        assert answer.status == 429
        assert re.search(r"wait \d+ s", page := await answer.text())
        assert "two words" in page


async def test_the_hidden_field_holds_a_comment_back_and_a_preview_keeps_nothing(store, owner, post, enter, ada):
    browser = await enter(ada)
    status, _, page = await send(browser, store, "/blog/first-light/comments", content="*look*", preview="1", nonce="n")
    assert status == 200
    assert "<em>look</em>" in page
    assert ">*look*</textarea>" in page
    assert await store.pool.fetchval("select count(*) from comments") == 0
    async with browser.post("/blog/first-light/comments", data={"content": "*a*", "preview": "1"}, headers=JSON) as got:
        assert await got.json() == {"html": "<em>a</em>"}
    form = await read(browser, store, post)
    assert (await send(browser, store, "/blog/first-light/comments", content="x", website="spam", **form))[0] == 303
    assert (await comments.get(store.pool, 1)).held_for == "trap"


async def test_a_reply_stands_below_what_it_answers_and_says_whom(store, owner, post, enter, ada):
    robin = await enter(owner)
    for words, to in (("first", ""), ("second", "1"), ("third", "2")):
        await send(robin, store, "/blog/first-light/comments", content=words, reply_to=to, nonce=words)
    page = await text(await enter(), "/blog/first-light")
    assert re.search(r'data-top="1".*?id="comment-1".*?class="replies".*?comment-2.*?comment-3', page, re.DOTALL)
    assert re.search(r'id="comment-3".*?answers <a href="#comment-2"', page, re.DOTALL)
    alone = await text(await enter(), "/blog/first-light/comments/2")
    assert 'name="reply_to" value="2"' in alone
    await text(await enter(), "/blog/first-light/comments/99", 404)
    await send(robin, store, "/comments/2/delete")
    await text(await enter(), "/blog/first-light/comments/2", 410)


async def test_an_author_edits_and_deletes_and_what_is_refused_keeps_the_words(store, post, enter, ada, bob):
    browser = await enter(ada)
    await send(browser, store, "/blog/first-light/comments", content="draf", nonce="1")
    assert (await send(browser, store, "/comments/1/edit", content="draft"))[:2] == (303, "/blog/first-light#waiting-1")
    assert "draft" in await text(browser, "/comments/1")
    await store.pool.execute("update comments set created_at = created_at - interval '16 minutes'")
    status, _, page = await send(browser, store, "/comments/1/edit", content="too late")
    assert (status, "too long ago" in page) == (422, True)
    for path in ("/comments/1/edit", "/comments/1/delete", "/comments/1/decide"):
        assert (await send(await enter(bob), store, path, content="x", decision="approve"))[0] == 404
    await store.pool.execute("update comments set created_at = now()")
    assert (await send(browser, store, "/comments/1/delete"))[0] == 303
    assert "draft" not in await text(browser, "/blog/first-light")


async def test_hearts_on_posts_and_comments_are_one_a_person_and_need_no_name(store, owner, post, enter):
    await send(await enter(owner), store, "/blog/first-light/comments", content="like me", nonce="1")
    visitor = await enter()
    for path in ("/blog/first-light/comments/1/like", "/blog/first-light/like"):
        for on, likes in (("1", 1), ("1", 1), ("0", 0), ("1", 1)):
            store.limits = Limits()
            async with visitor.post(path, data={"on": on}, headers=JSON) as answer:
                assert (answer.status, await answer.json()) == (200, {"likes": likes, "liked": on == "1"})
    page = await text(visitor, "/blog/first-light")
    assert page.count('aria-pressed="true"') == 2
    assert (await text(await enter(), "/blog/first-light")).count('class="votes">1<') == 2
    assert (await send(visitor, store, "/blog/first-light/like", on="0"))[0] == 303
    assert (await send(visitor, store, "/blog/first-light/comments/9/like", on="1"))[0] == 404


async def test_a_link_to_a_comment_of_a_long_thread_leads_to_its_page_and_from_there_to_the_others(
    store, owner, post, enter
):
    await store.pool.execute(
        """insert into messages (room_id, seq, author_id, source, nonce, content, created_at)
        select $1, n, $2, 'web', 'n' || n, 'words ' || n, now() from generate_series(1, 70) n""",
        post.room_id,
        owner.id,
    )
    await store.pool.execute("update rooms set seq = 70, said = 70 where id = $1", post.room_id)
    reader = await enter()
    newest = await text(reader, "/blog/first-light")
    shown = [int(one) for one in re.findall(r'<article[^>]* id="comment-(\d+)"', newest)]
    assert shown == list(range(46, 71))
    older = re.search(r'href="(/blog/first-light\?before=\d+)#comments">Older', newest)[1]
    page = await text(reader, older)
    assert [int(one) for one in re.findall(r'<article[^>]* id="comment-(\d+)"', page)] == list(range(21, 46))
    linked = await text(reader, "/blog/first-light?comment=5")
    assert 'id="comment-5"' in linked
    newer = re.search(r'href="(/blog/first-light[^"#]*)#comments">Newer', linked)[1]
    assert re.findall(r'<article[^>]* id="comment-(\d+)"', await text(reader, newer.replace("&amp;", "&")))
    assert "words 70" in await text(reader, "/blog/first-light?comment=nonsense")


async def test_a_closed_post_shows_what_was_said_and_no_form(store, owner, enter):
    closed = await a_post(store, owner, "closed", comments_days=0)
    page = await text(await enter(), f"/blog/{closed.slug}")
    assert "comments here are closed" in page
    assert 'name="content"' not in page
    draft = await a_post(store, owner, "draft", state="draft")
    for path in ("/comments", "/like"):
        assert (await send(await enter(owner), store, f"/blog/{draft.slug}{path}", content="x"))[0] == 404


async def test_the_feed_has_what_was_approved_whole_and_is_asked_for_once(store, owner, post, enter, ada):
    robin, reader = await enter(owner), await enter()
    await send(robin, store, "/blog/first-light/comments", content="first\n:) **whole**", nonce="1")
    await send(await enter(ada), store, "/blog/first-light/comments", content="waits", nonce="2")
    async with reader.get("/blog/first-light/comments.atom") as answer:
        assert answer.status == 200
        etag, feed = answer.headers["ETag"], feedparser.parse(await answer.read())
    assert not feed.bozo
    [entry] = feed.entries
    assert entry.title == "Robin on First light"
    assert entry.link == "http://localhost:8080/blog/first-light?comment=1#comment-1"
    assert "<strong>whole</strong>" in entry.content[0].value
    async with reader.get("/blog/first-light/comments.atom", headers={"If-None-Match": etag}) as answer:
        assert answer.status == 304
    async with reader.get("/blog/first-light/comments.atom", headers={"Accept": "text/html"}) as answer:
        assert answer.content_type == "text/xml"
        assert '<?xml-stylesheet type="text/css" href="/static/' in await answer.text()


async def test_open_pages_are_told_what_comes_changes_and_goes_drawn_for_anybody(store, owner, post, enter, ada):
    robin, reader = await enter(owner), await enter()
    await send(robin, store, "/blog/first-light/comments", content="before", nonce="0")
    async with reader.ws_connect("/ws/blog/first-light?after=0") as ws, asyncio.timeout(5):
        hello = await ws.receive_json()
        assert [one["type"] for one in hello["changes"]] == ["comment", "count"]
        await send(robin, store, "/blog/first-light/comments", content="<i>news</i>", reply_to="1", nonce="1")
        told, count = await ws.receive_json(), await ws.receive_json()
        assert (told["type"], told["id"], told["top"], count["count"]) == ("comment", "2", "1", 2)
        assert "&lt;i&gt;news" in told["html"]
        assert "Moderate" not in told["html"]
        await send(robin, store, "/comments/2/delete")
        assert (await ws.receive_json())["type"] == "comment_delete"
        assert (await ws.receive_json())["count"] == 1
        await ws.send_json({"type": "send", "nonce": "x", "content": "not here"})
        assert (await ws.receive_json())["code"] == "bad_frame"
    async with reader.get("/ws/blog/nothing") as answer:
        assert answer.status == 404


async def test_who_has_commented_is_not_told_what_a_post_is_called_that_was_taken_back(store, owner, post, enter, ada):
    browser = await enter(ada)
    await send(browser, store, "/blog/first-light/comments", content="hello", nonce="1")
    await posts.unpublish(store, owner, post.id, datetime.now(UTC))
    await store.pool.execute("update posts set title = 'Not for you'")
    await text(browser, "/comments/1", 404)
    assert "Not for you" in await text(await enter(owner), "/comments/1")


async def test_the_owner_is_asked_again_when_a_comment_was_changed_while_they_read(store, owner, post, enter, ada):
    browser, robin = await enter(ada), await enter(owner)
    await send(browser, store, "/blog/first-light/comments", content="harmless", nonce="1")
    [seen] = re.findall(r'name="seen" value="([^"]*)"', await text(robin, "/blog/first-light"))
    await send(browser, store, "/comments/1/edit", content="abuse")
    status, _, page = await send(robin, store, "/comments/1/decide", decision="approve", seen=seen)
    assert (status, "while you were reading" in page, "abuse" in page) == (422, True, True)
    [seen] = re.findall(r'name="seen" value="([^"]*)"', page)
    assert (await send(robin, store, "/comments/1/decide", decision="approve", seen=seen))[0] == 303


@pytest.mark.parametrize(
    "path", ["/blog/%00/card.png", "/blog/%00/comments.atom", "/blog/%00/comments/1", "/ws/blog/%00"]
)
async def test_an_address_that_no_database_takes_is_not_found(enter, path):
    async with (await enter()).get(URL(path, encoded=True)) as answer:
        assert answer.status == 404
