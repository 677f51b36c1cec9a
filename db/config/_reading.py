"""Reads config.toml and the environment, and says in one sentence what is wrong. Values are never echoed."""

import difflib
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast, get_args, get_origin, get_type_hints

import msgspec

from ._checks import Check
from ._section import Section
from ._sections import ROOT, Config

SECTIONS: dict[str, type[Section]] = get_type_hints(Config)


class ConfigError(Exception):
    """The configuration cannot be used; `sentence` names the key and what it must be."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Found:
    """A value and where it came from: `[web] port (WEB_PORT in the environment)`, where everything `is_text`."""

    value: object
    origin: str
    is_text: bool = False


Values = dict[tuple[str, str], Found]
TRUTHS = {"true": True, "on": True, "yes": True, "false": False, "off": False, "no": False}


def load(environ: Mapping[str, str]) -> Config:
    """The configuration of this process. Raises ConfigError with one sentence fit to end the start with."""
    found = from_file(environ) | from_environment(environ)
    sections = {
        name: section(
            **{
                key: convert(found[name, key], hint)
                for key, hint in get_type_hints(section, include_extras=True).items()
                if (name, key) in found
            }
        )
        for name, section in SECTIONS.items()
    }
    config = Config(**cast("dict[str, Any]", sections))
    check_together(config)
    return config


def read_one(section: str, key: str, text: str) -> object:
    """The value that this text means for one key, read as an environment variable is. Raises ConfigError."""
    hint = get_type_hints(SECTIONS[section], include_extras=True)[key]
    return convert(Found(text, f"[{section}] {key}", True), hint)


def check_together(config: Config) -> None:
    """Raises ConfigError for values that are fine alone and make no sense beside each other."""
    if config.database.pool_min > config.database.pool_max:
        raise ConfigError("[database] pool_min must not be above [database] pool_max.")
    if config.media.bucket and not (config.media.access_key and config.media.secret_key):
        raise ConfigError("[media] bucket needs [media] access_key and [media] secret_key.")


def from_file(environ: Mapping[str, str]) -> Values:
    named = environ.get("CONFIG", "")
    path = Path(named) if named else ROOT / "config.toml"
    if not named and not path.exists():
        return {}
    sections = parse(path)
    return {
        (name, key): Found(value, f"[{name}] {key} in {path.name}")
        for name, section in sections.items()
        for key, value in known_keys(path.name, name, section)
    }


def parse(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"The configuration file {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"The configuration file {path} is not UTF-8 text.") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        where = str(error)[str(error).rfind("(at ") :].strip("()") if "(at " in str(error) else "somewhere"
        raise ConfigError(f"The configuration file {path} is not valid TOML {where}.") from error


def known_keys(file: str, name: str, section: object) -> Iterator[tuple[str, object]]:
    """The section's keys and values. Raises ConfigError for a section or a key that there is not."""
    if name not in SECTIONS:
        kind = f"section [{name}]" if isinstance(section, dict) else f"key {name} outside the sections"
        raise ConfigError(f"{file} has an unknown {kind}{guess(name, list(SECTIONS))}.")
    if not isinstance(section, dict):
        raise ConfigError(f"[{name}] in {file} must be a section with keys of its own.")
    for key, value in section.items():
        keys = SECTIONS[name].__struct_fields__
        if key not in keys:
            raise ConfigError(f"{file} has an unknown key [{name}] {key}{guess(key, list(keys))}.")
        yield key, value


def guess(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f" (did you mean {near[0]}?)" if near else ""


def from_environment(environ: Mapping[str, str]) -> Values:
    found: Values = {}
    for name, section in SECTIONS.items():
        for key in section.__struct_fields__:
            variable = f"{name}_{key}".upper()
            if value := from_variable(environ, variable):
                found[name, key] = Found(value.value, f"[{name}] {key} ({value.origin} in the environment)", True)
    if environ.get("PORT") and ("WEB_PORT" not in environ and "WEB_PORT_FILE" not in environ):
        found["web", "port"] = Found(environ["PORT"], "[web] port (PORT in the environment)", True)
    return found


def from_variable(environ: Mapping[str, str], variable: str) -> Found | None:
    """What `WEB_PORT`, or the file that `WEB_PORT_FILE` names, says; None when neither is set."""
    file = environ.get(f"{variable}_FILE")
    if not file:
        return Found(environ[variable], variable) if variable in environ else None
    if environ.get(variable):
        raise ConfigError(f"{variable} and {variable}_FILE are both set in the environment: keep one of them.")
    try:
        return Found(Path(file).read_text(encoding="utf-8").rstrip("\r\n"), f"{variable}_FILE")
    except OSError as error:
        raise ConfigError(f"The file that {variable}_FILE names cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise ConfigError(f"The file that {variable}_FILE names is not UTF-8 text.") from error


def convert(found: Found, hint: Any) -> object:
    """The value as the type that the section wants. Raises ConfigError."""
    kind, meta = get_args(hint)
    checks = meta.extra or {}
    try:
        value = msgspec.convert(plain(found, kind, checks), hint)
        passed = all(check.holds(text) for check, text in checks_of(value, checks))
    except ValueError:  # msgspec's own error is one, and may quote the value
        passed = False
    if not passed:
        raise ConfigError(f"{found.origin} must be {meta.description}.")
    return value


def checks_of(value: Any, checks: Mapping[str, object]) -> Iterator[tuple[Check, Any]]:
    if isinstance(check := checks.get("check"), Check):
        yield check, value
    if isinstance(each := checks.get("check_each"), Check):
        yield from ((each, item) for item in value)


def plain(found: Found, kind: object, checks: Mapping[str, object]) -> object:
    """The value as TOML would have given it: environment variables are text only. Raises ValueError."""
    value = found.value
    if not isinstance(value, str):
        return value
    if get_origin(kind) is Literal:
        return value.lower()
    if checks.get("digits"):
        return whole(value.strip() or "0")
    if kind is str or not (found.is_text or checks.get("may_be_empty")):
        return value
    if get_origin(kind) is tuple:
        return [item.strip() for item in value.split(",") if item.strip()]
    return NUMBERS[kind](value.strip())


def whole(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError(text)
    return int(text)


def perhaps(text: str) -> float | None:
    return float(text) if text else None


def truth(text: str) -> object:
    return TRUTHS.get(text.lower(), text)


NUMBERS: dict[object, Callable[[str], object]] = {bool: truth, int: whole, float: float, float | None: perhaps}
