"""One window on a phone and on a desk: what is used in it on the one can be used on the other. To do all of it twice
would tell no more.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.async_api import Locator, Page

PHONE, DESK = 390, 1280
USES = ("click", "check", "fill", "select_option")
FITS = "document.documentElement.scrollWidth <= innerWidth"


@contextmanager
def at_both_widths(page: Page) -> Iterator[None]:
    """Before anything of the page is used, it is tried whether it could be; then it is, at the other width."""
    with pytest.MonkeyPatch.context() as patch:
        for name in USES:
            patch.setattr(Locator, name, at_the_other(getattr(Locator, name), page))
        yield


def at_the_other(use: Callable[..., Any], page: Page) -> Callable[..., Any]:
    async def tried_and_used(locator: Locator, *args: Any, **options: Any) -> Any:
        if locator.page is page and (here := page.viewport_size):
            await can_be_used(locator, use)
            await page.set_viewport_size({**here, "width": PHONE + DESK - here["width"]})
        return await use(locator, *args, **options)

    return tried_and_used


async def can_be_used(locator: Locator, use: Callable[..., Any]) -> None:
    """What is pressed is seen and not covered by anything; for what is filled in it is enough to be seen."""
    if use.__name__ in {"click", "check"}:
        await use(locator, trial=True)
    else:
        await locator.wait_for(state="visible")
    assert await locator.page.evaluate(FITS)
