"""What the owner is told of the sources of live cards. Rules; times are Discord's own, shown in everybody's zone."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from cogs.integrations import _schedule as schedule
from db.cards import State
from db.config import Source
from db.errors import NotFound
from db.markup import escape

REASON_MAX = 150  # characters of a reason in a list, of which seven fit into a message
IN_PART = "a part of it did not come"


def choices(sources: Mapping[str, Source], typed: str) -> dict[str, str]:
    """The cards that may be meant so far: what they are called, by their names."""
    labels = {name: label(name, settings) for name, settings in sources.items()}
    return {name: words for name, words in labels.items() if _letters(typed) in _letters(words)}


def label(name: str, settings: Source) -> str:
    """`GitHub`, and `Discord (lanyard)` where the section is called otherwise."""
    return settings.title if _letters(settings.title) == name else f"{settings.title} ({name})"


def named(sources: Mapping[str, Source], typed: str) -> str:
    """The card that is meant, by its name or as people call it. Raises NotFound, with those there are."""
    for name, settings in sources.items():
        if _letters(typed) in {name, _letters(settings.title), _letters(label(name, settings))}:
            return name
    there = ", ".join(label(name, settings) for name, settings in sources.items())
    raise NotFound(f"There is no card of that name. There are: {there}.")


def _letters(words: str) -> str:
    return re.sub(r"[^a-z0-9_]", "", words.lower())


def line_of(
    name: str, settings: Source, state: State | None, now: datetime, *, is_watched: bool, is_drawn: bool = True
) -> str:
    """How it is with one source: state, age, last error, next question, and whether its card can be drawn."""
    line = _line(name, settings, state, now, is_watched=is_watched)
    return line if is_drawn else f"{line} · cannot be drawn: see the log, and its partial in templates/cards"


def _line(name: str, settings: Source, state: State | None, now: datetime, *, is_watched: bool) -> str:
    if settings.off and not (state and state.is_fed):
        return f"**{name}** is off. {settings.off}"
    if state is None:
        return f"**{name}** was not asked yet."
    return " · ".join(part for part in _parts(name, settings, state, now, is_watched) if part)


def _parts(name: str, settings: Source, state: State, now: datetime, is_watched: bool) -> list[str]:
    told = f"as of {ago(state.fetched_at)}" if state.fetched_at else "no answer yet"
    if state.is_paused:
        return [f"**{name}** is paused", told, _trouble(state)]
    if state.is_fed and state.next_at > now:
        return [f"**{name}** comes from Discord by itself", told]
    wait = schedule.wait(state, settings, now, is_watched=is_watched)
    coming = f"next {ago(now + timedelta(seconds=wait))}" if wait > 0 else "next now"
    return [f"**{name}** {'has no answer' if state.failures else 'is on'}", told, _trouble(state), coming]


def _trouble(state: State) -> str:
    if not state.last_error:
        return ""
    reason = state.last_error if len(state.last_error) <= REASON_MAX else f"{state.last_error[:REASON_MAX]}…"
    since = f"failing since {ago(state.failing_since)}" if state.failing_since else IN_PART
    return f"{since}: {escape(reason)}"


def came_of_it(before: State | None, after: State, asked_at: datetime) -> str:
    """What came of a question that the owner asked for."""
    name = after.name
    if after.is_wanted:
        return f"The {name} card is being asked for; `/card list` will tell what came of it."
    if after.failing_since:
        return f"The {name} card has no answer: {escape(after.last_error)}"
    if after.fetched_at is None or after.fetched_at < asked_at:
        return f"The source of the {name} card needs a while yet, and is asked again {ago(after.next_at)}."
    if after.last_error:
        return f"The {name} card is fresh, but {IN_PART}: {escape(after.last_error)}"
    if before is None or before.version != after.version:
        return f"The {name} card is fresh, and shows something new."
    return f"The {name} card is fresh, and shows what it showed before."


def ago(moment: datetime) -> str:
    return f"<t:{int(moment.timestamp())}:R>"
