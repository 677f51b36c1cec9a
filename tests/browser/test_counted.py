"""A real browser is counted, and shown to be a person's by what it loads and by the pointer, without any script."""

from datetime import UTC, datetime

from db.visits import flush
from tests.glimpses import CHROME

SEEN = "**/seen.svg"


async def test_a_pointer_over_the_page_is_a_sign_each_time_and_a_stylesheet_is_another(visit, house):
    page = await visit("/", java_script_enabled=False, user_agent=CHROME, is_new=True)
    for path in ("/", "/blog"):
        await page.goto(house.url + path)
        async with page.expect_response(SEEN) as seen:
            await page.mouse.move(200, 200)
            await page.mouse.move(210, 220)
        answer = await seen.value
        assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
        await page.mouse.move(-5, -5)
    await flush(house.store, datetime.now(UTC))
    rows = await house.store.pool.fetch("select path, browser, is_confirmed from visits order by path")
    assert [tuple(row) for row in rows] == [("/", "Chrome", True), ("/blog", "Chrome", True)]
