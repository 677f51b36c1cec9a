"""What each kind of rule asks, made ready once: a function that says by which rule it has something against, or not."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from db.errors import Refused
from db.filters._letters import MARKS_MAX, Phrase, Reading, count_hidden, is_turned, most_marks
from db.filters._links import hosts, is_allowed, listed
from db.filters._patterns import Pattern
from db.filters._shape import Filter

MENTION = re.compile(r"<@[!&]?\d{1,20}>|(?<![\w@])@\w+")
HIDDEN_MAX = 3  # characters that nobody sees; one or two come along when something is pasted
CAPITALS_FROM = 20  # letters; who shouts one word only shouts
WORDS_MAX = 100
NUMBERS = {"mentions": (0, 100), "repeats": (2, 100), "caps": (1, 99)}


@dataclass(frozen=True, slots=True)
class Asked:
    """What was said; how often the same words came lately, this time included; whose name the author's looks like."""

    reading: Reading
    times: int = 1
    namesake: str = ""


Ask = Callable[[Asked], str]  # returns the rule in words, or an empty text


@dataclass(frozen=True, slots=True)
class Rule:
    filter: Filter
    ask: Ask


def made_ready(one: Filter, own_host: str = "") -> Rule:
    """Raises Refused (`bad_parameter`). Links to `own_host` are always allowed."""
    if one.kind == "links":
        return Rule(one, _links(one.pattern, own_host))
    return Rule(one, MAKERS[one.kind](one.pattern))


def fitting(kind: str, pattern: str) -> str:
    """The pattern as it is kept for this kind. Raises Refused (`bad_parameter`)."""
    pattern = pattern.strip()
    if kind in NUMBERS:
        return _number(kind, pattern)
    if kind in {"zalgo", "names"}:
        return ""
    if kind == "links":
        named = listed(pattern)
        if named is None:
            raise Refused("Please list the hosts that are allowed, such as `example.org youtube.com`.", "bad_parameter")
        return " ".join(named)
    if not pattern or (kind == "words" and len(pattern) > WORDS_MAX):
        raise Refused(f"Please say what to look for, in at most {WORDS_MAX} characters.", "bad_parameter")
    return " ".join(pattern.casefold().split()) if kind == "words" else pattern


def _number(kind: str, pattern: str) -> str:
    least, most = NUMBERS[kind]
    digits = pattern.removesuffix("%").strip()
    if not (digits.isascii() and digits.isdigit() and least <= int(digits[:6]) <= most):
        raise Refused(f"For {kind} the pattern is a number from {least} to {most}.", "bad_parameter")
    return str(int(digits))


def _words(pattern: str) -> Ask:
    phrase = Phrase(pattern)
    return lambda asked: f'the word "{pattern}"' if phrase.is_in(asked.reading) else ""


def _pattern(pattern: str) -> Ask:
    compiled = Pattern(pattern)
    return lambda asked: f'the pattern "{pattern}"' if compiled.is_in(asked.reading.visible) else ""


def _links(pattern: str, own_host: str) -> Ask:
    allowed = {*(listed(pattern) or ()), *([own_host] if own_host else [])}

    def ask(asked: Asked) -> str:
        found = (host for host in hosts(asked.reading.visible) if not is_allowed(host, allowed))
        return "links by somebody new" if next(found, None) is not None else ""

    return ask


def _mentions(pattern: str) -> Ask:
    most = int(pattern)

    def ask(asked: Asked) -> str:
        named = {one.casefold() for one in MENTION.findall(asked.reading.visible)}
        return f"more than {most} mentions" if len(named) > most else ""

    return ask


def _repeats(pattern: str) -> Ask:
    often = int(pattern)
    return lambda asked: f"the same words {often} times" if asked.times >= often else ""


def _caps(pattern: str) -> Ask:
    share = int(pattern)

    def ask(asked: Asked) -> str:
        capitals = sum(map(str.isupper, asked.reading.content))
        letters = capitals + sum(map(str.islower, asked.reading.content))
        is_flood = letters >= CAPITALS_FROM and capitals * 100 > letters * share
        return f"more than {share} % capitals" if is_flood else ""

    return ask


def _zalgo(_: str) -> Ask:
    def ask(asked: Asked) -> str:
        content = asked.reading.content
        if most_marks(content) > MARKS_MAX:
            return "stacked characters"
        return "characters that nobody sees" if count_hidden(content) > HIDDEN_MAX or is_turned(content) else ""

    return ask


def _names(_: str) -> Ask:
    return lambda asked: f'a name that looks like "{asked.namesake}"' if asked.namesake else ""


MAKERS: dict[str, Callable[[str], Ask]] = {
    "words": _words,
    "pattern": _pattern,
    "mentions": _mentions,
    "repeats": _repeats,
    "caps": _caps,
    "zalgo": _zalgo,
    "names": _names,
}
