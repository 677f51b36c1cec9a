"""In through Discord and by one-time links, in a real browser: the site, the consent page, and the bot's messages."""

import re

import msgspec
import pytest
from playwright.async_api import expect

from cogs.gateway import live_in_discord
from db.config import Web
from db.loops import doing
from practice import porch
from tests.browser.house import opened
from tests.browser.test_accessible import faults
from tests.browser.windows import DESK, PHONE
from tests.cogs.conftest import until
from tests.conftest import at_practice

PASSWORD = "three old tin kettles"


@pytest.fixture
async def house(config, practice, wire):
    """The site under the address that its configuration names, for Discord sends people back to that one."""
    discord = at_practice(
        practice,
        token=practice.token,
        client_id=porch.APPLICATION,
        client_secret=porch.CLIENT_SECRET,
        authorize_url=practice.authorize_url,
        channel_id=practice.channel_id,
    )
    web = Web(secret_key=config.web.secret_key, base_url=f"http://127.0.0.1:{wire.port}")
    async with (
        opened(msgspec.structs.replace(config, discord=discord, web=web), wire) as house,
        doing(live_in_discord(house.store, house.outbound), "discord"),
    ):
        await until(lambda: house.store.discord.connection == "on" and house.store.owner_id)
        yield house


@pytest.fixture
async def page(windows, house, practice, request):
    windows.own.add(f"{practice.host}:{practice.port}")
    options = {"width": DESK, **getattr(request, "param", {})}
    return await windows.open(f"{house.url}/login", **options)


@pytest.mark.parametrize(
    "page", [{"width": PHONE, "java_script_enabled": False}, {"width": DESK, "dark": True}], indirect=True
)
async def test_somebody_says_yes_in_discord_and_is_in(page, house, practice):
    await page.get_by_role("link", name="Sign in with Discord").click()
    await expect(page.get_by_role("heading")).to_contain_text("Porchlight wants to know who you are")
    await page.get_by_label("Mika").check()
    await page.get_by_role("button", name="Allow").click()
    await expect(page).to_have_url(f"{house.url}/")
    await page.goto(f"{house.url}/settings")
    await expect(page.locator("#discord")).to_contain_text("You are linked with Discord, as Mika.")
    await expect(page.locator("#discord").get_by_role("button", name="Unlink")).to_have_count(0)


async def test_who_says_no_is_told_so_and_can_begin_again(page, house, practice, windows):
    windows.bear("status of 422")
    await page.get_by_role("link", name="Sign in with Discord").click()
    await page.get_by_role("button", name="Deny").click()
    await expect(page.get_by_role("alert")).to_have_text("You said no in Discord, so nothing was done here.")
    assert await faults(page) == []
    await page.get_by_role("link", name="Begin again").click()
    await expect(page.get_by_role("heading")).to_contain_text("wants to know who you are")


@pytest.mark.parametrize("page", [{"width": PHONE, "java_script_enabled": False}], indirect=True)
async def test_a_forgotten_password_comes_back_by_the_bot_and_the_account_can_be_unlinked(page, house, practice):
    await page.get_by_role("link", name="Sign in with Discord").click()
    await page.get_by_label("Teo").check()
    await page.get_by_role("button", name="Allow").click()
    await expect(page).to_have_url(f"{house.url}/")
    await page.context.clear_cookies()
    await page.goto(f"{house.url}/login")
    await page.get_by_role("link", name="Forgotten your password?").click()
    await page.get_by_label("Username").fill("teo")
    await page.get_by_role("button", name="Ask for a link").click()
    await expect(page.get_by_role("status")).to_contain_text("the bot has something for them")
    await until(lambda: practice.direct("Teo"))
    [address] = re.findall(r"<(http://\S+/auth/link/\S+)>", practice.direct("Teo")[0].content)
    await page.goto(address)
    await page.get_by_label("New password").fill(PASSWORD)
    await page.get_by_role("button", name="Set password").click()
    await expect(page.locator("#password").get_by_role("status")).to_contain_text("Changed.")
    await page.locator("#discord").get_by_role("button", name="Unlink").click()
    await expect(page.locator("#discord").get_by_role("status")).to_have_text("Unlinked.")
    await expect(page.locator("#discord").get_by_role("link", name="Link with Discord")).to_be_visible()


async def test_the_owner_comes_in_from_discord_and_others_do_not_see_the_link(page, house, practice):
    await until(lambda: practice.world.commands)
    answer = await practice.command("site login")
    [address] = re.findall(r"<(http://\S+)>", answer.content)
    await page.goto(address)
    assert await faults(page) == []
    await page.get_by_role("main").get_by_role("button", name="Log in").click()
    await expect(page).to_have_url(f"{house.url}/")
    await page.goto(f"{house.url}/people/robin")
    await expect(page.get_by_role("main")).to_contain_text("owner")


async def test_the_bots_messages_are_there_for_whoever_plays_them_and_nobody_else(page, practice, house):
    await page.get_by_role("link", name="Sign in with Discord").click()
    await page.get_by_label("Teo").check()
    await page.get_by_role("button", name="Allow").click()
    await page.goto(f"{house.url}/forgotten")
    await page.get_by_label("Username").fill("teo")
    await page.get_by_role("button", name="Ask for a link").click()
    await until(lambda: practice.direct("Teo"))
    await page.goto(practice.page_url)
    await expect(page.get_by_label("Channels").get_by_text("from the bot")).to_have_count(0)
    await page.get_by_label("Speak as").select_option(label="Teo")
    await page.get_by_label("Channels").get_by_text("from the bot").click()
    await expect(page.locator(".message")).to_contain_text("asked for a new password")
    await page.get_by_label("Speak as").select_option(label="Mika")
    await expect(page.get_by_label("Channels").get_by_text("from the bot")).to_have_count(0)
    await expect(page.locator(".message").filter(has_text="asked for a new password")).to_have_count(0)


async def test_the_side_doors_can_be_read_by_everybody(page, house, windows):
    windows.bear("status of 410")
    for path in ("/forgotten", "/forgotten?asked=yes", "/auth/link/" + "a" * 43):
        await page.goto(house.url + path)
        assert await faults(page) == [], path
