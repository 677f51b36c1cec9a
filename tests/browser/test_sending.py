"""What is said is kept once and in order, whatever happens between the page and the site."""

import pytest
from playwright.async_api import expect

from tests.browser.windows import LIVE, MINE, comes_true, say, shown, stop_time
from tests.cogs.conftest import until

# The most messages that stood on the page at any time.
COUNT = """
new MutationObserver(() => {
    const count = document.querySelectorAll(".messages > .message").length;
    sessionStorage.setItem("most", Math.max(count, sessionStorage.getItem("most")));
}).observe(document, { childList: true, subtree: true });
"""


async def kept(house, *words):
    async def all_kept():
        return await house.words() == list(words)

    await until(all_kept)


async def test_a_message_without_its_ack_is_there_once_after_a_reload(visit, house):
    page = await visit(name="Ada")
    house.wire.silence()
    await say(page, "is this on?")
    await kept(house, "is this on?")
    await expect(page.locator("[data-state=sending]")).to_have_count(1)
    await page.evaluate("sessionStorage.setItem('most', 0)")
    await page.add_init_script(COUNT)
    await page.reload()
    await comes_true(page, "() => !sessionStorage.getItem('hangout.outbox')")
    await say(page, "yes, it is")
    await kept(house, "is this on?", "yes, it is")
    assert await shown(page) == ["is this on?", "yes, it is"]
    assert await page.evaluate("sessionStorage.getItem('most')") == "2"


async def test_what_is_said_while_the_line_is_cut_arrives_once_and_in_order(visit, house):
    page, listener = await visit(name="Ada"), await visit()
    house.wire.silence()
    await say(page, "one")
    await kept(house, "one")
    house.wire.cut()
    for words in ("two", "three", "four"):
        await say(page, words)
    await kept(house, "one", "two", "three", "four")
    await expect(page.locator("[data-state]:not(.connection)")).to_have_count(0)
    await expect(listener.locator(".message")).to_have_count(4)
    assert await shown(page) == await shown(listener) == ["one", "two", "three", "four"]


async def test_what_is_not_sent_yet_outlives_a_reload_in_its_order(visit, house):
    page = await visit(name="Ada")
    house.wire.hold_up()
    windows = visit.windows
    windows.bear("WebSocket connection")
    await expect(page.locator(".connection")).not_to_have_attribute("data-state", "live")
    for words in ("one", "two"):
        await say(page, words)
    await page.get_by_label("Your message").fill("three is not finish")
    await page.reload()
    await expect(page.locator("[data-state=sending]")).to_have_count(2)
    assert await shown(page) == ["one", "two"]
    await expect(page.get_by_label("Your message")).to_have_value("three is not finish")
    assert await house.words() == []
    house.wire.let_pass()
    await kept(house, "one", "two")
    await expect(page.locator(MINE)).to_have_count(2)
    assert await shown(page) == ["one", "two"]


async def test_what_was_refused_can_be_said_again_and_stands_where_the_site_has_it(visit, house):
    page = await visit(name="Ada")
    await house.lock(locked=True)
    await say(page, "one")
    failed = page.locator("[data-state=failed]")
    await expect(failed.locator(".state-words")).not_to_be_empty()
    await house.lock(locked=False)
    await say(page, "two")
    await kept(house, "two")
    await page.reload()
    await failed.get_by_role("button", name="Retry").click()
    await kept(house, "two", "one")
    await expect(failed).to_have_count(0)
    assert await shown(page) == ["two", "one"]


async def test_what_was_refused_can_be_thrown_away(visit, house):
    page = await visit(name="Ada")
    await house.lock(locked=True)
    await say(page, "never mind")
    await page.locator("[data-state=failed]").get_by_role("button", name="Delete").click()
    await house.lock(locked=False)
    await page.reload()
    await say(page, "hello")
    await kept(house, "hello")


@pytest.mark.parametrize("limits", [{"rate": 4.0, "burst": 2}])
async def test_who_is_too_quick_is_heard_a_little_later_without_lifting_a_finger(visit, house):
    page = await visit(name="Ada")
    await stop_time(page)
    words = ["one", "two", "three", "four", "five"]
    await page.get_by_label("Your message").evaluate(
        "(field, words) => words.forEach((one) => { field.value = one; field.form.requestSubmit(); })", words
    )
    await expect(page.locator(".composer .problem")).to_contain_text("That was quick")
    await page.clock.resume()
    await kept(house, *words)
    await expect(page.locator(".composer .problem")).to_be_empty()


async def test_two_windows_of_one_person_show_each_message_once(visit, house):
    page = await visit(name="Ada")
    other = await visit.windows.another(page.context, f"{house.url}/hangout")
    await other.locator(LIVE).wait_for()
    await say(page, "here")
    await say(other, "and there")
    for window in (page, other):
        await expect(window.locator(MINE)).to_have_count(2)
        assert await shown(window) == ["here", "and there"]


async def test_who_is_forgotten_must_give_a_name_before_the_next_word(visit, house):
    page = await visit(name="Ada")
    other = await visit.windows.another(page.context, f"{house.url}/hangout")
    await page.get_by_role("button", name="Forget me").click()
    await expect(page.get_by_text("Reading needs no name")).to_be_visible()
    await other.reload()
    await say(other, "who am I?")
    await other.get_by_label("Your name").fill("Bea")
    await other.get_by_role("button", name="Come in").click()
    await kept(house, "who am I?")
    await expect(other.locator(".mine .name")).to_have_text("Bea")


async def test_a_name_that_is_taken_is_refused_with_a_sentence_and_nothing_is_lost(visit, house):
    page = await visit()
    await say(page, "hello")
    await page.get_by_label("Your name").fill("Robin")
    await page.get_by_role("button", name="Come in").click()
    await expect(page.get_by_role("alert").filter(has_text="belongs to the house")).to_be_visible()
    await page.get_by_label("Your name").fill("Ada")
    await page.get_by_role("button", name="Come in").click()
    await kept(house, "hello")
    visit.windows.bear("status of 422")
