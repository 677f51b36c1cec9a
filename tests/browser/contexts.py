"""Contexts of the browser that one test leaves to the next: a new one, with all it has to load, takes half a second of
a processor."""

from collections import defaultdict
from typing import Any

from playwright.async_api import Browser, BrowserContext, Error

KEPT = "local_storage,indexeddb,cache_storage,service_workers"
HAS_CLOCK = "'__pwClock' in globalThis"


class Contexts:
    """Whoever takes one finds it as if nobody had been there: without cookies, permissions or routes, with no page open
    but an empty one, and nothing kept. Only what may be kept of an address for good, as styles and scripts, is there.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[str, list[BrowserContext]] = defaultdict(list)
        self._kinds: dict[BrowserContext, str] = {}

    async def take(self, *, is_new: bool = False, **options: Any) -> BrowserContext:
        """`options` are those of a browser context. A new one has loaded nothing yet, and is for one test only."""
        kind = "" if is_new else repr(sorted(options.items()))
        free = self._free[kind]
        context = free.pop() if free else await self._browser.new_context(reduced_motion="reduce", **options)
        self._kinds[context] = kind
        return context

    async def give_back(self, context: BrowserContext) -> None:
        try:
            is_as_before = await self._clear(context)
        except Error:  # the test has closed it
            is_as_before = False
        kind = self._kinds.pop(context)
        if kind and is_as_before:
            self._free[kind].append(context)
        else:
            await context.close()

    async def _clear(self, context: BrowserContext) -> bool:
        """Whether that is possible: a clock that was put into a context stays there."""
        last = await context.new_page()
        for page in context.pages:
            if page is not last:
                await page.close()
        if await last.evaluate(HAS_CLOCK):
            return False
        await context.set_offline(False)
        await context.unroute_all()
        await context.clear_permissions()
        await context.clear_cookies()
        wire = await context.new_cdp_session(last)
        await wire.send("Storage.clearDataForOrigin", {"origin": "*", "storageTypes": KEPT})
        await wire.detach()
        return True
