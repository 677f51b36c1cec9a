"""What the partials of live cards read their data with. It comes from elsewhere: whatever is missing, of another kind
or too long becomes nothing, or a little, and never a fault.

The filters of templates/cards/_*.html; docs/cards.md shows them. web/pages.py gives them to the templates.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import nh3
from markupsafe import Markup

from db.addresses import web_link

from .days import MONTHS, iso

WORDS_MAX, HTML_MAX = 300, 20_000  # characters
NUMBERS_MAX = 1e15
WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
WEEKS = 53
LEVELS = 5
CALM = 120.0  # seconds in which nobody need be told how old something is
STEP, SQUARE = 12, 9  # pixels from one square of the calendar to the next, and of one side
_POST = nh3.Cleaner(
    tags={"p", "br", "a"},
    attributes={"a": {"href"}},
    url_schemes={"http", "https"},
    link_rel="nofollow noopener ugc",
)


def words(value: object, most: int = WORDS_MAX) -> str:
    """One line of at most `most` characters; empty for what is neither text nor a number."""
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < NUMBERS_MAX:
        return str(value)
    if not isinstance(value, str):
        return ""
    line = " ".join(value[: most * 4].split())
    line = "".join(character for character in line if character.isprintable())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def number(value: object, least: float = 0, most: float = 1e9) -> float | None:
    """A number, brought between the two; None for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:  # noqa: PLR0124 - not a number
        return None
    return float(min(max(value, least), most))


def moment(value: object) -> datetime | None:
    """A moment that was written with its zone; None for what is none."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        at = datetime.fromisoformat(value)
        return at.astimezone(UTC) if at.tzinfo and MINYEAR < at.year < MAXYEAR else None  # which every zone can say
    except (ValueError, OverflowError):
        return None


def part(value: object) -> Mapping[str, Any]:
    """A mapping, empty for what is none."""
    return value if isinstance(value, Mapping) else {}


def rows(value: object, most: int = 10) -> list[Mapping[str, Any]]:
    """The mappings in a list, the first `most` of them."""
    listed = value if isinstance(value, list | tuple) else ()
    return [one for one in listed if isinstance(one, Mapping)][:most]


def post_html(value: object) -> Markup:
    """What somebody wrote elsewhere, with paragraphs and links and nothing else. It was cleaned when it came."""
    return Markup(_POST.clean(value[:HTML_MAX])) if isinstance(value, str) else Markup()  # noqa: S704 - nh3's own


def calendar(value: object) -> dict[str, Any]:
    """A year of days in columns of weeks: `levels` has a path for each of five shades, `active` and `days` count, and
    `width` is in pixels.
    """
    listed = value[-WEEKS:] if isinstance(value, list) else []
    weeks = [week[:7] if isinstance(week, list) else [] for week in listed]
    paths = ["" for _ in range(LEVELS)]
    for column, week in enumerate(weeks):
        for row, day in enumerate(week):
            level = number(day, 0, LEVELS - 1)
            if level is not None:
                paths[int(level)] += f"M{column * STEP} {row * STEP}h{SQUARE}v{SQUARE}h-{SQUARE}z"
    counts = [path.count("M") for path in paths]
    width = max(0, len(weeks) * STEP - (STEP - SQUARE))
    return {"levels": paths, "active": sum(counts[1:]), "days": sum(counts), "width": width}


def day_bars(value: object) -> list[dict[str, Any]]:
    """At most seven days with `date`, `weekday` (`Mo`), `seconds`, and `share` of the longest (0 to 1)."""
    days = [(words(one.get("date"), 10), number(one.get("seconds"), 0, 86_400) or 0.0) for one in rows(value, 7)]
    longest = max((seconds for _, seconds in days), default=0.0) or 1.0
    return [
        {"date": day, "weekday": _weekday(day), "seconds": seconds, "share": seconds / longest} for day, seconds in days
    ]


def _weekday(day: str) -> str:
    try:
        return WEEKDAYS[date.fromisoformat(day).weekday()]
    except ValueError:
        return ""


def slices(value: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows with a `percent`, as parts of one bar that is 100 long: `at` is where each begins."""
    cut, at = list[dict[str, Any]](), 0.0
    for one in value:
        percent = min(number(one.get("percent"), 0, 100) or 0.0, 100.0 - at)
        name = words(one.get("name"), 40)
        if name and percent > 0:
            cut.append({"name": name, "percent": percent, "at": at, "text": words(one.get("text"), 40)})
            at += percent
    return cut


def duration(seconds: float | None) -> str:
    """`2 h 05 min`, `5 min`."""
    minutes = int((seconds or 0) // 60)
    return f"{minutes // 60} h {minutes % 60:02} min" if minutes >= 60 else f"{minutes} min"


# Times


def short_time(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """`14:05` on the same day, else `26 Nov, 14:05`, with the year where that is another."""
    local, today = at.astimezone(zone), now.astimezone(zone)
    if local.date() == today.date():
        return f"{local:%H:%M}"
    year = "" if local.year == today.year else f" {local.year}"
    return f"{local.day} {MONTHS[local.month - 1][:3]}{year}, {local:%H:%M}"


def times(zone: ZoneInfo, now: datetime) -> dict[str, Callable[..., str]]:
    """For the partials: `when(value)` is a moment as an element, which the page words for its reader; `clock(value)` is
    one of the day, in the site's zone and as its reader writes it. Both are empty for what is none.
    """

    def when(value: object, kind: str = "ago") -> str:
        at = moment(value)
        element = Markup('<time class="{}" datetime="{}">{}</time>')
        return element.format(kind, iso(at), short_time(at, zone, now)) if at else ""

    def clock(value: object) -> str:
        at = moment(value)
        return Markup('<time class="clock">{}</time>').format(f"{at.astimezone(zone):%H:%M}") if at else ""

    return {"when": when, "clock": clock}


def age_words(age: float, period: float, said_at: str) -> str:
    """How old what a card shows is: nothing while it is as it should be, then in words, and `as of 14:05` once it
    missed a turn.
    """
    if age <= max(period, CALM):
        return ""
    if age > 2 * period:
        return f"as of {said_at}"
    minutes = int(age // 60)
    return f"{minutes} min ago" if minutes < 60 else f"{minutes // 60} h ago"


def filters() -> dict[str, Callable[..., object]]:
    """For the templates, by name."""
    reading = (words, number, moment, web_link, part, rows, post_html, calendar, day_bars, slices, duration)
    return {one.__name__: one for one in reading}
