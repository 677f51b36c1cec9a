"""The page of the practice Discord: who may use it, and what people do on it in a real browser."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import discord
import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect

from practice import Message, Practice, porch
from practice.pictures import picture
from tests.practice.conftest import Connect, until
from tests.widths import DESK, FITS, PHONE, at_both_widths


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
    ids=["rebound name", "other site", "no site", "cross-site"],
)
async def test_a_foreign_page_can_neither_speak_nor_listen(
    practice: Practice, session: aiohttp.ClientSession, headers: dict[str, str]
) -> None:
    data = {"content": "hello"}
    async with session.post(f"{practice.page_url}practice/say", data=data, headers=headers) as answer:
        assert answer.status == 403
    with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
        await session.ws_connect(f"{practice.page_url}practice/live", headers=headers)
    assert practice.messages() == []


async def test_the_page_is_not_shown_under_a_foreign_name(practice: Practice, session: aiohttp.ClientSession) -> None:
    for path in ("", "practice/state"):
        async with session.get(practice.page_url + path, headers={"Host": "evil.example"}) as answer:
            assert answer.status == 403


async def test_a_script_on_this_machine_can_break_things_and_see_the_state(
    practice: Practice, session: aiohttp.ClientSession
) -> None:
    practice.say("Mika", "hello")
    async with session.post(f"{practice.page_url}practice/faults", json={"fault": "status", "status": 503}) as answer:
        assert answer.status == 204
    assert [fault.status for fault in practice.faults.rest.waiting] == [503]
    async with session.get(f"{practice.page_url}practice/state?channel=hangout") as answer:
        state = await answer.json()
    assert [message["content"] for message in state["messages"]] == ["hello"]


async def test_what_live_cards_ask_can_be_made_to_fail_for_a_while(
    practice: Practice, session: aiohttp.ClientSession
) -> None:
    async def post(act: str, **body: object) -> int:
        async with session.post(f"{practice.page_url}practice/{act}", json=body) as answer:
            return answer.status

    assert await post("source-faults", sources=["lastfm"]) == 204
    assert practice.sources.always.keys() == {"lastfm"}
    async with session.get(f"{practice.page_url}sources/lastfm/2.0/") as answer:
        assert answer.status == 503
    assert await post("source-faults", seconds=0.01) == 204
    assert {"lastfm", "weather"} <= practice.sources.always.keys()
    await until(lambda: not practice.sources.always)
    assert await post("source-faults") == 204
    assert await post("faults", fault="stop") == 204
    assert not practice.sources.always
    assert await post("source-faults", sources=["gopher"]) == 400


@pytest.mark.parametrize("body", [{"fault": "nothing"}, {"fault": "__init__"}, {"fault": "status", "sentence": 5}])
async def test_a_fault_that_is_none_is_refused_with_a_sentence(
    practice: Practice, session: aiohttp.ClientSession, body: dict[str, object]
) -> None:
    async with session.post(f"{practice.page_url}practice/faults", json=body) as answer:
        assert answer.status == 400
        assert (await answer.json())["message"]


# In the browser


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest.fixture
async def page(practice: Practice, chromium: Browser) -> AsyncIterator[Page]:
    """The page, open, on a phone and on a desk; what the browser complains about fails the test."""
    page = await chromium.new_page(viewport={"width": PHONE, "height": 800})
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if is_complaint(said) else None)
    await page.goto(practice.page_url)
    await expect(page.get_by_label("Speak as")).to_have_value(str(practice.owner_id))
    with at_both_widths(page):
        yield page
    for width in (PHONE, DESK):
        await page.set_viewport_size({"width": width, "height": 800})
        assert await page.evaluate(FITS)
    await page.close()
    assert complaints == []


def is_complaint(said: ConsoleMessage) -> bool:
    refusal = "status of 400" in said.text  # Chromium names each refusal; the page reads it aloud
    return said.type == "error" and not refusal


def only(practice: Practice) -> Message:
    [message] = practice.messages()
    return message


async def say(page: Page, text: str) -> None:
    await page.get_by_label("Message", exact=True).fill(text)
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_label("Message", exact=True)).to_have_value("")


@pytest.mark.browser
async def test_whoever_speaks_has_a_status_that_can_be_chosen(practice: Practice, page: Page) -> None:
    status = page.get_by_label("Status")
    await expect(status).to_have_value("online")
    await status.select_option("idle")
    await until(lambda: practice.member("owner").status == "idle")
    await page.get_by_label("Speak as").select_option("Mika")
    await expect(status).to_have_value(practice.member("Mika").status)
    practice.set_status("Mika", "dnd")
    await expect(status).to_have_value("dnd")


@pytest.mark.browser
async def test_people_speak_reply_edit_react_and_delete(practice: Practice, page: Page) -> None:
    await say(page, "hello **there** <script>alert(1)</script>")
    await expect(page.locator(".content strong")).to_have_text("there")
    assert only(practice).author.id == practice.owner_id
    await page.get_by_role("button", name="Edit").click()
    await page.get_by_label("Text").fill("hello again")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator(".content")).to_have_text("hello again")
    await page.get_by_role("button", name="React").click()
    await page.get_by_role("button", name="👋").click()
    await until(lambda: only(practice).reactions == {"👋": [practice.owner_id]})
    await page.get_by_label("Speak as").select_option("Mika")
    await page.get_by_role("button", name="Reply").click()
    await say(page, "hi Robin")
    await expect(page.locator(".quoted")).to_have_text("↱ Robin: hello again")
    first, second = practice.messages()
    assert second.reference is not None
    assert (second.reference.message_id, second.author_name) == (first.id, "Mika")
    await page.get_by_role("button", name="Delete: message by Mika").click()
    await expect(page.locator(".message")).to_have_count(1)


@pytest.mark.browser
async def test_files_are_attached_and_refusals_are_read_aloud(practice: Practice, page: Page) -> None:
    cat = {"name": "cat.png", "mimeType": "image/png", "buffer": picture("cat")}
    files: Any = [cat]
    await page.get_by_label("Attach").set_input_files(files)
    await say(page, "")
    await expect(page.get_by_role("img", name="cat.png")).to_be_visible()
    await page.get_by_label("Message", exact=True).fill("x" * 2001)
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator("#notice")).to_contain_text("2000 or fewer")


@pytest.mark.browser
async def test_commands_are_run_with_options_and_answers_seen_by_whom_they_are_for(
    practice: Practice, page: Page, connect: Connect
) -> None:
    client = await connect(practice)

    @client.tree.command(description="Says how tall somebody is.")
    async def height(interaction: discord.Interaction, who: discord.Member, metres: float) -> None:
        await interaction.response.send_message(f"{who.display_name}: {metres} m", ephemeral=True)

    await client.tree.sync()
    await expect(page.locator("#bot")).to_contain_text("The bot is here")
    await say(page, "/height")
    await page.get_by_label("who").select_option("Teo")
    await page.get_by_label("metres").fill("1.8")
    await page.get_by_role("button", name="Run").click()
    await expect(page.get_by_text("Teo: 1.8 m")).to_be_visible()
    await expect(page.get_by_text("Only Robin can see this.")).to_be_visible()
    await page.get_by_label("Speak as").select_option("Mika")
    await expect(page.get_by_text("Teo: 1.8 m")).to_have_count(0)


@pytest.mark.browser
async def test_what_the_bot_suggests_is_offered_each_time_that_a_command_is_filled_in(
    practice: Practice, page: Page, connect: Connect
) -> None:
    client = await connect(practice)

    async def suggest(_: discord.Interaction, typed: str) -> list[discord.app_commands.Choice[str]]:
        return [discord.app_commands.Choice(name=f"{typed} tree", value=f"{typed} tree")]

    @client.tree.command(description="Plants something.")
    @discord.app_commands.autocomplete(what=suggest)
    async def plant(interaction: discord.Interaction, what: str) -> None:
        await interaction.response.send_message(f"a {what} grows")

    await client.tree.sync()
    await expect(page.locator("#bot")).to_contain_text("The bot is here")
    for kind in ("oak", "elm"):
        await say(page, "/plant")
        await page.get_by_label("what").fill(kind)
        await until_page(page, f"document.querySelector('[list]').list.options[0]?.value === '{kind} tree'")
        await page.get_by_role("button", name="Run").click()
        await expect(page.get_by_text(f"a {kind} grows")).to_be_visible()


@pytest.mark.browser
async def test_what_others_say_appears_by_itself_and_channels_are_switched(practice: Practice, page: Page) -> None:
    practice.say("Juniper", "look who is here")
    await expect(page.get_by_text("look who is here")).to_be_visible()
    practice.say("Teo", "elsewhere", channel="general")
    await page.get_by_role("button", name="#general").click()
    await expect(page.get_by_text("elsewhere")).to_be_visible()
    await expect(page.get_by_text("look who is here")).to_have_count(0)


@pytest.mark.browser
async def test_stickers_polls_voice_and_threads_are_made_on_the_page(practice: Practice, page: Page) -> None:
    await page.get_by_role("button", name="Sticker").click()
    await page.get_by_role("button", name="rocking chair").click()
    await expect(page.get_by_role("img", name="Sticker: rocking chair")).to_be_visible()
    await page.get_by_role("button", name="Poll").click()
    await page.get_by_label("Question").fill("Tea or cocoa?")
    await page.get_by_label("Answers, one on each line").fill("Tea\nCocoa")
    await page.get_by_role("button", name="Ask", exact=True).click()
    await page.get_by_role("button", name="Cocoa 0").click()
    await expect(page.get_by_role("button", name="Cocoa 1")).to_have_attribute("aria-pressed", "true")
    await more(page, "End the poll: message by Robin", nth=1)
    await expect(page.get_by_text("Cocoa won with 1 of 1")).to_be_visible()
    await page.get_by_role("button", name="Voice").click()
    await page.get_by_role("button", name="Record", exact=True).click()
    await expect(page.get_by_text("Voice message, 3 s")).to_be_visible()
    await until_page(page, "document.querySelector('.voice audio').duration === 3")
    await page.get_by_role("button", name="Thread", exact=True).click()
    await page.get_by_label("Name", exact=True).fill("Loose talk")
    await page.get_by_role("button", name="Start", exact=True).click()
    await expect(page.get_by_text("Robin started a thread: Loose talk")).to_be_visible()
    assert [message.type for message in practice.messages()] == [0, 0, 46, 0, 18]


@pytest.mark.browser
async def test_messages_are_forwarded_pinned_unfurled_threaded_and_chosen_to_be_removed(
    practice: Practice, page: Page
) -> None:
    said = practice.say("Mika", "look at https://example.org/a", files=[("SPOILER_cat.png", picture("cat"))])
    practice.react("Teo", said.id, "👋")
    await expect(page.get_by_role("img", name="SPOILER_cat.png")).to_have_count(0)  # it is covered
    await page.get_by_role("button", name="Spoiler: show").click()
    await expect(page.get_by_role("img", name="SPOILER_cat.png")).to_be_visible()
    await more(page, "Take all emoji away: message by Mika")
    await until(lambda: practice.find(said.id).reactions == {})
    await more(page, "Unfurl a link: message by Mika")
    await page.get_by_label("Title").fill("A fine page")
    await page.get_by_role("button", name="Show", exact=True).click()
    await expect(page.locator(".embed strong")).to_have_text("A fine page")
    await more(page, "Start a thread: message by Mika")
    await page.get_by_label("Name").fill("Apart")
    await page.get_by_role("button", name="Start", exact=True).click()
    await expect(page.get_by_role("button", name="↳ Apart (0)")).to_be_visible()
    await more(page, "Pin: message by Mika")
    await expect(page.get_by_text("Robin pinned a message")).to_be_visible()
    await more(page, "Forward: message by Mika")
    await page.get_by_role("dialog").get_by_role("button", name="#hangout").click()
    await expect(page.get_by_text("Forwarded from #hangout")).to_be_visible()
    await more(page, "Choose: message by Mika")
    await more(page, "Choose: message by Robin", nth=-1)
    await page.get_by_role("button", name="Remove them at once").click()
    await expect(page.locator(".message")).to_have_count(1)
    assert only(practice).type == 6


@pytest.mark.browser
async def test_who_types_is_shown_and_told(practice: Practice, page: Page) -> None:
    practice.typing("Teo")
    await expect(page.get_by_text("Teo is typing…")).to_be_visible()
    await page.get_by_label("Message", exact=True).press_sequentially("hey")
    await expect(page.get_by_text("Teo, Robin are typing…")).to_be_visible()
    practice.say("Teo", "done")
    practice.say("owner", "done")
    await expect(page.locator("#typing")).to_have_text("")


async def more(page: Page, label: str, *, nth: int = 0) -> None:
    """Presses one of a message's rarer buttons; `nth` is which of the messages."""
    buttons = page.locator(".more").nth(nth)
    if await buttons.get_attribute("open") is None:
        await buttons.locator("summary").click()
    await page.get_by_role("button", name=label, exact=True).click()


async def until_page(page: Page, true: str) -> None:
    """Asked for again and again from here: what the page itself would evaluate again, its own policy forbids."""
    async with asyncio.timeout(5):
        while not await page.evaluate(true):
            await asyncio.sleep(0.02)


@pytest.mark.browser
async def test_files_forms_and_menus_of_the_bot_are_used(practice: Practice, page: Page, connect: Connect) -> None:
    client = await connect(practice)

    class Form(discord.ui.Modal, title="A few words"):
        words: discord.ui.Label[discord.ui.Modal] = discord.ui.Label(
            text="Words", description="Few", component=discord.ui.TextInput(style=discord.TextStyle.paragraph)
        )

        async def on_submit(self, interaction: discord.Interaction) -> None:
            assert isinstance(self.words.component, discord.ui.TextInput)
            embed = discord.Embed(title="Shown", url="https://example.org/", description=self.words.component.value)
            await interaction.response.send_message(embed=embed.set_image(url=f"{practice.base}/nothing.png"))

    @client.tree.command(description="Takes a file.")
    async def take(interaction: discord.Interaction, file: discord.Attachment, name: str = "") -> None:
        await interaction.response.send_message(f"{name} {(await file.read()).decode()}", ephemeral=True)

    async def ask(interaction: discord.Interaction, _message: discord.Message) -> None:
        await interaction.response.send_modal(Form())

    client.tree.add_command(discord.app_commands.ContextMenu(name="Ask", callback=ask))
    await client.tree.sync()
    await say(page, "/take")
    await page.get_by_label("file").set_input_files({"name": "a.md", "mimeType": "text/markdown", "buffer": b"words"})
    await page.get_by_label("name").fill("These are")
    await page.get_by_role("button", name="Run").click()
    await expect(page.get_by_text("These are words")).to_be_visible()
    await say(page, "hello")
    message = page.locator(".message").filter(has_text="hello")
    await message.get_by_text("More", exact=True).click()
    await message.get_by_role("button", name="Ask: message by").click()
    await page.get_by_role("textbox", name="Words Few").fill("a form")
    await page.get_by_role("dialog").get_by_role("button", name="Send").click()
    await expect(page.locator(".embed").get_by_text("a form")).to_be_visible()
    await expect(page.get_by_role("link", name="Shown")).to_be_visible()
    await expect(page.locator("dialog[open]")).to_have_count(0)


@pytest.mark.browser
async def test_people_are_given_roles_and_the_menus_of_the_bot_are_used_on_them(
    practice: Practice, page: Page, connect: Connect
) -> None:
    client = await connect(practice)

    async def greet(interaction: discord.Interaction, user: discord.Member) -> None:
        await interaction.response.send_message(f"Hello {user.display_name}")

    @client.tree.command(description="Takes a role.")
    async def take(interaction: discord.Interaction, role: discord.Role) -> None:
        await interaction.response.send_message(f"The {role.name}")

    client.tree.add_command(discord.app_commands.ContextMenu(name="Greet", callback=greet))
    await client.tree.sync()
    await say(page, "/take")
    await page.get_by_label("role").select_option(label="@Keepers")
    await page.get_by_role("button", name="Run").click()
    await expect(page.get_by_text("The Keepers")).to_be_visible()
    await page.get_by_role("button", name="People").click()
    mika = page.get_by_role("group", name="Mika")
    await mika.get_by_role("button", name="Keepers").click()
    await expect(mika.get_by_role("button", name="Keepers")).to_have_attribute("aria-pressed", "true")
    assert practice.member("Mika").roles == [porch.KEEPERS]
    await mika.get_by_role("button", name="Greet").click()
    await expect(page.get_by_text("Hello Mika")).to_be_visible()
