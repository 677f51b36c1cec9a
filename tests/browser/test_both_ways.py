"""The one thing that Porchlight is for, seen in two windows: the site, and the practice Discord's page."""

import pytest
from playwright.async_api import expect

from practice.pictures import picture
from tests.browser.windows import PHONE, say, shown
from tests.cogs.conftest import until


@pytest.fixture
async def discord(practice, house, windows):
    """The practice Discord's page, open on a desk."""
    windows.own.add(f"{practice.host}:{practice.port}")
    page = await windows.open(practice.page_url)
    await expect(page.locator("#bot")).to_contain_text("The bot is here")
    return page


async def speak(discord, who, words):
    await discord.get_by_label("Speak as").select_option(label=who)
    await discord.get_by_label("Message", exact=True).fill(words)
    await discord.get_by_label("Message", exact=True).press("Enter")


async def test_two_windows_talk_both_ways_without_a_reload(visit, discord):
    phone = await visit(width=PHONE)
    await phone.evaluate("window.isStillTheSame = true")
    await say(phone, "good **evening**")
    await phone.get_by_label("Your name").fill("Ada")
    await phone.get_by_label("Your name").press("Enter")
    mine = phone.locator(".mine")
    await expect(mine.locator(".state-words")).to_have_text("in Discord")
    there = discord.locator(".message")
    await expect(there.locator(".name")).to_have_text("Ada")
    await expect(there.locator(".content strong")).to_have_text("evening")
    await there.get_by_role("button", name="Reply").click()
    await speak(discord, "Mika", "and to you")
    theirs = phone.locator(".message:not(.mine)")
    await expect(theirs.locator(".content")).to_have_text("and to you")
    await expect(theirs.locator(".badge")).to_have_text("Discord")
    await expect(theirs.locator(".reply")).to_contain_text("Ada good evening")
    await say(phone, "how are the ducks?")
    await expect(there.last.locator(".content")).to_have_text("how are the ducks?")
    assert await shown(phone) == ["good evening", "and to you", "how are the ducks?"]
    assert await phone.evaluate("window.isStillTheSame")


async def test_the_owner_lights_the_lamp_and_is_marked(visit, discord, practice):
    page = await visit()
    await speak(discord, "Robin (owner)", "I am here")
    await expect(page.locator(".badge.owner")).to_be_visible()
    practice.set_status("owner", "online")
    await expect(page.locator(".lamp-words")).to_have_text("The lamp is on: Robin is here.", use_inner_text=True)
    practice.set_status("owner", "dnd")
    await expect(page.locator(".lamp-words")).to_have_text("The lamp is red: Robin is busy.", use_inner_text=True)


async def test_emoji_and_files_come_over_and_nothing_is_asked_of_discord(visit, house, discord, practice):
    emoji = practice.add_emoji("duck")
    page = await visit()
    await speak(discord, "Mika", f"look <:duck:{emoji.id}>")
    await expect(page.locator("img.emoji")).to_have_attribute("alt", ":duck:")
    await until(lambda: page.evaluate("document.querySelector('img.emoji').naturalWidth > 0"))
    await discord.get_by_label("Attach").set_input_files(
        [{"name": "cat.png", "mimeType": "image/png", "buffer": picture("cat")}]
    )
    await speak(discord, "Mika", "a cat")
    await expect(page.get_by_role("link", name="A picture")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("link", name="A picture")).to_be_visible()
    await page.goto(house.url)
    await expect(page.locator(".heard")).to_contain_text("a cat (cat.png)")


async def test_what_discord_refuses_for_good_is_shown_to_its_author_and_blocks_nothing(visit, practice):
    page, other = await visit(name="Ada"), await visit(name="Bea")
    practice.faults.status(400)
    await say(page, "not this")
    await expect(page.locator(".mine .state-words")).to_contain_text("did not reach Discord")
    await say(other, "but this")
    await expect(other.locator(".mine .state-words")).to_have_text("in Discord")
    assert await other.locator(".state").count() == 1


async def test_while_discord_is_away_the_room_says_so_and_catches_up_by_itself(visit, practice):
    page = await visit(name="Ada")
    practice.faults.away()
    await say(page, "anybody there?")
    await expect(page.locator(".relay-note")).to_contain_text("Discord is out of reach")
    await expect(page.locator(".mine .state-words")).to_have_text("on the site")
    practice.faults.back()
    await expect(page.locator(".mine .state-words")).to_have_text("in Discord", timeout=15_000)
    await expect(page.locator(".relay-note")).to_be_hidden(timeout=15_000)


async def test_hangout_status_is_answered_to_the_owner_alone(visit, discord, practice):
    await visit(name="Ada")
    await until(lambda: practice.world.commands)  # the page offers those that there are when one asks for them
    await discord.get_by_role("button", name="Commands").click()
    await discord.get_by_role("button", name="/hangout status").click()
    await discord.get_by_role("button", name="Run").click()
    whisper = discord.locator(".whisper")
    await expect(whisper).to_contain_text("People on the site now: 1")
    await expect(whisper).to_contain_text("Only Robin can see this.")
    await discord.get_by_label("Speak as").select_option(label="Mika")
    await expect(whisper).to_have_count(0)
