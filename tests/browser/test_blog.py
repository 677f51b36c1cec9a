"""The blog in a real browser: everybody can use it, also without a script, and nothing sticks out."""

import pytest
from playwright.async_api import expect

from tests.browser.test_accessible import faults
from tests.browser.windows import PHONE
from tests.members import member
from tests.posted import a_post

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


@pytest.fixture
async def written(house):
    ann = await member(house.store, "ann", LONG[:30], role="author")
    contents = [{"level": level, "id": f"h{level}", "text": f"Part {LONG}"} for level in (2, 3, 4)]
    body = "".join(f'<h{level} id="h{level}">Part</h{level}><p>Words.</p>' for level in (2, 3, 4))
    for number, title in enumerate(("A post", LONG, "Another one")):
        more = {
            "contents": contents,
            "words": 900,
            "html": body,
            "summary": LONG,
            "tags": ["pixels", LONG[:40].lower()],
        }
        await a_post(house.store, ann, f"post-{number}", title=title, pinned=number == 1, **more)
    return ann


async def test_axe_finds_nothing_on_the_pages_of_the_blog(visit, house, written):
    page = await visit("/blog")
    for path in ("/blog", "/blog/post-1", "/search?q=words"):
        await page.goto(house.url + path)
        assert await faults(page) == [], path


async def test_a_reader_finds_the_way_with_a_phone_and_no_script(visit, house, written):
    page = await visit("/", width=PHONE, java_script_enabled=False)
    await page.get_by_role("navigation", name="Site").get_by_role("link", name="Blog").click()
    await page.get_by_role("link", name="A post", exact=True).click()
    await page.get_by_role("link", name="Part").first.click()
    assert page.url.endswith("/blog/post-0#h2")
    await page.get_by_role("link", name="Search", exact=True).click()
    await page.get_by_role("searchbox").fill("nothing like it")
    await page.get_by_role("searchbox").press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("Nothing in the blog")
