"""What a browser calls itself, in words for the list of one's own sessions. A rule; called by web/sessions.py."""

import re

# The first that is found counts: nearly every browser claims to be several others as well.
BROWSERS = (
    ("Edg(e|A|iOS)?/", "Edge"),
    ("OPR/|Opera", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("YaBrowser/", "Yandex Browser"),
    ("Firefox/|FxiOS/", "Firefox"),
    ("HeadlessChrome/|Chrome/|CriOS/|Chromium/", "Chrome"),
    ("Version/.*Safari/", "Safari"),
    ("curl/", "curl"),
)
SYSTEMS = (
    ("iPhone|iPod", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh|Mac OS X", "macOS"),
    ("Linux|X11", "Linux"),
)
LOOKED_AT = 512  # characters


def describe(user_agent: str) -> str:
    """`Firefox on Linux`; `Firefox`, `Something on Linux` or `Something unknown` where that is all one can tell."""
    browser, system = _first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)
    if browser and not system:
        return browser
    return f"{browser or 'Something'} on {system}" if system else "Something unknown"


def _first(known: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for pattern, name in known if re.search(pattern, user_agent[:LOOKED_AT])), "")
