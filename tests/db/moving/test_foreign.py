"""Folders of Hugo and Jekyll move in: their texts, dates, drafts and pictures; and nothing from outside of them."""

from datetime import UTC, datetime

import pytest

from db import media, moving, posts
from db.posts import Moved
from tests import pictures
from tests.members import NOON, member


@pytest.fixture
async def owner(store):
    return await member(store, "robin", "Robin", owner=True, discord_id=1)


def put(folder, **files):
    for name, held in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(held if isinstance(held, bytes) else held.encode())


async def test_a_hugo_site_moves_in_with_its_bundles_and_their_pictures(store, owner, tmp_path):
    put(
        tmp_path,
        **{
            "content/posts/oil/index.md": '+++\ntitle = "Oil"\ndate = 2020-03-01T10:00:00Z\ntags = ["Lamp"]\n'
            'author = "Ann"\naliases = ["/2019/old-oil.html"]\ncover = "can.png"\n+++\n'
            '![A can](can.png "Can") ![b](/b.jpg)\n',
            "content/posts/oil/can.png": pictures.still(),
            "static/b.jpg": pictures.still("JPEG", colour="red"),
            "content/posts/wick.md": "---\ntitle: Wick\ndraft: true\ndate: 2021-01-01\n---\nText\n",
            "content/posts/soon.md": "---\ntitle: Soon\ndate: 2099-01-01\n---\nText\n",
            "content/about.md": "---\ntitle: About\n---\nMe\n",
            "content/posts/_index.md": "---\ntitle: All\n---\n",
            "themes/x/content/posts/no.md": "no",
            "README.md": "# Not a post",
        },
    )
    report = await moving.import_from(store, tmp_path, NOON)
    assert (report.posts, report.pictures, report.said) == (4, 2, [])
    oil = await posts.by_slug(store.pool, "oil")
    assert (oil.title, oil.tags, oil.state, oil.author.name) == ("Oil", ("lamp",), "published", "Robin")
    assert oil.published_at == oil.created_at == oil.updated_at == datetime(2020, 3, 1, 10, tzinfo=UTC)
    cover = await media.get(store.pool, oil.cover.media)
    assert oil.body.startswith(f'![A can]({cover.url} "Can") ![b](/media/')
    assert await media.read(store, cover)
    assert oil.room_id
    states = {one.slug: (one.kind, one.state) for one in await posts.drafts_of(store.pool, owner)}
    assert states == {
        "oil": ("post", "published"),
        "wick": ("post", "draft"),
        "soon": ("post", "scheduled"),
        "about": ("page", "published"),
    }
    assert await posts.find(store.pool, "old-oil") == Moved("oil")
    assert [one.source for one in await posts.revisions(store.pool, oil.id)] == ["import"]


async def test_a_jekyll_site_moves_in_twice_and_is_there_once_and_discord_hears_nothing(store, owner, tmp_path):
    put(
        tmp_path,
        **{
            "_posts/2020-03-01-lamp-oil.md": "---\nlayout: post\ntitle: Lamp oil\ncategories: [Lamps]\n---\n"
            '<img src="{{ site.baseurl }}/assets/can.png" alt="x"> ![y]({{ "/assets/can.png" | relative_url }})',
            "_posts/2020-03-02-hidden.md": "---\npublished: false\n---\nText",
            "_drafts/later.md": "Later text",
            "about.md": "---\nlayout: page\ntitle: About\n---\nMe",
            "assets/can.png": pictures.still(),
            "docs/other.md": "no post",
        },
    )
    first = await moving.import_from(store, tmp_path, NOON)
    again = await moving.import_from(store, tmp_path, NOON)
    assert (first.posts, first.pictures, first.said) == (4, 1, [])
    assert (again.posts, again.pictures, again.known, again.said) == (0, 0, 4, [])
    post = await posts.by_slug(store.pool, "lamp-oil")
    assert post.published_at == datetime(2020, 3, 1, tzinfo=UTC)
    assert post.body.count("/media/") == 2
    assert [(await posts.by_slug(store.pool, slug)).state for slug in ("hidden", "later", "about")] == [
        "draft",
        "draft",
        "published",
    ]
    assert await store.pool.fetchval("select count(*) from post_notices") == 0


async def test_nothing_comes_from_outside_of_the_folder_and_each_failure_has_its_sentence(store, owner, tmp_path):
    put(tmp_path, **{"secret.png": pictures.still()})
    site = tmp_path / "site"
    put(
        site,
        **{
            "a.md": "# A\n\n![x](../secret.png) ![y](link.png) ![z](lost.png) ![s](a.svg) ![w](https://example.org/a.png)",
            "b.md": "---\ntitle: [broken\n---\n",
            "c.md": b"\xff\xfe broken",
            "d.md": "# \u706f\n",
            "e.png": b"no picture",
            "e.md": "# E\n\n![e](e.png)",
            "tags.md": "# Tags\n\nreserved",
        },
    )
    (site / "link.png").symlink_to(tmp_path / "secret.png")
    (site / "linked.md").symlink_to(tmp_path / "secret.png")
    (site / "folder").symlink_to(tmp_path)
    report = await moving.import_from(store, site, NOON)
    assert report.posts == 3
    assert report.pictures == 0
    said = {line.partition(": ")[0]: line.partition(": ")[2] for line in report.said}
    assert {name: words for name, words in said.items() if name != "e.md, e.png"} == {
        "a.md, ../secret.png": "it lies outside of the folder.",
        "a.md, link.png": "it is a link to somewhere else.",
        "a.md, lost.png": "lost.png is not there.",
        "a.md, a.svg": "it is no PNG, JPEG, GIF or WebP.",
        "b.md": "What stands above the text cannot be read: line 3 is not as it should be.",
        "c.md": "it is not written in UTF-8.",
        "linked.md": "it is a link to somewhere else.",
        "tags.md": "The site itself uses that address. Please choose another one.",
    }
    assert await store.pool.fetchval("select count(*) from media") == 0
    assert "![z](lost.png)" in (await posts.by_slug(store.pool, "a")).body


async def test_before_the_owner_ever_came_in_posts_are_under_their_name(store, tmp_path):
    put(tmp_path, **{"a.md": "---\ndate: 2020-01-01\n---\nText"})
    await moving.import_from(store, tmp_path, NOON)
    put(tmp_path, **{"b.md": "---\ndate: 2020-01-01\n---\nText"})
    await moving.import_from(store, tmp_path, NOON)
    found = await posts.listed(store.pool, NOON, 9)
    assert [(one.slug, one.author.name) for one in found] == [("b", "Robin"), ("a", "Robin")]
    assert len({one.author.id for one in found}) == 1


async def test_there_has_to_be_a_folder(store, tmp_path):
    with pytest.raises(Exception, match="no such folder"):
        await moving.import_from(store, tmp_path / "none", NOON)
