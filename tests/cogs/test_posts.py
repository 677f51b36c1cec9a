"""Writing for the blog from Discord, as the owner and authors do it, and as nobody else may."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from db import people, posts
from db.posts import Draft
from practice import Answers
from practice import porch as ids
from practice.files import Upload
from tests.cogs.conftest import until
from tests.members import member
from tests.pictures import still

PUBLISHED = "<https://porch.example/blog/{}>"
PREVIEW = re.compile(r"<https://porch\.example/blog/preview/[\w-]+>$")
NOT_A_WRITER = "Only the owner of the site and its authors can write posts. An author links Discord on the site first."


@pytest.fixture
def porch(wiped):
    return wiped


@pytest.fixture
async def mika(porch):
    """An author, who has linked Discord."""
    person = await member(porch.store, "mika", "Mika", role="author")
    await porch.store.pool.execute("update people set discord_id = $2 where id = $1", person.id, ids.MEMBERS["Mika"])
    return await people.get(porch.store.pool, person.id)


@pytest.fixture
async def lamps(porch, owner):
    draft = Draft(title="Lamps", body="They *glow*.", tags=("night",), summary="On light")
    return await posts.create(porch.store, owner, draft, datetime.now(UTC), source="web")


async def ask(porch, words, who="owner", **options):
    return await porch.practice.command(f"post {words}", options, who=who)


async def said(porch, words, who="owner", **options):
    return (await ask(porch, words, who, **options)).content


async def now_of(porch, post):
    return await posts.get(porch.store.pool, post.id)


async def every(porch):
    rows = await porch.store.pool.fetch("select id from posts where deleted_at is null order by id")
    return [await posts.get(porch.store.pool, row["id"]) for row in rows]


def texts(message):
    return [file.data.decode() for file in message.attachments]


def markdown(text, name="article.md"):
    return Upload(0, name, "text/markdown", text.encode())


def picture(name):
    return Upload(0, name, "image/png", still())


# Forms


async def test_a_post_is_written_in_a_form_and_stays_a_draft(porch, owner):
    form = await ask(porch, "new", title="Lamps & moths")
    assert form.kind is Answers.MODAL
    answer = await porch.practice.submit(form, {"tags": "night, Odd Lamps,", "body": "# One\n\nThey *come*."})
    assert answer.ephemeral
    assert answer.content.startswith("**Lamps & moths** is saved as revision 1, draft: ")
    assert PREVIEW.search(answer.content)
    [post] = await every(porch)
    assert (post.title, post.tags, post.body, post.state) == (
        "Lamps & moths",
        ("night", "odd-lamps"),
        "# One\n\nThey *come*.",
        "draft",
    )
    assert [one.source for one in await posts.revisions(porch.store.pool, post.id)] == ["discord"]


async def test_a_form_that_is_refused_gives_back_what_was_typed(porch, lamps):
    form = await ask(porch, "edit", post="lamps")
    typed = {"title": 'A "new" name', "slug": "tags", "body": "Long: words\n\nof mine"}
    answer = await porch.practice.submit(form, typed)
    assert "The site itself uses that address" in answer.content
    assert answer.ephemeral
    [file] = texts(answer.message)
    draft, _ = posts.front_matter.read(file)
    assert (draft.title, draft.body.strip()) == ('A "new" name', "Long: words\n\nof mine")
    assert await now_of(porch, lamps) == lamps


async def test_two_who_write_at_once_keep_their_own_words(porch, owner, mika):
    forms = [await ask(porch, "new"), await ask(porch, "new", "Mika")]
    for form, title in zip(forms, ("Robins", "Mikas"), strict=True):
        await porch.practice.submit(form, {"title": title, "body": f"by {title}"})
    assert [(one.title, one.body, one.author.name) for one in await every(porch)] == [
        ("Robins", "by Robins", "Robin"),
        ("Mikas", "by Mikas", "Mika"),
    ]


async def test_an_edit_changes_the_post_and_the_old_address_leads_on(porch, lamps):
    form = await ask(porch, "edit", post="lamps")
    assert {part["component"]["custom_id"]: part["component"].get("value") for part in form.modal["components"]} == {
        "title": "Lamps",
        "slug": "lamps",
        "tags": "night",
        "summary": "On light",
        "body": "They *glow*.",
    }
    answer = await porch.practice.submit(form, {"title": "Lanterns", "slug": "lanterns", "summary": ""})
    assert answer.content.startswith("**Lanterns** is saved as revision 2, draft: ")
    post = await now_of(porch, lamps)
    assert (post.title, post.slug, post.own_summary, post.tags, post.body) == (
        "Lanterns",
        "lanterns",
        "",
        ("night",),
        "They *glow*.",
    )
    again = await porch.practice.submit(await ask(porch, "edit", post="lanterns"), {})
    assert again.content.startswith("Nothing has changed in **Lanterns**")


async def test_an_edit_of_what_somebody_else_saved_meanwhile_is_a_conflict_and_loses_nothing(porch, owner, lamps):
    form = await ask(porch, "edit", post="lamps")
    theirs = replace(posts.draft_of(lamps), body="Theirs")
    await posts.save(porch.store, owner, lamps.id, theirs, datetime.now(UTC), source="web")
    answer = await porch.practice.submit(form, {"body": "Mine"})
    assert "saved this post in between" in answer.content
    assert "Mine" in texts(answer.message)[0]
    assert (await now_of(porch, lamps)).body == "Theirs"


async def test_a_long_text_is_given_as_a_file_and_taken_back(porch, owner, lamps):
    long = replace(posts.draft_of(lamps), body="Many words. " * 500)
    await posts.save(porch.store, owner, lamps.id, long, datetime.now(UTC), source="web")
    answer = await ask(porch, "edit", post="lamps")
    assert (answer.kind, answer.message.attachments[0].filename) == (Answers.MESSAGE, "lamps.md")
    [file] = texts(answer.message)
    changed = file.replace("Many words.", "More words.", 1)
    taken = await said(porch, "upload", file=markdown(changed, "lamps.md"), post="lamps")
    assert taken.startswith("**Lamps** is saved as revision 3")
    late = file.replace("Many words.", "Other words.", 1)
    assert "saved this post in between" in await said(porch, "upload", file=markdown(late, "lamps.md"), post="lamps")
    assert "Other" not in (await now_of(porch, lamps)).body
    post = await now_of(porch, lamps)
    assert (post.body[:24], post.title, post.tags) == ("More words. Many words. ", "Lamps", ("night",))


async def test_what_surrounds_a_long_text_is_changed_in_a_form(porch, owner, lamps):
    long = replace(posts.draft_of(lamps), body="Many words. " * 500)
    await posts.save(porch.store, owner, lamps.id, long, datetime.now(UTC), source="web")
    offered = await ask(porch, "edit", post="lamps")
    form = await porch.practice.press(offered.message, f"post:edit:{lamps.id}")
    await porch.practice.submit(form, {"slug": "lanterns"})
    post = await now_of(porch, lamps)
    assert (post.slug, len(post.body)) == ("lanterns", 5999)


# Files


async def test_an_article_comes_with_its_pictures_and_says_what_is_missing(porch, owner):
    text = (
        "---\ntitle: Lamps\ntags: [night]\ncover: Dawn.PNG\n---\n\n![A lamp](pictures/lamp.png)\n\n"
        "![Dusk](dusk.png) and [more](https://example.org/lamp.png)\n"
    )
    answer = await said(
        porch, "upload", file=markdown(text), picture_1=picture("lamp.png"), picture_2=picture("dawn.png")
    )
    [post] = await every(porch)
    [lamp] = re.findall(r"!\[A lamp\]\((/media/[\w-]{22}/full\.png)\)", post.body)
    assert "https://example.org/lamp.png" in post.body
    assert post.cover is not None
    assert post.cover.media not in lamp
    assert await porch.store.pool.fetchval("select alt from media where id = $1", lamp.split("/")[2]) == "A lamp"
    assert answer.splitlines()[0] == "`dusk.png` is in the text, and was not attached."
    assert PREVIEW.search(answer)


async def test_a_file_without_front_matter_has_its_title_from_its_heading_or_its_name(porch, owner):
    await said(porch, "upload", file=markdown("# Of *lamps*\n\nText"))
    await said(porch, "upload", file=markdown("Text", "of_moths-too.md"))
    await said(porch, "upload", file=markdown("Text"), title="Of light")
    assert [(one.title, one.body) for one in await every(porch)] == [
        ("Of *lamps*", "Text"),
        ("of moths too", "Text"),
        ("Of light", "Text"),
    ]


async def test_a_file_that_is_no_draft_comes_out(porch, owner):
    answer = await said(porch, "upload", file=markdown("---\ntitle: Lamps\ndraft: false\n---\nText"))
    assert answer.endswith(PUBLISHED.format("lamps"))
    assert [one.state for one in await every(porch)] == ["published"]


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (Upload(0, "lamp.png", "image/png", b"x"), "is no Markdown file"),
        (Upload(0, "x.md", "text/markdown", b"\xff\xfe"), "is not UTF-8"),
        (Upload(0, "x.md", "text/markdown", b"x" * 1_100_000), "bytes"),
        (Upload(0, "x.md", "text/markdown", b"x" * 200_001), "200,000 fit"),
    ],
)
async def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(porch, owner, file, sentence):
    assert sentence in await said(porch, "upload", file=file)
    assert await every(porch) == []


async def test_a_picture_that_is_none_is_told_of_and_the_rest_is_kept(porch, owner):
    broken = Upload(0, "lamp.png", "image/png", b"no picture")
    answer = await said(porch, "upload", file=markdown("![x](lamp.png)"), title="Lamps", picture_1=broken)
    assert "`lamp.png` was not taken: " in answer
    assert len(await every(porch)) == 1


# Out and back


async def test_a_post_comes_out_and_goes_back_and_twice_is_as_once(porch, lamps):
    for _ in range(2):
        assert await said(porch, "publish", post="lamps") == f"**Lamps** is out: {PUBLISHED.format('lamps')}"
    out = await now_of(porch, lamps)
    assert out.state == "published"
    for _ in range(2):
        assert PREVIEW.search(await said(porch, "unpublish", post="lamps"))
    assert (await now_of(porch, lamps)).state == "draft"
    await said(porch, "publish", post="Lamps")
    assert (await now_of(porch, lamps)).published_at == out.published_at


async def test_a_post_is_scheduled_in_words(porch, lamps):
    before = datetime.now(UTC)
    answer = await said(porch, "schedule", post="lamps", at="in 2 hours")
    post = await now_of(porch, lamps)
    assert post.state == "scheduled"
    assert timedelta(hours=1.9) < post.published_at - before < timedelta(hours=2.1)
    assert f"<t:{int(post.published_at.timestamp())}:F>" in answer
    assert "is out" in await said(porch, "publish", post="lamps")


@pytest.mark.parametrize("at", ["yesterday", "some day", "2020-01-01 09:00", " "])
async def test_a_time_that_is_past_or_none_is_refused_and_nothing_comes_out(porch, lamps, at):
    for words in ("schedule", "publish"):
        assert "tomorrow 9:00" in await said(porch, words, post="lamps", at=at)
    assert (await now_of(porch, lamps)).state == "draft"


async def test_a_preview_is_a_signed_link(porch, lamps):
    [token] = re.findall(r"<https://porch\.example/blog/preview/([\w-]+)>$", await said(porch, "preview", post="lamps"))
    assert (await posts.by_preview_token(porch.store, token)).id == lamps.id


async def test_a_post_is_deleted_once_that_is_confirmed(porch, lamps):
    asked = await ask(porch, "delete", post="lamps")
    kept = await porch.practice.press(asked.message, f"post:keep:{lamps.id}")
    assert kept.message.content == "Nothing was deleted."
    assert await now_of(porch, lamps)
    asked = await ask(porch, "delete", post="lamps")
    await porch.practice.press(asked.message, f"post:delete:{lamps.id}")
    assert asked.message.content == "**Lamps** is deleted, with its revisions and pictures."
    assert await now_of(porch, lamps) is None
    late = await ask(porch, "delete", post="lamps")
    assert late.content.startswith("There is no such post of yours.")


# Looking


async def test_the_list_is_read_page_by_page(porch, owner):
    for number in range(12):
        draft = Draft(title=f"Post {number}", body="x")
        await posts.create(porch.store, owner, draft, datetime(2026, 5, 1, 12, number, tzinfo=UTC), source="web")
    first = await ask(porch, "list")
    assert [line.split(" (")[0] for line in first.content.splitlines()][:2] == ["**Post 11**", "**Post 10**"]
    await porch.practice.press(first.message, "post:list:2")
    assert first.message.content.splitlines() == ["**Post 1** (draft) `post-1`", "**Post 0** (draft) `post-0`"]
    await porch.practice.press(first.message, "post:list:1")
    assert first.message.content.startswith("**Post 11**")


async def test_an_old_revision_is_brought_back(porch, owner, lamps):
    for number in range(7):
        draft = replace(posts.draft_of(lamps), body=f"Text {number}")
        await posts.save(porch.store, owner, lamps.id, draft, datetime.now(UTC), source="web")
    shown = await ask(porch, "history", post="lamps")
    assert [line.split()[0] for line in shown.content.splitlines()[1:]] == [f"**{n}**" for n in (8, 7, 6, 5, 4)]
    await porch.practice.press(shown.message, f"post:saves:{lamps.id}:3")
    assert "**1**" in shown.message.content
    answer = await porch.practice.press(shown.message, f"post:restore:{lamps.id}:1")
    assert answer.content.startswith("**Lamps** is restored, as revision 9, from revision 1: ")
    assert (await now_of(porch, lamps)).body == "They *glow*."


async def test_titles_and_addresses_are_offered_to_those_who_may_edit_them(porch, owner, mika, lamps):
    await posts.create(porch.store, mika, Draft(title="Moths", body="x"), datetime.now(UTC), source="web")

    async def offered(typed, who):
        found = await porch.practice.autocomplete("post edit", "post", {"post": typed}, who=who)
        return [(each["name"], each["value"]) for each in found]

    assert await offered("lam", "owner") == [("Lamps (draft)", "lamps")]
    assert sorted(await offered("", "owner")) == [("Lamps (draft)", "lamps"), ("Moths (draft)", "moths")]
    assert await offered("", "Mika") == [("Moths (draft)", "moths")]
    assert await offered("", "Teo") == []


# Who


async def test_an_author_has_their_own_posts_and_nobody_elses(porch, owner, mika, lamps):
    mine = await posts.create(porch.store, mika, Draft(title="Moths", body="x"), datetime.now(UTC), source="web")
    for words in ("edit", "preview", "publish", "unpublish", "delete", "history"):
        assert (await said(porch, words, "Mika", post="lamps")).startswith("There is no such post of yours.")
    shown = await ask(porch, "delete", post="lamps")
    porch.practice.world.whispers[shown.message.id].seen_by = ids.MEMBERS["Mika"]  # a press that a client made up
    pressed = await porch.practice.press(shown.message, f"post:delete:{lamps.id}", who="Mika")
    assert [one.content for one in pressed.followups] == ["This post is not there any more."]
    assert "Lamps" not in await said(porch, "list", "Mika")
    assert "is out" in await said(porch, "publish", "Mika", post="moths")
    assert (await now_of(porch, mine)).state == "published"
    assert await now_of(porch, lamps) == lamps


async def test_nobody_else_writes_whatever_they_try(porch, lamps):
    reader = await member(porch.store, "teo", "Teo")
    await porch.store.pool.execute("update people set discord_id = $2 where id = $1", reader.id, ids.MEMBERS["Teo"])
    for who in ("Teo", "Juniper"):  # a member, and somebody whom the site has never seen
        for words in ("edit", "preview", "publish", "unpublish", "delete", "history"):
            assert await said(porch, words, who, post="lamps") == NOT_A_WRITER
        for words, options in (("new", {}), ("list", {}), ("schedule", {"post": "lamps", "at": "in 1 hour"})):
            assert await said(porch, words, who, **options) == NOT_A_WRITER
        assert await said(porch, "upload", who, file=markdown("x")) == NOT_A_WRITER
    assert await every(porch) == [lamps]


async def test_an_authors_file_makes_no_standing_page_and_they_are_told(porch, mika):
    file = markdown("---\ntitle: Imprint\nkind: page\npinned: true\n---\n\nMine.", "imprint.md")
    answer = await said(porch, "upload", who="Mika", file=file)
    assert "Only the owner of the site makes standing pages" in answer
    assert await posts.drafts_of(porch.store.pool, mika) == []


async def test_an_author_whose_role_is_taken_while_the_form_is_open_keeps_the_words_only(porch, mika):
    form = await ask(porch, "new", "Mika")
    await porch.store.pool.execute("update people set role = 'member' where id = $1", mika.id)
    answer = await porch.practice.submit(form, {"title": "Moths", "body": "Mine"})
    assert answer.content.startswith(NOT_A_WRITER)
    assert "Mine" in texts(answer.message)[0]
    assert await every(porch) == []


async def test_what_is_not_there_is_said_not_to_be(porch, owner):
    for words in ("edit", "preview", "publish", "unpublish", "delete", "history"):
        for post in ("nothing", "\x00", "x" * 3000, "../lamps"):
            assert (await said(porch, words, post=post)).startswith("There is no such post of yours.")


async def test_a_slow_database_does_not_lose_what_was_typed(porch, lamps):
    """An answer is owed within three seconds, whatever the house does meanwhile."""
    form = await ask(porch, "edit", post="lamps")
    async with porch.store.pool.acquire() as conn, conn.transaction():
        await conn.execute("lock table posts in access exclusive mode")
        answer = await porch.practice.submit(form, {"body": "Mine"})
        assert answer.message is not None
    await until(lambda: answer.message.content)
    assert "short rest" in answer.message.content
    assert "Mine" in texts(answer.message)[0]
