"""The first visit is light, and asks nobody but the site."""

import msgspec
import pytest
from playwright.async_api import expect

from tests import cards
from tests.browser.windows import PHONE, comes_true

LIMIT = 150_000  # bytes over the wire, fonts included


@pytest.fixture
def config(config):
    return msgspec.structs.replace(config, **cards.SETTINGS)


async def weigh(page):
    """The bytes of everything that the page has loaded: heads and bodies, compressed as they came."""
    return await page.evaluate(
        """() => ["navigation", "resource"].flatMap((kind) => performance.getEntriesByType(kind))
            .reduce((sum, entry) => sum + entry.transferSize, 0)"""
    )


@pytest.mark.parametrize("path", ["/", "/hangout"])
async def test_the_first_load_weighs_little(visit, house, path):
    names = ["Mika", "Teo", "Juniper", "Ada", "Bea"]
    for number in range(60):
        await house.hear(f"Message number {number}, about as long as they usually are.", name=names[number % 5])
    cards.put(house.store, *(cards.card(name, covers=cards.NO_PICTURES) for name in cards.DATA))
    page = await visit(path, width=PHONE, is_new=True)
    await page.wait_for_load_state("networkidle")
    assert await page.evaluate("document.fonts.ready.then(() => document.fonts.size)") > 0
    weight = await weigh(page)
    assert 20_000 < weight < LIMIT
    failed = [one.url for one in visit.windows.requests if one.failure]
    assert failed == []


async def test_the_policy_lets_no_script_style_or_request_slip_in(visit, house):
    page = await visit()
    visit.windows.bear("violates|status of 404|TrustedHTML|TrustedScript|https://evil.example")
    for path in ("/", "/nowhere", "/hangout"):
        answer = await page.goto(house.url + path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert await page.locator("script:not([src]), style, [style], [onclick], [onload]").count() == 0
    await page.evaluate(
        """() => {
            window.blocked = [];
            addEventListener("securitypolicyviolation", (event) => window.blocked.push(event.effectiveDirective));
            const script = document.createElement("script");
            const picture = new Image();
            picture.src = "https://evil.example/x.png";
            const style = document.createElement("style");
            style.textContent = "body { color: red }";
            document.body.append(picture, style);
            try { script.textContent = "alert(1)"; } catch { window.blocked.push("trusted"); }
            try { document.body.innerHTML = "<p>"; } catch { window.blocked.push("trusted"); }
            fetch("https://evil.example/").catch(() => {});
        }"""
    )
    for directive in ("img-src", "style-src-elem", "connect-src", "trusted"):
        await comes_true(page, "wanted => window.blocked.includes(wanted)", directive)


async def test_a_second_page_loads_almost_nothing(visit, house):
    page = await visit("/", is_new=True)
    await page.get_by_role("link", name="Come in to the hangout").click()
    await expect(page.locator(".connection")).to_have_attribute("data-state", "live")
    first = await weigh(page)
    await page.get_by_role("link", name="Porchlight").click()
    await page.get_by_role("link", name="Come in to the hangout").click()
    await expect(page.locator(".connection")).to_have_attribute("data-state", "live")
    assert await weigh(page) < min(first, 20_000)
