"""What may be done about a message that is there: answer it, change it, take it back, react to it, link to it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import expect

from db import messages
from tests.browser.house import NOON, ROOM
from tests.browser.windows import DESK, LIVE, MINE, PHONE, say, shown, try_again, without_sockets
from tests.cogs.conftest import until

MIKAS = ".message:not(.mine)"


async def act(page, message, name):
    """By the keyboard: the message's "…", then what is wanted of it."""
    await message.locator(".more").focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("toolbar").get_by_role("button", name=name, exact=True).press("Enter")


@pytest.fixture
async def page(visit, house):
    """Ada's window, with a word of Mika's and one of hers."""
    await house.hear("good evening", name="Mika")
    page = await visit(name="Ada")
    await say(page, "and to yuo")
    await expect(page.locator(MINE)).to_have_count(1)
    return page


async def kept(house):
    return (await messages.newest(house.store.pool, ROOM, 100))[1]


async def test_a_reply_quotes_its_original_and_leads_back_to_it(visit, house):
    await house.hear(*(f"evening {number}" for number in range(40)), name="Mika", apart=600)
    page = await visit(name="Ada")
    for place, width in enumerate((PHONE, DESK)):
        await page.set_viewport_size({"width": width, "height": 800})
        original, reply = page.locator(".message").nth(place), page.locator(MINE + " .reply").nth(place)
        await act(page, original, "Reply")
        await expect(page.locator(".replying")).to_have_text(re.compile(f"Replying to Mika: evening {place}"))
        await expect(page.get_by_label("Your message")).to_be_focused()
        await say(page, "and to you")
        await expect(reply).to_have_text(f"Answers Mika evening {place}")
        await expect(page.locator(".replying")).to_be_hidden()
        assert (await kept(house))[-1].reply_to.content == f"evening {place}"
        await reply.click()
        await expect(original).to_have_class(re.compile("found"))
        await expect(original).to_be_in_viewport()


async def test_a_reply_that_is_thought_better_of_is_none_and_one_that_is_not_outlives_a_reload(page, house):
    await act(page, page.locator(MIKAS), "Reply")
    await page.keyboard.press("Escape")
    await expect(page.locator(".replying")).to_be_hidden()
    await say(page, "just so")
    await expect(page.locator(MINE)).to_have_count(2)
    assert (await kept(house))[-1].reply_to is None
    await act(page, page.locator(MIKAS), "Reply")
    await page.reload()
    await expect(page.locator(".replying")).to_contain_text("Mika: good evening")
    await page.locator(LIVE).wait_for(state="attached")
    await say(page, "yes")
    await expect(page.locator(MINE + " .reply")).to_have_count(1)


@pytest.mark.parametrize("limits", [{"page": 10}])
async def test_an_original_far_back_is_fetched_and_one_that_is_gone_is_told(visit, house):
    await house.hear(*(f"message {number}" for number in range(35)), apart=600)
    first = (await kept(house))[0]
    page = await visit(name="Ada")
    form = {"content": "to the first", "nonce": "n", "reply_to": str(first.id)}
    await page.request.post(f"{house.url}/hangout", form=form)
    await page.locator(".mine .reply").click()
    await expect(page.locator(f"#m{first.id}")).to_be_in_viewport()
    await page.goto("about:blank")
    await page.goto(f"{house.url}/hangout#m{first.id}")
    await expect(page.locator(f"#m{first.id}")).to_have_class(re.compile("found"))
    await page.evaluate("location.hash = '#m999999'")
    await expect(page.locator(".composer .problem")).to_contain_text("not here any more")


async def test_quotes_follow_what_becomes_of_the_original(visit, house):
    page, other = await visit(name="Ada"), await visit(name="Bea")
    await say(page, "frist")
    await act(other, other.locator(".message"), "Reply")
    await say(other, "what?")
    quote = other.locator(".mine .excerpt")
    await expect(quote).to_have_text("frist")
    await act(page, page.locator(".mine"), "Edit")
    await page.get_by_label("to be changed").fill("first")
    await page.keyboard.press("Enter")
    await expect(quote).to_have_text("first")
    await act(other, other.locator(".message").first, "Reply")
    first = (await kept(house))[0]
    await messages.delete(house.store, ROOM, await author(house, "Ada"), first.id, datetime.now(UTC))
    await expect(quote).to_have_text("(this message was deleted)")
    await expect(other.locator(".replying")).to_be_hidden()
    await other.reload()
    await expect(quote).to_have_text("(this message was deleted)")


async def author(house, name):
    found = (await kept(house))[0].author
    assert found.name == name
    return found


async def test_the_arrow_up_changes_ones_last_words_and_what_is_refused_stays_in_its_field(page, house):
    await page.get_by_label("Your message").press("ArrowUp")
    editor = page.get_by_label("to be changed")
    await expect(editor).to_be_focused()
    await expect(editor).to_have_value("and to yuo")
    await editor.fill("and to **you**")
    await editor.press("Enter")
    await expect(page.locator(".mine .content strong")).to_have_text("you")
    await expect(page.locator(".mine .edited")).to_be_visible()
    await expect(page.get_by_label("Your message")).to_be_focused()
    assert [one.content for one in await kept(house)] == ["good evening", "and to **you**"]
    await page.keyboard.press("ArrowUp")
    await expect(editor).to_have_value("and to **you**")
    await editor.fill("something else")
    await editor.press("Escape")
    assert await shown(page) == ["good evening", "and to you"]
    await page.get_by_label("Your message").press("ArrowUp")
    await house.store.pool.execute("update messages set created_at = $1", NOON - timedelta(days=100))
    await editor.fill("too late")
    await page.keyboard.press("Enter")
    await expect(page.locator(".editor [role=alert]")).to_contain_text("too long ago")
    await expect(editor).to_have_value("too late")
    await page.keyboard.press("Escape")
    assert await shown(page) == ["good evening", "and to you"]


async def test_the_arrow_up_does_nothing_where_something_is_written_or_it_is_too_late(visit, house):
    page = await visit(name="Ada")
    await house.say("long ago", name="Ada")
    await page.get_by_label("Your message").fill("something")
    await page.keyboard.press("ArrowUp")
    await expect(page.locator(".editor")).to_have_count(0)
    await say(page, "mine")
    await expect(page.locator(MINE)).to_have_count(2)
    await house.store.pool.execute("update messages set created_at = $1", NOON - timedelta(days=100))
    await page.reload()
    await page.locator(LIVE).wait_for(state="attached")
    await page.get_by_label("Your message").press("ArrowUp")
    await expect(page.locator(".editor")).to_have_count(0)
    await page.locator(".mine .more").last.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("toolbar").get_by_role("button", name="Edit")).to_be_hidden()
    await expect(page.get_by_role("toolbar").get_by_role("button", name="Delete")).to_be_visible()


async def test_what_is_done_while_the_line_is_cut_is_done_when_it_is_back(page, house, windows):
    windows.bear("WebSocket connection")
    house.wire.hold_up()
    await expect(page.locator(LIVE)).to_have_count(0)
    await page.get_by_label("Your message").press("ArrowUp")
    await page.get_by_label("to be changed").fill("and to you")
    await page.keyboard.press("Enter")
    await act(page, page.locator(MIKAS), "React")
    await page.keyboard.press("Enter")
    await expect(page.locator(".reaction")).to_have_attribute("aria-pressed", "true")
    house.wire.let_pass()
    await try_again(page)
    await expect(page.locator(".mine .edited")).to_be_visible()
    await expect(page.locator(".editor")).to_have_count(0)

    async def is_kept():
        first, second = await kept(house)
        return second.content == "and to you" and [one.count for one in first.reactions] == [1]

    await until(is_kept)


async def test_a_deletion_can_be_undone_and_else_is_seen_at_once_and_for_good_after_six_seconds(page, house, visit):
    other = await visit()
    await page.clock.install()
    await act(page, page.locator(".mine"), "Delete")
    await page.keyboard.press("Enter")
    await page.clock.fast_forward(10_000)
    await expect(page.locator(".mine .content")).to_be_visible()
    assert await shown(page) == ["good evening", "and to yuo"]
    assert len(await kept(house)) == 2
    await act(page, page.locator(".mine"), "Delete")
    assert await page.locator(".mine .content").is_hidden()
    undo = page.get_by_role("button", name="Undo")
    await expect(undo).to_be_focused()
    await page.clock.fast_forward(20_000)  # the focus holds the time still
    assert await shown(other) == ["good evening", "and to yuo"]
    await page.get_by_label("Your message").focus()
    await page.clock.fast_forward(6_100)
    await expect(other.locator(".message")).to_have_count(1)
    await expect(page.locator(".message")).to_have_count(1)
    assert [one.content for one in await kept(house)] == ["good evening"]


async def test_who_leaves_the_page_leaves_nothing_behind_that_was_deleted(page, house):
    await act(page, page.locator(".mine"), "Delete")
    await page.goto(house.url)

    async def is_gone():
        return len(await kept(house)) == 1

    await until(is_gone)


async def test_what_is_not_sent_yet_can_be_discarded(page, house, windows):
    windows.bear("WebSocket connection")
    house.wire.hold_up()
    await expect(page.locator(LIVE)).to_have_count(0)
    await say(page, "never mind")
    await page.locator("[data-state=sending]").get_by_role("button", name="Delete").click()
    await expect(page.locator(".message")).to_have_count(2)
    house.wire.let_pass()
    await try_again(page)
    await say(page, "hello")
    await expect(page.locator(MINE)).to_have_count(2)
    assert [one.content for one in await kept(house)] == ["good evening", "and to yuo", "hello"]


async def test_reactions_are_given_by_the_picker_and_taken_back_by_a_click(visit, house):
    await house.hear("good evening", name="Mika")
    page, other = await visit(name="Ada"), await visit(name="Bea")
    for width in (PHONE, DESK):
        for window in (page, other):
            await window.set_viewport_size({"width": width, "height": 800})
        await act(page, page.locator(MIKAS), "React")
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        mine, theirs = page.locator(".reaction"), other.locator(".reaction")
        await expect(mine).to_have_text("👍 1")
        await expect(mine).to_have_attribute("aria-pressed", "true")
        await expect(theirs).to_have_attribute("aria-pressed", "false")
        await theirs.click()
        await expect(mine).to_have_text("👍 2")
        await expect(theirs).to_have_attribute("aria-pressed", "true")
        await page.reload()
        await expect(mine).to_have_attribute("aria-pressed", "true")
        await mine.click()
        await expect(theirs).to_have_text("👍 1")
        await theirs.focus()
        await page.keyboard.press("Escape")
        await other.keyboard.press("Enter")
        await expect(page.locator(".reaction")).to_have_count(0)
        await expect(other.locator(".more")).to_be_focused()


async def test_an_edit_by_others_leaves_ones_own_reaction_ones_own(visit, house):
    page, other = await visit(name="Ada"), await visit(name="Bea")
    await say(page, "one")
    await act(other, other.locator(".message"), "React")
    await other.keyboard.press("Enter")
    await expect(page.locator(".reaction")).to_have_text("😀 1")
    await page.get_by_label("Your message").press("ArrowUp")
    await page.get_by_label("to be changed").fill("two")
    await page.keyboard.press("Enter")
    await expect(other.locator(".content")).to_have_text("two")
    await expect(other.locator(".reaction")).to_have_attribute("aria-pressed", "true")


async def test_a_refused_reaction_is_taken_back_with_a_sentence(page, house):
    for emoji in (
        "😀",
        "😂",
        "😊",
        "😍",
        "🤔",
        "😮",
        "😢",
        "😴",
        "👎",
        "👏",
        "🙌",
        "🙏",
        "👋",
        "🤝",
        "💪",
        "❤️",
        "✨",
        "🎉",
        "🔥",
        "⭐",
    ):
        await page.request.post(f"{house.url}/hangout/messages/1/react", form={"emoji": emoji})
    await expect(page.locator(".reaction")).to_have_count(20)
    await act(page, page.locator(MIKAS), "React")
    await page.get_by_role("dialog").get_by_role("button", name="thumbs up").click()
    await expect(page.locator(".composer .problem")).to_contain_text("20 different")
    await expect(page.locator(".reaction")).to_have_count(20)


async def test_who_has_no_name_is_asked_for_one_and_then_does_what_they_wanted(visit, house):
    await house.hear("good evening", name="Mika")
    page = await visit()
    await act(page, page.locator(MIKAS), "Reply")
    await page.get_by_label("Your name").fill("Ada")
    await page.keyboard.press("Enter")
    await expect(page.locator(".replying")).to_contain_text("Mika")


async def test_the_bar_comes_by_mouse_and_keys_lead_along_it_and_a_link_is_copied(page, house):
    bar = page.get_by_role("toolbar")
    await page.locator(MIKAS).hover()
    await expect(bar.get_by_role("button")).to_have_text(["React", "Reply", "Copy link", "Report"])
    await page.locator(".mine").hover()
    await expect(bar.get_by_role("button")).to_have_text(["React", "Reply", "Edit", "Delete", "Copy link"])
    await page.locator(".room-head").hover()
    await expect(bar).to_be_hidden()
    await page.locator(".mine .more").focus()
    await page.keyboard.press("ArrowUp")
    await expect(page.locator(MIKAS + " .more")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_role("toolbar").get_by_role("button", name="Reply")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("toolbar")).to_be_hidden()
    await expect(page.locator(MIKAS + " .more")).to_be_focused()
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await act(page, page.locator(MIKAS), "Copy link")
    await expect(page.locator(".composer").get_by_role("status").get_by_text("The link is copied.")).to_be_visible()
    await expect(page.locator(".composer .problem")).to_be_empty()
    assert await page.evaluate("navigator.clipboard.readText()") == f"{house.url}/hangout/messages/1"


async def test_who_writes_is_shown_until_their_word_comes(visit, house):
    page, ada, bea = await visit(), await visit(name="Ada"), await visit(name="Bea")
    await ada.get_by_label("Your message").press_sequentially("he")
    line = page.locator(".typing")
    before = await page.get_by_label("Your message").bounding_box()
    await expect(line).to_have_text("Ada is typing…")
    await expect(ada.locator(".typing")).to_have_text("")
    await bea.get_by_label("Your message").press_sequentially("h")
    await expect(line).to_have_text("Ada and Bea are typing…")
    assert await page.get_by_label("Your message").bounding_box() == before
    await ada.get_by_label("Your message").press("Enter")
    await expect(line).to_have_text("Bea is typing…")
    await page.clock.install()
    await bea.get_by_label("Your message").press_sequentially("i")
    await expect(line).to_have_text("Bea is typing…")


async def test_how_many_are_in_discord_is_told(visit, house):
    house.store.presence.members = 14
    page = await visit(width=PHONE)
    await expect(page.locator(".presence")).to_have_text("One person is in the hangout, 14 in Discord.")
    await expect(page.locator(".presence")).to_be_visible()
    porch = await visit("/")
    await expect(porch.get_by_text("14 in Discord")).to_be_visible()


async def test_where_sockets_are_refused_it_is_done_by_form(visit, house):
    await house.say("frist", name="Ada")
    page = await without_sockets(visit, "Bea")
    await act(page, page.locator(".message"), "React")
    await page.keyboard.press("Enter")

    async def is_kept():
        return [one.emoji for one in (await kept(house))[0].reactions] == ["😀"]

    await until(is_kept)
    await say(page, "by post")
    await expect(page.locator(MINE)).to_have_count(1)
    await page.get_by_label("Your message").press("ArrowUp")
    await page.get_by_label("to be changed").fill("by pigeon")
    await page.keyboard.press("Enter")
    await expect(page.locator(".mine .content")).to_have_text("by pigeon")
    assert [one.content for one in await kept(house)] == ["frist", "by pigeon"]
