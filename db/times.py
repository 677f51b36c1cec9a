"""Times as people write them ('tomorrow 9:00', 'friday 18:00', 'in 2 hours', 2026-05-01T09:00), in the site's zone.

Rules only, for both doors. The first one that is read takes a tenth of a second, for the words of the language are
loaded then: an event loop calls them by `asyncio.to_thread`.
"""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from db.errors import Refused

TYPED_MAX = 60  # characters
FARTHEST = timedelta(days=3660)
FOR_GOOD = frozenset({"", "ever", "for ever", "forever", "for good", "good", "permanent", "permanently", "always"})
UNITS = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800, "mo": 2_592_000, "y": 31_536_000}  # seconds
PIECE = re.compile(
    r"(?:(\d{1,6})\s*|\ban?\s+)(mo(?=nths?\b|\b)|[mhdwy])(?:inutes?|ins?|ours?|rs?|ays?|eeks?|ks?|nths?|ears?)?(?![a-z])"
)
BETWEEN = re.compile(r"(?:for|in|and|,|\s)*")
BARE_HOUR = re.compile(r"\bat (\d{1,2})$")
SPAN = re.compile(r"\d ?(h|hours?|hrs?|m|mins?|minutes?|s|secs?|seconds?)\b|\ban? (hour|minute)\b", re.IGNORECASE)
CLOCK = re.compile(r"(?<!\d)(\d{1,2}):(\d{1,2})(?!\d)")


def coming(text: str, now: datetime, zone: str) -> datetime:
    """The moment that the words mean, in UTC; one that is still to come, within ten years.

    Raises Refused (`bad_time`) for what cannot be read, and for the past.
    """
    moment = read(text, now, zone)
    if moment <= now:
        raise Refused(f"{_told(moment, zone)} is in the past. {examples(now, zone)}", "bad_time")
    if moment - now > FARTHEST:
        raise Refused(f"{_told(moment, zone)} is too far away: ten years are the most.", "bad_time")
    return moment


def lasting(text: str, now: datetime, zone: str) -> datetime | None:
    """Until when something lasts: '2h', '30m', '3 days', '1w 2d', 'until friday', 'tomorrow 9:00'. None for good:
    'forever', or nothing. Raises Refused (`bad_time`) as `coming` does.
    """
    words = " ".join(text.lower().split())
    if words in FOR_GOOD:
        return None
    seconds = _length(words)
    if seconds is None:
        return coming(re.sub(r"^(until|till|til|up to) ", "", words), now, zone)
    if not 0 < seconds <= FARTHEST.total_seconds():
        raise Refused("That is no length of time for this: from a minute to ten years, or 'forever'.", "bad_time")
    return now + timedelta(seconds=seconds)


def since(text: str, now: datetime, zone: str) -> datetime:
    """Since when: '2h' and '3 days' are so long ago; 'yesterday', 'friday' and '9:00' are the last ones there were.
    Raises Refused (`bad_time`).
    """
    words = " ".join(text.lower().split())
    seconds = _length(words.removesuffix(" ago"))
    if seconds is not None and seconds <= FARTHEST.total_seconds():
        return now - timedelta(seconds=seconds)
    moment = read(text, now, zone)
    for back in (timedelta(0), timedelta(days=1), timedelta(days=7)):
        if moment - back <= now:
            return moment - back
    raise Refused(f"{_told(moment, zone)} is still to come.", "bad_time")


def _length(words: str) -> int | None:
    """The seconds of '2h', '3 days', 'an hour', '1w and 2d'; None for what is more than lengths."""
    if len(words) > TYPED_MAX or BETWEEN.sub("", PIECE.sub("", words)):
        return None
    found: list[tuple[str, str]] = PIECE.findall(words)
    return sum(int(many or 1) * UNITS[unit] for many, unit in found) if found else None


def read(text: str, now: datetime, zone: str) -> datetime:
    """The moment that the words mean, past or not, in UTC. A time of day without a date is the next one.

    Raises Refused (`bad_time`) for what cannot be read.
    """
    words = " ".join(text.split())
    moment = _exact(words, zone) or _spoken(words, now, zone) if _may_be_one(words) else None
    if moment is None:
        raise Refused(f"That is no time that the site can read. {examples(now, zone)}", "bad_time")
    return moment


def examples(now: datetime, zone: str) -> str:
    """What can be read; the one with a date is of tomorrow, for one that has passed would be refused in its turn."""
    tomorrow = now.astimezone(ZoneInfo(zone)) + timedelta(days=1)
    return f"Try something like 'tomorrow 9:00', 'friday 18:00', 'in 2 hours' or '{tomorrow:%Y-%m-%d} 09:00'."


def _may_be_one(words: str) -> bool:
    """A number alone could be anything, and what is no time of day would be passed over."""
    is_day = all(int(hour) < 24 and int(minute) < 60 for hour, minute in CLOCK.findall(words))
    return bool(words) and len(words) <= TYPED_MAX and not words.isdigit() and is_day


def _exact(words: str, zone: str) -> datetime | None:
    """ISO 8601, with an offset or else in the zone."""
    try:
        moment = datetime.fromisoformat(words)
        return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _spoken(words: str, now: datetime, zone: str) -> datetime | None:
    """Two hours are two hours, also in the night in which the clocks change; tomorrow is another day of the zone."""
    from dateparser.date import DateDataParser  # type: ignore[import-untyped] # noqa: PLC0415 - loads for long

    here = ZoneInfo("UTC" if SPAN.search(words) and not CLOCK.search(words) else zone)
    settings = {
        "PREFER_DATES_FROM": "future",
        "RELATIVE_BASE": now.astimezone(here).replace(tzinfo=None),
        "CACHE_SIZE_LIMIT": 8,
    }
    try:
        found = DateDataParser(languages=["en"], settings=settings).get_date_data(BARE_HOUR.sub(r"at \1:00", words))
        moment: datetime | None = found.date_obj
        return (moment if moment.tzinfo else moment.replace(tzinfo=here)).astimezone(UTC) if moment else None
    except (ValueError, OverflowError):
        return None


def _told(moment: datetime, zone: str) -> str:
    try:
        return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
    except OverflowError:
        return "That"
