"""The shape of a picture that somebody brought, and the rules about how many they may bring."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from db import config
from db.errors import Refused, TooOften
from db.names import NEWLINES, UNSAYABLE

COLUMNS = """id, person_id, digest, content_type, ext, size, width, height, animated, alt, widths, used, created_at,
    room_id"""
ALT_MAX = 1000
DAY = timedelta(days=1)
UNUSED = DAY  # after which a picture that nothing uses goes


@dataclass(frozen=True, slots=True)
class Media:
    """`size` in bytes, `width` and `height` in pixels. `widths`: of the narrower copies; one that moves has none.
    `room_id`: the chat whose members alone may see it.
    """

    id: str
    person_id: int | None
    digest: str
    content_type: str
    ext: str
    size: int
    width: int
    height: int
    animated: bool
    alt: str
    widths: tuple[int, ...]
    used: bool
    created_at: datetime
    room_id: int | None = None

    @property
    def is_public(self) -> bool:
        """Whether anybody may see it who knows its address: once it is used, but in a chat."""
        return self.used and self.room_id is None

    @property
    def url(self) -> str:
        """Its path on this site, for good: an id never changes its picture."""
        return f"/media/{self.id}/full.{self.ext}"


def from_row(row: asyncpg.Record) -> Media:
    return Media(**{**row, "widths": tuple(row["widths"])})


def new_id() -> str:
    return secrets.token_urlsafe(16)


def check_alt(alt: str) -> str:
    """What the picture shows, for who cannot see it: one paragraph of at most 1,000 characters, or nothing."""
    alt = " ".join(UNSAYABLE.sub("", NEWLINES.sub("\n", alt)).split())
    if len(alt) > ALT_MAX:
        raise Refused(f"That description has {len(alt)} characters; {ALT_MAX} fit.", "too_long")
    return alt


def check_quota(limits: config.Media, today: int, oldest: datetime | None, total: int, now: datetime) -> None:
    """`today`: uploads in the last 24 hours, the first of them at `oldest`. `total`: bytes, with the new picture."""
    if today >= limits.per_day:
        wait = (oldest + DAY - now).total_seconds() if oldest else DAY.total_seconds()
        raise TooOften(f"That makes more than {limits.per_day} pictures in a day. Please come back later.", wait)
    if total > limits.quota:
        raise Refused(f"Your pictures have filled their {_mebibytes(limits.quota)} here. No more will fit.", "quota")


def _mebibytes(size: int) -> str:
    return f"{size / 1024**2:.3g} MiB"


def blob_name(digest: str, width: int | None = None) -> str:
    """What the picture, or its copy of this width, is called among the blobs."""
    whole = f"{digest[:2]}/{digest}"
    return f"{whole}.{width}" if width else whole
