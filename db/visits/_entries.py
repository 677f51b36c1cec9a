"""What of a glimpse is kept: an entry, which holds neither address nor user agent. Rules; called by _visits.py."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ._countries import Countries
from ._programs import programs_of
from ._referrers import source_of
from ._salts import Marks, Salt, marks_of
from ._shape import Glimpse

Kind = Literal["visit", "missing", "bot"]
LENGTH = 300  # characters of a path
BOT_LENGTH = 100
REFERRER_READ = 2000  # characters; what was read of one is remembered
LANGUAGE = re.compile(r"\s*([A-Za-z]{2,3})(?![A-Za-z])")


@dataclass(frozen=True, slots=True)
class Entry:
    """`key`: the path, or a bot's name. The rest is told of visits only. `person_id` is not written: members may have
    said that they do not want to be counted.
    """

    at: datetime
    kind: Kind
    key: str
    marks: Marks | None = None
    referrer: str = ""
    browser: str = ""
    system: str = ""
    device: str = ""
    language: str = ""
    country: str = ""
    person_id: int = 0


def visit_of(glimpse: Glimpse, salts: Sequence[Salt], own_host: str, countries: Countries) -> Entry:
    programs = programs_of(glimpse.agent)
    return Entry(
        glimpse.at,
        "visit",
        path_of(glimpse.path),
        marks_of(salts, glimpse.address, glimpse.agent),
        source_of(glimpse.referrer[:REFERRER_READ], own_host),
        programs.browser,
        programs.system,
        programs.device,
        language_of(glimpse.headers.get("accept-language", "")),
        countries.of(glimpse.address),
        glimpse.person_id,
    )


def missing_of(glimpse: Glimpse) -> Entry:
    return Entry(glimpse.at, "missing", path_of(glimpse.path), person_id=glimpse.person_id)


def bot_entry(glimpse: Glimpse, name: str) -> Entry:
    return Entry(glimpse.at, "bot", printable(name)[:BOT_LENGTH])


def path_of(path: str) -> str:
    return printable(path.partition("?")[0])[:LENGTH] or "/"


def printable(text: str) -> str:
    """PostgreSQL keeps no NUL and no half of a character, and nobody wants to see what moves a cursor."""
    return text if text.isprintable() else "".join(one if one.isprintable() else "\ufffd" for one in text)


def language_of(accepted: str) -> str:
    """Of `de-AT,de;q=0.9,en;q=0.8` the `de`."""
    found = LANGUAGE.match(accepted)
    return found[1].lower() if found else ""
