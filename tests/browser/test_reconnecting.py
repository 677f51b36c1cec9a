"""The page keeps up: over restarts, cuts and refused sockets, without a gap and without a double."""

import pytest
from playwright.async_api import expect

from tests.browser.windows import LIVE, MINE, look_away, say, shown, try_again, without_sockets

LOST = "WebSocket connection|ERR_|status of 50"


@pytest.fixture(autouse=True)
def _lost_connections_are_no_surprise(windows):
    windows.bear(LOST)


async def test_a_page_that_stays_open_over_a_restart_misses_nothing(visit, house):
    page = await visit(name="Ada")
    await say(page, "before")
    await expect(page.locator(MINE)).to_have_count(1)
    await page.evaluate("window.isStillTheSame = true")
    await house.close()
    await expect(page.locator(".connection")).to_have_attribute("data-state", "waiting")
    await expect(page.get_by_role("button", name="Try now")).to_be_visible()
    await say(page, "is anybody in?")
    await house.hear("meanwhile")
    await house.open()
    await expect(page.locator(LIVE)).to_be_attached()
    await expect(page.locator("[data-state=sending]")).to_have_count(0)
    await house.hear("after")
    await expect(page.locator(".message")).to_have_count(4)
    assert await shown(page) == await house.words() == ["before", "meanwhile", "is anybody in?", "after"]
    assert await page.evaluate("window.isStillTheSame")


async def test_a_cut_line_is_mended_and_what_was_said_meanwhile_comes_in_order(visit, house):
    page = await visit()
    await house.hear("one")
    await expect(page.locator(".message")).to_have_count(1)
    house.wire.hold_up()
    await expect(page.locator(LIVE)).to_have_count(0)
    await house.hear("two", "three")
    house.wire.let_pass()
    await expect(page.locator(LIVE)).to_be_attached()
    await house.hear("four")
    await expect(page.locator(".message")).to_have_count(4)
    assert await shown(page) == ["one", "two", "three", "four"]


@pytest.mark.parametrize("limits", [{"resume_max": 3, "page": 5}])
async def test_who_was_away_too_long_starts_over_with_the_newest_page(visit, house):
    page = await visit()
    await house.hear("one", "two")
    await expect(page.locator(".message")).to_have_count(2)
    house.wire.hold_up()
    await expect(page.locator(LIVE)).to_have_count(0)
    await house.hear(*(f"{number}" for number in range(10)))
    house.wire.let_pass()
    await try_again(page)
    assert await shown(page) == ["5", "6", "7", "8", "9"]
    await page.get_by_role("link", name="Older messages").click()
    await expect(page.locator(".message")).to_have_count(10)
    await page.get_by_role("link", name="Older messages").click()
    await expect(page.get_by_text("This is where the hangout begins.")).to_be_visible()
    assert await shown(page) == await house.words()


async def test_where_sockets_are_refused_the_page_looks_every_few_seconds(visit, house):
    page = await without_sockets(visit, "Ada")
    async with page.expect_response(lambda answer: "/api/v1/rooms/hangout/messages" in answer.url):
        await say(page, "by post")  # after which the page looks at once; the next look is a period later
    await expect(page.locator(MINE)).to_have_count(1)
    await house.hear("by pigeon")
    await page.clock.fast_forward(5_100)
    await expect(page.locator(".message")).to_have_count(2)
    assert await shown(page) == await house.words() == ["by post", "by pigeon"]


async def test_a_socket_that_went_silent_is_noticed_and_replaced(visit, house):
    page = await visit()
    house.wire.silence()
    await house.hear("hello?")
    await look_away(page)
    await page.clock.install()  # the ten seconds that a ping may take
    await look_away(page, away=False)
    await page.clock.fast_forward(10_100)
    await page.clock.fast_forward(2_000)
    await expect(page.locator(".message")).to_have_count(1)
