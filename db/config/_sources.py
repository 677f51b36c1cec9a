"""The sections of the live cards: one for each source, with where it is asked, how often, and what it needs to be
asked.

`off` says in one sentence why a source is not asked; it is empty for one that is. `half` says what is missing where
something was set and does not do what it was set for.
"""

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from msgspec import Meta

from ._checks import HTTP, LINE, SOCKET, Snowflake, degrees, is_name, is_word, text_of, whole
from ._section import Section

PERIOD = whole(10, 604_800)
STALE = whole(60, 31_536_000)
WORD = text_of("empty or a name, without spaces", is_word)
NAME = text_of("empty or your name there, not the address of a page and without spaces", is_name)
KEY = text_of("empty or a key, without spaces", is_word)
UNITS = Meta(description='"metric" or "imperial"')
LATITUDE, LONGITUDE = degrees(90), degrees(180)


class Source(Section, frozen=True, kw_only=True):
    """`period`: seconds between two questions; `stale_after`: seconds after which what was answered is not shown;
    `NEEDED`: the keys without which it is not asked; `TITLE`: what people call it, where the section is not called so.
    """

    NEEDED: ClassVar[tuple[str, ...]] = ()
    TITLE: ClassVar[str] = ""

    if TYPE_CHECKING:  # each section says them itself, with its own defaults, after what it needs
        base_url: str
        period: int
        stale_after: int

    @property
    def off(self) -> str:
        """Why it is not asked, in one sentence; empty when it is."""
        missing = [key for key in self.NEEDED if getattr(self, key) in ("", None)]
        listed = " and ".join([", ".join(missing[:-1]), *missing[-1:]] if missing[1:] else missing)
        return f"[{type(self).__name__.lower()}] {listed} {'are' if missing[1:] else 'is'} needed." if missing else ""

    @property
    def title(self) -> str:
        return self.TITLE or type(self).__name__

    @property
    def half(self) -> str:
        """What is missing of what was begun, in one sentence; empty where nothing was, and where nothing is."""
        return self.off if any(getattr(self, key) not in ("", None) for key in self.NEEDED) else ""

    @property
    def without(self) -> str:
        """What a source that is on does not show as it is set, which may be just what the owner wants."""
        return ""


class Lanyard(Source, frozen=True, kw_only=True):
    TITLE = "Discord"

    user_id: Snowflake = 0
    base_url: Annotated[str, HTTP] = "https://api.lanyard.rest/v1"
    socket_url: Annotated[str, SOCKET] = "wss://api.lanyard.rest/socket"
    period: Annotated[int, PERIOD] = 240
    stale_after: Annotated[int, STALE] = 3600

    @property
    def off(self) -> str:
        return "" if self.user_id else "[lanyard] user_id is empty, and the bot has no Presence Intent."


class Lastfm(Source, frozen=True, kw_only=True):
    NEEDED = ("user", "api_key")
    TITLE = "Last.fm"

    user: Annotated[str, NAME] = ""
    api_key: Annotated[str, KEY] = ""
    base_url: Annotated[str, HTTP] = "https://ws.audioscrobbler.com/2.0/"
    period: Annotated[int, PERIOD] = 50
    stale_after: Annotated[int, STALE] = 86_400


class Wakatime(Source, frozen=True, kw_only=True):
    NEEDED = ("api_key",)
    TITLE = "WakaTime"

    api_key: Annotated[str, KEY] = ""
    base_url: Annotated[str, HTTP] = "https://api.wakatime.com/api/v1"
    period: Annotated[int, PERIOD] = 3600
    stale_after: Annotated[int, STALE] = 172_800


class Github(Source, frozen=True, kw_only=True):
    TITLE = "GitHub"

    user: Annotated[str, NAME] = ""
    token: Annotated[str, KEY] = ""
    base_url: Annotated[str, HTTP] = "https://api.github.com"
    period: Annotated[int, PERIOD] = 600
    stale_after: Annotated[int, STALE] = 172_800

    @property
    def off(self) -> str:
        return "" if self.user else "[github] user is needed, and token for the calendar."

    @property
    def half(self) -> str:
        return self.off if self.token and not self.user else ""

    @property
    def without(self) -> str:
        return "" if self.token else "without the calendar, which needs [github] token"


class Mastodon(Source, frozen=True, kw_only=True):
    NEEDED = ("account",)

    account: Annotated[str, NAME] = ""
    base_url: Annotated[str, HTTP] = "https://mastodon.social"
    period: Annotated[int, PERIOD] = 300
    stale_after: Annotated[int, STALE] = 604_800


class Bluesky(Source, frozen=True, kw_only=True):
    NEEDED = ("handle",)

    handle: Annotated[str, NAME] = ""
    base_url: Annotated[str, HTTP] = "https://public.api.bsky.app"
    period: Annotated[int, PERIOD] = 300
    stale_after: Annotated[int, STALE] = 604_800


class Weather(Source, frozen=True, kw_only=True):
    NEEDED = ("place", "latitude", "longitude")

    place: Annotated[str, LINE] = ""
    latitude: Annotated[float | None, LATITUDE] = None
    longitude: Annotated[float | None, LONGITUDE] = None
    units: Annotated[Literal["metric", "imperial"], UNITS] = "metric"
    base_url: Annotated[str, HTTP] = "https://api.open-meteo.com/v1"
    period: Annotated[int, PERIOD] = 1800
    stale_after: Annotated[int, STALE] = 21_600
