"""The bar of a message stands beside that message or nowhere, and what it is about can be seen."""

import pytest
from playwright.async_api import expect

from db import messages
from tests.browser.house import ROOM
from tests.browser.windows import DESK, MINE, PHONE, comes_true, say, shown


async def gap(page, item):
    """How far below the bar's own edge the message begins, in pixels."""
    bar, message = await page.get_by_role("toolbar").bounding_box(), await item.bounding_box()
    return message["y"] - bar["y"]


@pytest.fixture
async def page(visit, house):
    """Ada's window, two words of hers at the end of a full room."""
    await house.hear(*(f"message {number}" for number in range(30)), apart=600)
    page = await visit(name="Ada")
    for count, words in enumerate(("mine A", "mine B"), start=1):
        await say(page, words)
        await expect(page.locator(MINE)).to_have_count(count)
    return page


async def test_a_click_after_the_list_moved_up_takes_no_other_message_away(page, house):
    mine = page.locator(".mine", has_text="mine A")
    await mine.hover()
    await page.get_by_role("toolbar").get_by_role("button", name="Delete").hover()
    box = await page.get_by_role("toolbar").get_by_role("button", name="Delete").bounding_box()
    await house.hear("news", name="Teo")
    await expect(page.get_by_text("news", exact=True)).to_be_visible()
    await expect(page.get_by_role("toolbar")).to_be_hidden()
    await expect(page.locator(".chosen")).to_have_count(0)
    await page.mouse.click(box["x"] + 20, box["y"] + 18)
    await expect(page.locator(".deleting")).to_have_count(0)
    await mine.hover()
    await expect(page.get_by_role("toolbar")).to_be_visible()
    assert 0 < await gap(page, mine) < 20


async def test_a_bar_in_use_by_keyboard_moves_along_with_its_message(page, house):
    mine = page.locator(".mine", has_text="mine A")
    await mine.locator(".more").focus()
    await page.keyboard.press("Enter")
    before = await gap(page, mine)
    place = (await mine.bounding_box())["y"]
    await house.hear("news", name="Teo")
    await expect(page.get_by_text("news", exact=True)).to_be_visible()
    await comes_true(page, "y => document.querySelector('.chosen').getBoundingClientRect().y < y - 20", place)
    assert abs(await gap(page, mine) - before) < 1
    await expect(page.get_by_role("toolbar").get_by_role("button", name="React")).to_be_focused()


async def test_the_bar_goes_when_its_message_leaves_the_window_or_the_room(page, house):
    await page.locator(".message").nth(-3).locator(".more").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("toolbar")).to_be_visible()
    await page.get_by_role("log").evaluate("one => one.scrollTop = -900")
    await expect(page.get_by_role("toolbar")).to_be_hidden()
    await page.get_by_role("log").evaluate("one => one.scrollTop = 0")
    await page.locator(".mine", has_text="mine A").locator(".more").focus()
    await page.keyboard.press("Enter")
    newest = (await messages.newest(house.store.pool, ROOM, 10))[1]
    [mine] = [one for one in newest if one.content == "mine A"]
    await page.request.post(f"{house.url}/hangout/messages/{mine.id}/delete")
    await expect(page.get_by_text("mine A")).to_have_count(0)
    await expect(page.get_by_role("toolbar")).to_be_hidden()
    assert await page.evaluate("document.activeElement.className") == "more"


async def test_the_picker_moves_along_too(page, house):
    mine = page.locator(".mine", has_text="mine A")
    await mine.locator(".more").focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    picker = page.get_by_role("dialog", name="React with")
    before = (await picker.bounding_box())["y"], (await mine.bounding_box())["y"]
    await house.hear("a\nb\nc\nd\ne\nf\ng\nh\ni", name="Teo")
    await expect(page.locator(".message").last).to_contain_text("i")
    await comes_true(page, "y => document.querySelector('.chosen').getBoundingClientRect().y < y - 20", before[1])
    assert (await picker.bounding_box())["y"] < before[0]
    await page.keyboard.press("Enter")
    await expect(mine.locator(".reaction")).to_have_count(1)


async def test_on_a_phone_the_message_stands_above_the_sheet_about_it(visit, house):
    await house.hear(*(f"message {number}" for number in range(30)), apart=600)
    page = await visit(name="Ada", width=PHONE, has_touch=True)
    for place in (0, 15, -1):
        message = page.locator(".message").nth(place)
        await message.scroll_into_view_if_needed()
        before = (await message.bounding_box())["y"]
        await message.locator(".more").tap()
        for panel in (page.get_by_role("toolbar"), page.get_by_role("dialog", name="React with")):
            await expect(panel).to_be_visible()
            box, sheet = await message.bounding_box(), await panel.bounding_box()
            assert box["y"] + box["height"] <= sheet["y"]
            await expect(message).to_be_in_viewport(ratio=1)
            if await page.get_by_role("toolbar").is_visible():
                await page.get_by_role("toolbar").get_by_role("button", name="React").tap()
        await page.keyboard.press("Escape")
        assert abs((await message.bounding_box())["y"] - before) < 2


async def test_what_goes_for_good_leaves_the_focus_in_the_room(page):
    mine = page.locator(".mine", has_text="mine B")
    await page.clock.install()
    await mine.hover()
    await page.get_by_role("toolbar").get_by_role("button", name="Delete").click()
    await expect(page.get_by_role("button", name="Undo")).to_be_focused()
    await page.mouse.move(5, 5)
    await page.clock.fast_forward(6_100)  # in which it could be undone
    await expect(mine).to_have_count(0)
    await expect(page.get_by_role("log")).to_be_focused()
    assert (await shown(page))[-1] == "mine A"


async def test_tab_comes_to_the_newest_message_ones_own_included_and_arrows_lead_from_anywhere(visit, house):
    await house.hear("see https://example.com", "two", name="Mika", apart=600)
    page = await visit(name="Ada", width=DESK)
    await say(page, "mine")
    await expect(page.locator(MINE)).to_have_count(1)
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Shift+Tab")
    await expect(page.locator(".mine .more")).to_be_focused()
    await page.get_by_role("link", name="https://example.com").focus()
    await page.keyboard.press("ArrowDown")
    await expect(page.locator(".message").nth(1).locator(".more")).to_be_focused()
    await page.keyboard.press("End")
    await expect(page.locator(".mine .more")).to_be_focused()
