"""What is covered is told to nobody, to eyes and to ears, until they ask for it; then by any means they have."""

import pytest
from playwright.async_api import expect

from tests.browser.windows import DESK, PHONE

COVERED = ("color", "rgba(0, 0, 0, 0)")


@pytest.fixture
async def page(visit, house):
    await house.hear("who did it: ||the [butler](https://example.com)||!")
    return await visit()


async def told(page):
    """The log as a screen reader finds it."""
    return await page.get_by_role("log").aria_snapshot()


async def test_the_covered_words_are_no_part_of_what_is_read_aloud_until_the_button_is_pressed(visit, house):
    await house.hear("who did it: ||the butler||!")
    page = await visit()
    for path in ("/hangout", "/", "/hangout/messages/1"):
        await page.goto(house.url + path)
        await uncover(page)


async def uncover(page):
    before = await page.locator("main").aria_snapshot()
    assert 'button "Spoiler"' in before
    assert "the butler" not in before
    await page.get_by_role("button", name="Spoiler").press("Enter")
    await expect(page.get_by_role("button", name="Spoiler", expanded=True)).to_be_focused()
    assert "the butler" in await page.locator("main").aria_snapshot()


async def test_the_focus_alone_uncovers_nothing_and_stays_while_the_key_covers_and_uncovers(page):
    lid, words = page.get_by_role("button", name="Spoiler"), page.locator(".spoiler")
    await lid.focus()
    await expect(words).to_have_css(*COVERED)
    await expect(page.get_by_role("link", name="butler")).to_have_count(0)
    await page.keyboard.press("Space")
    await expect(words).not_to_have_css(*COVERED)
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="butler")).to_be_focused()
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Enter")
    await expect(words).to_have_css(*COVERED)
    await expect(lid).to_be_focused()
    assert "butler" not in await told(page)


async def test_a_click_on_the_covered_words_uncovers_them_and_one_more_covers_them(visit, house):
    page = await visit()
    await house.hear("||the butler||")
    spoiler = page.locator(".spoiler")
    for width in (PHONE, DESK):
        await page.set_viewport_size({"width": width, "height": 800})
        await spoiler.click()
        await expect(page.get_by_text("the butler")).to_be_visible()
        await expect(spoiler).not_to_have_css(*COVERED)
        await spoiler.click()
        await expect(spoiler).to_have_css(*COVERED)


async def test_without_script_the_words_show_while_they_have_the_focus(visit, house):
    await house.hear("||the butler||")
    page = await visit(java_script_enabled=False)
    await expect(page.locator(".spoiler")).to_have_css(*COVERED)
    await page.locator(".spoiler").focus()
    await expect(page.locator(".spoiler")).not_to_have_css(*COVERED)
