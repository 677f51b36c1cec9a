"""What a page does while its reader is held back, slowed, muted or shown out."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import expect

from db import filters, held, people, rooms, sanctions
from db.moderators import Moderator
from tests.browser.house import ROOM
from tests.browser.windows import PHONE, say, shown
from tests.members import member


@pytest.fixture
async def by(house):
    return Moderator(await member(house.store, "robin", owner=True))


async def visitor(house, name):
    return await people.get(
        house.store.pool, await house.store.pool.fetchval("select max(id) from people where name = $1", name)
    )


async def test_what_is_held_waits_behind_the_messages_until_a_moderator_has_decided(visit, house, by):
    await filters.add(house.store, by, "words", "casino", "hold", None, datetime.now(UTC))
    page = await visit(name="Ada", width=PHONE)
    await say(page, "my casino")
    waits = page.get_by_role("region", name="Waits for a moderator")
    await expect(waits.get_by_role("listitem")).to_have_text("my casino")
    assert await shown(page) == []
    await say(page, "tea, then")
    await page.reload()
    await expect(waits.get_by_role("listitem")).to_have_text("my casino")
    [waiting] = await held.own(house.store.pool, (await visitor(house, "Ada")).id)
    await held.approve(house.store, by, waiting.id, datetime.now(UTC))
    await expect(waits).to_be_hidden()
    assert await shown(page) == ["tea, then", "my casino"]
    await say(page, "the other casino")
    await expect(page.locator(".sheet .held").get_by_role("listitem")).to_have_text("the other casino")
    [waiting] = await held.own(house.store.pool, (await visitor(house, "Ada")).id)
    await held.delete(house.store, by, waiting.id, datetime.now(UTC), reason="No casinos")
    await expect(page.get_by_text("A moderator did not let this through.")).to_be_visible()
    notice = page.get_by_role("region", name="From the moderators")
    await expect(notice.get_by_role("listitem")).to_have_text(
        "A moderator did not let through what you wrote: No casinos."
    )
    await expect(page.get_by_text("Waits for a moderator")).to_be_hidden()
    await page.get_by_role("button", name="I have read it").click()
    await expect(notice).to_be_hidden()
    await page.reload()
    await expect(notice).to_be_hidden()


async def test_a_room_that_is_slowed_locked_and_opened_says_so_at_once(visit, house, by):
    page, now = await visit(name="Ada"), datetime.now(UTC)
    field = page.get_by_label("Your message")
    await rooms.slow(house.store, by, ROOM, 30, now)
    await expect(page.get_by_text("Slow mode: one message every 30 s.")).to_be_visible()
    await say(page, "one")
    await expect(page.get_by_text("Your next one can go in")).to_be_visible()
    await say(page, "two")
    await expect(page.get_by_text("goes by itself, as soon as it may")).to_be_visible()
    await expect(page.locator("#say-error")).to_be_empty()  # it is counted already
    await rooms.lock(house.store, by, ROOM, now, on=True)
    await expect(page.get_by_text("The room is closed for writing right now.")).to_be_visible()
    await expect(field).to_be_hidden()
    await rooms.lock(house.store, by, ROOM, now, on=False)
    await rooms.slow(house.store, by, ROOM, 0, now)
    await expect(field).to_be_visible()
    await expect(page.get_by_text("Slow mode")).to_be_hidden()


async def test_who_is_muted_reads_on_and_who_is_banned_is_told_why_and_where_to_appeal(visit, house, by):
    page, now = await visit(name="Zed"), datetime.now(UTC)
    zed = await visitor(house, "Zed")
    await sanctions.mute(house.store, by, zed.id, now, until=now + timedelta(hours=1), reason="Too loud.")
    await expect(page.get_by_text("You can only read here")).to_be_visible()
    await expect(page.locator(".standing time")).to_have_attribute("title", re.compile("day, "))  # as the reader has it
    await expect(page.get_by_label("Your message")).to_be_hidden()
    await house.hear("news")
    await expect(page.get_by_text("news")).to_be_visible()
    await page.clock.install()
    await sanctions.ban(house.store, by, zed.id, now, reason="Too loud, still.")
    await expect(page.get_by_text("You are banned from here: Too loud, still.")).to_be_visible()
    await sanctions.unban(house.store, by, zed.id, now)
    await sanctions.unmute(house.store, by, zed.id, now)
    await page.clock.fast_forward(80_000)
    await expect(page.get_by_label("Your message")).to_be_visible()
    await sanctions.ban(house.store, by, zed.id, now, reason="Still too loud.")
    await expect(page.get_by_text("You are banned from here: Still too loud.")).to_be_visible()
    await expect(page.locator(".connection-words")).to_have_text("Closed.")
    await page.get_by_role("link", name="What is on record about you").click()
    await expect(page.get_by_role("heading", name="You were banned").first).to_be_visible()
    await page.go_back()
    await expect(page.get_by_text("You are banned from here: Still too loud.")).to_be_visible()
    await expect(page.locator(".composer:visible")).to_have_count(0)
    await sanctions.unban(house.store, by, zed.id, now)
    await page.clock.fast_forward(61_000)
    await expect(page.get_by_label("Your message")).to_be_visible()
