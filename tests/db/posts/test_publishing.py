"""Posts as they come out and go again: at once, in time, once; and what belongs to them."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from db import comments, posts
from db.config import Discord
from db.errors import AWAY, NotFound, Refused
from db.events import NoticeDue, PostsChanged
from db.posts import Draft, Gone
from tests.members import NOON

LATER, LATEST = NOON + timedelta(hours=1), NOON + timedelta(hours=2)
CHANNELS = Discord(token="t" * 30, announce_channel_id=11, comments_channel_id=12)


@pytest.fixture
async def post(store, owner):
    return await posts.create(store, owner, Draft("Lamp oil", "It burns.", tags=("oil",)), NOON, source="web")


async def notices(store):
    rows = await store.pool.fetch("select post_id, kind, channel_id, state from post_notices order by kind")
    return [tuple(row) for row in rows]


async def test_publishing_brings_a_post_out_with_a_room_and_its_notices_and_tells_of_it_once(store, owner, post):
    store.config = replace_discord(store, CHANNELS)
    heard = []
    store.live.add(heard.append)
    out = await posts.publish(store, owner, post.id, LATER)
    assert (out.state, out.published_at, out.updated_at) == ("published", LATER, LATER)
    assert await store.pool.fetchval("select kind from rooms where id = $1", out.room_id) == "comments"
    assert await notices(store) == [(post.id, "announcement", 11, "due"), (post.id, "thread", 12, "due")]
    assert heard == [PostsChanged(post.id), NoticeDue()]
    again = await posts.publish(store, owner, post.id, LATEST)
    assert (again.published_at, again.room_id, len(await notices(store))) == (LATER, out.room_id, 2)


async def test_what_is_cut_off_in_the_middle_was_never_begun(store, owner, post, monkeypatch):
    """The notices are the last thing that is written: whatever ends the transaction there, nothing of it is left."""
    store.config = replace_discord(store, CHANNELS)
    heard = []
    store.live.add(heard.append)
    await posts.publish(
        store, owner, (await posts.create(store, owner, Draft("B", "x"), NOON, source="web")).id, NOON, at=LATER
    )
    heard.clear()

    async def cut(conn, *_):
        await conn.execute("select pg_terminate_backend(pg_backend_pid())")

    monkeypatch.setattr("db.posts._publishing.put_notices", cut)
    for act in (posts.publish(store, owner, post.id, LATER), posts.come_due(store, LATER)):
        with pytest.raises(AWAY):
            await act
    assert [one.state for one in await posts.drafts_of(store.pool, owner)] == ["scheduled", "draft"]
    assert (await posts.get(store.pool, post.id)).room_id is None
    assert (await notices(store), heard) == ([], [])
    monkeypatch.undo()
    assert len(await posts.come_due(store, LATER)) == 1
    assert len(await notices(store)) == 2


def replace_discord(store, discord):
    return type(store.config)(
        **{name: getattr(store.config, name) for name in store.config.__struct_fields__ if name != "discord"},
        discord=discord,
    )


async def test_a_scheduled_post_is_there_when_its_time_has_come_and_is_told_of_exactly_once(store, owner, post):
    store.config = replace_discord(store, CHANNELS)
    scheduled = await posts.publish(store, owner, post.id, NOON, at=LATER)
    assert (scheduled.state, scheduled.published_at, posts.is_out(scheduled, NOON)) == ("scheduled", LATER, False)
    assert await posts.next_due(store.pool, NOON) == LATER
    assert await posts.listed(store.pool, NOON, 10) == [] == await posts.come_due(store, NOON)
    assert await notices(store) == []
    assert posts.is_out(scheduled, LATER)
    assert [one.id for one in await posts.listed(store.pool, LATER, 10)] == [post.id]
    turns = await asyncio.gather(*(posts.come_due(store, LATEST) for _ in range(4)))
    assert sorted(turns) == [[], [], [], [post.id]]
    out = await posts.get(store.pool, post.id)
    assert (out.state, out.published_at, out.updated_at) == ("published", LATER, LATER)
    assert [state for *_, state in await notices(store)] == ["due", "due"]
    assert await posts.next_due(store.pool, NOON) is None


async def test_the_first_day_of_a_post_stays_when_it_goes_and_comes_again(store, owner, post):
    await posts.publish(store, owner, post.id, NOON)
    hidden = await posts.unpublish(store, owner, post.id, LATER)
    assert (hidden.state, posts.is_out(hidden, LATER)) == ("draft", False)
    with pytest.raises(Refused, match="been out"):
        await posts.publish(store, owner, post.id, LATER, at=LATEST)
    back = await posts.publish(store, owner, post.id, LATEST)
    assert back.published_at == NOON
    await posts.unlist(store, owner, post.id, LATEST)
    assert await posts.listed(store.pool, LATEST, 10) == []


async def test_a_plan_that_is_given_up_leaves_no_first_day(store, owner, post):
    await posts.publish(store, owner, post.id, NOON, at=LATER)
    assert (await posts.unpublish(store, owner, post.id, NOON)).published_at is None
    await posts.publish(store, owner, post.id, NOON, at=LATER)
    assert (await posts.publish(store, owner, post.id, NOON)).published_at == NOON


async def test_an_old_post_that_moves_in_and_one_that_is_not_listed_are_no_news(store, owner, post):
    store.config = replace_discord(store, CHANNELS)
    old = await posts.publish(store, owner, post.id, NOON, at=NOON - timedelta(days=400))
    assert old.published_at == NOON - timedelta(days=400)
    other = await posts.create(store, owner, Draft("Quiet", "Psst."), NOON, source="web")
    await posts.unlist(store, owner, other.id, NOON)
    page = await posts.create(store, owner, Draft("About", "Me.", kind="page"), NOON, source="web")
    assert (await posts.publish(store, owner, page.id, NOON)).room_id is None
    assert await notices(store) == []


async def test_an_empty_post_does_not_come_out(store, owner):
    empty = await posts.create(store, owner, Draft("Soon", ""), NOON, source="web")
    with pytest.raises(Refused, match="nothing to read"):
        await posts.publish(store, owner, empty.id, NOON)


async def test_what_is_out_or_shall_come_out_does_not_lose_its_words_by_any_way(store, owner):
    post = await posts.create(store, owner, Draft("Soon", ""), NOON, source="web")
    await posts.save(store, owner, post.id, Draft("Soon", "Words."), NOON, source="web")
    assert [one.is_empty for one in await posts.revisions(store.pool, post.id)] == [False, True]
    await posts.publish(store, owner, post.id, NOON, at=LATER)
    with pytest.raises(Refused, match="nothing to read"):
        await posts.restore(store, owner, post.id, 1, NOON, source="web")
    with pytest.raises(Refused, match="nothing to read"):
        await posts.save(store, owner, post.id, Draft("Soon", " "), NOON, source="web")
    await store.pool.execute("update posts set body = ''")
    assert await posts.come_due(store, LATEST) == []
    kept = await posts.get(store.pool, post.id)
    assert (kept.state, kept.published_at) == ("draft", None)


async def test_of_a_deleted_post_only_its_addresses_are_left(store, owner, post):
    out = await posts.publish(store, owner, post.id, NOON)
    await posts.save(store, owner, post.id, Draft("Whale oil", "Secret words.", slug="whale"), LATER, source="web")
    await posts.delete(store, owner, post.id, LATEST)
    assert await posts.find(store.pool, "whale") == await posts.find(store.pool, "lamp-oil") == Gone()
    assert await posts.get(store.pool, post.id) is None is await posts.by_slug(store.pool, "whale")
    row = await store.pool.fetchrow("select * from posts")
    assert "ecret" not in str(row)
    assert await store.pool.fetchval("select count(*) from revisions") == 0
    assert await store.pool.fetchval("select locked from rooms where id = $1", out.room_id)
    with pytest.raises(NotFound):
        await posts.delete(store, owner, post.id, LATEST)
    assert (await posts.create(store, owner, Draft("Lamp oil", "x"), NOON, source="web")).slug == "lamp-oil-2"


async def test_what_waits_below_a_post_that_is_deleted_goes_and_the_moderators_are_shown_so(store, owner, author, post):
    await posts.publish(store, owner, post.id, NOON)
    await store.pool.execute(
        """insert into comments (post_id, author_id, nonce, content, digest, created_at, notice_state, notice_id)
        values ($1, $2, 'n', 'May I?', $3, $4, 'sent', 5)""",
        post.id,
        author.id,
        b"d" * 32,
        NOON,
    )
    await posts.delete(store, owner, post.id, LATER)
    notice = await comments.next_notice(store.pool, LATER)
    assert (notice.comment.state, notice.comment.content, notice.message_id, notice.wanted) == ("deleted", "", 5, 1)


async def test_of_a_deleted_draft_nothing_is_left(store, owner, post):
    await posts.delete(store, owner, post.id, LATER)
    assert await posts.find(store.pool, "lamp-oil") is None
    assert await store.pool.fetchval("select count(*) from posts") == 0


async def test_only_who_may_edit_a_post_brings_it_out_or_takes_it_away(store, author, bob, post):
    for person in (author, bob):
        for act in (posts.publish, posts.unpublish, posts.unlist, posts.delete):
            with pytest.raises(NotFound):
                await act(store, person, post.id, NOON)
    assert (await posts.get(store.pool, post.id)).state == "draft"


async def test_no_post_comes_out_on_a_day_that_no_page_could_say(store, owner, post):
    for day in (datetime(1, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
        with pytest.raises(Refused, match="years from 1000"):
            await posts.publish(store, owner, post.id, NOON, at=day)
