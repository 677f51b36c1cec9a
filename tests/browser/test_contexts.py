"""What one test leaves in the browser is not there for the next, though every house has the same address."""

from tests.browser.windows import Visits, Windows

KEPT = "() => [localStorage.length, sessionStorage.length, document.cookie]"
KEEP = """() => {
    localStorage.setItem("draft", "words");
    sessionStorage.setItem("outbox", "words");
    document.cookie = "theme=dark; path=/";
}"""


async def test_who_comes_after_another_finds_nothing_kept(contexts, house):
    used = []
    for _ in range(2):
        windows = Windows(contexts, house.url.removeprefix("http://"))
        page = await Visits(windows, house)("/privacy")
        used.append(page.context)
        assert await page.evaluate(KEPT) == [0, 0, ""]
        await page.evaluate(KEEP)
        await windows.close()
    assert used[0] is used[1]
