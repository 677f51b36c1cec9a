"""The pages of members: what everybody may see, what only members may, and what nobody learns."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from db import accounts, messages, people
from tests import pictures
from tests.members import NOON, member, signed_in
from web import make_app

ROOM = 1


@pytest.fixture
async def stranger(store, aiohttp_client):
    return await aiohttp_client(make_app(store))


async def test_everybody_may_see_what_a_member_says_of_themselves(store, ada, stranger):
    await accounts.change_profile(
        store,
        ada,
        "Ada",
        "<script>alert(1)</script> **bold** [x](javascript:alert(1))",
        [("https://example.org/@ada", "")],
    )
    page = await (await stranger.get("/people/ada")).text()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; <strong>bold</strong>" in page
    assert 'href="javascript' not in page
    assert '<a href="https://example.org/@ada" rel="me ugc nofollow noopener">example.org/@ada</a>' in page
    assert ("@ada" in page, "2026-05-01" in page) == (True, True)
    assert ("Change your profile" in page, "Here now" in page) == (False, False)
    assert "Change your profile" in await page_as(store, stranger, ada, "/people/ada")


async def page_as(store, browser, person, path):
    cookies = await signed_in(store, person)
    return await (await browser.get(path, cookies=cookies)).text()


async def test_who_is_disabled_deleted_or_never_was_gets_the_same_answer(store, ada, stranger):
    gone = await member(store, "bea")
    await accounts.delete(store, gone, NOON)
    await store.pool.execute("update accounts set disabled_at = now() where person_id = $1", ada.id)
    await people.add_visitor(store.pool, "Cal")
    answers = [await stranger.get(f"/people/{name}") for name in ("ada", "bea", "cal", "nobody", "x", "%00", "a" * 200)]
    assert {answer.status for answer in answers} == {404}
    hide = re.compile(r'name="next" value="[^"]*"')
    assert len({hide.sub("", await answer.text()) for answer in answers}) == 1


async def test_badges_are_given_by_the_house_and_not_by_names(store, stranger):
    for username, more in (
        ("rob", {"owner": True, "discord_id": 1}),
        ("eve", {"role": "author"}),
        ("mika", {"discord_id": 5}),
    ):
        await member(store, username, **more)
    pages = {name: await (await stranger.get(f"/people/{name}")).text() for name in ("rob", "eve", "mika")}
    assert ['class="badge owner"' in page for page in pages.values()] == [True, False, False]
    assert [">author</span>" in page for page in pages.values()] == [False, True, False]
    assert ['class="linked"' in page for page in pages.values()] == [True, False, True]


async def test_here_now_is_said_of_who_is_here_and_wants_it_said(store, ada, stranger):
    store.presence.arrive(ada.id)
    assert "Here now." in await (await stranger.get("/people/ada")).text()
    await accounts.change_privacy(store, ada, "everyone", shows_reading=True, shows_online=False, notify_discord=False)
    assert "Here now." not in await (await stranger.get("/people/ada")).text()


async def test_members_find_each_other(store, ada, stranger):
    await member(store, "grace", "Grace <b>")
    page = await page_as(store, stranger, ada, "/people?q=gra")
    assert ('href="/people/grace"' in page, "Grace &lt;b&gt;" in page) == (True, True)
    assert "&lt;i&gt;" in await page_as(store, stranger, ada, "/people?q=<i>")
    nothing = await page_as(store, stranger, ada, "/people")
    assert ('href="/people/grace"' in nothing, "is called" in nothing) == (False, False)


@pytest.mark.usefixtures("in_one_moment")
async def test_looking_for_everybody_takes_its_time(store, ada, stranger):
    cookies = await signed_in(store, ada)
    statuses = [(await stranger.get(f"/people?q={number}", cookies=cookies)).status for number in range(21)]
    assert statuses == [200] * 20 + [429]


async def test_names_of_members_lead_to_their_pages_and_others_do_not(store, ada, stranger):
    mika = await member(store, "mika", "Mika", discord_id=5)
    bea = await people.add_visitor(store.pool, "Bea")
    for person in (ada, mika, bea):
        await messages.say(store, ROOM, person, "hello", person.name, datetime.now(UTC), network=person.name)
    page = await (await stranger.get("/hangout")).text()
    listed = page.split("<template", 1)[0]
    assert re.findall(r'href="/people/(\w+)"', listed) == ["ada", "mika"]
    assert listed.count('class="linked"') == 1


async def test_the_header_has_a_door_for_strangers_and_a_menu_for_members(store, ada, stranger):
    visitor = await people.add_visitor(store.pool, "Bea")
    strange = await (await stranger.get("/")).text()
    assert ('href="/login"' in strange, "Log out" in strange) == (True, False)
    assert 'href="/login"' in await page_as(store, stranger, visitor, "/")
    own = await page_as(store, stranger, ada, "/")
    assert ('class="log-in"' in own, 'action="/logout"' in own, 'href="/people/ada"' in own) == (False, True, True)


# Pictures


async def test_who_has_no_picture_and_who_is_nobody_has_a_face(store, ada, stranger):
    for number in (ada.id, 123456):
        answer = await stranger.get(f"/avatars/{number}.png")
        assert (answer.status, answer.content_type) == (200, "image/png")
        assert "immutable" not in answer.headers["Cache-Control"]
        again = await stranger.get(f"/avatars/{number}.png", headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status == 304
    assert (await stranger.get(f"/avatars/{'9' * 19}.png")).status == 404


async def test_a_picture_is_shown_at_once_and_is_no_longer_when_it_is_taken_away(store, ada, stranger):
    face = await (await stranger.get(f"/avatars/{ada.id}.png")).read()
    changed = await accounts.bring_picture(store, ada, pictures.still("JPEG"), NOON)
    answer = await stranger.get(f"/avatars/{ada.id}.png?v={changed.picture[:8]}")
    assert (answer.content_type, answer.headers["ETag"]) == ("image/jpeg", f'"{changed.picture}"')
    other = await stranger.get(f"/avatars/{ada.id}.png?v=otherone")
    assert "immutable" not in other.headers["Cache-Control"]
    await accounts.delete(store, changed, NOON)
    assert await (await stranger.get(f"/avatars/{ada.id}.png")).read() == face


async def test_pictures_of_people_come_from_memory_even_while_the_database_is_away(store, ada, stranger):
    changed = await accounts.bring_picture(store, ada, pictures.still(), NOON)
    address = f"/avatars/{ada.id}.png?v={changed.picture[:8]}"
    shown = await (await stranger.get(address)).read()
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(store, "pool", None)
        assert await (await stranger.get(address)).read() == shown


async def test_a_face_stands_in_for_a_picture_that_cannot_be_read_and_nobody_keeps_it(store, ada, stranger):
    class Away:
        async def fetchrow(self, *_):
            raise ConnectionRefusedError

    changed = await accounts.bring_picture(store, ada, pictures.still(), NOON)
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(store, "pool", Away())
        answer = await stranger.get(f"/avatars/{ada.id}.png?v={changed.picture[:8]}")
        assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store")
    assert (
        "immutable" in (await stranger.get(f"/avatars/{ada.id}.png?v={changed.picture[:8]}")).headers["Cache-Control"]
    )


async def test_the_memory_of_pictures_has_an_end(store, stranger, monkeypatch):
    from web import avatars

    monkeypatch.setattr(avatars, "BYTES_MAX", 1000)
    portraits, now = avatars.Portraits(store), 0.0
    for number in range(6):
        person = await member(store, f"ada{number}")
        await accounts.bring_picture(store, person, pictures.still(colour=f"#{number}23456"), NOON + timedelta(days=1))
        await portraits.of(person.id, now)
    assert portraits._bytes <= 1000
    assert portraits._bytes == sum(len(one.data or b"") for one in portraits._kept.values())


# Open windows


async def test_an_open_socket_speaks_under_the_new_name(store, ada, aiohttp_client):
    browser = await aiohttp_client(make_app(store), cookies=await signed_in(store, ada))
    async with browser.ws_connect("/ws/hangout") as mine, browser.ws_connect("/ws/hangout") as other:
        for socket in (mine, other):
            assert (await socket.receive_json(timeout=5))["type"] == "hello"
        await accounts.change_profile(store, ada, "Ada Lovelace", "", [])
        await mine.send_json({"type": "typing"})
        while (frame := await other.receive_json(timeout=5))["type"] != "typing_start":
            pass
        assert frame["person"]["name"] == "Ada Lovelace"
        await mine.send_json({"type": "send", "nonce": "n", "content": "hello"})
        while (frame := await other.receive_json(timeout=5))["type"] != "message_create":
            pass
        assert frame["message"]["author"]["name"] == "Ada Lovelace"
