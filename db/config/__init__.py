"""The configuration: config.toml, then the environment over it. Read once by bot.py, before anything is opened.

`load` either returns a whole `Config` or raises `ConfigError` with one sentence that names the key.
"""

from ._reading import ConfigError, load
from ._secret import secret_key
from ._sections import (
    Accounts,
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
    Section,
    Site,
    Web,
)

__all__ = [
    "Accounts",
    "Blog",
    "Chat",
    "Comments",
    "Config",
    "ConfigError",
    "Data",
    "Database",
    "Discord",
    "Hangout",
    "Log",
    "Media",
    "Process",
    "Redis",
    "Section",
    "Site",
    "Web",
    "load",
    "secret_key",
]
