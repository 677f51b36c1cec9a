"""The sections of config.toml: every key with its type, its default, what it must be in words, and the check of it.

The names are the public contract: `[web] port` is `WEB_PORT` in the environment.
"""

from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from ._checks import (
    HTTP,
    LINE,
    SOCKET,
    Check,
    Snowflake,
    is_address,
    is_database,
    is_line,
    is_network,
    is_origin,
    is_redis,
    is_word,
    is_zone,
    per_second,
    text_of,
    whole,
)
from ._mod import Mod
from ._section import Section
from ._sources import Bluesky, Github, Lanyard, Lastfm, Mastodon, Source, Wakatime, Weather

ROOT = Path(__file__).parents[2]


class Site(Section, frozen=True, kw_only=True):
    name: Annotated[str, text_of("one line of 1 to 100 characters", lambda text: bool(text) and is_line(text), 100)] = (
        "Porchlight"
    )
    owner_name: Annotated[str, LINE] = ""
    description: Annotated[str, LINE] = "A small house on the web, with the porch light on."
    language: Annotated[
        str, Meta(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$", description='a language tag such as "en" or "pt-BR"')
    ] = "en"
    timezone: Annotated[str, text_of("a time zone such as Europe/Berlin", is_zone, 100)] = "UTC"


class Web(Section, frozen=True, kw_only=True):
    host: Annotated[str, text_of("an address or name to listen on", lambda text: bool(text) and is_word(text))] = (
        "127.0.0.1"
    )
    port: Annotated[int, whole(0, 65535)] = 8080
    base_url: Annotated[
        str,
        text_of(
            "empty or the site's address, http:// or https:// without a path", lambda text: not text or is_origin(text)
        ),
    ] = ""
    secret_key: Annotated[
        str, text_of("empty or 32 characters and more", lambda text: not text or (len(text) >= 32 and is_line(text)))
    ] = ""
    trusted_proxies: Annotated[
        tuple[str, ...],
        Meta(
            description="a list of addresses or networks, such as 10.0.0.0/8", extra={"check_each": Check(is_network)}
        ),
    ] = ()


class Database(Section, frozen=True, kw_only=True):
    url: Annotated[str, text_of("empty or postgresql://...", lambda text: not text or is_database(text), 4000)] = ""
    pool_min: Annotated[int, whole(0, 1000)] = 1
    pool_max: Annotated[int, whole(1, 1000)] = 10


class Redis(Section, frozen=True, kw_only=True):
    url: Annotated[
        str,
        text_of("empty or a redis://, rediss:// or unix:// address", lambda text: not text or is_redis(text), 4000),
    ] = ""


class Discord(Section, frozen=True, kw_only=True):
    token: Annotated[str, text_of("empty or a bot's token, without spaces", is_word)] = ""
    guild_id: Snowflake = 0
    channel_id: Snowflake = 0
    announce_channel_id: Snowflake = 0
    mod_channel_id: Snowflake = 0
    comments_channel_id: Snowflake = 0
    owner_id: Snowflake = 0
    client_id: Snowflake = 0
    client_secret: Annotated[str, text_of("empty or an OAuth2 client secret, without spaces", is_word)] = ""
    messages_per_minute: Annotated[int, whole(1, 1_000_000)] = 30
    authorize_url: Annotated[str, HTTP] = "https://discord.com/oauth2/authorize"
    api_base: Annotated[str, HTTP] = "https://discord.com/api/v10"
    gateway_url: Annotated[str, SOCKET] = "wss://gateway.discord.gg/"
    cdn_base: Annotated[str, HTTP] = "https://cdn.discordapp.com"


class Hangout(Section, frozen=True, kw_only=True):
    content_max: Annotated[int, whole(1, 2000)] = 2000
    name_max: Annotated[int, whole(2, 80)] = 32
    rate: Annotated[float, per_second()] = 1.0
    burst: Annotated[int, whole(1, 1000)] = 5
    address_rate: Annotated[float, per_second()] = 2.0
    address_burst: Annotated[int, whole(1, 10_000)] = 20
    names_per_address: Annotated[int, whole(1, 10_000)] = 5
    names_period: Annotated[int, whole(1, 604_800)] = 1800
    edit_window: Annotated[int, whole(0, 31_536_000)] = 900
    frame_max: Annotated[int, whole(1024, 1_048_576)] = 16384
    page: Annotated[int, whole(1, 200)] = 50
    resume_max: Annotated[int, whole(1, 100_000)] = 2000
    backfill_limit: Annotated[int, whole(0, 100_000)] = 2000
    mentions: Annotated[Literal["none", "users"], Meta(description='"none" or "users"')] = "none"


class Accounts(Section, frozen=True, kw_only=True):
    registration: Annotated[Literal["open", "closed"], Meta(description='"open" or "closed"')] = "open"
    per_address: Annotated[int, whole(1, 10_000)] = 5


class Chat(Section, frozen=True, kw_only=True):
    requests_open: Annotated[int, whole(1, 1000)] = 5
    requests_per_day: Annotated[int, whole(1, 1000)] = 10
    request_days: Annotated[int, whole(1, 3650)] = 30


class Blog(Section, frozen=True, kw_only=True):
    page: Annotated[int, whole(1, 100)] = 10
    feed: Annotated[int, whole(1, 200)] = 30
    patience: Annotated[float, Meta(gt=0, le=60, description="seconds, above 0 and at most 60")] = 5.0
    hub: Annotated[
        str,
        text_of("empty or an http:// or https:// address", lambda text: not text or is_address(text, "http", "https")),
    ] = ""
    projects: Annotated[str, text_of("a file's name", lambda text: bool(text) and text.isprintable(), 4000)] = (
        "projects.toml"
    )


class Comments(Section, frozen=True, kw_only=True):
    moderation: Annotated[Literal["all", "first", "none"], Meta(description='"all", "first" or "none"')] = "first"
    days: Annotated[int, whole(0, 36_500)] = 0
    links_max: Annotated[int, whole(0, 100)] = 2
    words: Annotated[
        tuple[str, ...],
        Meta(description="a list of words", extra={"check_each": Check(lambda text: bool(text.strip()))}),
    ] = ()
    per_minute: Annotated[int, whole(1, 1000)] = 2
    edit_window: Annotated[int, whole(0, 31_536_000)] = 900


class Analytics(Section, frozen=True, kw_only=True):
    public: Annotated[bool, Meta(description="true or false")] = False
    ignore_networks: Annotated[
        tuple[str, ...],
        Meta(
            description="a list of addresses or networks, such as 10.0.0.0/8", extra={"check_each": Check(is_network)}
        ),
    ] = ()
    country_database: Annotated[str, text_of("empty or a file's name", lambda text: text.isprintable(), 4000)] = ""
    detail_days: Annotated[int, whole(1, 3650)] = 90


class Data(Section, frozen=True, kw_only=True):
    dir: Annotated[str, text_of("a folder's name", lambda text: bool(text) and text.isprintable(), 4000)] = "data"


class Media(Section, frozen=True, kw_only=True):
    bucket: Annotated[str, text_of("empty or a bucket's name", is_word, 255)] = ""
    endpoint: Annotated[
        str,
        text_of("empty or an http:// or https:// address", lambda text: not text or is_address(text, "http", "https")),
    ] = ""
    region: Annotated[str, text_of("a region's name, such as us-east-1", lambda text: bool(text) and is_word(text))] = (
        "us-east-1"
    )
    access_key: Annotated[str, text_of("empty or an access key, without spaces", is_word)] = ""
    secret_key: Annotated[str, text_of("empty or a secret key, without spaces", is_word)] = ""
    upload_max: Annotated[int, whole(1024, 67_108_864)] = 8_388_608
    pixels_max: Annotated[int, whole(1, 100_000_000)] = 24_000_000
    side_max: Annotated[int, whole(1, 16_383)] = 8000
    frames_max: Annotated[int, whole(1, 1000)] = 100
    per_day: Annotated[int, whole(0, 1_000_000)] = 50
    quota: Annotated[int, whole(0, 2**50)] = 209_715_200


class Process(Section, frozen=True, kw_only=True):
    role: Annotated[Literal["all", "web"], Meta(description='"all" or "web"')] = "all"


class Log(Section, frozen=True, kw_only=True):
    level: Annotated[
        Literal["debug", "info", "warning", "error", "critical"],
        Meta(description='"debug", "info", "warning", "error" or "critical"'),
    ] = "info"
    format: Annotated[Literal["plain", "json"], Meta(description='"plain" or "json"')] = "plain"


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of it. Immutable; made by `db.config.load`, or by hand in tests."""

    site: Site = Site()
    web: Web = Web()
    database: Database = Database()
    redis: Redis = Redis()
    discord: Discord = Discord()
    hangout: Hangout = Hangout()
    accounts: Accounts = Accounts()
    chat: Chat = Chat()
    blog: Blog = Blog()
    comments: Comments = Comments()
    lanyard: Lanyard = Lanyard()
    lastfm: Lastfm = Lastfm()
    wakatime: Wakatime = Wakatime()
    github: Github = Github()
    mastodon: Mastodon = Mastodon()
    bluesky: Bluesky = Bluesky()
    weather: Weather = Weather()
    mod: Mod = Mod()
    analytics: Analytics = Analytics()
    data: Data = Data()
    media: Media = Media()
    process: Process = Process()
    log: Log = Log()

    @property
    def sources(self) -> dict[str, Source]:
        """The sections of the live cards by their name, in the order in which their cards are shown."""
        values = ((name, getattr(self, name)) for name in self.__struct_fields__)
        return {name: value for name, value in values if isinstance(value, Source)}

    @property
    def public_url(self) -> str:
        """Where visitors find the site, without a slash at the end."""
        return self.web.base_url.rstrip("/") or f"http://localhost:{self.web.port}"

    @property
    def data_path(self) -> Path:
        """The data folder; a relative name counts from the program's folder, wherever it was started."""
        return ROOT / self.data.dir

    @property
    def countries_path(self) -> Path | None:
        """The database of countries, in the same way; None without one."""
        return ROOT / self.analytics.country_database if self.analytics.country_database else None

    @property
    def projects_path(self) -> Path:
        """The file with the cards of /projects; a relative name counts from the program's folder as well."""
        return ROOT / self.blog.projects
