"""Live cards on an open page: they change in their place, and the reader is left in peace."""

import msgspec
import pytest
from playwright.async_api import expect

from db.events import PresenceChanged
from tests import cards
from tests.browser.windows import stop_time

ON_TOP = """link => {
  const { x, y, width, height } = link.getBoundingClientRect();
  return document.elementFromPoint(x + width / 2, y + height / 2) === link;
}"""
BARE = {"covers": cards.NO_PICTURES}


@pytest.fixture
def config(config):
    return msgspec.structs.replace(config, **cards.SETTINGS)


@pytest.fixture
async def porch(visit, house):
    """The page with three cards, once it hears what changes."""
    shown = [cards.card(name, **BARE) for name in ("lastfm", "bluesky", "weather")]
    cards.put(house.store, shown[0], cards.card("bluesky", warning="Spoilers", **BARE), shown[2])
    page = await visit("/")
    house.store.presence.owner = "idle"
    house.store.live.announce(PresenceChanged())
    await expect(page.locator("html[data-lamp=idle]")).to_be_attached()
    return page


async def names(page):
    return await page.locator("[data-card]").evaluate_all("cards => cards.map((card) => card.dataset.card)")


async def test_cards_change_come_and_go_in_their_places_while_the_page_is_open(porch, house):
    store = house.store
    await expect(porch.get_by_text("The lamp is low: Robin stepped away.")).to_be_visible()
    cards.change(store, cards.card("lastfm", 2, title="Pink Moon", artist="Nick Drake", **BARE))
    await expect(porch.locator(".song")).to_have_text("Pink Moon loved", timeout=1000)
    await expect(porch.locator("#card-news")).to_have_text("Now playing: Pink Moon by Nick Drake")
    cards.change(store, cards.card("github", 1, **BARE))
    await expect(porch.locator("[data-card=github]")).to_be_visible()
    assert await names(porch) == ["lastfm", "github", "bluesky", "weather"]
    for name in ("lastfm", "github", "bluesky", "weather"):
        await expect(porch.locator(".now")).to_be_visible()
        cards.change(store, cards.card(name, 9, age=10**7, **BARE))  # too old to be shown
        await expect(porch.locator(f"[data-card={name}]")).to_have_count(0)
    await expect(porch.locator(".now")).to_be_hidden()
    assert await porch.evaluate("document.querySelector('.now').getBoundingClientRect().height") == 0


async def test_a_change_leaves_open_what_was_opened_and_the_focus_where_it_was(porch, house):
    warned = porch.locator("[data-card=bluesky] details")
    await warned.locator("summary").click()
    await warned.get_by_role("link", name="moths").focus()
    tall = await porch.locator("[data-card=lastfm]").bounding_box()
    cards.change(house.store, cards.card("bluesky", 2, warning="Spoilers", likes=77, **BARE))
    cards.change(house.store, cards.card("lastfm", 2, title="A title that is twice as long as the other", **BARE))
    await expect(porch.locator("[data-card=bluesky]")).to_contain_text("77")
    await expect(porch.locator("[data-card=lastfm]")).to_contain_text("twice")
    assert await warned.evaluate("details => details.open")
    await expect(warned.get_by_role("link", name="moths")).to_be_focused()
    assert await porch.locator("[data-card=lastfm]").bounding_box() == tall


async def test_the_focus_is_always_seen_on_what_is_cut_off_and_when_what_had_it_is_gone(porch, house):
    lines = "".join(f"<p>Line {number}</p>" for number in range(30))
    long = {"html": f'{lines}<p><a href="https://example.com/end">The end</a></p>', "url": None, "link": None, **BARE}
    cards.change(house.store, cards.card("bluesky", 2, **long))
    end = porch.get_by_role("link", name="The end")
    await expect(end).to_be_attached()
    await porch.locator("[data-card=lastfm] a").last.focus()
    await porch.keyboard.press("Tab")
    await expect(end).to_be_focused()
    await expect(end).to_be_in_viewport()
    assert await end.evaluate(ON_TOP)
    assert await porch.locator(".post-words").evaluate("words => words.scrollTop") == 0, (
        "nothing else is cut off for it"
    )
    cards.change(house.store, cards.card("bluesky", 3, **{**long, "html": "<p>Short</p>"}))
    card = porch.locator("[data-card=bluesky]")
    await expect(card).to_be_focused()
    await expect(card).to_have_css("outline-style", "solid")
    cards.change(house.store, cards.card("bluesky", 4, age=10**7, **BARE))
    await expect(porch.locator("[data-card=weather]")).to_be_focused()


async def test_an_age_grows_before_the_readers_eyes_until_it_is_said_by_their_clock(visit, house):
    cards.put(house.store, cards.card("lastfm", **BARE), cards.card("weather", **BARE))
    visit.windows.bear("WebSocket connection")
    house.wire.refuses_sockets = True  # nobody says meanwhile that it is still so
    page = await visit("/blog", timezone_id="Asia/Kathmandu")
    await stop_time(page)
    await page.goto(f"{house.url}/")
    ages = page.locator(".age time")
    await expect(page.locator(".age:visible")).to_have_count(0)
    await page.clock.run_for(120_000)
    await expect(page.locator(".age:visible")).to_have_count(1)
    first = await ages.first.inner_text()
    clock = "{ hour: 'numeric', minute: '2-digit' }"
    shown = await page.evaluate(f"new Date(Date.now() - 125_000).toLocaleTimeString(undefined, {clock})")
    assert first == f"as of {shown}"


async def test_columns_line_up_and_rows_are_filled_whichever_cards_there_are(visit, house):
    edges = """cards => cards.map((card) => [card.getBoundingClientRect(), card.parentElement.getBoundingClientRect()])
        .map(([card, all]) => [card.top, (card.left - all.left) / all.width, (card.right - all.left) / all.width])
        .map(([top, ...sides]) => [Math.round(top), ...sides.map((side) => Math.round(side * 30) / 10)])"""
    page = None
    for names in (
        "lanyard lastfm wakatime github mastodon bluesky weather",
        "lastfm github bluesky",
        "lanyard weather",
    ):
        house.store.cards.current.clear()
        cards.put(house.store, *(cards.card(name, **BARE) for name in names.split()))
        page = page or await visit("/")
        await page.set_viewport_size({"width": 1280, "height": 900})
        await page.reload()
        rows = {}
        for top, left, right in await page.locator("[data-card]").evaluate_all(edges):
            rows.setdefault(top, []).append((left, right))
        for row in rows.values():
            assert (row[0][0], row[-1][1]) == (0, 3), (names, rows)
            assert all(side == round(side) for sides in row for side in sides), (names, rows)
