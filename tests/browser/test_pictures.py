"""Pictures from the site: brought by button, paste and drop, with their progress, and what happens when that fails."""

import base64
import re
import struct
import zlib
from random import Random

from playwright.async_api import expect

from db import messages
from tests.browser.house import ROOM
from tests.browser.windows import DESK, LIVE, MINE, PHONE, say, try_again
from tests.cogs.conftest import until

SLOW = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 100_000}  # bytes a second
FULL = {"error": {"code": "no_room", "message": "The house is full for today."}}


def noise(width=200, height=120, seed=1):
    """A PNG that cannot be made much smaller."""
    pixels = Random(seed).randbytes(width * height * 3)
    rows = b"".join(b"\0" + pixels[place : place + width * 3] for place in range(0, len(pixels), width * 3))
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    ]
    drawn = (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(drawn)


def file(name="porch.png", data=None, kind="image/png"):
    return {"name": name, "mimeType": kind, "buffer": noise() if data is None else data}


GIVE = """([names, kind, data, how]) => {
    const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));
    const given = new DataTransfer();
    for (const name of names) given.items.add(new File([bytes], name, { type: kind }));
    const field = document.querySelector(".composer textarea");
    const options = { bubbles: true, cancelable: true };
    if (how === "paste") return field.dispatchEvent(new ClipboardEvent("paste", { ...options, clipboardData: given }));
    const room = document.querySelector(".scroller");
    for (const name of how) room.dispatchEvent(new DragEvent(name, { ...options, dataTransfer: given }));
}"""


async def give(page, how, *names, data=None, kind="image/png"):
    await page.evaluate(GIVE, [names, kind, base64.b64encode(data or noise()).decode(), how])


async def last(house):
    return (await messages.newest(house.store.pool, ROOM, 10))[1][-1]


def tile(page, name):
    return page.locator(".tile", has_text=name)


async def arrived(page, name):
    await expect(tile(page, name)).to_have_attribute("data-state", "done")


async def test_a_pasted_picture_goes_with_its_words_and_what_it_shows(visit, house):
    page, other = await visit(name="Ada"), await visit()
    for width in (PHONE, DESK):
        await page.set_viewport_size({"width": width, "height": 800})
        shows = f"The porch at {width}"
        await give(page, "paste", "porch.png")
        await arrived(page, "porch.png")
        await page.get_by_label("Description of porch.png").fill(shows)
        await say(page, f"look {width}")
        picture = other.get_by_role("img", name=shows)
        await expect(picture).to_be_visible()
        await until(lambda found=picture: found.evaluate("one => one.complete && one.naturalWidth > 0"))
        await expect(page.locator(".tile")).to_have_count(0)
        await expect(page.locator(MINE).get_by_role("img", name=shows)).to_be_visible()
        kept = await last(house)
        assert (kept.content, [one.alt for one in kept.attachments]) == (f"look {width}", [shows])


async def test_dropped_pictures_show_how_far_they_have_come_and_go_in_their_order(visit, house):
    page = await visit(name="Ada")
    wire = await page.context.new_cdp_session(page)
    await wire.send("Network.enable")
    await wire.send("Network.emulateNetworkConditions", SLOW)
    await give(page, ["dragenter", "dragover"], "one.png")
    await expect(page.get_by_text("Drop pictures here")).to_be_visible()
    await give(page, ["drop"], "one.png", "two.png")
    await expect(page.get_by_text("Drop pictures here")).to_be_hidden()
    bar = page.get_by_role("progressbar", name="one.png, sent so far")
    await until(lambda: bar.evaluate("one => one.value > 0 && one.value < 1"))
    await say(page, "both of them")  # before they are there
    await expect(page.locator(".composer .note")).to_contain_text("as soon as the pictures are there")
    await expect(page.locator(MINE + " .look")).to_have_count(2, timeout=20_000)
    await expect(page.locator(".composer .note")).to_be_empty()
    assert [one.name for one in (await last(house)).attachments] == ["picture-1.png", "picture-2.png"]


async def test_a_picture_needs_no_words(visit, house):
    page = await visit(name="Ada")
    await page.locator(".choose").set_input_files(file())
    await arrived(page, "porch.png")
    await page.get_by_role("button", name="Send").click()
    await expect(page.locator(MINE + " .look")).to_have_count(1)
    assert (await last(house)).content == ""


async def test_a_failed_upload_says_why_and_can_be_tried_again_or_taken_out(visit, house):
    visit.windows.bear("status of 507")
    page = await visit(name="Ada")
    await page.route("**/media", lambda route: route.fulfill(status=507, json=FULL))
    await page.locator(".choose").set_input_files([file("one.png"), file("two.png")])
    await expect(tile(page, "one.png").get_by_role("alert")).to_have_text("The house is full for today.")
    await say(page, "look")
    await expect(page.locator(".composer .problem")).to_contain_text("did not arrive")
    await page.unroute("**/media")
    await page.get_by_role("button", name="Remove two.png").click()
    await page.get_by_role("button", name="Retry one.png").press("Enter")
    await arrived(page, "one.png")
    await expect(page.get_by_role("button", name="Remove one.png")).to_be_focused()
    assert (await messages.newest(house.store.pool, ROOM, 10))[1] == []
    await page.get_by_label("Your message").press("Enter")
    await expect(page.locator(MINE + " .look")).to_have_count(1)


async def test_an_upload_that_lost_its_connection_goes_on_when_there_is_one(visit, house):
    visit.windows.bear("ERR_|WebSocket")
    page = await visit(name="Ada")
    await page.context.set_offline(True)
    await give(page, "paste", "porch.png")
    await expect(tile(page, "porch.png").get_by_role("alert")).to_contain_text("No connection")
    await say(page, "from the train")
    await page.context.set_offline(False)
    await expect(page.locator(MINE + " .look")).to_have_count(1)
    assert (await last(house)).content == "from the train"


async def test_what_cannot_be_sent_is_refused_at_once_with_a_sentence(visit):
    page = await visit(name="Ada")
    problem = page.locator(".composer .problem")
    await page.locator(".choose").set_input_files(file("notes.svg", b"<svg/>", "image/svg+xml"))
    await expect(problem).to_contain_text("notes.svg is not a picture")
    await page.locator(".choose").set_input_files(file("huge.png", bytes(9_000_000)))
    await expect(problem).to_have_text("huge.png has 9.0 MB; a picture may have 8 MB.")
    await give(page, "paste", "1.png", "2.png", "3.png", "4.png", "5.png")
    await expect(problem).to_contain_text("Up to 4 pictures")
    await expect(page.locator(".tile")).to_have_count(4)
    asked = [one for one in visit.windows.requests if one.url.endswith("/media")]
    assert len(asked) == 4


async def test_what_is_no_picture_inside_is_refused_by_the_site(visit):
    visit.windows.bear("status of 422")
    page = await visit(name="Ada")
    await page.locator(".choose").set_input_files(file("trick.png", b"<html>" * 50))
    await expect(tile(page, "trick.png").get_by_role("alert")).not_to_be_empty()
    await expect(page.get_by_role("button", name="Retry trick.png")).to_be_hidden()
    await say(page, "look")
    await expect(page.locator(".composer .problem")).to_have_text("A picture cannot be sent. Take it out.")


async def test_pictures_that_have_arrived_outlive_a_reload(visit, house):
    page = await visit(name="Ada")
    await give(page, "paste", "porch.png")
    await arrived(page, "porch.png")
    await page.get_by_label("Description of porch.png").fill("The porch")
    await page.get_by_label("Your message").fill("look")
    await page.reload()
    await page.locator(LIVE).wait_for(state="attached")
    await arrived(page, "porch.png")
    await page.get_by_label("Your message").press("Enter")
    await expect(page.locator(MINE).get_by_role("img", name="The porch")).to_be_visible()
    assert [one.alt for one in (await last(house)).attachments] == ["The porch"]


async def test_a_message_with_a_picture_waits_for_the_line_and_arrives_once(visit, house):
    visit.windows.bear("WebSocket connection")
    page = await visit(name="Ada")
    await give(page, "paste", "porch.png")
    await arrived(page, "porch.png")
    house.wire.hold_up()
    await expect(page.locator(LIVE)).to_have_count(0)
    await say(page, "look")
    await expect(page.locator("[data-state=sending] .look")).to_be_visible()
    await page.reload()
    await expect(page.locator("[data-state=sending] .look")).to_be_visible()
    house.wire.let_pass()
    await try_again(page)
    await expect(page.locator(MINE + " .look")).to_have_count(1)
    assert len((await messages.newest(house.store.pool, ROOM, 10))[1]) == 1


async def test_who_has_no_name_is_asked_for_one_before_a_picture_is_taken(visit):
    page = await visit()
    await give(page, "paste", "porch.png")
    await page.get_by_label("Your name").fill("Ada")
    await page.keyboard.press("Enter")
    await arrived(page, "porch.png")


async def test_a_picture_is_seen_large_and_the_keys_lead_through_all_of_them(visit):
    page = await visit(name="Ada")
    for name in ("one", "two"):
        await give(page, "paste", f"{name}.png")
        await arrived(page, f"{name}.png")
        await page.get_by_label("Description of").fill(f"Number {name}")
        await say(page, name)
        await expect(page.get_by_role("img", name=f"Number {name}")).to_be_visible()
    await page.locator(".look").last.focus()
    await page.keyboard.press("Enter")
    box = page.get_by_role("dialog", name="Picture")
    await expect(box.locator("figcaption")).to_have_text("Number two")
    await expect(box.locator(".place")).to_have_text("2 of 2")
    await page.keyboard.press("ArrowLeft")
    await expect(box.get_by_role("img", name="Number one")).to_be_visible()
    await expect(box.get_by_role("link", name="Whole file")).to_have_attribute("href", re.compile("/media/.*/full.png"))
    await page.keyboard.press("Escape")
    await expect(box).to_be_hidden()
    await expect(page.locator(".look").first).to_be_focused()
