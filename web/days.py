"""Days and moments as the pages say them: in the owner's time zone, and in full for programs."""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

# Not the machine's locale: the pages are in English.
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def filters(timezone: str) -> dict[str, Callable[[datetime], object]]:
    """`day`: 1 May 2026. `month`: May. `clock`: 1 May 2026, 14:05. `iso`: RFC 3339 in UTC."""
    zone = ZoneInfo(timezone)

    def day(moment: datetime) -> str:
        local = moment.astimezone(zone)
        return f"{local.day} {MONTHS[local.month - 1]} {local.year}"

    def month(moment: datetime) -> str:
        return MONTHS[moment.astimezone(zone).month - 1]

    def clock(moment: datetime) -> str:
        return f"{day(moment)}, {moment.astimezone(zone):%H:%M}"

    return {"day": day, "month": month, "clock": clock, "iso": iso}


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
