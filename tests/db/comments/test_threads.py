"""Threads as readers see them: one level deep, in pages, without what is gone."""

import pytest

from db import comments, messages
from db.config import Comments
from db.messages import Heard
from db.writer import NewMessage
from tests.members import NOON
from tests.posted import later


@pytest.fixture
def settings():
    return Comments(moderation="none", per_minute=1000)


async def ids_of(brought, owner, *words):
    return [(await brought(owner, one)).message_id for one in words]


async def test_answers_to_answers_stand_under_the_same_comment_also_those_from_discord(
    store, owner, post, ada, brought, read
):
    first, second = await ids_of(brought, owner, "first", "second")
    answer = await brought(ada, "answer", reply_to=first)
    await brought(owner, "answer to the answer", reply_to=answer.message_id)
    await store.pool.execute("update messages set discord_id = 77 where id = $1", answer.message_id)
    heard = Heard(78, 5, "Mika", "Mika", "from Discord", later(60), reply_to_discord_id=77, channel_id=9)
    await messages.hear(store, post.room_id, [heard])
    assert await read() == [("first", ["answer", "answer to the answer", "from Discord"]), ("second", [])]
    page = await comments.thread(store.pool, post, ada.id, NOON, window=900)
    [top, mine, *others] = [page.comments[0], *page.comments[0].replies]
    assert [one.mine for one in (top, mine, *others)] == [False, True, False, False]
    assert (mine.may_edit_until, top.may_edit_until) == (later(900), None)
    assert others[-1].comment_id is None
    assert second


async def test_a_deleted_comment_stays_as_a_place_while_somebody_answers_there(store, owner, post, brought, read):
    first, second = await ids_of(brought, owner, "first", "second")
    answer = await brought(owner, "answer", reply_to=first)
    below = await brought(owner, "below", reply_to=answer.message_id)
    for one in (first, second, answer.message_id):
        comment_id = await store.pool.fetchval("select id from comments where message_id = $1", one)
        await comments.decide(store, comment_id, "delete", owner, NOON)
    assert await read() == [("", ["below"])]
    await comments.decide(store, below.id, "delete", owner, NOON)
    assert await read() == []


async def test_long_threads_come_in_pages_and_a_link_to_a_comment_finds_its_page(store, owner, post, brought, read):
    ids = await ids_of(brought, owner, *(f"c{number}" for number in range(7)))
    answer = (await brought(owner, "deep", reply_to=ids[1])).message_id

    async def page(before=None):
        return await comments.thread(store.pool, post, None, NOON, 3, before)

    newest = await page()
    assert ([one.message.content for one in newest.comments], newest.newer) == (["c4", "c5", "c6"], None)
    middle = await page(newest.older)
    assert [one.message.content for one in middle.comments] == ["c1", "c2", "c3"]
    oldest = await page(middle.older)
    assert ([one.message.content for one in oldest.comments], oldest.older) == (["c0"], None)
    assert [one.message.content for one in (await page(oldest.newer)).comments] == ["c1", "c2", "c3"]
    assert middle.newer == 0
    top, before = await comments.page_of(store.pool, post, answer, 3)
    assert top == ids[1]
    assert ids[1] in [one.message.id for one in (await page(before)).comments]
    assert await comments.page_of(store.pool, post, ids[6], 3) == (ids[6], None)
    assert await comments.page_of(store.pool, post, 10**9) is None
    assert [one.content for one in await comments.newest(store.pool, post.room_id, 2)] == ["deep", "c6"]
    assert await read(limit=2, before=ids[3]) == [("c1", ["deep"]), ("c2", [])]


async def test_of_many_answers_the_newest_are_shown_and_the_others_counted(store, owner, post, brought):
    [top] = await ids_of(brought, owner, "top")
    for number in range(5):
        await brought(owner, f"a{number}", reply_to=top)
    [one] = (await comments.thread(store.pool, post, None, NOON, replies=2)).comments
    assert ([answer.message.content for answer in one.replies], one.hidden) == (["a3", "a4"], 3)


async def test_what_discord_tells_of_its_thread_is_no_comment(store, owner, post, ada, read):
    told = NewMessage(ada.id, "discord", "pinned a message", NOON, discord_id=5, kind="system")
    await store.writers.of(post.room_id).put(told)
    assert await read() == []
    assert await store.pool.fetchval("select said from rooms where id = $1", post.room_id) == 0


async def test_a_thread_that_is_asked_for_is_shown_whole_and_the_others_are_not(store, owner, post, brought):
    tops = await ids_of(brought, owner, "one", "other")
    for number in range(6):
        await brought(owner, f"a{number}", reply_to=tops[number % 2])
    shown = (await comments.thread(store.pool, post, None, NOON, replies=1, whole=tops[0])).comments
    assert [(len(one.replies), one.hidden) for one in shown] == [(3, 0), (1, 2)]
