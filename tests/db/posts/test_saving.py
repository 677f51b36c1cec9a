"""Posts as they are saved: addresses, revisions, and what counts as a change."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from db import posts
from db.errors import Forbidden, NotFound, Refused
from db.posts import BadDraft, Draft, Moved
from db.posts._slugs import is_reserved
from tests.members import NOON
from tests.posted import texts_of
from web.routes import ROUTES

LATER = NOON + timedelta(hours=1)


def draft(title="Lamp oil", body="It burns.", **more):
    return Draft(title, body, **more)


async def test_a_new_post_is_a_draft_with_an_address_from_its_title_and_one_revision(store, owner):
    post = await posts.create(
        store, owner, draft("Élan & Öl, 2 — ça va?", tags=("Web Dev", "C++", "#lamps")), NOON, source="web"
    )
    assert (post.slug, post.state, post.revision) == ("elan-and-ol-2-ca-va", "draft", 1)
    assert post.tags == ("web-dev", "cpp", "lamps")
    assert (await posts.get(store.pool, post.id)) == post == await posts.by_slug(store.pool, post.slug)
    [only] = await posts.revisions(store.pool, post.id)
    assert (only.number, only.by, only.source) == (1, "Robin", "web")
    assert await texts_of(store, post) == ["It burns."]


async def test_equal_titles_get_numbers_and_titles_without_latin_letters_the_number_of_the_post(store, owner):
    made = [await posts.create(store, owner, draft(), NOON, source="web") for _ in range(3)]
    assert [post.slug for post in made] == ["lamp-oil", "lamp-oil-2", "lamp-oil-3"]
    post = await posts.create(store, owner, draft("灯油"), NOON, source="web")
    assert post.slug == f"post-{post.id}"
    assert (await posts.create(store, owner, draft("Tags"), NOON, source="web")).slug == "tags-2"


async def test_an_address_stays_when_the_title_changes_and_an_old_one_leads_on_once_the_post_is_out(store, owner):
    post = await posts.create(store, owner, draft(), NOON, source="web")
    post = await posts.save(store, owner, post.id, draft("Whale oil"), LATER, source="web")
    assert post.slug == "lamp-oil"
    post = await posts.save(store, owner, post.id, draft("Whale oil", slug="Whale Oil"), LATER, source="web")
    assert post.slug == "whale-oil"
    assert await posts.find(store.pool, "lamp-oil") is None
    post = await posts.publish(store, owner, post.id, LATER)
    assert await posts.find(store.pool, "lamp-oil") == Moved("whale-oil")
    other = await posts.create(store, owner, draft(), NOON, source="web")
    assert other.slug == "lamp-oil-2"
    with pytest.raises(BadDraft, match="had it once"):
        await posts.save(store, owner, other.id, draft(slug="lamp-oil"), LATER, source="web")
    back = await posts.save(store, owner, post.id, draft("Whale oil", slug="lamp-oil"), LATER, source="web")
    assert back.slug == "lamp-oil"


async def test_what_changes_nothing_makes_no_revision_and_only_what_readers_see_is_an_update(store, owner):
    post = await posts.create(store, owner, draft(), NOON, source="web")
    same = await posts.save(store, owner, post.id, draft(body="It burns.\r\n"), LATER, source="web", seen=0)
    assert same == post
    pinned = await posts.save(store, owner, post.id, draft(pinned=True, comments_days=3), LATER, source="web", seen=1)
    assert (pinned.pinned, pinned.comments_days, pinned.revision, pinned.updated_at) == (True, 3, 1, NOON)
    edited = await posts.save(store, owner, post.id, draft(body="It glows."), LATER, source="discord", seen=1)
    assert (edited.revision, edited.updated_at, edited.html) == (2, LATER, "<p>It glows.</p>")
    assert [one.source for one in await posts.revisions(store.pool, post.id)] == ["discord", "web"]


async def test_who_saves_over_what_they_have_not_seen_is_told_so(store, owner):
    post = await posts.create(store, owner, draft(), NOON, source="web")
    await posts.save(store, owner, post.id, draft(body="One."), LATER, source="web", seen=1)
    with pytest.raises(Refused) as refused:
        await posts.save(store, owner, post.id, draft(body="Two."), LATER, source="web", seen=1)
    assert refused.value.code == "conflict"
    assert (await posts.get(store.pool, post.id)).body == "One."


async def test_an_old_revision_comes_back_as_a_new_one(store, owner):
    post = await posts.create(store, owner, draft(summary="Old", tags=("a",)), NOON, source="web")
    await posts.save(store, owner, post.id, draft("New", "Other.", slug="new"), LATER, source="web")
    post = await posts.restore(store, owner, post.id, 1, LATER, source="web")
    assert (post.title, post.own_summary, post.tags, post.slug, post.revision) == ("Lamp oil", "Old", ("a",), "new", 3)
    with pytest.raises(NotFound):
        await posts.restore(store, owner, post.id, 9, LATER, source="web")


async def test_authors_have_their_own_posts_the_owner_all_and_nobody_else_any(store, owner, author, eve):
    theirs = await posts.create(store, author, draft(), NOON, source="web")
    house = await posts.create(store, owner, draft(), NOON, source="web")
    await posts.save(store, owner, theirs.id, draft(body="Better."), LATER, source="web")
    for person, post in ((author, house), (eve, theirs), (replace(author, role="member"), theirs)):
        with pytest.raises(NotFound):
            await posts.save(store, person, post.id, draft(body="Mine."), LATER, source="web")
    with pytest.raises(Forbidden):
        await posts.create(store, eve, draft(), NOON, source="web")
    assert [post.id for post in await posts.drafts_of(store.pool, author)] == [theirs.id]
    assert [post.id for post in await posts.drafts_of(store.pool, owner)] == [theirs.id, house.id]
    assert await posts.drafts_of(store.pool, eve) == await posts.suggest(store.pool, eve, "") == []
    assert next(post.id for post in await posts.suggest(store.pool, owner, "LAMP-OIL-")) == house.id
    assert {post.id for post in await posts.suggest(store.pool, owner, "lamp oils")} == {theirs.id, house.id}


async def test_an_author_who_saves_what_the_owner_pinned_leaves_it_there(store, owner, author):
    post = await posts.create(store, author, draft(), NOON, source="discord")
    await posts.save(store, owner, post.id, draft(kind="page", pinned=True), LATER, source="discord")
    post = await posts.save(store, author, post.id, draft(body="Theirs.", kind="page"), LATER, source="web")
    assert (post.kind, post.pinned, post.body) == ("page", True, "Theirs.")


async def test_two_posts_of_one_title_at_once_get_two_addresses(store, owner):
    made = await asyncio.gather(*(posts.create(store, owner, draft(), NOON, source="web") for _ in range(5)))
    assert sorted(post.slug for post in made) == ["lamp-oil", *(f"lamp-oil-{number}" for number in range(2, 6))]


def test_no_page_can_stand_where_the_site_has_something_itself():
    paths = [re.findall(r"[^/{}]+|\{[^}]*\}+", route.path) for route in ROUTES]
    fixed = [
        [re.split(r"[.{-]", part)[0] for part in path] for path in paths
    ]  # sitemap-{after}.xml begins with sitemap
    own = {path[0] for path in fixed if path} - {""}
    assert {name for name in own if not is_reserved(name, "page")} == set()
    below = {path[1] for path in fixed if len(path) > 1 and path[0] == "blog"} - {""}
    assert {name for name in below if not is_reserved(name, "post")} == set()
    assert {"hangout", "sitemap"} <= own
    assert {"tags", "archive"} <= below


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": " \u200b "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"body": "x" * 200_001}, "body"),
        ({"summary": "x" * 501}, "summary"),
        ({"tags": ("灯",)}, "tags"),
        ({"tags": tuple(map(str, range(21)))}, "tags"),
        ({"slug": "灯"}, "slug"),
        ({"slug": "tags"}, "slug"),
        ({"slug": "hangout", "kind": "page"}, "slug"),
        ({"slug": "a" * 101}, "slug"),
        ({"cover": "../x"}, "cover"),
        ({"kind": "letter"}, "kind"),
        ({"comments_days": -1}, "comments_days"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_field(wrong, field):
    with pytest.raises(BadDraft) as refused:
        posts.check_draft(draft(**wrong))
    assert refused.value.field == field
    assert refused.value.sentence.endswith(".")


async def test_authors_neither_pin_their_posts_nor_make_standing_pages(store, owner, author):
    for more, field in (({"kind": "page"}, "kind"), ({"pinned": True}, "pinned")):
        with pytest.raises(BadDraft) as refused:
            await posts.create(store, author, draft(**more), NOON, source="discord")
        assert refused.value.field == field
    post = await posts.create(store, author, draft(), NOON, source="discord")
    with pytest.raises(BadDraft):
        await posts.save(store, author, post.id, draft(pinned=True), LATER, source="discord")
    await posts.save(store, owner, post.id, draft(kind="page", pinned=True), LATER, source="web")
    kept = await posts.save(store, author, post.id, draft("New", kind="page", pinned=True), LATER, source="discord")
    assert (kept.title, kept.kind, kept.pinned) == ("New", "page", True)
