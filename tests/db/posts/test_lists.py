"""Posts as readers find them: lists, tags, years, what stands beside a post, feeds, the sitemap; and the search."""

from datetime import timedelta

import pytest

from db import posts
from db.posts import Draft, Found, Tag, Year
from tests.members import NOON

DAY = timedelta(days=1)
NOW = NOON + 400 * DAY


@pytest.fixture
async def shelf(store, owner, author):
    """Five posts, a day apart the last of the next year; a page, a draft, one to come, one unlisted."""

    async def put(title, days, tags=(), *, by=owner, **more):
        post = await posts.create(store, by, Draft(title, f"All of {title}.", tags=tags, **more), NOON, source="web")
        await posts.publish(store, by, post.id, NOW, at=NOON + days * DAY)

    await put("One", 0, ("oil", "wick"))
    await put("Two", 1, ("oil", "wick", "glass"), pinned=True)
    await put("Three", 2, ("glass",), by=author)
    await put("Four", 3)
    await put("Five", 300, ("oil",))
    await put("Standing", 4, kind="page")
    await put("Later", 500, ("oil",))
    await posts.create(store, owner, Draft("Draft", "x", tags=("oil",)), NOON, source="web")
    hidden = await posts.create(store, owner, Draft("Hidden", "x", tags=("oil",)), NOON, source="web")
    await posts.unlist(store, owner, hidden.id, NOON)


def titles(found):
    return [one.title for one in found]


async def test_the_list_has_what_came_out_pinned_first_then_the_newest(store, shelf, author):
    listed = await posts.listed(store.pool, NOW, 10)
    assert titles(listed) == ["Two", "Five", "Four", "Three", "One"]
    assert titles(await posts.listed(store.pool, NOW, 2, offset=1)) == ["Five", "Four"]
    assert titles(await posts.listed(store.pool, NOW, 10, tag="oil")) == ["Five", "Two", "One"]
    assert titles(await posts.listed(store.pool, NOW, 10, author_id=author.id)) == ["Three"]
    assert titles(await posts.listed(store.pool, NOW + 200 * DAY, 1, tag="oil")) == ["Later"]
    counts = [
        await posts.count(store.pool, NOW, **one) for one in ({}, {"tag": "oil"}, {"tag": "none"}, {"year": 2026})
    ]
    assert counts == [5, 3, 0, 4]


async def test_years_are_those_of_the_sites_time_zone(store, owner, shelf):
    assert await posts.years(store.pool, NOW) == [Year(2027, 1), Year(2026, 4)]
    eve = await posts.create(store, owner, Draft("New Year", "Bang."), NOON, source="web")
    await posts.publish(store, owner, eve.id, NOW, at=NOON.replace(month=12, day=31, hour=23))
    assert await posts.count(store.pool, NOW, year=2027, zone="Europe/Berlin") == 2
    assert (await posts.years(store.pool, NOW, zone="Europe/Berlin"))[0] == Year(2027, 2)
    assert titles(await posts.listed(store.pool, NOW, 1, year=2026)) == ["New Year"]


async def test_tags_are_counted_and_the_most_used_comes_first(store, shelf):
    assert await posts.tags(store.pool, NOW) == [Tag("oil", 3), Tag("glass", 2), Tag("wick", 2)]


async def test_beside_a_post_stand_the_one_before_the_one_after_and_those_most_like_it(store, shelf):
    one, two, four, five = [await posts.by_slug(store.pool, slug) for slug in ("one", "two", "four", "five")]
    before, after = await posts.neighbours(store.pool, two, NOW)
    assert (before.title, after.title) == ("One", "Three")
    assert await posts.neighbours(store.pool, five, NOW) == (await entry(store, "Four"), None)
    assert titles(await posts.related(store.pool, one, NOW)) == ["Two", "Five"]
    assert await posts.related(store.pool, four, NOW) == []


async def entry(store, title):
    return next(one for one in await posts.listed(store.pool, NOW, 10) if one.title == title)


async def test_the_feed_has_whole_posts_and_the_sitemap_pages_too(store, shelf):
    feed = await posts.for_feed(store.pool, NOW, 2)
    assert [(one.title, one.html) for one in feed] == [("Five", "<p>All of Five.</p>"), ("Four", "<p>All of Four.</p>")]
    assert titles(await posts.for_feed(store.pool, NOW, 9, "glass")) == ["Three", "Two"]
    mapped = await posts.sitemap(store.pool, NOW, 0, 10)
    assert titles(mapped) == ["One", "Two", "Three", "Four", "Five", "Standing"]
    assert titles(await posts.sitemap(store.pool, NOW, mapped[3].id, 1)) == ["Five"]


async def test_the_search_puts_titles_before_tags_before_text_and_knows_no_accents(store, owner):
    for title, body, tags in (
        ("Words about it", "We drank coffee in a café.", ()),
        ("Tagged", "Nothing here.", ("coffee",)),
        ("Coffee", "Only in the title.", ()),
        ("Tea", "Only tea & <b>milk</b>, but no <i>markup</i>.", ()),
    ):
        post = await posts.create(store, owner, Draft(title, body, tags=tags), NOON, source="web")
        await posts.publish(store, owner, post.id, NOON)
    found = await posts.search(store.pool, "coffees", NOON, 10, 0, "en-GB")
    assert [hit.entry.title for hit in found.hits] == ["Coffee", "Tagged", "Words about it"]
    second = await posts.search(store.pool, "coffees", NOON, 1, 1)
    assert ([hit.entry.title for hit in second.hits], second.total, found.total) == (["Tagged"], 3, 3)
    [cafe] = (await posts.search(store.pool, "CAFÉ -tea", NOON, 10, 0, "en")).hits
    assert cafe.snippet_html == "drank coffee in a <mark>café</mark>"
    [milk] = (await posts.search(store.pool, '"tea milk" or nothingness', NOON, 10, 0, "xx")).hits
    assert "<mark>milk</mark>" in milk.snippet_html
    assert "<b>" not in milk.snippet_html
    for asked in ("", "the", "& | ! ( :*", "'"):
        assert await posts.search(store.pool, asked, NOON, 10, 0, "en") == Found([], 0)
    assert await posts.nearest_title(store.pool, "cofee", NOON) == "Coffee"
    assert await posts.nearest_title(store.pool, "zebra", NOON) is None


async def test_what_is_not_out_is_not_found(store, owner, shelf):
    for word in ("Later", "Draft", "Hidden"):
        assert await posts.search(store.pool, word, NOW, 9) == Found([], 0)
    assert [hit.entry.kind for hit in (await posts.search(store.pool, "standing", NOW, 9)).hits] == ["page"]
    assert await posts.nearest_title(store.pool, "hiddenn", NOW) is None


async def test_what_is_shown_of_a_long_text_has_the_word_wherever_it_stands(store, owner):
    far = "word " * 2000
    body = f"Every party was over. {far} They lit café lamps. {far} Happiness is an art. {far}"
    post = await posts.create(store, owner, Draft("Long", body), NOON, source="web")
    await posts.publish(store, owner, post.id, NOON)
    for asked, shown in (("lamp", "lamps"), ("art", "art"), ("cafe", "café"), ("happy", "Happiness")):
        [hit] = (await posts.search(store.pool, asked, NOON, 9)).hits
        assert f"<mark>{shown}</mark>" in hit.snippet_html
        assert len(hit.snippet_html) < 1000
