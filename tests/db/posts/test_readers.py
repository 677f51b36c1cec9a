"""What readers do and what writers show them: likes, links to drafts, pictures, and posts printed anew."""

import asyncio

import pytest

from db import media, posts
from db.errors import NotFound, Refused, TooOften
from db.posts import BadDraft, Draft
from db.press import Press
from tests import pictures
from tests.members import NOON, member


@pytest.fixture
async def post(store, owner):
    post = await posts.create(store, owner, Draft("Lamp oil", "It burns."), NOON, source="web")
    return await posts.publish(store, owner, post.id, NOON)


async def test_everybody_likes_a_post_once_however_often_and_at_once(store, post):
    people = [await member(store, f"reader{number}") for number in range(4)]
    await asyncio.gather(*(posts.like(store, person, post, on=True) for person in people * 3))
    assert (await posts.get(store.pool, post.id)).likes == 4
    assert await posts.like(store, people[0], post, on=False) == await posts.like(store, people[0], post, on=False) == 3
    assert [await posts.liked_by(store.pool, post.id, one.id) for one in people[:2]] == [False, True]


async def test_who_changes_their_mind_too_quickly_waits_and_the_number_stays(store, ada, post):
    async def waver(times):
        for number in range(times):
            await posts.like(store, ada, post, on=number % 2 == 0)

    with pytest.raises(TooOften):
        await waver(100)
    assert (await posts.get(store.pool, post.id)).likes == await posts.liked_by(store.pool, post.id, ada.id)


async def test_a_deleted_post_cannot_be_liked(store, owner, ada, post):
    await posts.delete(store, owner, post.id, NOON)
    with pytest.raises(NotFound):
        await posts.like(store, ada, post, on=True)


async def test_a_link_to_a_draft_shows_that_draft_and_a_changed_one_nothing(store, owner, post):
    draft = await posts.create(store, owner, Draft("Secret", "Psst."), NOON, source="web")
    token = posts.preview_token(store, draft)
    assert (await posts.by_preview_token(store, token)).title == "Secret"
    other = token.replace(f"{draft.id}-", f"{post.id}-")
    for wrong in (other, token[:-1] + "g", token + "0", "", "0", "9" * 99 + "-" + "0" * 32):
        with pytest.raises(NotFound):
            await posts.by_preview_token(store, wrong)


async def test_looks_at_a_draft_are_paced_and_keep_nothing(store, owner, ada):
    sheet = await posts.preview(store, owner, "# Hello\n\nyou")
    assert "you" in sheet.html
    with pytest.raises(Refused, match="written by the owner"):
        await posts.preview(store, ada, "x")
    store.limits.previews.take(str(owner.id), 1e12, 1.0, 1)
    with pytest.raises(TooOften):
        await posts.preview(store, owner, "x")
    assert await store.pool.fetchval("select count(*) from posts") == 0


async def test_a_post_shows_its_authors_pictures_and_public_ones_and_nobody_elses(store, owner, ada):
    own = await media.add(store, owner, pictures.still(), "A lamp", NOON)
    theirs = await media.add(store, ada, pictures.still(colour="red"), "", NOON)
    post = await posts.create(store, owner, Draft("Lamp", f"![x]({own.url})", cover=own.id), NOON, source="web")
    assert (post.cover.media, post.cover.alt) == (own.id, "A lamp")
    assert (await media.get(store.pool, own.id)).is_public
    for wrong in (
        Draft("No", f"![x]({theirs.url})"),
        Draft("No", "x", cover=theirs.id),
        Draft("No", "x", cover="a" * 22),
    ):
        with pytest.raises(BadDraft) as refused:
            await posts.create(store, owner, wrong, NOON, source="web")
        assert refused.value.field == ("cover" if wrong.cover else "body")
    assert await posts.save(store, owner, post.id, Draft("Lamp", "x"), NOON, source="web")
    assert await media.get(store.pool, own.id), "an earlier revision shows it"


async def test_pictures_go_with_the_last_post_that_shows_them(store, owner):
    own = await media.add(store, owner, pictures.still(), "", NOON)
    first, second = [
        await posts.create(store, owner, Draft(title, f"![x]({own.url})"), NOON, source="web") for title in ("A", "B")
    ]
    await posts.delete(store, owner, first.id, NOON)
    assert await media.get(store.pool, own.id)
    await posts.delete(store, owner, second.id, NOON)
    assert await media.get(store.pool, own.id) is None


async def test_a_picture_of_a_message_stays_for_the_post_that_shows_it_too(store, owner):
    borrowed, other = [await media.add(store, owner, pictures.still(colour=c), "", NOON) for c in ("red", "blue")]
    for one in (borrowed, other):
        assert await media.use(store.pool, one.id, owner.id)
    draft = Draft("A", f"![x]({borrowed.url}) ![y]({other.url})")
    post = await posts.create(store, owner, draft, NOON, source="web")
    await media.release(store.pool, [borrowed.id], NOON)
    assert await media.get(store.pool, borrowed.id)
    await posts.delete(store, owner, post.id, NOON)
    assert [bool(await media.get(store.pool, one.id)) for one in (borrowed, other)] == [False, True]


async def test_posts_of_another_press_are_printed_again_and_what_is_refused_stays(store, owner, post, monkeypatch):
    await store.pool.execute("update posts set printed_by = 'older', html = 'old', search = null")
    stuck = await posts.create(store, owner, Draft("Stuck", "no"), NOON, source="web")
    await store.pool.execute("update posts set printed_by = 'older', html = 'kept' where id = $1", stuck.id)
    printing = Press.print

    async def picky(self, body, shown, patience=None):
        if body == "no":
            raise Refused("That text cannot be drawn.", "bad_markdown")
        return await printing(self, body, shown, patience)

    monkeypatch.setattr(Press, "print", picky)
    assert [await posts.reprint_stale(store) for _ in range(2)] == [True, False]
    assert [(await posts.get(store.pool, one.id)).html for one in (post, stuck)] == ["<p>It burns.</p>", "kept"]
    assert [hit.entry.id for hit in (await posts.search(store.pool, "burns", NOON, 9)).hits] == [post.id]
    assert (await posts.get(store.pool, post.id)).updated_at == NOON


async def test_two_posts_that_show_each_others_pictures_may_go_at_once(store, owner):
    shown = [await media.add(store, owner, pictures.still(colour=one), "", NOON) for one in ("red", "blue")]
    for _ in range(5):
        await store.pool.execute("update media set used = false, released_at = null")
        bodies = [f"![x]({one.url})" for one in shown]
        made = [await posts.create(store, owner, Draft("A", body), NOON, source="web") for body in bodies]
        for post in made:
            await posts.save(store, owner, post.id, Draft("A", " ".join(bodies)), NOON, source="web")
        await asyncio.gather(*(posts.delete(store, owner, post.id, NOON) for post in made))
        assert [await media.get(store.pool, one.id) for one in shown] == [None, None]
