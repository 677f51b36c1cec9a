"""Everybody can use the pages: axe finds nothing, nothing sticks out, and the keyboard alone is enough."""

import msgspec
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from tests import cards
from tests.browser.windows import DESK, MINE, PHONE, say, shown

AXE = Axe().axe_script
RULES = {
    "resultTypes": ["violations"],
    "preload": False,  # it would ask for what a stylesheet imports at the page's address, and put it into the page
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
COLOURS = {**RULES, "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
LOOK = "options => axe.run(options).then(({ violations }) => violations)"
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
CONVERSATION = [
    "**hello** _there_ with `code` and <t:1767225600:R>",
    f"https://example.com/{LONG * 3}",
    LONG * 4,
    "> quoted\n- one\n- two\n```\na block of code\n```",
    "||a spoiler|| and [a link](https://example.com)",
    "# heading\n-# small print",
]


@pytest.fixture
def config(config):
    return msgspec.structs.replace(config, **cards.SETTINGS)


async def faults(page):
    """What axe finds on a phone and on a desk, in both colours, and whether anything sticks out at the sides. The dark
    changes colours and nothing else, so there only these are looked at.
    """
    found = []
    await page.evaluate(AXE)
    for width in (320, PHONE, DESK):
        await page.set_viewport_size({"width": width, "height": 800})
        if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"wider than {width}")
        for scheme, rules in (("light", RULES), ("dark", COLOURS)) if width > 320 else ():
            await page.emulate_media(color_scheme=scheme)
            results = await page.evaluate(LOOK, rules)
            found += [f"{width} {scheme} {one['id']}: {node['html']}" for one in results for node in one["nodes"]]
    return found


async def converse(house):
    await house.say(CONVERSATION[0], name="Ada")
    await house.hear(*CONVERSATION, name="W" * 32, apart=60)
    await house.hear("and I am called so", name=LONG[:100])


async def test_axe_finds_nothing_on_the_porch(visit, house):
    await converse(house)
    for name in cards.DATA:
        strange = {"warning": LONG} if name == "bluesky" else {"is_sensitive": True} if name == "mastodon" else {}
        cards.put(house.store, cards.card(name, age=900, covers=cards.NO_PICTURES, **strange))
    assert await faults(await visit("/")) == []


async def test_axe_finds_nothing_in_the_hangout_empty_full_or_asking_for_a_name(visit, house):
    page = await visit()
    assert await faults(page) == []
    await converse(house)
    await say(page, LONG)
    await page.get_by_label("Your name").fill("Robin")
    await page.get_by_role("button", name="Come in").click()
    await expect(page.locator("#name-error")).not_to_be_empty()
    visit.windows.bear("status of 422")
    assert await faults(page) == []


async def test_axe_finds_nothing_when_a_message_failed_or_the_line_is_cut(visit, house):
    page = await visit(name="W" * 32)
    await house.lock(locked=True)
    await say(page, LONG)
    await expect(page.get_by_role("button", name="Retry")).to_be_visible()
    visit.windows.bear("WebSocket|ERR_")
    await house.close()
    await expect(page.get_by_role("button", name="Try now")).to_be_visible()
    assert await faults(page) == []
    await house.open()


async def test_axe_finds_nothing_on_an_error_page_and_on_the_one_about_privacy(visit, house):
    visit.windows.bear("status of 404")
    page = await visit("/nowhere")
    assert await faults(page) == []
    await page.goto(f"{house.url}/privacy")
    assert await faults(page) == []


async def test_a_message_is_reported_from_its_bar_and_axe_finds_nothing_on_the_way(visit, house):
    await house.say(LONG * 2)
    page = await visit("/hangout")
    await page.locator(".message .content").hover()
    await page.locator(".tools [data-act=report]").click()
    await page.wait_for_url("**/report/message/*")
    assert await faults(page) == []
    await page.get_by_role("button", name="Report").click()
    await page.wait_for_url("**/report/thanks")


async def focused(page):
    """The name of what has the focus, and whether one can see that it has."""
    return await page.evaluate(
        """() => {
            const { activeElement } = document;
            const style = getComputedStyle(activeElement);
            const isSeen = parseFloat(style.outlineWidth) >= 2 || style.boxShadow !== "none";
            return [activeElement.id || activeElement.className || activeElement.tagName, isSeen];
        }"""
    )


async def test_the_keyboard_alone_is_enough(visit, house):
    await house.hear("good evening ||it is a secret||", name="Mika")
    page = await visit()
    stops = []
    while "content" not in stops:
        await page.keyboard.press("Tab")
        name, is_seen = await focused(page)
        assert is_seen, name
        stops.append(name)
    assert stops[0] == "skip"
    assert {"home", "main"} <= set(stops)
    assert stops.count("lid unseen") == 1
    await page.keyboard.type("first line")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("second line")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Your name")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_label("Your message")).to_be_focused()
    await expect(page.get_by_label("Your message")).to_have_value("first line\nsecond line")
    await page.keyboard.press("Enter")
    await page.keyboard.type("Ada")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Your message")).to_be_focused()
    await expect(page.locator(MINE)).to_have_count(1)
    assert await house.words() == ["good evening ||it is a secret||", "first line\nsecond line"]


async def test_the_skip_link_leads_past_the_header(visit):
    page = await visit()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("log")).to_be_focused()


async def test_news_is_read_aloud_and_a_crowd_is_only_counted(visit, house):
    await house.hear("from before")
    page = await visit()
    await expect(page.get_by_role("log")).to_have_attribute("aria-live", "polite")
    await house.hear(*(f"{number}" for number in range(8)))
    await expect(page.locator("#announcer")).to_have_text("5 new messages")  # the first three were read out
    assert len(await shown(page)) == 9
