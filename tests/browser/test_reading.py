"""How a conversation looks to its readers: who said what and when, what is new, and what came while one looked away."""

from datetime import UTC, datetime, timedelta

from playwright.async_api import expect

from tests.browser.house import NOON
from tests.browser.windows import DESK, PHONE, look_away, say, shown


async def test_times_are_the_readers_own_and_days_part_where_their_midnight_is(visit, house):
    late = datetime(2026, 1, 1, 17, 30, tzinfo=UTC)
    await house.hear("before midnight", at=late - timedelta(hours=4))
    await house.hear("after midnight in Tokyo", at=late)
    await house.hear("written <t:1767225600:t>", at=late + timedelta(hours=1))
    tokyo = await visit(timezone_id="Asia/Tokyo", locale="en-GB")
    assert await tokyo.locator(".when time").all_inner_texts() == ["22:30", "02:30", "03:30"]
    assert await tokyo.locator(".day").count() == 2
    await expect(tokyo.locator(".content time")).to_have_text("09:00")
    york = await visit(timezone_id="America/New_York", locale="en-US")
    assert [one.replace("\u202f", " ") for one in await york.locator(".when time").all_inner_texts()] == [
        "8:30 AM",
        "12:30 PM",
        "1:30 PM",
    ]
    assert await york.locator(".day").count() == 1
    plain = await visit(java_script_enabled=False, timezone_id="Asia/Tokyo")
    assert await plain.locator(".when time").all_text_contents() == ["13:30", "17:30", "18:30"]


async def test_messages_of_one_author_stand_together_for_seven_minutes(visit, house):
    await house.hear("one", "two", name="Mika", apart=60)
    await house.hear("three", name="Mika", at=NOON + timedelta(minutes=9))
    await house.hear("four", name="Teo", at=NOON + timedelta(minutes=10))
    grouped = [False, True, False, False]
    for scripted in (True, False):
        page = await visit(java_script_enabled=scripted)
        classes = await page.locator(".message").evaluate_all(
            "all => all.map((one) => one.classList.contains('following'))"
        )
        assert classes == grouped
        assert await page.locator(".message .avatar:visible").count() == 3


async def test_what_comes_live_is_drawn_as_the_server_draws_it(visit, house):
    page = await visit(name="Ada")
    await house.hear("**bold**", "second", "> quoted", name="Mika")
    await house.say("from the web", name="Bea")
    await house.hear("|| hidden ||", name="Teo", at=NOON + timedelta(hours=3))
    await expect(page.locator(".message")).to_have_count(5)
    drawn = r"all => all.map((one) => one.outerHTML.replace(/\s+(?=<|$)/g, ''))"
    live = await page.locator(".messages > li").evaluate_all(drawn)
    await page.reload()
    await expect(page.locator(".connection")).to_have_attribute("data-state", "live")
    assert await page.locator(".messages > li").evaluate_all(drawn) == live


async def test_the_badge_tells_who_speaks_from_discord(visit, house):
    await house.hear("from there", name="Mika")
    await house.say("from here", name="Bea")
    page = await visit()
    await house.hear("from there, live", name="Teo")
    await expect(page.locator(".message")).to_have_count(3)
    assert [await one.locator(".badge").count() for one in await page.locator(".message").all()] == [1, 0, 1]


async def test_who_reads_further_back_is_not_moved_and_told_of_what_is_new(visit, house):
    await house.hear(*(f"message {number}" for number in range(60)), apart=600)
    page = await visit()
    scroller, anchor = page.get_by_role("log"), page.get_by_text("message 45", exact=True)
    for width in (PHONE, DESK):
        await page.set_viewport_size({"width": width, "height": 800})
        await anchor.scroll_into_view_if_needed()
        before = await anchor.bounding_box()
        await house.hear("news")
        await expect(page.get_by_role("button", name="One new message")).to_be_visible()
        await house.hear(f"more news at {width}")
        pill = page.get_by_role("button", name="2 new messages")
        assert abs((await anchor.bounding_box())["y"] - before["y"]) < 1
        await pill.click()
        await expect(page.get_by_text(f"more news at {width}", exact=True)).to_be_in_viewport()
        await expect(pill).to_be_hidden()
        assert abs(await scroller.evaluate("one => one.scrollTop")) < 2


async def test_older_messages_come_by_scrolling_without_a_jump(visit, house):
    await house.hear(*(f"message {number}" for number in range(120)), apart=600)
    page = await visit()
    anchor = page.get_by_text("message 75", exact=True)
    await anchor.scroll_into_view_if_needed()
    before = await anchor.bounding_box()
    await expect(page.locator(".message")).to_have_count(100)
    after = await anchor.bounding_box()
    assert abs(after["y"] - before["y"]) < 2
    await page.get_by_role("log").evaluate("one => one.scrollTop = -one.scrollHeight")
    await expect(page.get_by_text("This is where the hangout begins.")).to_be_visible()
    assert await shown(page) == [f"message {number}" for number in range(120)]


async def test_what_came_while_nobody_looked_is_counted_in_the_title_and_marked_in_the_list(visit, house):
    await house.hear("seen")
    page = await visit(name="Ada")
    title = await page.title()
    await look_away(page)
    await house.hear("unseen", "unseen too")
    await expect(page.locator(".message")).to_have_count(3)
    assert await page.title() == f"(2) {title}"
    await look_away(page, away=False)
    assert await page.title() == title
    order = await page.locator(".messages > :is(.message, .unread)").evaluate_all(
        "all => all.map((one) => one.className.split(' ')[0])"
    )
    assert order == ["message", "unread", "message", "message"]
    await say(page, "now I know")
    await expect(page.locator(".unread")).to_have_count(0)


async def test_who_comes_back_sees_where_they_left_off(visit, house):
    await house.hear("seen")
    page = await visit()
    await page.goto(house.url)
    await house.hear("said meanwhile")
    await page.goto(f"{house.url}/hangout")
    await expect(page.locator(".unread + .message .content")).to_have_text("said meanwhile")


async def test_how_many_are_here_is_told_at_once(visit, house):
    page = await visit()
    await expect(page.locator(".presence")).to_have_text("One person is in the hangout.")
    other = await visit(name="Ada")
    await expect(page.locator(".presence")).to_have_text("2 people are in the hangout.")
    await other.close()
    await expect(page.locator(".presence")).to_have_text("One person is in the hangout.")


async def test_the_porch_shows_what_was_said_last(visit, house):
    await house.hear(*(f"message {number}" for number in range(7)))
    page = await visit("/")
    assert await page.locator(".heard .content").all_inner_texts() == [f"message {number}" for number in range(2, 7)]
    await page.get_by_role("link", name="Come in to the hangout").click()
    await expect(page.locator(".message")).to_have_count(7)
