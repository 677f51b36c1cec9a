"""Articles in a real browser: hostile ones do nothing even where no policy stops them, and good ones can be used."""

import io

from axe_playwright_python.async_playwright import Axe
from PIL import Image
from playwright.async_api import expect

from db.markdown._drawing import draw
from tests.articles import EVERYTHING, ID, PICTURE, SCRIPTS
from tests.browser.windows import DESK, PHONE

PAGE = """<!doctype html><html lang="en"><title>An article</title>
<link rel="stylesheet" href="/static/base.css"><link rel="stylesheet" href="/static/article.css">
<script type="module" src="/static/article.js"></script>
<main class="narrow"><h1>An article</h1>{}</main>"""

LEAKS = """[...document.querySelectorAll(".article *")].flatMap((element) => {
    const { attributes, tagName, href } = element;
    const leaks = [...attributes].map(({ name }) => name).filter((name) => /^on|^style$|^srcdoc$|^name$/.test(name));
    if (/^(script|style|link|iframe|form|base|svg|math|object|embed|input|video)$/i.test(tagName)) leaks.push(tagName);
    if (href && !/^(https?|mailto):/.test(href)) leaks.push(href);
    return leaks;
})"""


async def opened(visit, *bodies, **options):
    """A page with these articles, without the policy of the site's pages."""
    page = await visit("/healthz", bypass_csp=True, **options)
    picture = io.BytesIO()
    Image.new("RGB", (200, 100), "#7a3fa0").save(picture, "PNG")
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.route("**/media/**", lambda route: route.fulfill(body=picture.getvalue(), content_type="image/png"))
    drawn = [f'<div class="article">{draw(body, {ID: PICTURE}).html}</div>' for body in bodies]
    await page.set_content(PAGE.format("".join(drawn)), wait_until="networkidle")
    return page


async def test_hostile_articles_run_nowhere_and_reach_for_nobody(visit):
    page = await opened(visit, *SCRIPTS, width=PHONE)
    assert await page.locator(".article").count() == len(SCRIPTS)
    assert await page.evaluate(LEAKS) == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_an_article_fits_every_page_and_its_code_and_pictures_can_be_used(visit):
    page = await opened(visit, EVERYTHING)
    for width, scheme in ((320, "light"), (PHONE, "dark"), (DESK, "light")):
        await page.set_viewport_size({"width": width, "height": 800})
        await page.emulate_media(color_scheme=scheme)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        if width != 320:
            assert (await Axe().run(page)).response["violations"] == []
    await page.locator(".copy").first.click()
    await expect(page.locator(".copy").first).to_have_text("Copied")
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("def light(lamp: Lamp, *, on: bool = True) -> None:\n    lamp.state = ")
    first = page.locator(".look").first
    await first.click()
    await expect(page.locator(".lightbox figcaption")).to_have_text("The door, with its lamp on")
    await page.keyboard.press("ArrowRight")
    await expect(page.locator(".lightbox .place")).to_have_text("2 of 2")
    await expect(page.locator(".lightbox figcaption")).to_have_text("Pixels")
    await page.keyboard.press("ArrowLeft")
    await page.keyboard.press("Escape")
    await expect(page.locator(".lightbox")).to_be_hidden()
    await expect(first).to_be_focused()
