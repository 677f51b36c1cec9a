"""The blog as readers see it: what is listed and where, addresses that moved or ended, and the head of each page."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from yarl import URL

from db import posts
from tests.members import NOON, signed_in
from tests.posted import a_post
from web.blog import TakenDown


async def read(reader, path, status=200):
    answer = await reader.get(path, allow_redirects=False)
    assert answer.status == status, path
    return await answer.text()


def titles(page):
    return re.findall(r'class="p-name"><a class="u-url u-uid" href="[^"]*">([^<]*)</a>', page)


async def several(store, ann, count, **more):
    for number in range(1, count + 1):
        at = NOON - timedelta(days=number)
        await a_post(store, ann, f"post-{number}", title=f"Post {number}", published_at=at, updated_at=at, **more)


# Lists


async def test_the_list_has_what_is_out_the_newest_first_and_before_them_what_is_pinned(store, ann, reader):
    await several(store, ann, 3)
    await a_post(store, ann, "old", title="Pinned", pinned=True, published_at=NOON - timedelta(days=99))
    for state in ("draft", "unlisted"):
        await a_post(store, ann, state, title=state, state=state)
    await a_post(store, ann, "later", state="scheduled", published_at=datetime.now(UTC) + timedelta(hours=1))
    page = await read(reader, "/blog")
    assert titles(page) == ["Pinned", "Post 1", "Post 2", "Post 3"]
    assert "4 posts" in page


async def test_below_a_list_stand_forty_tags_and_the_way_to_all_of_them(store, ann, reader):
    for number in range(5):
        await a_post(store, ann, f"post-{number}", tags=[f"tag-{number}-{one}" for one in range(9 if number else 5)])
    for path, shown in (("/blog", 40), ("/blog/tags", 41)):
        page = await read(reader, path)
        names = set(re.findall(r'href="/blog/tags/([^"]*)">\S+ <span', page))
        assert (len(names), "41 tags" in page) == (shown, True)


async def test_the_porch_has_what_was_written_last_whatever_is_pinned(store, ann, reader):
    await several(store, ann, 3)
    for number in range(4):
        await a_post(store, ann, f"old-{number}", title="Pinned", pinned=True, published_at=NOON - timedelta(days=99))
    page = await read(reader, "/")
    assert re.findall(r">(Pinned|Post \d)</a>", page) == ["Post 1", "Post 2", "Post 3"]


async def test_the_list_goes_on_from_page_to_page_and_ends(store, ann, reader):
    await several(store, ann, 23)
    first, second, last = [await read(reader, f"/blog?page={number}") for number in (1, 2, 3)]
    assert [len(titles(page)) for page in (first, second, last)] == [10, 10, 3]
    assert ('rel="next" href="/blog?page=2"' in first, 'rel="prev"' in first) == (True, False)
    assert ('rel="prev" href="/blog"' in second, 'rel="next" href="/blog?page=3"' in second) == (True, True)
    assert 'rel="next"' not in last
    for wrong in ("4", "0", "-1", "x", "1e3", "9" * 30):
        await read(reader, f"/blog?page={wrong}", 404)


async def test_tags_years_and_authors_have_lists_of_their_own(store, ann, bob, reader):
    await a_post(store, ann, "one", title="One", tags=["pixels"])
    await a_post(store, bob, "two", title="Two", tags=["letters"], published_at=NOON - timedelta(days=400))
    tag = await read(reader, "/blog/tags/pixels")
    assert (titles(tag), 'href="/blog/tags/pixels/feed.atom"' in tag) == (["One"], True)
    assert ("/blog/tags/letters" in tag, "/blog/archive/2025" in tag) == (True, True)
    archive = await read(reader, "/blog/archive/2025")
    assert (">Two</a>" in archive, ">One</a>" in archive, "<h2>March</h2>" in archive) == (True, False, True)
    assert titles(await read(reader, "/blog?by=bob")) == ["Two"]
    for empty in ("/blog/tags/nothing", "/blog/tags/%00", "/blog/archive/1999", "/blog/archive/0000", "/blog?by=%00"):
        await read(reader, empty, 404)
    moved = await reader.get("/blog/tags/Pixels", allow_redirects=False)
    assert (moved.status, moved.headers["Location"]) == (301, "/blog/tags/pixels")


async def test_a_year_is_one_of_the_owners_time_zone(store, ann, reader):
    await a_post(store, ann, "eve", published_at=datetime(2025, 12, 31, 23, 30, tzinfo=UTC))
    assert "31 December 2025" in await read(reader, "/blog/archive/2025")
    await read(reader, "/blog/archive/2026", 404)


# A post


async def test_a_post_shows_what_it_is_and_what_stands_beside_it(store, ann, reader):
    await several(store, ann, 3, tags=["pixels"])
    contents = [{"level": level, "id": f"h{level}", "text": f"<Part {level}>"} for level in (2, 3, 2)]
    await store.pool.execute(
        "update posts set title = '<Two> & more', contents = $1, words = 660, updated_at = $2 where slug = 'post-2'",
        contents,
        NOON,
    )
    page = await read(reader, "/blog/post-2")
    assert '<h1 class="p-name">&lt;Two&gt; &amp; more</h1>' in page
    assert ("<p>Words.</p>" in page, "<span>3 min</span>" in page, "edited" in page) == (True, True, True)
    assert '<a href="#h3">&lt;Part 3&gt;</a>' in page
    assert re.findall(r'rel="(prev|next)" class="[^"]*" href="([^"]*)"', page) == [
        ("prev", "/blog/post-3"),
        ("next", "/blog/post-1"),
    ]
    assert ('href="/people/ann"' in page, 'href="/blog/tags/pixels"' in page) == (True, True)
    short = await read(reader, "/blog/post-1")
    assert ("Contents" in short, "edited" in short, 'rel="next"' in short) == (False, False, False)


async def test_what_is_not_out_is_not_there_and_what_is_unlisted_is_there_for_who_knows(store, ann, reader):
    await a_post(store, ann, "draft", state="draft")
    await a_post(store, ann, "later", state="scheduled", published_at=datetime.now(UTC) + timedelta(hours=1))
    await a_post(store, ann, "unlisted", state="unlisted")
    for slug in ("draft", "later", "nothing", "%00", "a%0ab", "x" * 200):
        assert "search" in await read(reader, f"/blog/{slug}", 404)
    assert '<meta name="robots" content="noindex">' in await read(reader, "/blog/unlisted")
    assert "/blog/unlisted" not in await read(reader, "/blog")


async def test_an_address_of_before_leads_on_and_one_that_ended_says_so(store, ann, reader):
    post = await a_post(store, ann, "new-name")
    await store.pool.execute("insert into slugs (slug, post_id) values ('old-name', $1)", post.id)
    gone = await a_post(store, ann, "gone")
    await store.pool.execute("update posts set deleted_at = now() where id = $1", gone.id)
    for path, to in (
        ("/blog/old-name", "/blog/new-name"),
        ("/blog/New-NAME", "/blog/new-name"),
        ("/blog/new-name/", "/blog/new-name"),
        ("/blog/", "/blog"),
        ("/new-name", "/blog/new-name"),
    ):
        answer = await reader.get(path, allow_redirects=False)
        assert (answer.status, answer.headers["Location"]) == (301, to), path
    answer = await reader.get("/blog/gone")
    assert (answer.status, TakenDown().sentence in await answer.text()) == (410, True)


@pytest.mark.parametrize("path", ["//evil.example/", "/%2Fevil.example/", "/%5Cevil.example/", "/.//evil.example/"])
async def test_a_slash_too_many_leads_nowhere_else(reader, path):
    url = URL(f"http://{reader.host}:{reader.port}{path}", encoded=True)
    answer = await reader.session.get(url, allow_redirects=False)
    if answer.status == 301:
        assert re.fullmatch(r"/(?![/\\]).*|/", answer.headers["Location"]), path
    else:
        assert answer.status == 404


async def test_a_standing_page_has_a_short_address(store, ann, reader):
    await a_post(store, ann, "about", kind="page", title="About us")
    page = await read(reader, "/about")
    assert '<a href="/about">About us</a>' in await read(reader, "/blog")
    assert ("About us" in page, "&nbsp;min" in page, "Older" in page) == (True, False, False)
    moved = await reader.get("/blog/about", allow_redirects=False)
    assert (moved.status, moved.headers["Location"]) == (301, "/about")
    assert (await read(reader, "/blog")).count("About us") == 1, "in the foot, not in the list"


async def test_who_may_change_a_post_sees_the_way_to_it(store, ann, bob, reader):
    post = await a_post(store, ann)
    for person, sees in ((ann, True), (bob, False)):
        page = await reader.get("/blog/first-light", cookies=await signed_in(store, person))
        assert (f"/write/{post.id}" in await page.text()) is sees
    assert f"/write/{post.id}" not in await read(reader, "/blog/first-light")


async def test_a_preview_is_for_who_has_its_link_and_kept_by_nobody(store, ann, reader):
    post = await a_post(store, ann, "secret", state="draft", title="Not yet", published_at=None)
    answer = await reader.get(f"/blog/preview/{posts.preview_token(store, post)}")
    assert (answer.status, "Not yet" in await answer.text()) == (200, True)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    await read(reader, "/blog/preview/nonsense", 404)


# Elsewhere on the site


async def test_the_porch_and_the_authors_page_tell_of_new_posts(store, ann, reader):
    await several(store, ann, 12)
    porch = await read(reader, "/")
    assert re.findall(r'class="u-url" href="/blog/(post-\d+)"', porch) == ["post-1", "post-2", "post-3"]
    profile = await read(reader, "/people/ann")
    assert (profile.count('href="/blog/post-'), "All 12 posts" in profile) == (10, True)


async def test_every_page_leads_to_the_feeds(reader):
    for path in ("/", "/blog", "/hangout", "/login", "/nowhere"):
        page = await (await reader.get(path)).text()
        assert re.findall(r'rel="alternate" type="([^"]*)" href="([^"]*)"', page) == [
            ("application/atom+xml", "/feed.atom"),
            ("application/rss+xml", "/feed.rss"),
            ("application/feed+json", "/feed.json"),
        ]


# The head


async def test_the_head_tells_machines_what_the_post_is(store, ann, reader):
    hostile = "</script><script>alert(1)</script> & <!--"
    await a_post(store, ann, "hostile", title=hostile, summary='A "summary"', tags=["pixels"])
    page = await read(reader, "/blog/hostile")
    home = "http://localhost:8080"
    assert f'<link rel="canonical" href="{home}/blog/hostile">' in page
    assert '<meta name="description" content="A &#34;summary&#34;">' in page
    assert f'<meta property="og:image" content="{home}/blog/hostile/card.png">' in page
    assert '<meta name="twitter:card" content="summary_large_image">' in page
    [data] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    told = json.loads(data)
    assert (told["headline"], told["author"]["name"], told["keywords"]) == (hostile, "Ann", ["pixels"])
    assert "<script>alert" not in page
