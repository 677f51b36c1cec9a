"""What the headers of a request for a page tell of who sends it. Rules; called by _bots.py.

Browsers send Sec-Fetch headers to pages that nobody on the way can change: over https, and to this very machine. On a
plain-http site in a home network their absence proves nothing, and so it is not held against anybody there.
"""

from ._agents import Told
from ._shape import Glimpse

# The first versions that always send Sec-Fetch-Mode: https://developer.mozilla.org/docs/Web/HTTP/Headers/Sec-Fetch-Mode.
# Safari has done so since 16.4, and its user agent does not always tell that from 16.0.
SENDS_SEC_FETCH = {"Chrome": 80, "Firefox": 90, "Safari": 17}
OPENS_A_PAGE = {"", "document", "iframe", "frame"}


def oddity(glimpse: Glimpse, told: Told) -> str:
    """A name for what the headers give away as a program; empty when they are a browser's."""
    headers = glimpse.headers
    if headers.get("from"):
        return "Another program"  # only crawlers say whom to write to
    if "headless" in headers.get("sec-ch-ua", "").lower():
        return "Headless browser"
    if not headers.get("accept-language", "").strip() or not _takes_pages(headers):
        return pretender(told)
    if (
        glimpse.is_secure
        and not headers.get("sec-fetch-mode")
        and told.version >= SENDS_SEC_FETCH.get(told.says, 10**9)
    ):
        return pretender(told)
    return ""


def followed_a_link(glimpse: Glimpse) -> bool:
    """Whether somebody came from a page, which programs in data centres hardly do, or is logged in."""
    site = glimpse.headers.get("sec-fetch-site", "")
    from_page = site != "none" if site else bool(glimpse.referrer)
    return bool(glimpse.person_id) or from_page


def pretender(told: Told) -> str:
    return f"Something that says it is {told.says or 'a browser'}"


def _takes_pages(headers: dict[str, str]) -> bool:
    """A script of a page may ask for anything; a browser that opens a page always asks for HTML."""
    if headers.get("sec-fetch-dest", "") not in OPENS_A_PAGE:
        return True
    return "text/html" in headers.get("accept", "")
