"""Discord's own marks in a message that becomes a post: what Markdown would hide or lose is written out. Pure."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

EMOJI = re.compile(r"<a?:(\w{2,32}):\d{15,20}>")
COMMAND = re.compile(r"<(/[^<>:\n]{1,100}):\d{15,20}>")
MOMENT = re.compile(r"<t:(-?\d{1,13})(?::([tTdDfFsSR]))?>")
CODE = re.compile(r"(`+).+?\1", re.DOTALL)
SPOILER = re.compile(r"\|\|.+?\|\|", re.DOTALL)
TIMES = {"t": "%H:%M", "T": "%H:%M:%S", "d": "%-d %B %Y", "D": "%-d %B %Y"}


def written_out(words: str, zone: str) -> str:
    """With the names of emoji and commands, and moments as they are in the zone of the site."""
    words = COMMAND.sub(r"\1", EMOJI.sub(r":\1:", words))
    return MOMENT.sub(lambda found: _moment(found, ZoneInfo(zone)), words)


def has_spoiler(words: str) -> bool:
    """Whether something in it is covered in Discord, which on a page everybody would read."""
    return SPOILER.search(CODE.sub("", words)) is not None


def _moment(found: re.Match[str], zone: ZoneInfo) -> str:
    try:
        at = datetime.fromtimestamp(int(found[1]), UTC).astimezone(zone)
    except (ValueError, OverflowError, OSError):
        return found[1]
    return at.strftime(TIMES.get(found[2] or "f", "%-d %B %Y, %H:%M"))
