"""The hangout without JavaScript: reading, a name, a word, older pages."""

import pytest
from playwright.async_api import expect

from tests.browser.windows import PHONE, shown


@pytest.fixture
async def page(visit):
    return await visit(java_script_enabled=False, width=PHONE)


async def test_reading_joining_and_speaking_need_no_script(page, house):
    await house.hear("come in")
    await page.get_by_role("link", name="Look for new messages").click()
    assert await shown(page) == ["come in"]
    await page.get_by_label("Your name").fill("Ada")
    await page.get_by_role("button", name="Come in").click()
    await expect(page.locator(".own-name")).to_have_text("Ada")
    await page.get_by_label("Your message").fill("thank **you**")
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator(".mine .content strong")).to_have_text("you")
    assert await shown(page) == ["come in", "thank you"]
    assert await house.words() == ["come in", "thank **you**"]


async def test_sending_the_same_form_twice_says_it_once(page, house):
    await page.get_by_label("Your name").fill("Ada")
    await page.get_by_role("button", name="Come in").click()
    await page.get_by_label("Your message").fill("once")
    nonce = await page.locator("[name=nonce]").input_value()
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator(".mine")).to_have_count(1)
    again = await page.context.request.post(f"{house.url}/hangout", form={"content": "once", "nonce": nonce})
    assert again.ok
    assert await house.words() == ["once"]


async def test_a_refused_name_and_refused_words_are_still_in_their_fields_and_can_be_sent_again(page, house, windows):
    windows.bear("status of (422|403|423)")
    await page.get_by_label("Your name").fill("Robin")
    await page.get_by_role("button", name="Come in").click()
    await expect(page.locator("#name-error")).to_contain_text("belongs to the house")
    await expect(page.get_by_label("Your name")).to_have_value("Robin")
    await page.get_by_label("Your name").fill("Ada")
    await page.get_by_role("button", name="Come in").click()
    await page.get_by_label("Your message").fill("x" * 2001)
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator("#say-error")).to_contain_text("2,001 characters")
    await expect(page.get_by_label("Your message")).to_have_value("x" * 2001)
    await house.lock(locked=True)
    await page.get_by_label("Your message").fill("a shorter one")
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator("#say-error")).not_to_be_empty()
    await house.lock(locked=False)
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator(".mine")).to_have_count(1)
    assert await house.words() == ["a shorter one"]


@pytest.mark.parametrize("limits", [{"page": 5}])
async def test_older_pages_lead_to_the_beginning_and_back(page, house):
    await house.hear(*(f"{number}" for number in range(12)))
    await page.reload()
    assert await shown(page) == ["7", "8", "9", "10", "11"]
    await page.get_by_role("link", name="Older messages").click()
    assert await shown(page) == ["2", "3", "4", "5", "6"]
    await page.get_by_role("link", name="Older messages").click()
    assert await shown(page) == ["0", "1"]
    await expect(page.get_by_text("This is where the hangout begins.")).to_be_visible()
    await page.get_by_role("link", name="Back to the newest").click()
    assert (await shown(page))[-1] == "11"


async def test_colours_are_chosen_by_a_form_and_remembered(page, house):
    async def background():
        return await page.locator("main").evaluate("main => getComputedStyle(main).backgroundColor")

    seen = [await background()]
    for theme in ("light", "dark"):
        await page.get_by_role("button", name="Colours").click()
        await expect(page.locator("html")).to_have_attribute("data-theme", theme)
        seen.append(await background())
    assert seen[0] == seen[1] != seen[2]
    await page.goto(house.url)
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")


async def test_who_wants_to_be_forgotten_is(page, house):
    await page.get_by_label("Your name").fill("Ada")
    await page.get_by_role("button", name="Come in").click()
    await page.get_by_role("button", name="Forget me").click()
    await expect(page.get_by_label("Your name")).to_be_visible()
    assert await page.context.cookies() == []


async def test_answering_reacting_changing_and_taking_back_need_no_script(page, house):
    await house.hear("come in")
    await page.get_by_label("Your name").fill("Ada")
    await page.get_by_role("button", name="Come in").click()
    await page.get_by_role("link", name="More about the message of Mika").click()
    await page.get_by_role("button", name="thumbs up").click()
    await expect(page.get_by_role("button", name="👍 1")).to_have_attribute("aria-pressed", "true")
    await page.get_by_role("button", name="👍 1").click()
    await expect(page.get_by_role("button", name="👍")).to_have_count(0)
    await page.get_by_role("link", name="More about").click()
    await page.get_by_label("Your reply").fill("thank yuo")
    await page.get_by_role("button", name="Reply").click()
    await expect(page.locator(".mine .reply")).to_contain_text("Mika come in")
    await page.get_by_role("link", name="More about the message of Ada").click()
    await page.get_by_label("Your message").fill("thank you")
    await page.get_by_role("button", name="Save").click()
    assert await house.words() == ["come in", "thank you"]
    await page.get_by_role("link", name="More about the message of Ada").click()
    await page.get_by_role("button", name="Delete").click()
    await expect(page.locator(".mine")).to_have_count(0)
    assert await house.words() == ["come in"]
