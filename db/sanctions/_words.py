"""What somebody who is kept out is told: until when, why, and what they can do about it."""

from zoneinfo import ZoneInfo

from db.config import Config
from db.errors import Forbidden
from db.sanctions._shape import Sanction

CODES = {"ban": "banned", "mute": "muted"}
BEGINNINGS = {"ban": "You are banned from here", "mute": "You can only read here"}


def sentence_of(sanction: Sanction, config: Config) -> str:
    """The same for the page, the form, the socket and the letter."""
    until = ""
    if sanction.until is not None:
        until = f" until {sanction.until.astimezone(ZoneInfo(config.site.timezone)):%-d %B %Y, %H:%M %Z}"
    reason = sanction.reason.strip()
    why = f": {reason}" if reason else ""
    end = "" if reason.endswith((".", "!", "?", "…")) else "."
    return f"{BEGINNINGS[sanction.kind]}{until}{why}{end} {config.mod.appeal}".strip()


def refusal(sanction: Sanction, config: Config) -> Forbidden:
    return Forbidden(sentence_of(sanction, config), CODES[sanction.kind])
