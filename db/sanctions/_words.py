"""What somebody who is kept out is told: until when, why, and what they can do about it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from db.config import Config
from db.errors import Forbidden
from db.sanctions._shape import Sanction

CODES = {"ban": "banned", "mute": "muted"}
BEGINNINGS = {"ban": "You are banned from here", "mute": "You can only read here"}


class KeptOut(Forbidden):
    """`until` stands in the sentence as `until_words`, and `appeal` at its end: doors may draw them."""

    def __init__(self, sentence: str, code: str, until: datetime | None, until_words: str, appeal: str) -> None:
        super().__init__(sentence, code)
        self.until, self.until_words, self.appeal = until, until_words, appeal


def sentence_of(sanction: Sanction, config: Config) -> str:
    """The same for the page, the form, the socket and the letter."""
    until = f" until {_moment(sanction, config)}" if sanction.until else ""
    reason = sanction.reason.strip()
    why = f": {reason}" if reason else ""
    end = "" if reason.endswith((".", "!", "?", "…")) else "."
    return f"{BEGINNINGS[sanction.kind]}{until}{why}{end} {config.mod.appeal}".strip()


def _moment(sanction: Sanction, config: Config) -> str:
    return f"{sanction.until.astimezone(ZoneInfo(config.site.timezone)):%-d %B %Y, %H:%M %Z}" if sanction.until else ""


def refusal(sanction: Sanction, config: Config) -> KeptOut:
    sentence, moment = sentence_of(sanction, config), _moment(sanction, config)
    return KeptOut(sentence, CODES[sanction.kind], sanction.until, moment, config.mod.appeal)
