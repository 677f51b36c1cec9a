"""Settings, profiles, the search and the menu in a real browser: without a script, for everybody, on any screen."""

import itertools
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import expect

from db import accounts, messages
from tests import pictures
from tests.browser.test_accessible import LONG, faults
from tests.browser.windows import DESK, LIVE, PHONE, say
from tests.members import member
from tests.widths import at_both_widths

PASSWORD = "three old tin kettles"
ROOM = 1


@pytest.fixture
def home(visit):
    """A window of somebody who is logged in."""

    async def open_as(person, path="/settings", **options):
        return await visit(path, person=person, **options)

    return open_as


@pytest.fixture
async def ada(house):
    person = await member(house.store, "ada", "Ada")
    hashed = await house.store.passwords.hash(PASSWORD)
    await house.store.pool.execute("update accounts set password_hash = $1 where person_id = $2", hashed, person.id)
    return person


def section(page, name):
    return page.locator(f"#{name}")


@pytest.fixture
async def settings(home, ada):
    """Ada's, without a script, on a phone and on a desk."""
    page = await home(ada, width=PHONE, java_script_enabled=False)
    with at_both_widths(page):
        yield page


async def test_everything_is_set_without_a_script(settings, house, ada, tmp_path, windows):
    windows.bear("status of 422")
    page = settings
    await page.get_by_label("Name", exact=True).fill("Robin")
    await page.get_by_label("About you").fill("I **count**")
    await page.get_by_label("Address of link 1").fill("example.org/ada")
    await page.get_by_label("Label of link 1").fill("Mine")
    await page.get_by_role("button", name="Save profile").click()
    await expect(page.locator("#name-error")).to_contain_text("belongs to the house")
    await expect(page.get_by_label("Name", exact=True)).to_be_focused()
    await expect(page.get_by_label("About you")).to_have_value("I **count**")
    await page.get_by_label("Name", exact=True).fill("Ada L")
    await page.get_by_role("button", name="Save profile").click()
    await expect(section(page, "profile").get_by_role("status")).to_have_text("Saved.")
    await expect(page.get_by_label("Address of link 1")).to_have_value("https://example.org/ada")
    face = Path(tmp_path, "me.png")
    face.write_bytes(pictures.still("PNG", (400, 300)))
    await page.get_by_label("A new picture").set_input_files(face)
    await page.get_by_role("button", name="Use it").click()
    await expect(section(page, "picture").get_by_role("status")).to_have_text("Saved.")
    await page.get_by_label("Nobody").check()
    await page.get_by_label("That I am here").uncheck()
    await page.get_by_role("button", name="Save privacy").click()
    await expect(page.get_by_label("That I am here")).not_to_be_checked()
    await expect(page.get_by_label("Nobody")).to_be_checked()
    await page.get_by_role("link", name="your page").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Ada L")
    await expect(page.locator(".about strong")).to_have_text("count")
    await expect(page.get_by_role("link", name="Mine")).to_have_attribute("href", "https://example.org/ada")
    kept = await accounts.get(house.store.pool, ada.id)
    assert (kept.may_ask, kept.shows_online) == ("nobody", False)


async def test_a_session_elsewhere_is_sent_away_the_moment_it_is_ended(home, house, ada):
    mine, other = await home(ada), await home(ada, "/hangout")
    await other.locator(LIVE).wait_for(state="attached")
    await mine.reload()
    await mine.get_by_role("button", name="End the session of Firefox on Linux").first.click()
    await expect(section(mine, "sessions").get_by_role("status")).to_have_text("Ended.")
    await expect(other.locator(".speak")).to_have_class("speak unnamed")


async def test_ones_data_is_saved_as_a_file(home, ada):
    page = await home(ada)
    async with page.expect_download() as saving:
        await page.get_by_role("link", name="Take it along").click()
    saved = await saving.value
    assert saved.suggested_filename == "ada.json"
    assert json.loads(Path(await saved.path()).read_text())["account"]["name"] == "Ada"


async def test_an_account_is_deleted_and_what_was_said_stays(home, house, ada, visit, windows):
    windows.bear("status of (422|404)")
    now = datetime.now(UTC)
    await messages.say(house.store, ROOM, ada, "I was here", "n", now, network="n")
    page = await home(ada, java_script_enabled=False)
    await section(page, "deletion").get_by_label("Your password").fill("not this one")
    await page.get_by_role("button", name="Delete my account").click()
    await expect(page.locator("#delete-password-error")).to_contain_text("not your password")
    await section(page, "deletion").get_by_label("Your password").fill(PASSWORD)
    await page.get_by_role("button", name="Delete my account").click()
    await expect(page.get_by_role("status")).to_contain_text("Your account is gone")
    await expect(page.locator(".heard .name")).to_have_text("former member")
    await page.goto(f"{house.url}/people/ada")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Nobody lives at this address")


# The menu


@pytest.mark.parametrize("scripted", [True, False])
async def test_the_menu_opens_by_keyboard_and_leads_out(home, house, ada, scripted):
    page = await home(ada, "/", width=PHONE, java_script_enabled=scripted)
    menu = page.locator("details.you")
    await menu.locator("summary").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("link", name="People")).to_be_visible()
    if scripted:
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("link", name="People")).to_be_hidden()
        await expect(menu.locator("summary")).to_be_focused()
        await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Log out").click()
    await expect(page.get_by_role("link", name="Log in")).to_be_visible()


async def test_the_menu_closes_when_something_else_is_chosen(home, ada):
    page = await home(ada, "/people")
    await page.locator("details.you summary").click()
    await page.get_by_role("heading", level=1).click()
    await expect(page.get_by_role("link", name="Settings")).to_be_hidden()


async def test_the_header_stays_on_one_line(home, visit, ada):
    for page, width in itertools.product((await home(ada, "/"), await visit("/")), (320, PHONE, DESK)):
        await page.set_viewport_size({"width": width, "height": 800})
        assert (await page.locator(".top").bounding_box())["height"] <= 64
        for part in (".home", ".top nav a", "form.theme"):
            box = await page.locator(part).first.bounding_box()
            assert 0 <= box["x"] < box["x"] + box["width"] <= width + 1, part


# Looking, and names that lead somewhere


async def test_people_are_found_and_their_page_is_one_press_away(home, house, ada):
    await member(house.store, "juniper", "Juniper")
    page = await home(ada, "/people", java_script_enabled=False)
    await expect(page.get_by_label("A name or username")).to_be_focused()
    await page.keyboard.type("junipper")
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name="Juniper").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Juniper")


async def test_a_message_that_comes_live_has_the_same_name_link_and_mark_as_one_from_the_server(visit, house, ada):
    page = await visit()
    mika = await member(house.store, "mika", "Mika", discord_id=5)
    for person in (ada, mika):
        await messages.say(house.store, ROOM, person, person.name, person.name, datetime.now(UTC), network=person.name)
    await house.say("a visitor", name="Bea")
    await house.hear("from Discord", name="Teo")
    await expect(page.locator(".messages .message")).to_have_count(4)

    async def heads():
        return await page.locator(".messages .meta").evaluate_all(
            "all => all.map((one) => [...one.querySelectorAll('.name, .linked, .badge')].map((part) => part.outerHTML))"
        )

    live = await heads()
    await page.reload()
    await page.locator(LIVE).wait_for(state="attached")
    assert await heads() == live
    assert sum("linked" in "".join(one) for one in live) == 1
    assert sum("/people/" in "".join(one) for one in live) == 2


async def test_a_new_picture_is_on_what_one_says_next_without_a_reload(home, visit, house, ada):
    reader, mine = await visit(), await home(ada, "/hangout")
    await mine.locator(LIVE).wait_for(state="attached")
    await say(mine, "before")
    await expect(reader.locator(".message")).to_have_count(1)
    changed = await accounts.bring_picture(house.store, ada, pictures.still(), datetime.now(UTC))
    await house.hear("somebody between")
    await say(mine, "after")
    last = reader.locator(".message", has_text="after").locator("img.avatar")
    await expect(last).to_have_attribute("src", f"/avatars/{ada.id}.png?v={changed.picture[:8]}")


# For everybody


async def test_axe_finds_nothing_on_members_pages(home, house, visit, ada, windows):
    windows.bear("status of 422")
    odd = await member(house.store, "w" * 32, "W" * 32, role="author", discord_id=5)
    await accounts.change_profile(
        house.store, odd, odd.name, f"{LONG * 3}\n# heading\n||a secret||", [("https://example.org/" + "x" * 200, "")]
    )
    assert await faults(await visit(f"/people/{odd.username}")) == []
    page = await home(odd)
    assert await faults(page) == []
    await page.get_by_label("Address of link 1").fill("nothing")
    await page.get_by_role("button", name="Save profile").click()
    await expect(page.locator("#links-error")).not_to_be_empty()
    assert await faults(page) == []
    page = await home(ada, "/people?q=" + "w" * 20)
    await page.locator("details.you summary").click()
    assert await faults(page) == []
    assert await faults(await home(ada, "/people?q=nobody")) == []
