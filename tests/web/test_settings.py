"""Settings by form: what works answers 303, what is refused stands in its form again with a sentence by the field."""

import io
import json
import re

import aiohttp
import pytest

from db import accounts, people, visits
from tests import pictures
from tests.members import member, signed_in
from web import make_app

PASSWORD = "three old tin kettles"
FORMS = ("profile", "picture/remove", "privacy", "password", "sessions/end", "sessions/1/end", "deletion")


@pytest.fixture
async def ada(store):
    person = await member(store, "ada", "Ada")
    hashed = await store.passwords.hash(PASSWORD)
    await store.pool.execute("update accounts set password_hash = $1 where person_id = $2", hashed, person.id)
    return person


@pytest.fixture
def browser(store, aiohttp_client):
    async def open_as(person=None, agent="Firefox on Linux"):
        cookies = await signed_in(store, person, agent=agent) if person else {}
        return await aiohttp_client(make_app(store), cookies=cookies)

    return open_as


async def send(browser, form, **data):
    return await browser.post(f"/settings/{form}", data=data, allow_redirects=False)


def picture(data):
    form = aiohttp.FormData()
    form.add_field("file", io.BytesIO(data), filename="me.png", content_type="image/png")
    return form


async def page_of(browser):
    return await (await browser.get("/settings")).text()


# Who may


@pytest.mark.parametrize("path", ["/settings", "/settings/data", "/people?q=ada"])
async def test_whoever_is_no_member_is_asked_to_log_in_and_brought_back(store, browser, path):
    visitor = await people.add_visitor(store.pool, "Bea")
    for person in (None, visitor):
        answer = await (await browser(person)).get(path, allow_redirects=False)
        back = aiohttp.client.URL(answer.headers["Location"])
        assert (answer.status, back.path, back.query["next"]) == (303, "/login", path)


@pytest.mark.parametrize("form", FORMS)
async def test_nobody_but_a_member_sets_anything(store, ada, browser, form):
    before = await accounts.get(store.pool, ada.id)
    visitor = await people.add_visitor(store.pool, "Bea")
    for person in (None, visitor):
        answer = await send(await browser(person), form, name="X", may_ask="nobody", password=PASSWORD)
        assert (answer.status, answer.headers["Location"]) == (303, "/login?next=/settings")
    assert await accounts.get(store.pool, ada.id) == before


@pytest.mark.parametrize("form", [*FORMS, "picture"])
async def test_another_sites_page_sets_nothing(store, ada, browser, form):
    mine = await browser(ada)
    answer = await mine.post(
        f"/settings/{form}", data={"password": PASSWORD}, headers={"Origin": "https://evil.example"}
    )
    assert answer.status == 403
    assert (await people.get(store.pool, ada.id)).username == "ada"


# Profile


async def test_a_member_is_not_counted_by_a_tick_and_is_again_without_it(store, ada, browser):
    mine = await browser(ada)
    for form, is_ticked in (({"uncounted": "on"}, True), ({}, False)):
        assert (await send(mine, "privacy", may_ask="nobody", **form)).status == 303
        assert await visits.is_excluded(store.pool, ada.id) is is_ticked
        page = await (await mine.get("/settings")).text()
        assert ('name="uncounted" checked' in page) is is_ticked
        told = json.loads(await (await mine.get("/settings/data")).text())
        assert told["account"]["visits_are_counted"] is not is_ticked


async def test_a_profile_is_changed_and_the_page_says_so(store, ada, browser):
    mine = await browser(ada)
    form = [
        ("name", "Ada L."),
        ("about", "I **count**"),
        ("url", "example.org"),
        ("label", "Mine"),
        ("url", ""),
        ("label", ""),
    ]
    answer = await mine.post("/settings/profile", data=form, allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/settings?saved=profile#profile")
    page = await (await mine.get("/settings?saved=profile")).text()
    assert ("Saved." in page, 'value="Ada L."' in page, 'value="https://example.org"' in page) == (True, True, True)
    profile = await (await mine.get("/people/ada")).text()
    assert "<strong>count</strong>" in profile
    assert 'href="https://example.org" rel="me ugc nofollow noopener">Mine</a>' in profile


@pytest.mark.parametrize(
    ("changed", "sentence", "field"),
    [
        ({"name": "Robin"}, "belongs to the house", 'id="name-error"'),
        ({"about": "x" * 1001}, "1,001 characters", 'id="about-error"'),
        ({"url": "javascript:alert(1)", "label": "x"}, "no web address", 'id="links-error"'),
    ],
)
async def test_a_refused_profile_stands_in_its_form_with_the_reason_by_the_field(
    store, ada, browser, changed, sentence, field
):
    mine = await browser(ada)
    typed = {"name": "Ada <b>", "about": "</textarea>words", "url": "https://example.org", "label": '"mine"', **changed}
    answer = await send(mine, "profile", **typed)
    page = await answer.text()
    assert answer.status == 422
    assert re.search(rf'{field} role="alert">[^<]*{sentence}', page)
    for words in typed.values():
        escaped = words.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&#34;")
        assert escaped in page, words
    kept = await accounts.get(store.pool, ada.id)
    assert (kept.person.name, kept.about, kept.links) == ("Ada", "", ())


async def test_hostile_forms_are_answered_and_keep_nothing_strange(store, ada, browser):
    mine = await browser(ada)
    for name, about, url in (
        ("\x00", "\x00\x1b", "\x00"),
        ("\u202eAda", "\u202e" * 500, "https://example.org/\x00"),
        ("e" + "\u0301" * 600, "e" + "\u0301" * 900, "https://" + "a" * 9000),
        ("A" * 60_000, "", ""),
    ):
        answer = await send(mine, "profile", name=name, about=about, url=url, label="\x00")
        assert answer.status in {303, 422}
        kept = await accounts.get(store.pool, ada.id)
        assert not set("\x00\x1b\u202e") & set(kept.person.name + kept.about + str(kept.links))
    assert (await mine.get("/people/ada")).status == 200


async def test_a_linked_member_cannot_take_another_name_than_that_of_discord(store, browser):
    mika = await member(store, "mika", "Mika", discord_id=5)
    mine = await browser(mika)
    page = await page_of(mine)
    assert ("linked with Discord" in page, 'name="name"' in page) == (True, False)
    assert (await send(mine, "profile", name="Somebody", about="words")).status == 303
    kept = await accounts.get(store.pool, mika.id)
    assert (kept.person.name, kept.about) == ("Mika", "words")


# Picture


async def test_a_picture_comes_goes_and_changes_its_address(store, ada, browser):
    mine = await browser(ada)
    answer = await mine.post("/settings/picture", data=picture(pictures.still()), allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/settings?saved=picture#picture")
    person = await people.get(store.pool, ada.id)
    address = f"/avatars/{ada.id}.png?v={person.picture[:8]}"
    assert address in await page_of(mine)
    shown = await mine.get(address)
    assert (shown.headers["Cache-Control"], pictures.opened(await shown.read()).size) == (
        "public, max-age=31536000, immutable",
        (48, 48),
    )
    assert (await send(mine, "picture/remove")).status == 303
    assert (await people.get(store.pool, ada.id)).picture is None
    assert f"/avatars/{ada.id}.png?v=" not in await page_of(mine)


@pytest.mark.parametrize(
    ("data", "status", "words"),
    [
        (b"", 422, "choose a picture first"),
        (b"no picture", 422, "no picture that can be read"),
        (b"x" * 9_000_000, 413, "8 MiB"),
    ],
)
async def test_what_is_no_picture_is_refused_by_its_field(store, ada, browser, data, status, words):
    mine = await browser(ada)
    answer = await mine.post("/settings/picture", data=picture(data), allow_redirects=False)
    page = await answer.text()
    assert (answer.status, words in page) == (status, True)
    assert (await people.get(store.pool, ada.id)).picture is None


# Privacy


async def test_privacy_is_as_the_form_says(store, ada, browser):
    mine = await browser(ada)
    assert (await send(mine, "privacy", may_ask="replied", shows_online="on")).status == 303
    kept = await accounts.get(store.pool, ada.id)
    assert (kept.may_ask, kept.shows_online, kept.shows_reading, kept.notify_discord) == ("replied", True, False, False)
    page = await page_of(mine)
    assert 'value="replied" checked' in page
    assert 'name="shows_reading" checked' not in page
    answer = await send(mine, "privacy", may_ask="friends")
    assert (answer.status, "Please choose who may ask" in await answer.text()) == (422, True)


# Password and sessions


async def test_a_new_password_ends_all_other_sessions_and_renews_this_one(store, ada, browser):
    mine, other = await browser(ada), await browser(ada)
    before = mine.session.cookie_jar.filter_cookies(mine.make_url("/"))["session"].value
    answer = await send(mine, "password", current=PASSWORD, new="seven loud paper boats")
    assert answer.status == 303
    assert (await mine.get("/settings", allow_redirects=False)).status == 200
    assert (await other.get("/settings", allow_redirects=False)).status == 303
    after = mine.session.cookie_jar.filter_cookies(mine.make_url("/"))["session"].value
    assert before != after
    assert await accounts.log_in(store, "ada", "seven loud paper boats", "127.0.0.1")


@pytest.mark.parametrize(
    ("current", "new", "field"), [("wrong", "seven loud paper boats", "current"), (PASSWORD, "password12", "new")]
)
async def test_a_refused_password_says_which_field_it_is(store, ada, browser, current, new, field):
    mine, other = await browser(ada), await browser(ada)
    answer = await send(mine, "password", current=current, new=new)
    page = await answer.text()
    assert answer.status == 422
    assert f'id="{field}-error" role="alert">' in page
    assert (current in page, new in page) == (False, False) or field == "current"
    assert new not in page
    assert (await other.get("/settings", allow_redirects=False)).status == 200


async def test_who_came_through_discord_sets_a_first_password(store, browser):
    mika = await member(store, "mika", "Mika", discord_id=5)
    mine = await browser(mika)
    assert "have no password yet" in await page_of(mine)
    assert (await send(mine, "password", new="seven loud paper boats")).status == 303
    assert "have no password yet" not in await page_of(mine)


async def test_sessions_are_listed_and_one_can_be_ended(store, ada, browser):
    mine, other = await browser(ada), await browser(ada, agent="Safari on iPhone")
    page = await page_of(mine)
    assert ("Firefox on Linux" in page, "Safari on iPhone" in page) == (True, True)
    rows = await store.pool.fetch("select id, data ->> 'agent' as agent from sessions")
    ids = {row["agent"]: row["id"] for row in rows}
    assert (await send(mine, f"sessions/{ids['Safari on iPhone']}/end")).status == 303
    assert (await other.get("/settings", allow_redirects=False)).status == 303
    assert "Safari on iPhone" not in await page_of(mine)
    answer = await send(mine, f"sessions/{ids['Firefox on Linux']}/end")
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    assert (await mine.get("/settings", allow_redirects=False)).status == 303


async def test_sessions_of_others_are_none_that_there_are(store, ada, browser):
    grace = await member(store, "grace")
    theirs, mine = await browser(grace), await browser(ada)
    number = await store.pool.fetchval("select id from sessions where person_id = $1", grace.id)
    unknown = await send(mine, "sessions/999999/end")
    foreign = await send(mine, f"sessions/{number}/end")
    assert (unknown.status, foreign.status) == (404, 404)
    hide = re.compile(r'name="next" value="[^"]*"')
    assert hide.sub("", await unknown.text()) == hide.sub("", await foreign.text())
    assert (await send(mine, f"sessions/{'9' * 40}/end")).status == 404
    assert (await theirs.get("/settings", allow_redirects=False)).status == 200


@pytest.mark.parametrize("too", [False, True])
async def test_everywhere_means_everywhere_else_unless_one_says_so(store, ada, browser, too):
    mine, other = await browser(ada), await browser(ada)
    assert (await send(mine, "sessions/end", **({"here": "on"} if too else {}))).status == 303
    assert (await other.get("/settings", allow_redirects=False)).status == 303
    assert (await mine.get("/settings", allow_redirects=False)).status == (303 if too else 200)


async def test_a_page_of_settings_is_kept_by_nobody_and_tells_no_token(store, ada, browser):
    answer = await (await browser(ada)).get("/settings")
    page = await answer.text()
    assert answer.headers["Cache-Control"] == "no-store"
    [row] = await store.pool.fetch("select token_hash from sessions")
    assert row["token_hash"].hex() not in page
    assert "argon2" not in page


# Data and deletion


async def test_ones_data_is_a_file_to_save(store, ada, browser):
    answer = await (await browser(ada)).get("/settings/data")
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="ada.json"')
    assert answer.headers["Cache-Control"] == "no-store"
    text = await answer.text()
    assert json.loads(text)["account"]["username"] == "ada"
    assert "argon2" not in text


async def test_an_account_is_deleted_by_its_password_and_the_porch_says_goodbye(store, ada, browser):
    mine, other = await browser(ada), await browser(ada)
    answer = await send(mine, "deletion", password="wrong")
    assert (answer.status, 'id="delete-password-error" role="alert">' in await answer.text()) == (422, True)
    answer = await send(mine, "deletion", username="ada")
    assert answer.status == 422
    answer = await send(mine, "deletion", password=PASSWORD)
    assert (answer.status, answer.headers["Location"]) == (303, "/?farewell=1")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert answer.cookies["session"]["max-age"] == "0"
    assert "Your account is gone" in await (await mine.get("/?farewell=1")).text()
    assert (await other.get("/settings", allow_redirects=False)).status == 303
    assert (await mine.get("/people/ada")).status == 404


async def test_without_a_password_the_username_is_what_confirms(store, browser):
    mika = await member(store, "mika", "Mika", discord_id=5)
    mine = await browser(mika)
    answer = await send(mine, "deletion", password="", username="mike")
    assert (answer.status, "Please write your username, mika" in await answer.text()) == (422, True)
    assert (await send(mine, "deletion", username=" MIKA ")).status == 303
    assert await people.by_username(store.pool, "mika") is None


async def test_guesses_at_the_password_by_who_found_an_open_window_are_slowed(store, ada, browser):
    mine = await browser(ada)
    statuses = [(await send(mine, "deletion", password=f"wrong {number}")).status for number in range(6)]
    assert statuses == [422] * 5 + [429]
    assert (await people.get(store.pool, ada.id)).username == "ada"


async def test_the_owner_is_not_offered_to_leave(store, browser):
    robin = await member(store, "rob", "Rob", discord_id=1, owner=True)
    mine = await browser(robin)
    assert "settings/deletion" not in await page_of(mine)
    assert (await send(mine, "deletion", username="rob")).status == 403
