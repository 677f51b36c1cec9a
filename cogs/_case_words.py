"""How cases, people and what waits for a moderator are written in Discord. Nothing that somebody wrote is read as
markup, and no answer is longer than Discord takes.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from db.cases import Case
from db.desk import Counts, Waiting
from db.markup import escape
from db.messages import Message
from db.sanctions import InForce

ANSWER_MAX = 2000  # Discord's own limit
QUOTE_MAX = 90  # characters of a message in a list
NAME_MAX = 40
DONE = {
    "ban": "banned",
    "unban": "not banned any more",
    "mute": "muted",
    "unmute": "not muted any more",
    "warn": "warned",
}
KINDS = {"hide_link": "hide link", "filtered": "filter matched"}


def name(words: str) -> str:
    return f"**{escape(words if len(words) <= NAME_MAX else f'{words[: NAME_MAX - 1]}…')}**" if words else "somebody"


def quote(words: str, most: int = QUOTE_MAX) -> str:
    """The beginning of what somebody wrote, on one line."""
    line = " ".join(words.split())
    return escape(line if len(line) <= most else f"{line[: most - 1]}…") or "*no words*"


def stamp(moment: datetime, style: str = "f") -> str:
    """A moment as Discord shows it, in everybody's own zone."""
    return f"<t:{int(moment.timestamp())}:{style}>"


def ending(until: datetime | None) -> str:
    return f"until {stamp(until)} ({stamp(until, 'R')})" if until else "until somebody lifts it"


def done(case: Case, moment: datetime) -> str:
    """What became of somebody. A case that is older than this very act says that it was so already."""
    is_new = case.created_at >= moment
    for_how_long = f" {ending(case.until)}" if case.kind in {"ban", "mute"} else ""
    already = "" if is_new else " already"
    return f"{name(case.person_name)} is {DONE[case.kind]}{already}{for_how_long}. Case {case.id}."


def line(case: Case) -> str:
    """A case on one line."""
    by = escape(case.by_name) if case.by_name else "the house"
    whom = f" {name(case.person_name)}" if case.person_name else ""
    until = f" until {stamp(case.until)}" if case.until else ""
    why = case.reason or case.rule
    reason = f": {quote(why)}" if why else ""
    return f"`{case.id}` {_kind(case)}{whom}{until} by {by}, {stamp(case.created_at, 'd')}{reason}"


def whole(case: Case) -> str:
    """A case with all that is on record of it."""
    facts = [
        f"**Case {case.id}**: {_kind(case)}{f' {name(case.person_name)}' if case.person_name else ''}",
        f"By {escape(case.by_name) or 'the house'} ({case.door}), {stamp(case.created_at)}",
        f"Until {stamp(case.until)}" if case.until else "",
        f"Rule: {escape(case.rule)}" if case.rule else "",
        f"Reason: {escape(case.reason)}" if case.reason else "",
        *(f"{escape(str(key))}: {quote(str(value))}" for key, value in case.details.items()),
        "Not shown to whom it is about." if case.hidden else "",
    ]
    words = [f"> {name(str(one.get('name', '')))}: {quote(str(one.get('content', '')))}" for one in case.evidence or ()]
    return fitted([*(one for one in facts if one), *words])


def _kind(case: Case) -> str:
    return KINDS.get(case.kind, case.kind)


def sanction(one: InForce) -> str:
    """Somebody who is kept out, on one line."""
    state = "banned" if one.sanction.kind == "ban" else "muted"
    whom = name(one.name) if one.sanction.person_id else f"{one.networks} networks"
    case = f"case {one.sanction.case_id}" if one.sanction.case_id else one.sanction.origin
    why = f": {quote(one.sanction.reason)}" if one.sanction.reason else ""
    return f"{whom} {state} {ending(one.sanction.until)}, {case}{why}"


def preview(found: Sequence[Message]) -> str:
    """What a purge would remove: how many messages, and the first of them."""
    count = "1 message" if len(found) == 1 else f"{len(found)} messages"
    lines = [f"{stamp(one.created_at, 't')} {name(one.author.name)}: {quote(one.content)}" for one in found]
    return fitted([f"This removes {count}, here and in Discord:", *lines], room=ANSWER_MAX // 2)


def desk(counts: Counts, waiting: Sequence[Waiting]) -> str:
    if not waiting:
        return f"Nothing waits for you.{_requests(counts)}"
    head = f"{counts.held} held, {counts.comments} comments and {counts.reports} reports wait.{_requests(counts)}"
    return fitted([head, *(_waiting(one) for one in waiting)])


def _requests(counts: Counts) -> str:
    return f" {counts.requests} requests to chat wait for those who were asked." if counts.requests else ""


def _waiting(one: Waiting) -> str:
    why = f" ({quote(one.why, 60)})" if one.why else ""
    said = f": {quote(one.content)}" if one.content else ""
    return f"{stamp(one.at, 'R')} {one.kind} {one.id}, {name(one.name)}{why}{said}"


def fitted(lines: Iterable[str], room: int = ANSWER_MAX) -> str:
    """As many of the lines as one answer has room for, and how many more there are."""
    listed = list(lines)
    for count in range(len(listed), 0, -1):
        rest = len(listed) - count
        text = "\n".join([*listed[:count], *([f"… and {rest} more"] if rest else [])])
        if len(text) <= room:
            return text
    return listed[0][: room - 1] + "…" if listed else ""
