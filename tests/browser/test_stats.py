"""Visitor numbers in a real browser: everybody can read them, and the chart is seen in both colours."""

from datetime import UTC, datetime

from tests.browser.test_accessible import LONG, faults
from tests.members import member
from tests.visited import a_visit, counted, each_day

KINDS = ("path", "referrer", "link", "browser", "system", "device", "language", "missing", "bot")
SEEN = """([bar, ground]) => {
    const fill = (name) => getComputedStyle(document.querySelector(name)).fill;
    const { width, height } = document.querySelector(bar).getBoundingClientRect();
    return [width >= 2 && height >= 2, fill(bar) !== fill(ground)];
}"""


async def test_axe_finds_nothing_in_visitor_numbers_full_or_refused(visit, house):
    today = datetime.now(UTC).date()
    robin = await member(house.store, "robin", role="author", owner=True)
    await counted(house.store, [(day, "total", "", 90, 40, 20) for day in each_day(today, 90)])
    keys = ["/plain", f"/{LONG * 3}", "example.org/a"]
    await counted(house.store, [(today, kind, key, 1_234_567, 90_000, 0) for kind in KINDS for key in keys])
    await counted(house.store, [(today, "link", f"site.example.org/{number}", 9, 8, 0) for number in range(60)])
    await a_visit(house.store, datetime.now(UTC), 1)
    page = await visit("/stats?days=90", person=robin)
    assert await faults(page) == []
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        assert await page.evaluate(SEEN, [".frame .bar", ".frame .ground"]) == [True, True]
    await page.get_by_text("The chart as a table").click()
    assert await page.get_by_role("table", name="Visitors and views by day").get_by_role("row").count() == 91
    visit.windows.bear("status of 422")
    await page.goto(f"{house.url}/stats?first=2020-01-01&last=2019-01-01")
    assert await faults(page) == []
