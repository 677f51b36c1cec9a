"""All that a message can hold, drawn the same by the server and by the script, without a jump, and for everybody."""

import re
import struct
import zlib
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.async_api import expect

from db import messages
from db.messages import Answer, Attachment, Card, Extras, Forward, Heard, Poll, Sticker, Thread
from tests.browser.house import NOON, ROOM
from tests.browser.test_accessible import faults
from tests.browser.windows import DESK, PHONE, comes_true

PICTURE = Attachment(name="a.png", id="11", content_type="image/png", size=1, width=1200, height=801, alt="A porch")
VIDEO = Attachment(name="a.mp4", id="12", content_type="video/mp4", size=1, width=641, height=359)
SOUND = Attachment(name="a.mp3", id="13", content_type="audio/mpeg", size=999_499)
VOICE = Attachment(name="v.ogg", id="14", content_type="audio/ogg", size=1, voice=True, duration=67.9)
PAPER = Attachment(name="p&q <1>.pdf", id="15", content_type="application/pdf", size=2_449_999)
TALL = Attachment(name="tall.png", id="16", content_type="image/png", size=1, width=30, height=4000)
STICKERS = (Sticker("17", "Wave"), Sticker("18", "Cat", "png"))
FILES = (PICTURE, VIDEO, SOUND, VOICE, PAPER, TALL)
COVERED = tuple(
    Attachment(**{field: getattr(one, field) for field in Attachment.__struct_fields__} | {"spoiler": True})
    for one in FILES
)
POLL = Poll(
    "Tea or coffee?", (Answer("Tea", "🍵", 2), Answer("Coffee", "duck:123456789012345678", 1)), "2026-05-02T12:00:00Z"
)
OVER = Poll("Over?", (Answer("Yes"),), "", True, True)
CARDS = (
    Card(
        "https://example.com/a",
        "Example",
        "A **title**",
        "Words with *weight*",
        "Ines",
        (("Time", "`14` h"), ("B", "2")),
    ),
    Card(title="No link"),
    Card("https://example.com/b", description="||hidden||"),
)
FORWARD = Forward("come *in*", attachments=(PAPER,), stickers=STICKERS, origin="#town", url="https://discord.com/x")
HOLDINGS = [
    {"attachments": FILES},
    {"attachments": COVERED},
    {"extras": Extras(stickers=STICKERS)},
    {"extras": Extras(forward=FORWARD)},
    {"extras": Extras(forward=Forward("from nowhere"))},
    {"extras": Extras(poll=POLL)},
    {"extras": Extras(poll=OVER)},
    {"extras": Extras(cards=CARDS, thread=Thread("Bread", "https://discord.com/y"))},
    {"kind": "system"},
    {"edited_at": NOON + timedelta(hours=2)},
    {"reply_to_discord_id": 1000},
]
DRAWN = r"all => all.map((one) => one.outerHTML.replace(/\s+(?=<|$)/g, ''))"


def plain(width, height):
    """A PNG of one grey."""
    rows = zlib.compress((b"\0" + bytes(width)) * height)
    parts = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)), (b"IDAT", rows), (b"IEND", b"")]
    drawn = (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(drawn)


async def hold(house, *holdings, start=0):
    """Mika says a message with each of these in it."""
    for place, held in enumerate(holdings, start=start):
        said = Heard(1000 + place, 7, "Mika", "Mika", f"message {place}", NOON + timedelta(minutes=place))
        await messages.hear(house.store, ROOM, [replace(said, **held)])


@pytest.fixture
def media(windows):
    """What Discord would send: a picture for every address."""

    async def route(page, *, after=0.0):
        async def answer(route):
            await page.wait_for_timeout(after * 1000)
            await route.fulfill(status=200, content_type="image/png", body=plain(1200, 801))

        await page.context.route(re.compile("/media/discord/"), answer)

    windows.bear("status of 404")  # of what is asked for before the route lies
    return route


async def test_everything_is_drawn_live_as_the_server_draws_it(visit, house, media):
    page = await visit(name="Ada")
    await media(page)
    await hold(house, *HOLDINGS)
    first = (await messages.newest(house.store.pool, ROOM, 50))[1][0]
    form = {"emoji": "👍", "on": "1"}
    assert (await page.request.post(f"{house.url}/hangout/messages/{first.id}/react", form=form)).ok
    await page.request.post(
        f"{house.url}/hangout", form={"content": "a & <b>", "nonce": "n", "reply_to": str(first.id)}
    )
    await expect(page.locator(".message")).to_have_count(len(HOLDINGS) + 1)
    await expect(page.locator(".reaction")).to_have_count(1)
    live = await page.locator(".messages > li").evaluate_all(DRAWN)
    await page.reload()
    await expect(page.locator(".connection")).to_have_attribute("data-state", "live")
    assert await page.locator(".messages > li").evaluate_all(DRAWN) == live


async def test_every_kind_says_what_it_is(visit, house, media):
    page = await visit()
    await media(page)
    await hold(house, *HOLDINGS)
    each = page.locator(".message")
    await expect(each).to_have_count(len(HOLDINGS))
    files = each.nth(0)
    await expect(files.get_by_role("link", name="A porch").locator("img")).to_have_attribute("height", "320")
    await expect(files.locator("video")).to_have_attribute("aria-label", "a.mp4")
    await expect(files.locator("figcaption").first).to_have_text("a.mp3 999 kB")
    await expect(files.locator("figcaption").last).to_have_text("Voice message 1:07")
    await expect(files.get_by_role("link", name="p&q <1>.pdf 2.4 MB")).to_have_attribute("download", "p&q <1>.pdf")
    await expect(each.nth(2).locator(".stickers")).to_contain_text("Sticker: Wave")
    await expect(each.nth(2).get_by_role("img", name="Sticker: Cat")).to_be_visible()
    await expect(each.nth(3).locator(".origin")).to_have_text("Forwarded from #town")
    await expect(each.nth(5).locator(".poll")).to_contain_text("3 votes, ends")
    await expect(each.nth(6).locator(".poll")).to_contain_text("0 votes, the poll is over.")
    await expect(each.nth(6).locator(".poll")).not_to_contain_text("Votes are given")
    await expect(each.nth(7).get_by_role("link", name="A **title**")).to_have_attribute("rel", re.compile("noreferrer"))
    await expect(each.nth(7).locator(".thread")).to_have_text("Bread a thread in Discord")
    await expect(each.nth(8).locator(".more")).to_be_hidden()
    name, told = each.nth(8).locator(".name"), each.nth(8).locator(".content")
    await expect(name).to_have_text("Mika")
    assert abs((await name.bounding_box())["y"] - (await told.bounding_box())["y"]) < 4  # one line
    await expect(each.nth(9).locator(".edited time")).to_have_attribute("title", re.compile("2026"))


WORDLESS = [
    ({"attachments": (PICTURE,)}, "a picture"),
    ({"attachments": (VOICE, PICTURE)}, "a voice message"),
    ({"attachments": (VIDEO,)}, "a video"),
    ({"attachments": (SOUND,)}, "a recording"),
    ({"attachments": (PAPER,)}, "a file"),
    ({"attachments": COVERED[:1]}, "a picture"),
    ({"extras": Extras(stickers=STICKERS)}, "a sticker"),
    ({"extras": Extras(poll=POLL)}, "a poll"),
    ({"extras": Extras(forward=FORWARD)}, "a forwarded message"),
]


async def test_a_quote_of_a_message_without_words_names_what_it_holds(visit, house, media):
    await hold(house, *(held | {"content": ""} for held, _ in WORDLESS))
    page = await visit(name="Ada")
    await media(page)
    for place, (_, name) in enumerate(WORDLESS):
        await page.locator(".message .more").nth(place).focus()
        await page.keyboard.press("Enter")
        await page.get_by_role("toolbar").get_by_role("button", name="Reply").press("Enter")
        await expect(page.locator(".replying .excerpt")).to_have_text(name)
        await page.keyboard.type("oh")
        await page.keyboard.press("Enter")
        await expect(page.locator(".mine[data-id]:not([data-id='']) .excerpt").nth(place)).to_have_text(name)
    await page.reload()
    await expect(page.locator(".mine .excerpt")).to_have_text([name for _, name in WORDLESS])


async def test_a_thread_is_named_once_where_it_began_and_pictures_of_unlike_shape_stand_in_one_row(visit, house, media):
    thread = Extras(thread=Thread("Bread", "https://discord.com/y"))
    began = {"kind": "system", "content": "began a thread: Bread.", "extras": thread}
    await hold(house, began, {"attachments": (PICTURE, TALL)})
    page = await visit("/")
    await media(page)
    await page.goto(f"{house.url}/hangout")
    await expect(page.get_by_text("Bread")).to_have_count(1)
    await expect(page.get_by_role("link", name="Open it in Discord")).to_have_attribute("href", "https://discord.com/y")

    first, second = [await page.locator(".look").nth(place).bounding_box() for place in (0, 1)]
    assert (first["y"], first["height"]) == (second["y"], second["height"])


@pytest.mark.parametrize("scripted", [True, False])
async def test_what_is_covered_is_not_loaded_until_somebody_wants_to_see_it(visit, house, media, scripted):
    await hold(house, {"attachments": COVERED[:1]})
    page = await visit("/", java_script_enabled=scripted)
    await media(page)
    await page.goto(f"{house.url}/hangout")
    await expect(page.locator(".cover summary")).to_have_text("Spoiler: a picture")
    asked = [one for one in visit.windows.requests if "/media/discord/files" in one.url]
    assert not asked or not scripted  # a browser without script loads all pictures at once
    await expect(page.locator(".look")).to_be_hidden()
    await page.locator(".cover summary").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("img", name="A porch")).to_be_visible()


@pytest.mark.parametrize("width", [PHONE, DESK])
async def test_nothing_moves_when_a_picture_comes(visit, house, media, width):
    await hold(
        house, {"attachments": FILES[:1]}, {"extras": Extras(stickers=STICKERS)}, {}, {"attachments": (VIDEO, TALL)}
    )
    page = await visit("/", width=width)
    await media(page, after=0.4)
    await page.add_init_script(
        """window.moved = 0;
        new PerformanceObserver((list) => list.getEntries().forEach((one) => (window.moved += one.value)))
            .observe({ type: "layout-shift", buffered: true });"""
    )
    await page.goto(f"{house.url}/hangout")
    await page.locator(".message").first.scroll_into_view_if_needed()
    box = page.locator(".look").first
    before = await box.bounding_box()
    await comes_true(page, "() => document.querySelector('.look img').complete")
    after = await box.bounding_box()
    assert max(abs(after[side] - before[side]) for side in before) < 1
    await hold(house, {"attachments": FILES[:1]}, start=10)
    await expect(page.locator(".message")).to_have_count(5)
    await page.wait_for_load_state("networkidle")
    assert await page.evaluate("window.moved") < 0.01


async def test_axe_finds_nothing_whatever_is_held_and_whatever_is_open(visit, house, media):
    page = await visit(name="Ada")
    await media(page)
    await hold(house, *HOLDINGS)
    await expect(page.locator(".message")).to_have_count(len(HOLDINGS))
    await page.locator(".more:visible").first.focus()
    await page.keyboard.press("Enter")
    assert await faults(page) == []
    await page.get_by_role("toolbar").get_by_role("button", name="React").press("Enter")
    await page.keyboard.press("Enter")
    await expect(page.locator(".reaction")).to_have_count(1)
    assert await faults(page) == []
    await page.locator(".look:visible").first.press("Enter")
    assert await faults(page) == []
    await page.keyboard.press("Escape")
    await page.goto(f"{house.url}/hangout/messages/1")
    assert await faults(page) == []


async def test_fingers_find_large_enough_targets(visit, house, media):
    await hold(house, *HOLDINGS[:1], {})
    page = await visit(name="Ada", width=PHONE, has_touch=True)
    await media(page)
    await page.locator(".more").last.tap()
    small = """all => all.map((one) => [one.className || one.dataset.act, one.getBoundingClientRect()])
        .filter(([, box]) => box.height < 44 || box.width < 44).map(([name]) => name)"""
    assert await page.locator(".tools button:visible, .more:visible, .look, .attach").evaluate_all(small) == []
    await page.get_by_role("toolbar").get_by_role("button", name="React").tap()
    assert await page.locator(".picker button:visible").evaluate_all(small) == []
