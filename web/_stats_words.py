"""What the keys of visitor numbers are called on a page, and where they lead. What strangers sent stands among them:
paths, referrers and languages are whatever somebody asked for.
"""

import re
from collections.abc import Collection
from functools import cache
from importlib import resources
from urllib.parse import unquote

from db import visits

PAGES = {
    "/": "The front page",
    "/blog": "Blog",
    "/blog/tags": "Tags",
    "/blog/{slug}/comments/{id}": "A comment",
    "/chats": "Chats",
    "/chats/{room}": "A chat",
    "/chats/{room}/messages/{id}": "A message of a chat",
    "/comments/{id}": "An own comment",
    "/forgotten": "Forgotten password",
    "/hangout": "Hangout",
    "/hangout/messages/{id}": "A message of the hangout",
    "/login": "Log in",
    "/people": "People",
    "/people/{username}": "Members",
    "/privacy": "Privacy",
    "/projects": "Projects",
    "/register": "Become a member",
    "/search": "Search",
    "/settings": "Settings",
    "/stats": "Visitors",
    "/write": "Write",
    "/write/{id}": "Writing a post",
    "/write/{id}/history": "History of a post",
}
TAG, YEAR = "/blog/tags/", "/blog/archive/"
# Pages that are another one for each query, which is not kept: without it they are nobody's.
BY_QUERY = re.compile(
    r"[^/]+/(?:.*/)?(?:item|watch|search|results|url|redirect|viewtopic|showthread|[^/]*\.(?:php|aspx?|cgi|jsp|pl))"
)
HERE = re.compile(r"/(?!/)[A-Za-z0-9._~%/-]*")
ELSEWHERE = re.compile(r"(?:[a-z0-9-]{1,63}\.)+[a-z0-9-]{2,63}(?::[0-9]{1,5})?(?:/[!#-;=?-~]*)?")
KEPT_BACK = "(not listed)"  # in the place of the address of a post that not everybody is told of
LANGUAGES = {
    "ar": "Arabic",
    "bg": "Bulgarian",
    "ca": "Catalan",
    "cs": "Czech",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "et": "Estonian",
    "fa": "Persian",
    "fi": "Finnish",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "hr": "Croatian",
    "hu": "Hungarian",
    "id": "Indonesian",
    "it": "Italian",
    "ja": "Japanese",
    "ko": "Korean",
    "lt": "Lithuanian",
    "lv": "Latvian",
    "nb": "Norwegian",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "sk": "Slovak",
    "sl": "Slovenian",
    "sr": "Serbian",
    "sv": "Swedish",
    "th": "Thai",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "vi": "Vietnamese",
    "zh": "Chinese",
}


def is_kept_back(kind: str, key: str, slugs: Collection[str]) -> bool:
    """Whether the key leads to one of these posts, however it was written."""
    if kind not in {"path", "missing"}:
        return False
    return key.lower().strip("/").removeprefix("blog/").partition("/")[0] in slugs


def name_of(kind: str, key: str) -> str:
    """What it is called where it is not called by its key."""
    if kind == "language":
        return LANGUAGES.get(key.partition("-")[0].lower(), "")
    if kind == "country":
        return countries().get(key, "")
    if kind == "device":
        return visits.readable(key).capitalize()
    return _page(key) if kind == "path" else ""


def _page(path: str) -> str:
    if path.startswith(TAG):
        return f"Tag: {visits.readable(unquote(path.removeprefix(TAG)))}"
    if path.startswith(YEAR):
        return f"Posts of {visits.readable(path.removeprefix(YEAR))}"
    return PAGES.get(path, "")


def address_of(kind: str, key: str) -> str:
    """Where a key leads; empty where it had better lead nowhere."""
    if kind == "path":
        return key if HERE.fullmatch(key) else ""
    is_elsewhere = kind in {"referrer", "link"} and ELSEWHERE.fullmatch(key) and not BY_QUERY.fullmatch(key)
    return f"https://{key}" if is_elsewhere else ""


@cache
def countries() -> dict[str, str]:
    """By the two letters of ISO 3166, as the time zone database has them."""
    table = resources.files("tzdata").joinpath("zoneinfo/iso3166.tab").read_text(encoding="utf-8")
    pairs = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return {code: name for code, name, *_ in pairs}
