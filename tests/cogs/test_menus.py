"""A message of Discord becomes a post; cards come into the portfolio and go."""

import asyncio
from datetime import UTC, datetime

import pytest

from cogs._post_marks import has_spoiler, written_out
from cogs._post_menus import title_and_text
from db import people, posts, projects, settings
from db.posts import Draft
from practice import porch as ids
from tests.cogs.test_posts import NOT_A_WRITER, PREVIEW, PUBLISHED, every, picture
from tests.members import member


@pytest.fixture
def porch(wiped):
    return wiped


@pytest.mark.parametrize(
    ("words", "title", "text"),
    [
        ("# Of **lamps**\n\nThey glow.", "Of lamps", "They glow."),
        ("One line", "One line", "One line"),
        ("> ||Quiet||\nSee <https://example.org/>", "||Quiet||", "See https://example.org/"),
        ("", "Untitled", ""),
        ("word " * 40 + "\nmore", "word " * 22 + "word…", "word " * 40 + "\nmore"),
    ],
)
def test_the_first_line_is_the_title(words, title, text):
    assert title_and_text(words) == (title, text)


async def test_a_message_comes_out_as_a_post_with_its_pictures_and_twice_is_as_once(porch, owner):
    words = f"# Lamps\nThey glow <:lamp:{ids.EMOJI}>, says <@{ids.MEMBERS['Mika']}>."
    message = porch.practice.say("Mika", words, files=[picture("lamp.png")])
    draft = await porch.practice.menu("Save as draft", message)
    assert draft.ephemeral
    assert PREVIEW.search(draft.content)
    for _ in range(2):
        answer = await porch.practice.menu("Publish as post", message)
        assert answer.content == f"**Lamps** is out: {PUBLISHED.format('lamps')}"
    [post] = await every(porch)
    assert (post.title, post.state) == ("Lamps", "published")
    assert post.body.startswith("They glow :lamp:, says @Mika.\n\n![](/media/")
    shown = await porch.store.pool.fetchval("select used from media where id = $1", post.body.split("/")[2])
    assert shown


async def test_a_spoiler_stays_a_draft_until_somebody_has_seen_to_it(porch, owner):
    message = porch.practice.say("Mika", "Of moths\nThey end in ||the lamp||.")
    for _ in range(2):
        answer = (await porch.practice.menu("Publish as post", message)).content
        assert answer.startswith("Something in it is behind spoiler bars")
        assert PREVIEW.search(answer)
    [draft] = await posts.drafts_of(porch.store.pool, owner)
    assert draft.state == "draft"
    await posts.save(porch.store, owner, draft.id, Draft("Of moths", "They end."), datetime.now(UTC), source="web")
    assert "is out" in (await porch.practice.menu("Publish as post", message)).content


async def test_marks_that_only_discord_knows_are_written_out():
    words = "Type </lamp on:123456789012345678> at <t:0:t>, by <t:86400:D> <t:0> <t:9999999999999>"
    written = "Type /lamp on at 01:00, by 2 January 1970 1 January 1970, 01:00 9999999999999"
    assert written_out(words, "Europe/Berlin") == written
    assert [has_spoiler(one) for one in ("a ||b|| c", "`a||b||c`", "a || b")] == [True, False, False]


async def test_two_who_press_at_once_make_one_post(porch, owner):
    message = porch.practice.say("Mika", "Of lamps\nThey glow.")
    answers = await asyncio.gather(*(porch.practice.menu("Publish as post", message) for _ in range(2)))
    assert all("is out" in one.content or "just now" in one.content for one in answers)
    assert len(await every(porch)) == 1
    assert "is out" in (await porch.practice.menu("Publish as post", message)).content
    assert [await settings.claim(porch.store.pool, "lamp", 0) for _ in range(2)] == [True, False]


async def test_an_author_has_their_own_words_only_and_others_have_none(porch, owner):
    mika = await member(porch.store, "mika", "Mika", role="author")
    await porch.store.pool.execute("update people set discord_id = $2 where id = $1", mika.id, ids.MEMBERS["Mika"])
    theirs, own = porch.practice.say("Teo", "Of moths"), porch.practice.say("Mika", "Of lamps")
    refused = await porch.practice.menu("Publish as post", theirs, who="Mika")
    assert refused.content == "Only what you said yourself can be a post of yours."
    for name in ("Publish as post", "Save as draft"):
        assert (await porch.practice.menu(name, theirs, who="Teo")).content == NOT_A_WRITER
    assert "is a draft" in (await porch.practice.menu("Save as draft", own, who="Mika")).content
    assert [(one.title, one.author.name) for one in await every(porch)] == [("Of lamps", "Mika")]


async def test_a_message_without_words_or_pictures_is_no_post(porch, owner):
    voice = porch.practice.voice("Mika")
    assert "nothing in this message" in (await porch.practice.menu("Publish as post", voice)).content
    assert await posts.drafts_of(porch.store.pool, owner) == []


async def test_cards_come_into_the_portfolio_and_go_by_the_owner_alone(porch, owner):
    card = {"name": "Lamp *post*", "text": "It glows.", "link": "Source https://example.org/", "alt": "A lamp"}
    for words, options in (("add", card), ("remove", {"name": "x"})):
        answer = await porch.practice.command(f"project {words}", options, who="Mika")
        assert answer.content == "Only the owner of the site can do this."
    answer = await porch.practice.command("project add", {**card, "picture": picture("lamp.png")})
    assert answer.content == r"**Lamp \*post\*** is in your portfolio: <https://porch.example/projects>"
    [added] = await projects.all_added(porch.store.pool)
    assert (added.name, added.links[0].label, added.picture.alt) == ("Lamp *post*", "Source", "A lamp")
    assert "of this name already" in (await porch.practice.command("project add", card)).content
    offered = await porch.practice.autocomplete("project remove", "name", {"name": "lamp"})
    assert [each["value"] for each in offered] == ["Lamp *post*"]
    for sentence in ("is out of your portfolio", "There is no project of this name"):
        assert sentence in (await porch.practice.command("project remove", {"name": "Lamp *post*"})).content
    assert await projects.all_added(porch.store.pool) == []
    assert await people.by_discord(porch.store.pool, ids.MEMBERS["Mika"]) is None
