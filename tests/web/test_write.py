"""Writing by form: what works answers 303, what is refused stands in its form again with a sentence by the field."""

import html
import io
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import aiohttp
import msgspec
import pytest

from db import media, posts
from db.config import Site
from db.posts import Draft
from tests import pictures
from tests.members import NOON, member
from tests.posted import texts_of

JSON = {"Accept": "application/json"}
LATER = datetime.now(UTC) + timedelta(days=30)


@pytest.fixture
def config(config):
    return msgspec.structs.replace(config, site=Site(name="Porchlight", timezone="Europe/Berlin"))


@pytest.fixture
async def cleo(store):
    return await member(store, "cleo", role="author")


@pytest.fixture
async def robin(store):
    return await member(store, "robin", role="author", owner=True)


@pytest.fixture
async def mine(enter, cleo):
    return await enter(cleo)


@pytest.fixture
async def post(store, cleo):
    draft = Draft("On kettles", "They sing.", summary="Of tea", tags=("tea", "iron"))
    return await posts.create(store, cleo, draft, NOON, source="web")


def form_of(post, **changed):
    kept = posts.draft_of(post)
    fields = {"title": kept.title, "slug": kept.slug, "tags": ", ".join(kept.tags), "summary": kept.summary}
    fields |= {"cover": "", "cover_alt": "", "comments_days": "", "body": kept.body, "seen": str(post.revision)}
    return {**fields, "act": "save", **changed}


async def send(browser, post, **changed):
    return await browser.post(f"/write/{post.id}", data=form_of(post, **changed), allow_redirects=False)


async def now(store, post):
    return await posts.get(store.pool, post.id)


def sentence(page, field):
    """What stands by a field."""
    found = re.search(rf'id="{field}-error"(?: role="alert")?>([^<]*)<', page)
    return html.unescape(found[1]) if found else None


def typed(page, name="body"):
    found = re.search(rf'<textarea id="{name}"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    return html.unescape(found[1])


# Who may


async def test_a_draft_begins_with_its_title_and_is_its_authors_alone(store, mine, enter, cleo, robin):
    answer = await mine.post("/write", data={"title": " The <first> one "}, allow_redirects=False)
    [entry] = await posts.drafts_of(store.pool, cleo)
    assert (answer.status, answer.headers["Location"]) == (303, f"/write/{entry.id}?done=begun")
    assert (entry.title, entry.slug, entry.state) == ("The <first> one", "the-first-one", "draft")
    assert "The &lt;first&gt; one" in await (await mine.get("/write")).text()
    other = await enter(await member(store, "dora", role="author"))
    assert "&lt;first&gt;" not in await (await other.get("/write")).text()
    assert (await other.get(f"/write/{entry.id}")).status == 404
    assert (await send(other, await now(store, entry), title="Mine")).status == 404
    assert "by <bdi>Cleo</bdi>" in await (await (await enter(robin)).get("/write")).text()
    assert (await now(store, entry)).title == "The <first> one"


async def test_a_post_without_a_title_is_not_begun(store, mine, cleo):
    answer = await mine.post("/write", data={"title": " "})
    assert (answer.status, sentence(await answer.text(), "title")) == (422, "Please give it a title.")
    assert await posts.drafts_of(store.pool, cleo) == []


async def test_the_menu_leads_authors_there_and_nobody_else(store, enter, cleo, ada):
    assert 'href="/write"' in await (await (await enter(cleo)).get("/people")).text()
    assert 'href="/write"' not in await (await (await enter(ada)).get("/people")).text()


async def test_who_may_no_longer_save_keeps_their_words(store, mine, enter, cleo, robin, post):
    async def words_are_kept(browser):
        answer = await send(browser, post, body="Much <b>work</b>", title="So far")
        page = await answer.text()
        assert (answer.status, typed(page), 'value="So far"' in page) == (404, "Much <b>work</b>", True)
        assert "They sing." not in page

    await words_are_kept(await enter())
    await store.pool.execute("update people set role = 'member' where id = $1", cleo.id)
    await words_are_kept(mine)
    await posts.delete(store, robin, post.id, NOON)
    await words_are_kept(await enter(robin))


# Saving


async def test_saving_keeps_every_field_as_one_revision(store, mine, cleo, post):
    fields = {"title": "Of kettles", "slug": "my Kettles", "tags": "Tea, c++", "summary": "Short", "comments_days": "9"}
    answer = await send(mine, post, **fields, body="One\r\n\r\nTwo &amp; <three>\r\n")
    assert (answer.status, answer.headers["Location"]) == (303, f"/write/{post.id}?done=save")
    kept = await now(store, post)
    assert posts.draft_of(kept) == Draft(
        "Of kettles", "One\n\nTwo &amp; <three>", "Short", ("tea", "cpp"), "my-kettles", comments_days=9
    )
    [newest, _] = await posts.revisions(store.pool, post.id)
    assert (newest.number, newest.by, newest.source) == (2, "Cleo", "web")
    page = await (await mine.get(f"/write/{post.id}?done=save")).text()
    assert ("Saved." in page, typed(page)) == (True, "One\n\nTwo &amp; <three>")
    await send(mine, kept, body="One\r\n\r\nTwo &amp; <three>\r\n")
    assert (await now(store, post)).revision == 2


REFUSED = [
    ({"title": " "}, "title", "Please give it a title."),
    ({"title": "x" * 5000}, "title", "5,000 characters"),
    ({"body": "x" * 200_001}, "body", "200,001 characters"),
    ({"tags": "木"}, "tags", "needs a Latin letter"),
    ({"summary": "x" * 501}, "summary", "501 characters"),
    ({"slug": "archive"}, "slug", "The site itself uses that address"),
    ({"comments_days": "soon"}, "comments_days", "a number of days"),
    ({"cover": "x" * 22, "cover_alt": "A lamp"}, "cover", "is not here any more"),
    ({"cover": "x" * 22, "act": "publish"}, "cover", "what the cover shows"),
    ({"act": "schedule", "at": "soon"}, "at", "a day and a time"),
    ({"act": "schedule", "at": "2020-01-01T10:00"}, "at", "a time to come"),
]


async def test_what_is_refused_stands_in_the_form_with_the_reason_by_its_field(store, mine, post):
    for changed, field, words in REFUSED:
        answer = await send(mine, post, **{"body": "</textarea><b>words", **changed})
        page = await answer.text()
        assert (answer.status, words in sentence(page, field)) == (422, True), field
        assert typed(page) == changed.get("body", "</textarea><b>words")
    assert await now(store, post) == post


async def test_what_cannot_be_drawn_is_kept_in_the_form(store, mine, post, monkeypatch):
    async def refuse(*_args):
        raise posts.BadDraft("body", "That could not be drawn.", "bad_markdown")

    monkeypatch.setattr("db.posts._saving.printing.printed", refuse)
    answer = await send(mine, post, body="hostile")
    page = await answer.text()
    assert (answer.status, sentence(page, "body"), typed(page)) == (422, "That could not be drawn.", "hostile")


def form_bytes(fields):
    """A large form, as a stream, which is how aiohttp wants one."""
    return io.BytesIO(urlencode(fields).encode())


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def test_200_000_of_the_widest_characters_arrive(store, mine, post):
    data = form_bytes(form_of(post, body="🏮" * 200_000))
    answer = await mine.post(f"/write/{post.id}", data=data, headers=FORM, allow_redirects=False)
    assert (answer.status, len((await now(store, post)).body)) == (303, 200_000)


async def test_more_than_fits_is_refused_before_it_is_read(mine, post, store):
    answer = await mine.post(f"/write/{post.id}", data=form_bytes({"body": "x" * (3 * 1024**2)}), headers=FORM | JSON)
    assert (answer.status, (await answer.json())["error"]["code"]) == (413, "too_large")


async def test_a_form_that_makes_no_sense_is_refused(store, mine, post):
    many = "&".join(f"field{one}=x" for one in range(65)).encode()
    for body in (b"title=%ff", b"title=\xed\xa0\x80", b"title=%ed%a0%80", many):
        assert (await mine.post(f"/write/{post.id}", data=body, headers=FORM)).status == 400
    assert (await mine.post(f"/write/{post.id}", json={"title": "x"})).status == 415
    made = aiohttp.FormData(form_of(post))
    made.add_field("title", "twice", content_type="text/plain")
    assert (await mine.post(f"/write/{post.id}/pictures", data=made)).status == 400
    assert await now(store, post) == post


# Coming out


async def test_buttons_lead_a_post_through_its_states(store, mine, cleo, post):
    seen = []
    at = LATER.strftime("%Y-%m-%dT10:00")
    for act in ("schedule", "unpublish", "publish", "unlist", "publish", "unpublish"):
        kept = await now(store, post)
        answer = await send(mine, kept, act=act, at=at, body=f"{kept.body}!")
        assert (answer.status, answer.headers["Location"]) == (303, f"/write/{post.id}?done={act}")
        seen.append((await now(store, post)).state)
    assert seen == ["scheduled", "draft", "published", "unlisted", "published", "draft"]
    assert (await now(store, post)).body == "They sing.!!!!!!"


async def test_a_draft_has_a_link_for_first_readers_and_a_post_its_address(store, mine, cleo, post):
    page = await (await mine.get(f"/write/{post.id}")).text()
    [token] = re.findall(r'href="/blog/preview/([^"]+)"', page)
    assert (await posts.by_preview_token(store, token)).id == post.id
    await posts.publish(store, cleo, post.id, NOON)
    assert 'href="/blog/on-kettles"' in await (await mine.get(f"/write/{post.id}")).text()


async def test_a_time_is_understood_where_the_site_is(store, mine, post):
    year = datetime.now(UTC).year + 1
    await send(mine, post, act="schedule", at=f"{year}-07-01T09:00")
    assert (await now(store, post)).published_at == datetime(year, 7, 1, 7, tzinfo=UTC)
    page = await (await mine.get(f"/write/{post.id}")).text()
    assert (f'value="{year}-07-01T09:00"' in page, "Europe/Berlin" in page) == (True, True)
    assert f"by itself: 1 July {year}, 09:00." in await (await mine.get(f"/write/{post.id}?done=schedule")).text()
    assert f"1 July {year}, 09:00" in await (await mine.get("/write")).text()


async def test_what_was_saved_before_publishing_was_refused_is_no_conflict(store, mine, post):
    answer = await send(mine, post, act="publish", body="")
    page = await answer.text()
    assert (answer.status, "nothing to read" in page) == (422, True)
    [seen] = re.findall(r'name="seen" value="(\d+)"', page)
    assert (await send(mine, post, seen=seen, act="publish", body="Words")).status == 303


async def test_only_the_owner_pins_and_makes_pages(store, mine, enter, robin, post):
    await send(mine, post, kind="page", pinned="on", body="More")
    kept = await now(store, post)
    assert (kept.kind, kept.pinned) == ("post", False)
    await send(await enter(robin), kept, kind="page", pinned="on", slug="about")
    kept = await now(store, post)
    assert (kept.kind, kept.pinned, kept.slug) == ("page", True, "about")
    await send(mine, kept, body="Still a page")
    kept = await now(store, post)
    assert (kept.kind, kept.pinned, kept.body) == ("page", True, "Still a page")


async def test_deleting_asks_once_more(store, mine, post):
    page = await (await mine.get(f"/write/{post.id}/delete")).text()
    assert ("On kettles" in page, await now(store, post)) == (True, post)
    answer = await mine.post(f"/write/{post.id}/delete", allow_redirects=False)
    assert (answer.status, await now(store, post)) == (303, None)


# Two at once


async def test_after_a_conflict_both_texts_are_there_and_nothing_is_lost(store, mine, enter, robin, post):
    await send(await enter(robin), post, body="They sing.\n\nAnd hiss.")
    answer = await send(mine, post, body="They sing <softly>.")
    page = await answer.text()
    assert (answer.status, typed(page), typed(page, "theirs-body")) == (
        422, "They sing <softly>.", "They sing.\n\nAnd hiss.",
    )  # fmt: skip
    assert "<bdi>Robin</bdi> saved this" in page
    assert re.search(r'<details class="conflict-lines" open>.*<del class="line gone">', page, re.DOTALL)
    assert "&lt;softly&gt;" in page
    assert (await now(store, post)).body == "They sing.\n\nAnd hiss."
    [seen] = re.findall(r'name="seen" value="(\d+)"', page)
    assert (await send(mine, post, seen=seen, body="They sing <softly>.")).status == 303
    assert await texts_of(store, post) == [
        "They sing <softly>.", "They sing.\n\nAnd hiss.", "They sing.",
    ]  # fmt: skip


async def test_a_program_is_told_what_was_saved_in_between(store, mine, enter, robin, post):
    await send(await enter(robin), post, body="They hiss.", tags="steam")
    answer = await mine.post(f"/write/{post.id}", data=form_of(post, body="They sing on."), headers=JSON)
    error = (await answer.json())["error"]
    assert (answer.status, error["code"]) == (422, "conflict")
    theirs = error["theirs"]
    assert (theirs["revision"], theirs["by"]) == (2, "Robin")
    assert (theirs["fields"]["body"], theirs["fields"]["tags"]) == ("They hiss.", "steam")
    assert 'class="line gone">' in theirs["lines"]


async def test_who_saved_in_another_window_is_told_that_it_was_they(mine, post):
    await send(mine, post, body="They hiss.")
    page = await (await send(mine, post, body="They sing on.")).text()
    assert "<bdi>You, in another window,</bdi> saved this at" in page


async def test_the_same_words_twice_are_no_conflict(store, mine, post):
    """As when the answer to the first was lost."""
    for _ in range(2):
        answer = await mine.post(f"/write/{post.id}", data=form_of(post, body="New"), headers=JSON)
        assert (answer.status, (await answer.json())["revision"]) == (200, 2)


# Saving by itself


async def autosave(browser, post, **changed):
    fields = form_of(post, act="autosave", **changed)
    return await browser.post(f"/write/{post.id}", data=fields, headers=JSON)


async def test_drafts_that_save_themselves_do_not_fill_the_history(store, mine, post):
    seen = post.revision
    for words in ("They sing. A", "They sing. A b", "They sing. A b c"):
        answer = await autosave(mine, post, body=words, seen=str(seen))
        seen = (await answer.json())["revision"]
    assert await texts_of(store, post) == ["They sing. A b c", "They sing."]
    await send(mine, await now(store, post), body="By hand")
    await autosave(mine, await now(store, post), body="By itself")
    assert [one.number for one in await posts.revisions(store.pool, post.id)] == [6, 5, 4, 1]


async def test_nothing_that_readers_see_saves_itself(store, mine, cleo, post):
    for act in (posts.publish, posts.unlist):
        await act(store, cleo, post.id, datetime.now(UTC))
        answer = await autosave(mine, post, body="Half a sen")
        assert (answer.status, (await answer.json())["error"]["code"]) == (422, "not_draft")
    await posts.unpublish(store, cleo, post.id, datetime.now(UTC))
    await posts.publish(store, cleo, post.id, datetime.now(UTC), at=None)
    assert (await now(store, post)).body == "They sing."


async def test_a_refusal_names_its_field_to_a_program(mine, post):
    answer = await autosave(mine, post, title="")
    assert (answer.status, (await answer.json())["error"]) == (
        422, {"code": "bad_post", "message": "Please give it a title.", "field": "title"},
    )  # fmt: skip


# Looking


async def test_the_preview_shows_the_drawn_text_and_keeps_nothing(store, mine, post):
    page = await (await send(mine, post, act="preview", body="Some words <script>alert(1)</script>")).text()
    [drawn] = re.findall(r'<div class="article e-content"[^>]*>(.*?)</div>', page, re.DOTALL)
    assert ("Some words" in drawn, "<script>" in drawn, typed(page).startswith("Some words <script>")) == (
        True,
        False,
        True,
    )
    answer = await mine.post("/write/preview", data={"body": "Three more words"}, headers=JSON)
    told = await answer.json()
    assert (answer.status, "Three more words" in told["html"], told["words"]) == (200, True, 3)
    assert await now(store, post) == post


@pytest.mark.usefixtures("in_one_moment")
async def test_too_many_looks_at_once_are_told_to_wait(mine):
    answers = [await mine.post("/write/preview", data={"body": "x"}, headers=JSON) for _ in range(11)]
    assert [answer.status for answer in answers] == [200] * 10 + [429]
    assert answers[-1].headers["Retry-After"]


# Pictures


async def bring(browser, post, *, alt="", **files):
    fields = {**form_of(post, body="Look:"), "picture_alt": alt}
    made = aiohttp.FormData(fields)
    for name in ("picture", "cover_file"):
        data = files.get(name)
        made.add_field(name, io.BytesIO(data or b""), filename="a.png" if data else "", content_type="image/png")
    return await browser.post(f"/write/{post.id}/pictures", data=made)


async def test_a_picture_by_form_is_put_into_the_text_with_what_it_shows(store, mine, post):
    answer = await bring(mine, post, picture=pictures.still(), alt="A [teal] wall")
    page = await answer.text()
    kept = re.fullmatch(r"Look:\n\n!\[A \\\[teal\\\] wall\]\(/media/([\w-]{22})/full\.png\)\n", typed(page))
    assert (answer.status, bool(kept)) == (200, True)
    assert (await media.get(store.pool, kept[1])).width
    assert await now(store, post) == post
    assert (await send(mine, post, body=typed(page))).status == 303


async def test_a_cover_by_form_waits_for_what_it_shows_before_it_comes_out(store, mine, post):
    page = await (await bring(mine, post, cover_file=pictures.still())).text()
    [cover] = re.findall(r'name="cover" value="([\w-]{22})"', page)
    assert f'src="/media/{cover}/full.png"' in page
    assert (await send(mine, post, cover=cover)).status == 303
    kept = await now(store, post)
    answer = await send(mine, kept, cover=cover, act="publish")
    assert (answer.status, (await now(store, post)).state) == (422, "draft")
    assert (await send(mine, kept, cover=cover, cover_alt="A lamp", act="publish")).status == 303
    kept = await now(store, post)
    assert (kept.cover.media, kept.cover.alt, kept.state) == (cover, "A lamp", "published")
    await send(mine, kept, cover=cover, cover_alt="A lamp", no_cover="on")
    assert (await now(store, post)).cover is None


async def test_a_picture_that_is_refused_leaves_what_was_typed(store, mine, post):
    tried = [
        ({}, "picture", "choose a picture"),
        ({"picture": pictures.still()}, "picture", "what the picture shows"),
        ({"picture": b"no picture", "alt": "x"}, "picture", "picture"),
        ({"cover_file": b"no picture"}, "cover", "picture"),
    ]
    for files, field, words in tried:
        answer = await bring(mine, post, **files)
        page = await answer.text()
        assert (answer.status, words in sentence(page, field), typed(page)) == (422, True, "Look:")


async def test_nobody_brings_pictures_to_another_ones_post(enter, ada, post):
    assert (await bring(await enter(ada), post, picture=pictures.still(), alt="x")).status == 404


# History


async def test_two_revisions_are_compared_and_an_earlier_one_comes_back(store, mine, post):
    await send(mine, post, title="Kettles", body="They sing <loud>.", tags="tea")
    page = await (await mine.get(f"/write/{post.id}/history?from=2&to=1")).text()
    assert re.search(r"<b>Title</b>: <del>On kettles</del> became <ins>Kettles</ins>", page)
    assert re.search(r"<b>Tags</b>: <del>tea, iron</del> became <ins>tea</ins>", page)
    assert '<ins class="line new">They sing<mark> &lt;loud&gt;</mark>.</ins>' in page
    answer = await mine.post(f"/write/{post.id}/history", data={"number": "1"}, allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, f"/write/{post.id}?done=restore")
    kept = await now(store, post)
    assert (kept.title, kept.body, kept.revision) == ("On kettles", "They sing.", 3)


async def test_a_revision_without_words_is_not_offered_to_be_brought_back(store, mine, cleo):
    empty = await posts.create(store, cleo, Draft("Soon", ""), datetime.now(UTC), source="web")
    await posts.save(store, cleo, empty.id, Draft("Soon", "Words."), datetime.now(UTC), source="web")
    page = await (await mine.get(f"/write/{empty.id}/history")).text()
    assert ("no words" in page, "Bring back" in page) == (True, False)


async def test_a_revision_that_is_not_there_is_not_shown_and_does_not_come_back(store, mine, post):
    for query in ("?from=1", "?from=x&to=99", "?from=1&to=1", ""):
        answer = await mine.get(f"/write/{post.id}/history{query}")
        assert (answer.status, "Cleo, on the site" in html.unescape(await answer.text())) == (200, True)
    for number in ("9", "x", ""):
        answer = await mine.post(f"/write/{post.id}/history", data={"number": number})
        assert answer.status == 404
    assert await now(store, post) == post
