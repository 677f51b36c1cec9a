"""Contexts of the browser that one test leaves to the next: a new one, with all it has to load, takes half a second of
a processor."""

from collections import defaultdict
from typing import Any

from playwright.async_api import Browser, BrowserContext, Error

HAS_CLOCK = "'__pwClock' in globalThis"


class Contexts:
    """Whoever takes one finds it as if nobody had been there: without cookies, permissions or routes, and with no page
    open but an empty one. What sites keep is kept by address, and no two houses of a run have the same.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[str, list[BrowserContext]] = defaultdict(list)
        self._kinds: dict[BrowserContext, str] = {}

    async def take(self, **options: Any) -> BrowserContext:
        """`options` are those of a browser context."""
        kind = repr(sorted(options.items()))
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
        if is_as_before:
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
        return True
