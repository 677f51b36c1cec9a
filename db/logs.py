"""Logging: one line for each event, plain or JSON, and neither secrets nor visitors' addresses in it.

`bot.py` calls `set_up` once; everything else uses `logging.getLogger(__name__)`. The web sets `request_id` for the
time of a request, so that what happens in it can be found by the reference on the error page.
"""

import ipaddress
import logging
import re
from base64 import b64encode
from collections.abc import Iterable
from contextvars import ContextVar
from copy import copy
from datetime import UTC, datetime
from typing import TextIO
from urllib.parse import unquote, urlsplit

import msgspec

from db.config import Config

request_id: ContextVar[str] = ContextVar("request_id", default="")

# Anything that could end the line, move the cursor, colour a terminal or turn the reading direction.
UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
ADDRESS = re.compile(
    r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]*\d)|(?<![\w:])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w:])"
)
# Addresses that are secrets themselves: whoever has a webhook's or an interaction's may speak by it, and whoever has a
# one-time link may come in.
TELLING = (
    (re.compile(r"(/(?:webhooks|interactions)/\d+/)[\w.-]+"), r"\1[hidden]"),
    (re.compile(r"(/auth/link/)[^\s/?#\"']+"), r"\1[hidden]"),
    (re.compile(r"(/auth/discord/callback\?)[^\s\"']+"), r"\1[hidden]"),
    (re.compile(r"(\w://[^\s:/@]{0,200}:)[^\s/@]{1,500}@"), r"\1[hidden]@"),
    (re.compile(r"\b(Bot|Bearer) [\w.-]{20,}"), r"\1 [hidden]"),
)
SHORTEST_SECRET = 6  # hiding a shorter one would riddle every line

# Libraries say at each level less than we mean by it; with `debug` they may say all.
QUIET = {
    "aiohttp.access": logging.WARNING,
    "asyncio": logging.WARNING,
    "discord": logging.WARNING,
    "discord.voice_client": logging.ERROR,
}
# Where discord.py and the database's driver log a traceback for what is only the weather.
WEATHER = re.compile(r"discord\.(client|gateway|http|shard|webhook)|asyncpg\.pool")
RECONNECT = "Attempting a reconnect"


class Redaction:
    """Takes out of a text what nobody should read in a log."""

    def __init__(self, secrets: Iterable[str]) -> None:
        longest_first = sorted({secret for secret in secrets if len(secret) >= SHORTEST_SECRET}, key=len, reverse=True)
        self.secrets = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def __call__(self, text: str) -> str:
        if self.secrets:
            text = self.secrets.sub("[hidden]", text)
        for pattern, instead in TELLING:
            text = pattern.sub(instead, text)
        return ADDRESS.sub(_hidden_address, text)


def _hidden_address(found: re.Match[str]) -> str:
    try:
        address = ipaddress.ip_address(found[0])
    except ValueError:
        return found[0]  # a time of day, a version
    return found[0] if address.is_loopback or address.is_unspecified else "[address]"


def secrets_of(config: Config) -> set[str]:
    """Every text in the configuration that is a secret, as it stands there and decoded."""
    passwords = {_password(config.database.url), _password(config.redis.url)}
    keys = {config.web.secret_key, config.discord.client_secret, config.media.secret_key, config.media.access_key}
    keys |= {config.lastfm.api_key, config.wakatime.api_key, config.github.token}
    keys.add(b64encode(config.wakatime.api_key.encode()).decode())  # as it is sent
    return {config.discord.token} | keys | passwords | {unquote(password) for password in passwords}


def _password(url: str) -> str:
    return urlsplit(url).password or ""


def escape(text: str) -> str:
    r"""The text on one line: what is unsafe becomes `\n`, `\x1b`, `\u202e`."""
    return UNSAFE.sub(lambda found: ascii(found[0])[1:-1], text)


# The driver's errors quote the row that PostgreSQL refused, and with it what people said.
ROWS = re.compile(r"^DETAIL: .*(?:\n(?!  |Traceback|The above|During).*)*", re.MULTILINE)


class Formatter(logging.Formatter):
    """`2026-05-01T12:00:00.123Z INFO web.server: words [reference]`; a traceback follows on the same line."""

    def __init__(self, redact: Redaction) -> None:
        super().__init__()
        self.redact = redact

    def format(self, record: logging.LogRecord) -> str:
        words = " ".join(filter(None, [self.words(record), self.traceback(record)]))
        reference = f" [{request_id.get()}]" if request_id.get() else ""
        return escape(f"{moment(record)} {record.levelname} {record.name}: {words}{reference}")

    def words(self, record: logging.LogRecord) -> str:
        return self.redact(record.getMessage())

    def traceback(self, record: logging.LogRecord) -> str:
        parts = [self.formatException(record.exc_info)] if record.exc_info and record.exc_info[0] else []
        parts += [self.formatStack(record.stack_info)] if record.stack_info else []
        return self.redact(ROWS.sub("DETAIL: a row that is not shown here", "\n".join(parts)))


class JsonFormatter(Formatter):
    """One object a line: `time`, `level`, `logger`, `message`, and where there is one `request` and `traceback`."""

    def format(self, record: logging.LogRecord) -> str:
        fields = {
            "time": moment(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self.words(record),
            "request": request_id.get(),
            "traceback": self.traceback(record),
        }
        return msgspec.json.encode({key: escape(text) for key, text in fields.items() if text}).decode()


def moment(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def calmed(record: logging.LogRecord) -> logging.LogRecord:
    """One line in place of a library's traceback about a lost connection; any other record as it is."""
    error = record.exc_info[1] if record.exc_info else None
    if error is None or not WEATHER.fullmatch(record.name):
        return record
    if record.name == "discord.client" and not str(record.msg).startswith(RECONNECT):
        return record  # an error in a cog of ours: its traceback is wanted
    record = copy(record)
    record.msg, record.args = f"{record.getMessage()} ({type(error).__name__}: {error})", ()
    record.exc_info = record.exc_text = None
    record.levelno, record.levelname = logging.WARNING, "WARNING"
    return record


class Handler(logging.StreamHandler):  # type: ignore[type-arg]  # generic in the type checker only
    """Ours, to be told from a test runner's."""

    def emit(self, record: logging.LogRecord) -> None:
        super().emit(calmed(record))


def set_up(config: Config, stream: TextIO | None = None) -> None:
    """Sends every log line of this process to standard error (or this stream), in the form that [log] asks for."""
    redact = Redaction(secrets_of(config))
    handler = Handler(stream)
    handler.setFormatter(JsonFormatter(redact) if config.log.format == "json" else Formatter(redact))
    root = logging.getLogger()
    for old in [old for old in root.handlers if isinstance(old, Handler)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(config.log.level.upper())
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(logging.NOTSET if config.log.level == "debug" else level)
