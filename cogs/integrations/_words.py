"""What comes from elsewhere, made fit for a card: in the shape that was promised, short, on one line, and without
addresses that a page must not lead to.
"""

from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from db.addresses import web_link
from db.names import clean_name

from ._failures import SourceFailed

LINE_MAX = 200  # characters
FIRST_YEAR, LAST_YEAR = 1900, 2999  # others are told by mistake, and the very first and last have no day in every zone
ODD = "Its answer is not made as it should be."

Shape = TypeVar("Shape", bound=msgspec.Struct)


class Part(msgspec.Struct, frozen=True):
    """A piece of an answer, with the fields that matter; others may come and go."""


def shaped(answer: Any, shape: type[Shape], *, is_text: bool = False) -> Shape:
    """The answer as such a struct. `is_text`: numbers may come as text, as Last.fm sends them. Raises SourceFailed."""
    try:
        return msgspec.convert(answer, shape, strict=not is_text)
    except (msgspec.ValidationError, RecursionError):
        pass
    raise SourceFailed(ODD, status=200)


def line(text: str | None, most: int = LINE_MAX) -> str:
    """On one line, without what hides, turns or stacks; what is too long ends with an ellipsis; empty for nothing."""
    cleaned = clean_name(text or "")
    return cleaned if len(cleaned) <= most else cleaned[: most - 1].rstrip() + "…"


def link(url: str | None) -> str | None:
    """The address if a page may lead there."""
    return web_link(url) or None


def moment(text: str | float | None) -> str | None:
    """A time (RFC 3339, or seconds since 1970) as ISO text in UTC; None for what is none."""
    try:
        if isinstance(text, int | float):
            found = datetime.fromtimestamp(text, UTC)
        else:
            found = datetime.fromisoformat(text or "")
        there = (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
        return there.isoformat(timespec="seconds") if FIRST_YEAR <= there.year <= LAST_YEAR else None
    except (ValueError, OverflowError, OSError):
        return None
