"""Some weeks of visitors for the demo, as a table that `bot.py import` reads: made up person by person, and the same
each time, but for the days, which end yesterday. Today is left to whoever looks at the demo.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import TypeVar

DAYS = 75
USUAL = 26  # visitors on a usual day, once word has got round
BUSY = {9: 5.0, 8: 2.4, 7: 1.5, 40: 2.0}  # how many times as many came so many days ago
HOURS = (2, 1, 1, 1, 1, 2, 4, 7, 9, 10, 10, 10, 12, 11, 10, 10, 10, 11, 12, 14, 15, 14, 9, 5)
PAGES = {
    "/": 30,
    "/blog": 16,
    "/blog/how-a-message-crosses-the-porch": 22,
    "/blog/drawing-a-lamp-in-thirteen-pixels": 15,
    "/blog/slow-books-for-long-evenings": 9,
    "/blog/a-house-with-the-light-on": 7,
    "/blog/every-element-on-one-page": 6,
    "/hangout": 11,
    "/projects": 9,
    "/about": 8,
    "/search": 2,
    "/privacy": 1,
}
SOURCES = {
    "": 50,
    "news.ycombinator.com/item": 12,
    "lobste.rs/s/qk3v/how_message_crosses_porch": 6,
    "mastodon.example/@linden/112": 6,
    "duckduckgo.com": 7,
    "google.com": 9,
    "pixels.example/links": 5,
    "webring.example": 4,
}
PROGRAMS = {  # browser, system, device
    ("Chrome", "Windows", "desktop"): 24,
    ("Firefox", "Linux", "desktop"): 17,
    ("Safari", "iOS", "phone"): 18,
    ("Chrome", "Android", "phone"): 17,
    ("Safari", "macOS", "desktop"): 10,
    ("Firefox", "Windows", "desktop"): 8,
    ("Edge", "Windows", "desktop"): 5,
    ("Safari", "iOS", "tablet"): 3,
}
LANGUAGES = {"en": 52, "de": 24, "fr": 6, "nl": 4, "es": 4, "pl": 3, "ja": 2}
BOTS = {
    "Googlebot": 14,
    "Bingbot": 9,
    "GPTBot (OpenAI)": 7,
    "ClaudeBot": 6,
    "AhrefsBot": 8,
    "Monitoring (UptimeRobot)": 24,
}
MISSING = {"/wp-login.php": 9, "/.env": 7, "/xmlrpc.php": 4, "/blog/lamp-oil": 2, "/favicon.png": 1}
Sum = tuple[date, str, str]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Passerby:
    pages: Sequence[str]
    told: Sequence[tuple[str, str]]  # kinds and keys that hold for each of their views
    came_by: Sequence[tuple[str, str]]  # and those of the first one alone
    is_confirmed: bool


def table(today: date) -> bytes:
    """With the columns of /stats.csv."""
    dice = Random(13)
    text = io.StringIO(newline="")
    pen = csv.writer(text)
    pen.writerow(("day", "kind", "key", "views", "visitors", "confirmed"))
    for ago in range(DAYS, 0, -1):
        pen.writerows(sums(dice, today - timedelta(days=ago), ago))
    return text.getvalue().encode()


def sums(dice: Random, day: date, ago: int) -> Iterator[tuple[date, str, str, int, int, int]]:
    views, visitors, confirmed = Counter[Sum](), Counter[Sum](), Counter[Sum]()
    for _ in range(how_many(dice, day, ago)):
        one = somebody(dice)
        mine = Counter((day, *fact) for page in one.pages for fact in (*one.told, ("path", page)))
        mine.update((day, *fact) for fact in one.came_by)
        views += mine
        visitors.update(mine.keys())
        confirmed.update(mine.keys() if one.is_confirmed else ())
    for kind, usual in (("bot", BOTS), ("missing", MISSING)):
        for key, most in usual.items():
            views[day, kind, key] = dice.randint(0, 2 * most)
    for place in sorted(+views):
        yield *place, views[place], visitors[place], confirmed[place]


def how_many(dice: Random, day: date, ago: int) -> int:
    known = 0.4 + 0.6 * (DAYS - ago) / DAYS
    rest = 0.75 if day.weekday() > 4 else 1.0
    return round(USUAL * known * rest * BUSY.get(ago, 1.0) * dice.uniform(0.75, 1.25))


def somebody(dice: Random) -> Passerby:
    """All of their views in the hour in which they came."""
    hour, source = one_of(dice, dict(enumerate(HOURS))), one_of(dice, SOURCES)
    browser, system, device = one_of(dice, PROGRAMS)
    told = [("total", ""), ("hour", str(hour)), ("first", str(hour)), ("browser", browser), ("system", system)]
    told += [("device", device), ("language", one_of(dice, LANGUAGES))]
    came_by = [("link", source), ("referrer", source.partition("/")[0])] if source else []
    pages = [one_of(dice, PAGES) for _ in range(dice.choice((1, 1, 1, 2, 2, 3, 5)))]
    return Passerby(pages, told, came_by, dice.random() < 0.8)


def one_of(dice: Random, weights: Mapping[T, int]) -> T:
    return dice.choices(list(weights), list(weights.values()))[0]
