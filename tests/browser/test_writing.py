"""The editor in a real browser: words survive cut lines and closed tabs, two at once, and pictures find their place."""

import base64
import re

import pytest
from playwright.async_api import expect

from db import posts
from db.posts import Draft
from tests.browser.test_accessible import faults
from tests.browser.test_pictures import noise
from tests.browser.windows import PHONE
from tests.cogs.conftest import until
from tests.members import NOON, member
from tests.posted import texts_of

GIVE = """([data, how]) => {
    const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));
    const given = new DataTransfer();
    given.items.add(new File([bytes], "porch.png", { type: "image/png" }));
    const options = { bubbles: true, cancelable: true, dataTransfer: given };
    for (const name of how) document.querySelector("#body").dispatchEvent(new DragEvent(name, options));
}"""


@pytest.fixture
async def cleo(house):
    return await member(house.store, "cleo", role="author")


@pytest.fixture
async def post(house, cleo):
    draft = Draft("On kettles", "They sing.", tags=("tea",))
    return await posts.create(house.store, cleo, draft, NOON, source="web")


@pytest.fixture
def write(visit, cleo, post):
    """Opens the editor of the post as its author."""

    async def open_editor(**options):
        page = await visit(f"/write/{post.id}", person=cleo, **options)
        await expect(page.get_by_role("button", name="Link")).to_be_visible()
        return page

    return open_editor


async def body_of(house, post):
    return (await posts.get(house.store.pool, post.id)).body


def text(page):
    return page.get_by_label("Text", exact=True)


async def test_words_survive_a_cut_line_and_a_closed_tab_and_save_themselves(write, house, post, windows):
    windows.bear("ERR_|WebSocket")
    page = await write()
    await house.close()
    await text(page).fill("They sing.\n\nOn the train")
    await text(page).press("Control+S")
    await expect(page.locator(".saving")).to_contain_text("no connection")
    await expect(page.locator(".reading-problem")).to_contain_text("No connection")
    await page.close()
    assert await body_of(house, post) == "They sing."
    await house.open()
    page = await windows.another(page.context, f"{house.url}/write/{post.id}")
    await expect(page.locator(".kept-words")).to_contain_text("are back")
    await expect(text(page)).to_have_value("They sing.\n\nOn the train")
    await page.get_by_role("button", name="Show what is saved instead").click()
    await expect(text(page)).to_have_value("They sing.")
    await page.get_by_role("button", name="Bring my words back").click()
    await until(lambda: said(page, "Saved"), 10)
    assert await body_of(house, post) == "They sing.\n\nOn the train"
    await expect(page.locator(".reading .article")).to_contain_text("On the train")
    await text(page).press("Control+End")
    await page.keyboard.type(" **home**")
    await page.keyboard.press("Control+S")
    await until(lambda: ends_with(house, post, "**home**"), 5)


async def said(page, words):
    return words in await page.locator(".saving").inner_text()


async def ends_with(house, post, words):
    return (await body_of(house, post)).endswith(words)


async def test_two_at_once_see_both_texts_and_choose(write, house, post, cleo, windows):
    windows.bear("status of 422")
    page = await write(width=PHONE)
    await text(page).fill("They sing softly.")
    kept = posts.draft_of(post)
    await posts.save(house.store, cleo, post.id, Draft(kept.title, "They hiss."), NOON, source="discord")
    await text(page).press("Control+S")
    panel = page.get_by_role("region", name="Saved in between")
    await expect(panel.get_by_label("Text there")).to_have_value("They hiss.")
    await expect(text(page)).to_have_value("They sing softly.")
    assert await faults(page) == []
    await panel.get_by_role("button", name="Take the other text").click()
    await expect(text(page)).to_have_value("They hiss.")
    await expect(page.get_by_label("Tags")).to_have_value("")
    await panel.get_by_role("button", name="Take mine again").click()
    await panel.get_by_role("button", name="Keep what is in the form").click()
    await until(lambda: ends_with(house, post, "softly."), 5)
    await expect(panel).to_be_hidden()
    assert (await texts_of(house.store, post))[1:] == ["They hiss.", "They sing."]
    await page.set_viewport_size({"width": PHONE, "height": 844})
    await page.get_by_role("button", name="Read", exact=True).click()
    await expect(page.locator(".reading .article")).to_contain_text("softly")


async def test_a_dropped_picture_goes_into_the_text_with_what_it_shows_and_comes_out_with_it(write, house, post):
    page = await write()
    data = base64.b64encode(noise()).decode()
    await page.evaluate(GIVE, [data, ["dragenter", "dragover"]])
    await expect(page.get_by_text("Drop pictures here")).to_be_visible()
    await page.evaluate(GIVE, [data, ["drop"]])
    await expect(page.locator(".tile")).to_have_attribute("data-state", "done")
    await page.get_by_role("button", name="Put porch.png into the text").click()
    await expect(page.locator(".tiles-problem")).to_contain_text("what it shows")
    await page.get_by_label("Description of porch.png").fill("The [old] porch")
    await text(page).press("Control+End")
    await page.get_by_label("Description of porch.png").press("Enter")
    await expect(text(page)).to_have_value(
        re.compile(r"^They sing\.\n\n!\[The \\\[old\\\] porch\]\(/media/[\w-]{22}/full\.png\)\n\n$")
    )
    await expect(page.locator(".tile")).to_have_count(0)
    assert await faults(page) == []
    await page.get_by_role("button", name="Publish", exact=True).click()
    await expect(page.get_by_text("It is out.")).to_be_visible()
    kept = await posts.get(house.store.pool, post.id)
    assert (kept.state, "The \\[old\\] porch" in kept.body) == ("published", True)
    await expect(page.locator(".kept-words")).to_be_hidden()
