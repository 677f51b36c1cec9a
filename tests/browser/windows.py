"""Windows of a real browser. Whatever the browser complains about, or asks of anybody but the site, fails the test."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, ConsoleMessage, Dialog, Page, Request

from db.people import Person
from tests.browser.contexts import Contexts
from tests.browser.house import House
from tests.members import signed_in

PHONE, DESK = 390, 1280
MINE = ".mine[data-id]:not([data-id=''])"  # what the site has acknowledged
LIVE = ".connection[data-state=live]"


class Windows:
    """`complaints` is what went wrong so far; a test that wants some to happen says so with `bear`."""

    def __init__(self, contexts: Contexts, own: str) -> None:
        self.contexts = contexts
        self.own = {own}
        self.requests: list[Request] = []
        self.complaints: list[str] = []
        self._borne: list[str] = []
        self._taken: list[BrowserContext] = []

    def bear(self, pattern: str) -> None:
        """Complaints that match are what the test is about."""
        self._borne.append(pattern)

    @property
    def unexpected(self) -> list[str]:
        return [one for one in self.complaints if not any(re.search(pattern, one) for pattern in self._borne)]

    async def open(self, url: str, *, width: int = DESK, dark: bool = False, **options: Any) -> Page:
        """A window of somebody who has never been here. `options` are those of a browser context."""
        context = await self.contexts.take(
            viewport={"width": width, "height": 844 if width < 600 else 800},
            color_scheme="dark" if dark else "light",
            **options,
        )
        self._taken.append(context)
        return await self._begin(context.pages[0] if context.pages else await context.new_page(), url)

    async def another(self, context: BrowserContext, url: str) -> Page:
        """One more window of the same person."""
        return await self._begin(await context.new_page(), url)

    async def _begin(self, page: Page, url: str) -> Page:
        page.set_default_timeout(10_000)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("dialog", self._dialog)
        page.on("request", self._request)
        page.on("websocket", lambda socket: self._reached(socket.url))
        if url != page.url:
            await page.goto(url)
        return page

    async def close(self) -> None:
        for context in self._taken:
            await self.contexts.give_back(context)

    def _console(self, said: ConsoleMessage) -> None:
        if said.type in {"error", "warning"}:
            self.complaints.append(f"console: {said.text}")

    async def _dialog(self, dialog: Dialog) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        await dialog.dismiss()

    def _request(self, request: Request) -> None:
        self.requests.append(request)
        self._reached(request.url)

    def _reached(self, url: str) -> None:
        if urlsplit(url).scheme != "data" and urlsplit(url).netloc not in self.own:
            self.complaints.append(f"request: {url}")


class Visits:
    """What visitors of one house do with their windows."""

    def __init__(self, windows: Windows, house: House) -> None:
        self.windows = windows
        self.house = house

    async def __call__(
        self, path: str = "/hangout", *, name: str = "", person: Person | None = None, **options: Any
    ) -> Page:
        """Opens a page of the site in a fresh window, live if it can be; with a name it is somebody who may speak, and
        with a person a member who is logged in.
        """
        page = await self.windows.open("about:blank", **options)
        if person:
            cookies = await signed_in(self.house.store, person, agent="Firefox on Linux")
            await page.context.add_cookies(
                [{"name": key, "value": cookies[key], "url": self.house.url} for key in cookies]
            )
        if name:
            await page.context.request.post(f"{self.house.url}/hangout/join", form={"name": name})
        await page.goto(self.house.url + path)
        if path == "/hangout" and options.get("java_script_enabled", True) and not self.house.wire.refuses_sockets:
            await page.locator(LIVE).wait_for(state="attached")
        return page


async def stop_time(page: Page) -> None:
    """Until `page.clock.resume()`; nothing that was to happen later happens before."""
    await page.clock.install()
    await page.clock.pause_at(datetime.now(UTC) + timedelta(seconds=1))


async def without_sockets(visit: Visits, name: str) -> Page:
    """A window in which no socket comes and the room is looked at every few seconds. Until it does, its clock stands
    still: else the page might try again by itself while it is being asked to.
    """
    visit.windows.bear("WebSocket connection")
    visit.house.wire.refuses_sockets = True
    page = await visit("/", name=name)
    await stop_time(page)
    await page.goto(f"{visit.house.url}/hangout")
    for _ in range(2):
        await page.get_by_role("button", name="Try now").click()
    await page.locator(".connection[data-state=polling]").wait_for()
    await page.clock.resume()
    return page


async def try_again(page: Page) -> None:
    """As when the network is back; else the page would take a second or two."""
    await page.evaluate("dispatchEvent(new Event('online'))")
    await page.locator(LIVE).wait_for(state="attached")


async def say(page: Page, words: str) -> None:
    await page.get_by_label("Your message").fill(words)
    await page.get_by_label("Your message").press("Enter")


async def shown(page: Page) -> list[str]:
    """The words of the messages on the page, from top to bottom."""
    return await page.locator(".messages .content").all_inner_texts()


async def comes_true(page: Page, expression: str, arg: Any = None) -> None:
    """Waits until the expression, or the function of `arg`, is true of the page. It is asked from here again and again:
    what Playwright has a page evaluate anew by itself, the policy of the page forbids.
    """
    async with asyncio.timeout(10):
        while not await page.evaluate(expression, arg):
            await asyncio.sleep(0.02)


async def look_away(page: Page, *, away: bool = True) -> None:
    """As when another tab is chosen: Chromium under a test believes that it is always looked at."""
    await page.evaluate(
        """away => {
            Object.defineProperty(document, "hidden", { value: away, configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }""",
        away,
    )
