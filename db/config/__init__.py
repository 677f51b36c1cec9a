"""The configuration: config.toml, then the environment over it. Read once by bot.py, before anything is opened.

`load` either returns a whole `Config` or raises `ConfigError` with one sentence that names the key.
"""

from ._mod import Mod
from ._reading import ConfigError, load, read_one
from ._secret import secret_key
from ._section import Section
from ._sections import (
    Accounts,
    Analytics,
    Blog,
    Chat,
    Comments,
    Config,
    Data,
    Database,
    Discord,
    Hangout,
    Log,
    Media,
    Process,
    Redis,
    Site,
    Web,
)
from ._sources import Bluesky, Github, Lanyard, Lastfm, Mastodon, Source, Wakatime, Weather

__all__ = [
    "Accounts",
    "Analytics",
    "Blog",
    "Bluesky",
    "Chat",
    "Comments",
    "Config",
    "ConfigError",
    "Data",
    "Database",
    "Discord",
    "Github",
    "Hangout",
    "Lanyard",
    "Lastfm",
    "Log",
    "Mastodon",
    "Media",
    "Mod",
    "Process",
    "Redis",
    "Section",
    "Site",
    "Source",
    "Wakatime",
    "Weather",
    "Web",
    "load",
    "read_one",
    "secret_key",
]
