"""Last.fm: what the owner is listening to, or listened to last. Source: last.fm/api, user.getRecentTracks."""

from typing import Any
from urllib.parse import quote

from msgspec import field

from db.cards import Snapshot
from db.config import Lastfm

from ._outbound import Outbound, SourceFailed
from ._words import Part, line, link, moment, shaped

RECENT = 3
STAR = "2a96cbd8b46e442fc41c2b86b821562f"  # the picture of a grey star, which stands for having none
# Source: last.fm/api/errorcodes. True: only the owner can mend it.
ERRORS = {
    4: ("It does not take the API key.", True),
    6: ("It knows no user of this name.", True),
    8: ("It has trouble of its own.", False),
    10: ("It does not take the API key.", True),
    11: ("It is closed for a while.", False),
    16: ("It is busy for a while.", False),
    17: ("The user keeps recent tracks private there.", True),
    26: ("It has suspended the API key.", True),
    29: ("It says that we ask too often.", False),
}


class Named(Part, frozen=True):
    text: str = field(name="#text", default="")
    name: str = ""

    @property
    def line(self) -> str:
        return line(self.text or self.name)


class Image(Part, frozen=True):
    text: str = field(name="#text", default="")


class Date(Part, frozen=True):
    uts: int


class Marks(Part, frozen=True):
    nowplaying: str = ""


class Track(Part, frozen=True):
    name: str
    artist: Named
    url: str | None = None
    album: Named | None = None
    image: tuple[Image, ...] = ()
    date: Date | None = None
    marks: Marks | None = field(name="@attr", default=None)
    loved: int = 0

    @property
    def is_playing(self) -> bool:
        return self.marks is not None and self.marks.nowplaying == "true"

    @property
    def played(self) -> dict[str, Any]:
        played_at = moment(self.date.uts) if self.date else None
        return {"title": line(self.name), "artist": self.artist.line, "url": link(self.url), "played_at": played_at}

    @property
    def cover(self) -> str | None:
        found = [link(image.text) for image in self.image if STAR not in image.text]
        return next(filter(None, reversed(found)), None)  # the largest comes last


class Recent(Part, frozen=True):
    track: list[Track] | Track  # a single one may come without its list


class Answer(Part, frozen=True):
    recenttracks: Recent


class Wrong(Part, frozen=True):
    error: int


async def fetch(outbound: Outbound, settings: Lastfm) -> Snapshot:
    query = {
        "method": "user.getrecenttracks",
        "user": settings.user.removeprefix("@"),
        "api_key": settings.api_key,
        "format": "json",
        "extended": "1",
        "limit": str(1 + RECENT),
    }
    try:
        tracks = await outbound.json("/", query=query, reading=tracks_of)
    except SourceFailed as failed:
        raise _meant(failed) from None
    first, *others = tracks[: 1 + RECENT]  # the one that is playing comes on top of the limit
    data = {
        **first.played,
        "album": first.album.line if first.album else "",
        "is_playing": first.is_playing,
        "loved": first.loved == 1,
        "user_url": f"https://www.last.fm/user/{quote(settings.user.removeprefix('@'), safe='')}",
        "recent": [track.played for track in others],
    }
    return Snapshot(data, {"cover": first.cover} if first.cover else {})


def tracks_of(answer: Any) -> list[Track]:
    """At least one. Raises SourceFailed; an error may come as a good answer (200)."""
    if isinstance(answer, dict) and "error" in answer:
        raise SourceFailed("It answered with an error.", status=200, answer=answer)
    found = shaped(answer, Answer, is_text=True).recenttracks.track
    tracks = found if isinstance(found, list) else [found]
    if not tracks:
        raise SourceFailed("It has no tracks of this user yet.", is_setup=True)
    return tracks


def _meant(failed: SourceFailed) -> SourceFailed:
    """By their number of the error, where there is one."""
    try:
        number = shaped(failed.answer, Wrong, is_text=True).error
    except SourceFailed:
        return failed
    sentence, is_setup = ERRORS.get(number, (f"It answered with its error {number}.", failed.is_setup))
    return SourceFailed(sentence, retry_after=failed.retry_after, is_setup=is_setup, status=failed.status)
