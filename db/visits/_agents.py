"""What a user agent tells of who sends it: a program that says so, or a browser by its engine. Rules; called by
_bots.py. What was found is remembered for the agents seen last, because most visits bring one of a few and the patterns
of is-bot cost a quarter of a millisecond. A string too long for any browser is not even looked at.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from is_bot import Bots  # type: ignore[import-untyped]

from ._bot_names import name_of

SHORTEST, LONGEST = 20, 700  # characters; those that browsers inside apps send have up to some 500
NO_BROWSER = "Something that no browser says"
REMEMBERED = 2048  # user agents, 2 MiB at most

_known = Bots()

# What no browser's user agent has: an address of a page or of a person, and what drives browsers by program.
_ADDRESS = re.compile(r"https?:|www\.|@[\w-]+\.[a-z]{2}|\bmailto\b|\(at\)", re.IGNORECASE)
_HEADLESS = re.compile(
    r"headless|phantomjs|slimerjs|casperjs|puppeteer|playwright|selenium|webdriver|cypress|htmlunit|jsdom|lighthouse",
    re.IGNORECASE,
)
_PROGRAM = re.compile(
    r"crawl|spider|scrap|fetch|\bmonitor|\bcheck(er|s)?\b|\bprobe|\bscan(ner)?\b|preview|validator|archiv|harvest|"
    r"\b(curl|wget|python|perl|ruby|java|php|golang|okhttp|axios|libwww|httpclient|urllib|aiohttp|httpx|reqwest)\b|"
    r"\bms-?office\b|\boutlook\b|\bword/",
    re.IGNORECASE,
)

# How a browser's begins and what it names: a system in brackets and an engine. Phones without a touch screen and
# browsers for terminals never learned to claim that they are Mozilla.
_BEGINS = re.compile(
    r"(?:Mozilla/[45]\.0|Opera/\d[\d.]*) \(.*(?:Gecko|KHTML|WebKit|Trident|MSIE |Presto|Opera|Nintendo)"
)
_PLAIN = re.compile(r"(?:Lynx|w3m|E?Links|Dillo|NetSurf|Emacs-w3m|UCWEB)\W|.*(?:MIDP-\d|\bOpera Mini/)")
_COMPATIBLE = re.compile(r"\(compatible; (?!MSIE|Konqueror)")

# Numbers that no release has. A version of Chrome comes every two to four weeks: 400 is not before 2033.
_HIGHEST = 400
_WINDOWS = re.compile(r"Windows NT (\d+)(?:\.(\d+))?")
_WINDOWS_THERE_IS = {(4, 0), (5, 0), (5, 1), (5, 2), (6, 0), (6, 1), (6, 2), (6, 3), (6, 4), (10, 0)}

# Only what is known to send Sec-Fetch headers to a secure page: browsers inside apps and those with a network of their
# own put further words behind, and get the benefit of the doubt.
_CHROMIUM = re.compile(
    r"\(KHTML, like Gecko\) (?:Ubuntu |Chromium/\S+ |SamsungBrowser/\S+ )*(?:Chrome|Chromium)/(\d+)\S*"
    r"(?: (?:Mobile|Safari/\S+|Edg/\S+|EdgA/\S+|OPR/\S+|Vivaldi/\S+|YaBrowser/\S+|Yowser/\S+))*$"
)
_FIREFOX = re.compile(r"^Mozilla/5\.0 \([^)]*\) Gecko/\S+ Firefox/(\d+)\.\d+$")
_SAFARI = re.compile(r"\(KHTML, like Gecko\) Version/(\d+)\S* (?:Mobile/\S+ )?Safari/\S+$")
_VERSION = re.compile(r"(?:Chrome|Firefox|Version|Edg|OPR)/(\d{1,9})")


class Told(NamedTuple):
    """`bot`: the program's name, empty for a browser. `says`: the browser that it says it is, empty where that tells
    nothing more, and then `version` is 0.
    """

    bot: str
    says: str = ""
    version: int = 0


def told_by(agent: str) -> Told:
    """Never slow, whatever is sent."""
    agent = agent.strip()
    if len(agent) > LONGEST:
        return Told("Something with an endless name")
    if not agent:
        return Told("Something without a name")
    if not agent.isprintable():  # halves of characters too, which the patterns of ua-parser cannot take
        return Told(NO_BROWSER)
    return _told_by(agent)


@lru_cache(REMEMBERED)
def _told_by(agent: str) -> Told:
    if _HEADLESS.search(agent):
        return Told(name_of(agent, "Headless browser"))
    if _PLAIN.match(agent):
        return Told("")
    if (
        len(agent) < SHORTEST
        or not _is_shaped_like_a_browser(agent)
        or _ADDRESS.search(agent)
        or _PROGRAM.search(agent)
        or _known.is_bot(agent)  # the last, because it costs the most
    ):
        return Told(name_of(agent, "Another program"))
    if _is_impossible(agent):
        return Told(NO_BROWSER)
    for says, pattern in (("Chrome", _CHROMIUM), ("Firefox", _FIREFOX), ("Safari", _SAFARI)):
        if found := pattern.search(agent):
            return Told("", says, int(found[1]))
    return Told("")


def _is_shaped_like_a_browser(agent: str) -> bool:
    return bool(_BEGINS.match(agent)) and not _COMPATIBLE.search(agent)


def _is_impossible(agent: str) -> bool:
    windows = _WINDOWS.search(agent)
    if windows and (int(windows[1]), int(windows[2] or 0)) not in _WINDOWS_THERE_IS:
        return True
    return any(int(version) > _HIGHEST for version in _VERSION.findall(agent))
