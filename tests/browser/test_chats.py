"""Two members and a chat between them: asked for, accepted, lived in and left, in two browsers and without a reload."""

import re
from dataclasses import dataclass

import pytest
from PIL import Image
from playwright.async_api import Page, expect

from tests.browser.test_accessible import faults
from tests.browser.windows import DESK, LIVE, PHONE, look_away, say, shown
from tests.members import chat_between, member
from tests.pictures import packed

MINE = ".mine[data-id]:not([data-id=''])"


@dataclass
class Reader:
    page: Page

    @property
    def messages(self):
        return self.page.locator(".messages > .message")

    def tick(self, place=-1):
        return self.page.locator(f"{MINE} > .tick").nth(place)


@pytest.fixture
def known(house):
    """Gives the member of that name, who is made if need be."""
    people = {}

    async def known(username):
        if username not in people:
            people[username] = await member(house.store, username)
        return people[username]

    return known


@pytest.fixture
def come(visit, known):
    """Opens a window of a member."""

    async def come(username, path="/chats", **options):
        return Reader(await visit(path, person=await known(username), **options))

    return come


async def ask(ada, words="Would you like to talk?"):
    await ada.page.get_by_label("Their username").fill("bea")
    await ada.page.get_by_label("Your message to them").fill(words)
    await ada.page.get_by_role("button", name="Ask for a chat").click()
    await expect(ada.page.locator(".state-of")).to_have_text("waiting")


@pytest.fixture
async def both(come, known, house):
    """Ada at a desk and Bea on a phone in the dark, in the chat that Ada has asked for."""
    path = f"/chats/{await chat_between(house.store, await known('ada'), await known('bea'))}"
    ada = await come("ada", path, width=DESK)
    bea = await come("bea", path, width=PHONE, dark=True)
    for one in (ada, bea):
        await expect(one.page.locator(LIVE)).to_be_attached()
        await expect(one.messages).to_have_count(1)
    return ada, bea


async def test_a_request_and_its_acceptance_come_without_a_reload(come, house):
    ada = await come("ada")
    bea = await come("bea", "/hangout", width=PHONE, dark=True)
    await ask(ada, "hello https://evil.example")
    note = bea.page.locator(".note-of")
    await expect(note).to_contain_text("asks for a chat")
    await expect(bea.page).to_have_title(re.compile(r"^\(1\) "))
    await note.get_by_role("link").click()
    await expect(bea.page.locator(".request .words")).to_have_text("hello https://evil.example")
    assert await bea.page.locator(".request .words a").count() == 0
    await bea.page.get_by_role("button", name="Accept").click()
    await expect(bea.page.locator(LIVE)).to_be_attached()
    await expect(ada.page.locator(".chat-list a")).to_contain_text("Bea")  # it was 'waiting' a moment ago
    await expect(ada.page.locator(".waiting")).to_have_count(0)
    await expect(bea.page).to_have_title(re.compile(r"^Chat with Ada"))
    await ada.page.locator(".chat-list a").click()
    await expect(ada.page.locator(LIVE)).to_be_attached()
    assert await shown(ada.page) == ["hello https://evil.example"]


async def test_they_talk_and_see_each_other_write_read_and_be_here(both):
    ada, bea = both
    await expect(ada.page.locator(".here-now")).to_be_visible()
    await bea.page.get_by_label("Your message").press_sequentially("Good")
    await expect(ada.page.locator(".typing")).to_have_text("Bea is typing…")
    await bea.page.get_by_label("Your message").press("Enter")
    await expect(ada.messages.last.locator(".content")).to_have_text("Good")
    await expect(bea.tick()).to_have_attribute("data-tick", "read")
    await expect(bea.tick()).to_have_text("Read")
    await look_away(bea.page)
    await say(ada.page, "are you there?")
    await expect(bea.messages).to_have_count(3)
    await expect(ada.tick()).to_have_attribute("data-tick", "sent")
    await expect(ada.tick(0)).to_have_attribute("data-tick", "read")
    await look_away(bea.page, away=False)
    await expect(ada.tick()).to_have_attribute("data-tick", "read")
    await ada.page.reload()
    await expect(ada.tick()).to_have_attribute("data-tick", "read")
    await bea.page.context.close()
    await expect(ada.page.locator(".here-now")).to_be_hidden()


async def test_editing_taking_back_reacting_and_answering_reach_the_other(both):
    ada, bea = both
    await say(ada.page, "frist")
    await expect(bea.messages).to_have_count(2)
    await ada.page.get_by_label("Your message").press("ArrowUp")
    await ada.page.locator(".editor textarea").fill("first")
    await ada.page.locator(".editor textarea").press("Enter")
    await expect(bea.messages.last.locator(".content")).to_have_text("first")
    last = bea.messages.last
    await last.locator(".more").click()
    await bea.page.get_by_role("button", name="React").click()
    await bea.page.get_by_role("button", name="thumbs up").click()
    for _ in range(2):
        await expect(ada.messages.last.locator(".reaction")).to_contain_text("1")
        await expect(ada.tick()).to_have_attribute("data-tick", "read")
        await ada.page.reload()
    await last.locator(".more").click()
    await bea.page.get_by_role("button", name="Reply").click()
    await say(bea.page, "second")
    await expect(ada.messages.last.locator(".reply")).to_contain_text("first")
    await ada.page.clock.install()
    await ada.messages.nth(1).locator(".more").focus()
    await ada.page.keyboard.press("Enter")
    await ada.page.locator(".tools [data-act=delete]").click()
    await expect(ada.page.get_by_role("button", name="Undo")).to_be_visible()
    await ada.page.mouse.move(0, 0)
    await ada.page.get_by_label("Your message").focus()
    await ada.page.clock.fast_forward(6_100)  # in which it could be undone
    await expect(bea.messages).to_have_count(2)
    await expect(bea.messages.last.locator(".reply")).to_contain_text("deleted")


async def test_a_picture_is_seen_by_the_two_and_by_nobody_else(both, come, house, windows):
    ada, bea = both
    await ada.page.locator(".choose").set_input_files(
        {"name": "cat.png", "mimeType": "image/png", "buffer": packed(Image.new("RGB", (60, 40), "teal"), "PNG")}
    )
    await expect(ada.page.locator(".tile")).to_have_count(1)
    await ada.page.get_by_role("button", name="Send").click()
    picture = bea.messages.last.locator(".look img")
    await expect(picture).to_be_visible()
    assert await picture.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") == 60
    source = await bea.messages.last.locator(".look").get_attribute("href")
    windows.bear("status of 404")
    for reader, status in ((ada, 200), (bea, 200), (await come("cleo"), 404)):
        assert (await reader.page.request.get(house.url + source)).status == status


async def test_a_message_is_told_on_every_other_page_and_read_where_it_is_read(both, come, windows):
    ada, bea = both
    await expect(ada.tick()).to_have_attribute("data-tick", "read")  # who leaves earlier has still to read it
    await bea.page.goto(bea.page.url.partition("/chats")[0] + "/")
    elsewhere = await come("bea", "/hangout")
    await say(ada.page, "one")
    await say(ada.page, "two")
    for page in (bea.page, elsewhere.page):
        await expect(page.locator(".note-of")).to_have_text(re.compile("Message from Ada"))
        await expect(page).to_have_title(re.compile(r"^\(2\) "))
    await bea.page.locator(".note-of a").click()
    await expect(bea.messages).to_have_count(3)
    await expect(elsewhere.page).to_have_title(re.compile(r"^[^(]"))
    await say(ada.page, "three")
    await expect(bea.messages).to_have_count(4)
    await expect(ada.tick()).to_have_attribute("data-tick", "read")
    await elsewhere.page.wait_for_timeout(800)  # longer than a note would wait
    assert "three" not in await elsewhere.page.locator("body").inner_text()
    assert not (await elsewhere.page.title()).startswith("(")
    assert await bea.page.locator(".note-of").count() == 0


async def test_what_is_typed_in_one_room_waits_there_and_is_never_said_in_another(both, house):
    ada, _ = both
    chat = ada.page.url
    await ada.page.get_by_label("Your message").fill("for Bea only")
    await ada.page.goto(f"{house.url}/hangout")
    await expect(ada.page.locator(LIVE)).to_be_attached()
    await expect(ada.page.get_by_label("Your message")).to_have_value("")
    await ada.page.goto(chat)
    await expect(ada.page.get_by_label("Your message")).to_have_value("for Bea only")
    assert await house.words() == []


async def test_blocking_closes_the_chat_before_the_others_eyes(both):
    ada, bea = both
    await bea.page.get_by_role("link", name="Leave, block or report").click()
    await bea.page.get_by_role("button", name="Block Ada").click()
    await expect(bea.page.get_by_text("No chats yet")).to_be_visible()
    await expect(ada.page.get_by_text("They have left this chat.")).to_be_visible()
    await expect(ada.page.get_by_label("Your message")).to_be_hidden()
    assert await shown(ada.page) == ["hello"]


async def test_axe_finds_nothing_in_the_list_a_chat_and_the_way_out(both, come):
    ada, bea = both
    await say(bea.page, "x" * 300)
    await expect(ada.messages).to_have_count(2)
    assert await faults(ada.page) == []
    for path in ("/leave", ""):
        await ada.page.goto(re.sub(r"(/chats/\d+).*", rf"\1{path}", ada.page.url))
        assert await faults(ada.page) == []
    cleo = await come("cleo")
    await ask(cleo, "W" * 200)
    await bea.page.get_by_role("link", name="All chats").click()
    await expect(bea.page.locator(".request")).to_have_count(1)
    assert await faults(bea.page) == []


async def test_asking_accepting_reading_and_writing_need_no_script(come):
    ada = await come("ada", java_script_enabled=False)
    bea = await come("bea", java_script_enabled=False, width=PHONE)
    await ask(ada)
    await bea.page.reload()
    await bea.page.get_by_role("button", name="Accept").click()
    assert await shown(bea.page) == ["Would you like to talk?"]
    await bea.page.get_by_label("Your message").fill("with **pleasure**")
    await bea.page.get_by_role("button", name="Send").click()
    await ada.page.reload()
    await expect(ada.page.locator(".chat-list .count")).to_contain_text("1")
    await ada.page.locator(".chat-list a").click()
    await expect(ada.page.locator(".content strong")).to_have_text("pleasure")
    await ada.page.wait_for_load_state("networkidle")
    await ada.page.get_by_role("link", name="All chats").click()
    await expect(ada.page.locator(".chat-list .count")).to_have_count(0)
    await bea.page.reload()
    await expect(bea.tick()).to_have_attribute("data-tick", "read")
