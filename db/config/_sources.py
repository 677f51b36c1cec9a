"""The sections of the live cards: one for each source, with where it is asked, how often, and what it needs to be
asked.

`off` says in one sentence why a source is not asked; it is empty for one that is.
"""

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from ._checks import HTTP, LINE, SOCKET, Snowflake, is_word, text_of, whole
from ._section import Section

PERIOD = whole(10, 604_800)
STALE = whole(60, 31_536_000)
WORD = text_of("empty or a name, without spaces", is_word)
KEY = text_of("empty or a key, without spaces", is_word)
LATITUDE = Meta(ge=-90, le=90, description="degrees from -90 to 90")
LONGITUDE = Meta(ge=-180, le=180, description="degrees from -180 to 180")


class Source(Section, frozen=True, kw_only=True):
    """`period`: seconds between two questions; `stale_after`: seconds after which what was answered is not shown."""

    if TYPE_CHECKING:  # each section says them itself, with its own defaults, after what it needs
        base_url: str
        period: int
        stale_after: int

    @property
    def off(self) -> str:
        """Why it is not asked, in one sentence; empty when it is."""
        raise NotImplementedError


class Lanyard(Source, frozen=True, kw_only=True):
    user_id: Snowflake = 0
    base_url: Annotated[str, HTTP] = "https://api.lanyard.rest/v1"
    socket_url: Annotated[str, SOCKET] = "wss://api.lanyard.rest/socket"
    period: Annotated[int, PERIOD] = 240
    stale_after: Annotated[int, STALE] = 3600

    @property
    def off(self) -> str:
        return "" if self.user_id else "[lanyard] user_id is empty, and the bot has no Presence Intent."


class Lastfm(Source, frozen=True, kw_only=True):
    user: Annotated[str, WORD] = ""
    api_key: Annotated[str, KEY] = ""
    base_url: Annotated[str, HTTP] = "https://ws.audioscrobbler.com/2.0/"
    period: Annotated[int, PERIOD] = 50
    stale_after: Annotated[int, STALE] = 86_400

    @property
    def off(self) -> str:
        return "" if self.user and self.api_key else "[lastfm] user and api_key are needed."


class Wakatime(Source, frozen=True, kw_only=True):
    api_key: Annotated[str, KEY] = ""
    base_url: Annotated[str, HTTP] = "https://api.wakatime.com/api/v1"
    period: Annotated[int, PERIOD] = 3600
    stale_after: Annotated[int, STALE] = 172_800

    @property
    def off(self) -> str:
        return "" if self.api_key else "[wakatime] api_key is needed."


class Github(Source, frozen=True, kw_only=True):
    user: Annotated[str, WORD] = ""
    token: Annotated[str, KEY] = ""
    base_url: Annotated[str, HTTP] = "https://api.github.com"
    period: Annotated[int, PERIOD] = 600
    stale_after: Annotated[int, STALE] = 172_800

    @property
    def off(self) -> str:
        return "" if self.user else "[github] user is needed, and token for the calendar."


class Mastodon(Source, frozen=True, kw_only=True):
    account: Annotated[str, WORD] = ""
    base_url: Annotated[str, HTTP] = "https://mastodon.social"
    period: Annotated[int, PERIOD] = 300
    stale_after: Annotated[int, STALE] = 604_800

    @property
    def off(self) -> str:
        return "" if self.account else "[mastodon] account is needed."


class Bluesky(Source, frozen=True, kw_only=True):
    handle: Annotated[str, WORD] = ""
    base_url: Annotated[str, HTTP] = "https://public.api.bsky.app"
    period: Annotated[int, PERIOD] = 300
    stale_after: Annotated[int, STALE] = 604_800

    @property
    def off(self) -> str:
        return "" if self.handle else "[bluesky] handle is needed."


class Weather(Source, frozen=True, kw_only=True):
    place: Annotated[str, LINE] = ""
    latitude: Annotated[float, LATITUDE] = 0.0
    longitude: Annotated[float, LONGITUDE] = 0.0
    base_url: Annotated[str, HTTP] = "https://api.open-meteo.com/v1"
    period: Annotated[int, PERIOD] = 1800
    stale_after: Annotated[int, STALE] = 21_600

    @property
    def off(self) -> str:
        return "" if self.place else "[weather] place, latitude and longitude are needed."
