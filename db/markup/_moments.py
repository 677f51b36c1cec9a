"""A moment in English words and UTC, for those without JavaScript; the page's script puts local words there."""

from datetime import datetime

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = "January February March April May June July August September October November December"
MONTHS = tuple(_MONTHS.split())


def in_words(when: datetime, style: str) -> str:
    """`style` is the letter of Discord's `<t:unix:style>`; what is relative there (R) is a full date here."""
    day = f"{when.day} {MONTHS[when.month - 1]} {when.year}"
    clock = f"{when:%H:%M:%S} UTC" if style in "TS" else f"{when:%H:%M} UTC"
    if style in "tT":
        return clock
    if style in "dD":
        return day
    return f"{DAYS[when.weekday()]}, {day} {clock}" if style == "F" else f"{day} {clock}"
