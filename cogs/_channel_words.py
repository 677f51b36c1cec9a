"""How the record reads in the moderators' channel: one plain line a case. Nothing that somebody wrote is read as
markup, and nobody is mentioned.
"""

from collections.abc import Callable, Mapping
from typing import Any

from cogs._case_words import stamp
from db.cases import IN_DISCORD, Case
from db.markup import escape

HOUSE, MODERATOR = "The house", "A moderator"
SOMEBODY, SEVERAL = "somebody", "several people"
QUOTE_MAX = 120  # characters
NO_UNFURLING = 4  # a message's flag: what stands in a reason is no link to be shown


def _count(details: Mapping[str, Any]) -> str:
    count = details.get("count", 0)
    return "1 message" if count == 1 else f"{count} messages"


def _on(details: Mapping[str, Any]) -> bool:
    return bool(details.get("on", True))


def _filter(details: Mapping[str, Any]) -> str:
    done = {"add": "added", "remove": "removed"}.get(str(details.get("change")), "changed")
    named = f"{details.get('kind', '')} {details.get('pattern', '')}".strip()
    minutes = f" for {details['minutes']} min" if details.get("minutes") else ""
    instead = f", instead of {escape(str(details['instead_of']))}" if details.get("instead_of") else ""
    return f"{done} the filter {escape(named)} ({details.get('action', 'notify')}{minutes}{instead})"


def _role(details: Mapping[str, Any]) -> str:
    name = escape(str(details.get("name", "")))
    return f"made {name} a role of moderators" if _on(details) else f"took {name} from the roles of moderators"


def _setting(details: Mapping[str, Any]) -> str:
    """The small facts, for what says nothing else of them."""
    told = (f"{key} {escape(str(value))[:200]}" for key, value in details.items() if not isinstance(value, list | dict))
    return f"changed a setting: {', '.join(told)}"


def _banned(details: Mapping[str, Any]) -> str:
    return "brought back the ban of {who}" if details.get("undoes") else f"banned {{who}}{_and_more(details)}"


def _muted(details: Mapping[str, Any]) -> str:
    return "brought back the mute of {who}" if details.get("undoes") else f"muted {{who}}{_and_more(details)}"


def _and_more(details: Mapping[str, Any]) -> str:
    """Of many at once there is one line."""
    more = int(details.get("together") or 1) - 1
    return f" and {more} more" if more > 0 else ""


# What was done, by kind; `{who}` is whom it was about.
VERBS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "ban": _banned,
    "unban": lambda _: "lifted the ban of {who}",
    "mute": _muted,
    "unmute": lambda _: "lifted the mute of {who}",
    "warn": lambda _: "warned {who}",
    "note": lambda _: "noted about {who}",
    "remove": lambda _: "removed what {who} wrote",
    "purge": lambda details: f"removed {_count(details)} of {{who}}",
    "hide_link": lambda _: "hid the links of {who}",
    "lock": lambda _: "locked the room",
    "unlock": lambda _: "opened the room again",
    "slowmode": lambda details: f"set slow mode to {int(details.get('seconds') or 0)} s",
    "hold": lambda _: "held a message of {who}",
    "release": lambda _: "let a message of {who} through",
    "filtered": lambda details: f"{'noticed' if details.get('action') == 'notify' else 'refused'} what {{who}} wrote",
    "dismiss": lambda _: "dismissed a report about {who}",
    "filter": _filter,
    "raid": lambda details: "ended a raid" if details.get("ended") else "noted a raid",
    "panic": lambda details: "switched panic on" if _on(details) else "ended the panic",
    "role": _role,
    "setting": _setting,
    "maintenance": lambda details: "began maintenance" if _on(details) else "ended maintenance",
}


def case_mark(number: int) -> str:
    """How the line of this case begins; no other does."""
    return f"#{number} "


def case_line(case: Case, link: str = "") -> str:
    """`#41 Ava banned Zed until ...: for the links (links)`. `link`: to what it is about."""
    until = f" until {stamp(case.until)}" if case.until else ""
    reason = f": {escape(case.reason)}" if case.reason else ""
    rule = f" ({escape(case.rule)})" if case.rule else ""
    there = f" <{link}>" if link else ""
    refused = f". {escape(str(case.details['refused']))}" if "refused" in case.details else ""
    who = escape(case.person_name)
    return f"{case_mark(case.id)}{did(case, who)}{until}{reason}{rule}{_quoted(case)}{refused}{there}"[:2000]


def did(case: Case, who: str) -> str:
    """`Ava banned Zed`; `who` is how the latter is called."""
    tell = VERBS.get(case.kind)
    verb = tell(case.details) if tell else f"{case.kind} {{who}}"
    nobody = SEVERAL if case.kind == "purge" else SOMEBODY
    by = escape(case.by_name) or (MODERATOR if case.rule == IN_DISCORD else HOUSE)
    return f"{by} {verb.replace('{who}', who or nobody)}"


def _quoted(case: Case) -> str:
    """The beginning of what it is about, for as long as that is on record. What was reported stands in the report."""
    if not case.evidence or case.subject.report_id or not case.subject.person_id:
        return ""
    return excerpt(str(case.evidence[0].get("content", "")))


def excerpt(words: str) -> str:
    line = " ".join(words.split())
    return f" “{escape(line[:QUOTE_MAX])}{'…' if len(line) > QUOTE_MAX else ''}”" if line else ""


def footer_of(kind: str, subject_id: int) -> str:
    """By which a message is found again; no other ends so."""
    return f"{kind.title()} {subject_id}"
