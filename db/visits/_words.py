"""How the numbers are said, at both doors: keys that strangers wrote, and more or fewer than before. Rules."""

from datetime import date

from db.names import UNSAYABLE

UNKNOWN = "unknown"


def readable(key: str) -> str:
    """The key on one line, with a sign in the place of what cannot be shown or would turn the text around it."""
    return UNSAYABLE.sub("\ufffd", " ".join(key.split())) or UNKNOWN


def compared(now: int, before: int) -> tuple[str, str]:
    """A sign that leads the eye, and the words that say the same: ('▲', '12 % more')."""
    if not before:
        return "", "none before" if now else "none before either"
    percent = round(100 * (now - before) / before)
    if percent:
        return ("▲", f"{percent:,} % more") if percent > 0 else ("▼", f"{-percent} % fewer")
    return "=", "as many"


def day_said(day: date, today: date) -> str:
    """3 November, with its year where it is another one."""
    return f"{day.day} {day:%B}" + ("" if day.year == today.year else f" {day.year}")
