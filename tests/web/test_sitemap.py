"""What machines read of the whole site: the sitemap, whole or in files, and where it is told of."""

import re
from xml.etree import ElementTree as ET

from tests.posted import a_post
from web import sitemap

HOME = "http://localhost:8080"
SPACES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "i": "http://www.google.com/schemas/sitemap-image/1.1"}


async def read(reader, path):
    answer = await reader.get(path)
    assert (answer.status, answer.content_type) == (200, "application/xml")
    return ET.fromstring(await answer.text())


def places(tree):
    return [one.text.removeprefix(HOME) for one in tree.findall(".//s:loc", SPACES)]


async def test_the_sitemap_has_every_page_that_is_to_be_found_with_its_picture(store, ann, reader):
    cover, inside, before = "A" * 22, "B" * 22, "C" * 22
    await store.pool.executemany(
        """insert into media (id, person_id, digest, content_type, ext, size, width, height, animated, alt, widths,
            used, created_at)
        values ($1, $2, $3, 'image/png', 'png', 1, 10, 10, false, '', '{}', true, now())""",
        [(media, ann.id, "d" * 64) for media in (cover, inside, before)],
    )
    post = await a_post(store, ann, "one", tags=["pixels"], cover=cover, html=f"<img src='/media/{inside}/full.png'>")
    await store.pool.execute(
        "insert into post_pictures select $1, unnest($2::text[])", post.id, [cover, inside, before]
    )
    await a_post(store, ann, "about", kind="page")
    await a_post(store, ann, "hidden", state="unlisted")
    await a_post(store, ann, "draft", state="draft")
    tree = await read(reader, "/sitemap.xml")
    assert places(tree) == [
        "/",
        "/blog",
        "/projects",
        "/hangout",
        "/privacy",
        "/blog/tags/pixels",
        "/blog/archive/2026",
        "/blog/one",
        "/about",
    ]
    assert [one.text for one in tree.findall(".//i:loc", SPACES)] == [
        f"{HOME}/media/{media}/full.png" for media in (cover, inside)
    ]
    assert tree.find(".//s:lastmod", SPACES).text == "2026-05-01T11:00:00Z"


async def test_a_large_blog_has_a_sitemap_in_files(store, ann, reader, monkeypatch):
    monkeypatch.setattr(sitemap, "FILE_MAX", 2)
    for number in range(5):
        await a_post(store, ann, f"post-{number}")
    files = places(await read(reader, "/sitemap.xml"))
    assert len(files) == 3
    posts = [place for file in files for place in places(await read(reader, file)) if re.match("/blog/post-", place)]
    assert posts == [f"/blog/post-{number}" for number in range(5)]
    assert (await reader.get("/sitemap-999999.xml")).status == 404


async def test_robots_are_told_where_the_sitemap_is_and_what_is_not_for_them(reader):
    text = await (await reader.get("/robots.txt")).text()
    assert f"Sitemap: {HOME}/sitemap.xml" in text
    assert "Disallow: /search" in text
    assert "Robin" in await (await reader.get("/humans.txt")).text()
