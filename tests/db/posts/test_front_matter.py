"""Posts as files: what stands above the text is read in YAML and TOML, and what is hostile is refused in a sentence."""

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest

from db import posts
from db.posts import BadDraft, Draft, front_matter
from tests.members import NOON


def test_yaml_is_read_with_everything_that_a_post_has():
    draft, extra = front_matter.read(
        "---\r\ntitle: 'Oil: a story'\r\nslug: oil\ndate: 2020-03-01T10:00:00+01:00\nlastmod: 2020-03-02\n"
        "tags: [Oil, Wick]\ncategories: Lamps, Home\ndescription: Short.\ndraft: true\ncover: img/a.png\n"
        "aliases:\n  - /old/oil/\nauthor: Ann\n---\n\n# Body\n\n---\nend\n",
        "Europe/Berlin",
    )
    assert draft == Draft("Oil: a story", "# Body\n\n---\nend", "Short.", ("Oil", "Wick", "Lamps", "Home"), "oil")
    assert (extra.date, extra.draft, extra.cover) == (datetime(2020, 3, 1, 9, tzinfo=UTC), True, "img/a.png")
    assert extra.updated.utcoffset() == timedelta(hours=1)
    assert (extra.aliases, extra.author) == (("/old/oil/",), "Ann")


def test_toml_is_read_likewise_and_a_file_without_either_has_its_heading_for_a_title():
    cover = "/media/" + "a" * 22 + "/full.png"
    draft, extra = front_matter.read(
        f'+++\ntitle = "Oil"\ndate = 2020-03-01T10:00:00\ntags = ["a", 2]\n'
        f'[cover]\nimage = "{cover}"\nalt = "A can"\n+++\nText'
    )
    assert draft == Draft("Oil", "Text", tags=("a", "2"), cover="a" * 22, cover_alt="A can")
    assert extra.date == datetime(2020, 3, 1, 10, tzinfo=UTC)
    assert front_matter.read("# Hello you #\n\nText")[0] == Draft("Hello you", "\nText")
    assert front_matter.read("---\nonly lines\n---\nText")[0] == Draft("", "---\nonly lines\n---\nText")
    assert front_matter.read("")[0] == Draft("", "")


async def test_what_is_written_is_read_as_the_same_draft(store, owner):
    draft = Draft(
        "Yes: 'no' # \"really\" — 灯",
        "---\nnot: above\n---\n\n+++\n    code\n",
        "2020-01-01",
        ("a", "1"),
        comments_days=0,
        pinned=True,
        kind="page",
    )
    post = await posts.create(store, owner, draft, NOON, source="web")
    post = await posts.publish(store, owner, post.id, NOON + timedelta(microseconds=5))
    again, extra = front_matter.read(front_matter.write(post))
    assert posts.check_draft(again) == posts.draft_of(post)
    assert (extra.date, extra.updated, extra.draft) == (post.published_at, post.updated_at, None)
    assert extra.date.tzinfo in {UTC, timezone(timedelta(0))}


@pytest.mark.parametrize(
    "above",
    [
        "a: &a [x]\nb: [*a, *a]",
        "a: " + "[" * 5000,
        "- " * 5000 + "x",
        "{a: " * 3000,
        "a: [unclosed",
        "a: b: c",
        "date: 2020-02-31",
        "date: soon",
        "date: 0001-01-01",
        "lastmod: 9999-12-31T23:59:59-10:00",
        "title: " + ":".join("1" * 5000),
        "tags: [0x" + "f" * 9000 + "]",
        'title: !!int ""',
        "title: !!bool perhaps",
        "title: !!timestamp soon",
        "a: !!python/object/apply:os.system ['true']",
        "a: " + "x" * 16_400,
        "\ta: b",
    ],
)
def test_what_is_hostile_or_broken_above_a_text_is_refused_at_once(above):
    began = time.process_time()
    with pytest.raises(BadDraft) as refused:
        front_matter.read(f"---\n{above}\n---\nText")
    assert (refused.value.field, time.process_time() - began < 1) == ("front_matter", True)


@pytest.mark.parametrize("above", ["a = " + "[" * 5000, "a = {b", "date = 2020-02-31", "a = 0x" + "f" * 9000])
def test_so_it_is_in_toml(above):
    with pytest.raises(BadDraft):
        front_matter.read(f"+++\n{above}\n+++\nText")
