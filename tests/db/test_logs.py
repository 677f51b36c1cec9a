"""The log: one line each, no secrets, no addresses, no weather reports."""

import io
import json
import logging
from collections.abc import Iterator

import msgspec
import pytest

from db import logs
from db.config import Config, Database, Discord, Github, Lastfm, Log, Redis, Wakatime, Web

TOKEN = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs"
CONFIG = Config(
    web=Web(secret_key="k3y-" * 10),
    database=Database(url="postgresql://porch:p%40ssw0rd@db.example/porch"),
    redis=Redis(url="redis://:redis-pass@cache.example:6379/0"),
    discord=Discord(token=TOKEN),
    lastfm=Lastfm(api_key="lastfm-key"),
    wakatime=Wakatime(api_key="waka_key"),
    github=Github(token="github_pat_key"),
)


@pytest.fixture
def output() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    root = logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in ("", *logs.QUIET)}
    yield stream
    for handler in [handler for handler in root.handlers if isinstance(handler, logs.Handler)]:
        root.removeHandler(handler)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def set_up(output: io.StringIO, form: str = "plain", level: str = "info") -> logging.Logger:
    logs.set_up(
        msgspec.structs.replace(CONFIG, log=Log(format=form, level=level)),
        output,
    )
    return logging.getLogger("porchlight.test")


def test_a_plain_line_has_time_level_logger_words_and_reference(output: io.StringIO) -> None:
    token = logs.request_id.set("ab12")
    set_up(output).info("The lamp is %s", "lit")
    logs.request_id.reset(token)
    time, level, rest = output.getvalue().split(" ", 2)
    assert time.endswith("Z")
    assert (level, rest) == ("INFO", "porchlight.test: The lamp is lit [ab12]\n")


def test_a_json_line_is_one_object(output: io.StringIO) -> None:
    token = logs.request_id.set("ab12")
    log = set_up(output, "json")
    try:
        raise ValueError("dark\nhouse")
    except ValueError:
        log.exception("It is %s", "dark \ud800 \x1b[31m")
    logs.request_id.reset(token)
    [line] = output.getvalue().splitlines()
    said = json.loads(line)
    assert (said["level"], said["logger"], said["request"]) == ("error", "porchlight.test", "ab12")
    assert said["message"] == r"It is dark \ud800 \x1b[31m"
    assert "ValueError" in said["traceback"]


@pytest.mark.parametrize("hostile", ["a\nINFO forged", "a\r\nb", "\x1b[2J", "\u202eevil", "\u2028", "\x85", "\x00"])
def test_nobody_can_write_a_second_line_or_move_the_cursor(output: io.StringIO, hostile: str) -> None:
    set_up(output).warning("Said: %s", hostile)
    assert len(output.getvalue().splitlines()) == 1
    assert output.getvalue()[:-1].isprintable()


def test_a_traceback_stays_on_the_line_of_its_event(output: io.StringIO) -> None:
    log = set_up(output)
    try:
        raise RuntimeError("broken")
    except RuntimeError:
        log.exception("A lamp failed")
    [line] = output.getvalue().splitlines()
    assert "RuntimeError: broken" in line


@pytest.mark.parametrize("form", ["plain", "json"])
@pytest.mark.parametrize(
    "text",
    [
        TOKEN,
        "k3y-" * 10,
        "p%40ssw0rd",
        "p@ssw0rd",
        "redis-pass",
        "https://ws.audioscrobbler.com/2.0/?api_key=lastfm-key&user=robin",
        "waka_key",
        "Basic d2FrYV9rZXk=",
        "github_pat_key",
        "https://discord.com/api/v10/webhooks/81384788765712384/aWebhooks-t0ken_of-its-own?wait=true",
        "/interactions/81384788765712384/aW50ZXJhY3Rpb246ODEz/callback",
        "postgresql://other:another-secret@h/d",
        "Authorization: Bot aaaaaaaaaaaaaaaaaaaaaaaa.bbbbbb.cccccccc",
        "203.0.113.9",
        "('203.0.113.9', 443)",
        "203.0.113.9:443.",
        "[2001:db8::7]:443",
        "2001:db8:0:0:0:0:0:7",
    ],
)
def test_secrets_and_addresses_are_hidden_in_words_and_tracebacks(output: io.StringIO, form: str, text: str) -> None:
    log = set_up(output, form)
    try:
        raise RuntimeError(f"Could not use {text}")
    except RuntimeError:
        log.exception("Trouble with %s", text)
    line = output.getvalue()
    for secret in (TOKEN, "k3y-k3y", "ssw0rd", "redis-pass", "t0ken_of", "aW50ZX", "another-secret", "aaaaaa", "0.113",
                   "2001:db8", "lastfm-key", "waka_key", "d2FrYV9rZXk=", "github_pat_key"):  # fmt: skip
        assert secret not in line
    assert "[hidden]" in line or "[address]" in line


@pytest.mark.parametrize("text", ["12:30:45", "2.7.1", "127.0.0.1:8080", "::1", "0.0.0.0", "2026-05-01T12:00:00.123Z"])
def test_times_versions_and_this_machine_are_not_taken_for_addresses(output: io.StringIO, text: str) -> None:
    set_up(output).info("It is %s", text)
    assert text in output.getvalue()


def test_a_lost_gateway_or_database_is_one_line_without_a_traceback_and_an_error_of_ours_keeps_its_own(
    output: io.StringIO,
) -> None:
    set_up(output)
    client = logging.getLogger("discord.client")
    try:
        raise ConnectionResetError("100% gone")
    except ConnectionResetError:
        client.exception("Attempting a reconnect in %.2fs", 1.5)
        client.exception("Ignoring exception in %s", "on_message")
        logging.getLogger("asyncpg.pool").warning("Failed to restore the pool connection floor", exc_info=True)
    weather, ours, database = output.getvalue().splitlines()
    assert "WARNING discord.client: Attempting a reconnect in 1.50s (ConnectionResetError: 100% gone)" in weather
    assert "Traceback" in ours
    assert "connection floor (ConnectionResetError: 100% gone)" in database
    assert "Traceback" not in weather + database


def test_what_libraries_call_information_is_shown_only_to_those_who_debug(output: io.StringIO) -> None:
    set_up(output)
    logging.getLogger("discord.gateway").info("Shard connected")
    assert output.getvalue() == ""
    set_up(output, level="debug")
    logging.getLogger("discord.gateway").info("Shard connected")
    assert len(output.getvalue().splitlines()) == 1
