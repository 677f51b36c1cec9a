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


def name(words: str) -> str:
    return f"**{escape(words if len(words) <= NAME_MAX else f'{words[: NAME_MAX - 1]}…')}**" if words else "somebody"


def quote(words: str, most: int = QUOTE_MAX) -> str:
    """The beginning of what somebody wrote, on one line."""
    line = " ".join(words.split())
    return escape(line if len(line) <= most else f"{line[: most - 1]}…") or "*no words*"


def counted(many: int, what: str) -> str:
    return f"{many:,} {what}{'' if many == 1 else 's'}"


def stamp(moment: datetime, style: str = "f") -> str:
    """A moment as Discord shows it, in everybody's own zone."""
    return f"<t:{int(moment.timestamp())}:{style}>"


def ending(until: datetime | None) -> str:
    return f"until {stamp(until)} ({stamp(until, 'R')})" if until else "until somebody lifts it"


def done(case: Case, moment: datetime) -> str:
    """What became of somebody. A case that is older than this very act says that it was so already."""
    is_new = case.created_at >= moment
    if case.kind in {"unban", "unmute"} and not is_new:
        since = f"it was lifted {stamp(case.created_at)}, case {case.id}"
        return f"{name(case.person_name)} is {DONE[case.kind]}: {since}."
    for_how_long = f" {ending(case.until)}" if case.kind in {"ban", "mute"} else ""
    already = " already" if not is_new else " as before," if case.details.get("undoes") else ""
    return f"{name(case.person_name)} is {DONE[case.kind]}{already}{for_how_long}. Case {case.id}."


def sanction(one: InForce) -> str:
    """Somebody who is kept out, on one line."""
    state = "banned" if one.sanction.kind == "ban" else "muted"
    whom = name(one.name) if one.sanction.person_id else f"{one.networks} networks"
    case = f"case {one.sanction.case_id}" if one.sanction.case_id else one.sanction.origin
    why = f": {quote(one.sanction.reason)}" if one.sanction.reason else ""
    return f"{whom} {state} {ending(one.sanction.until)}, {case}{why}"


def preview(found: Sequence[Message]) -> str:
    """What a purge would remove: how many messages, and the first of them."""
    count = counted(len(found), "message")
    lines = [f"{stamp(one.created_at, 't')} {name(one.author.name)}: {quote(one.content)}" for one in found]
    return fitted([f"This removes {count}, here and in Discord:", *lines], room=ANSWER_MAX // 2)


def desk(counts: Counts, waiting: Sequence[Waiting]) -> str:
    if not waiting:
        return f"Nothing waits for you.{_requests(counts)}"
    kinds = (f"{counts.held} held", counted(counts.comments, "comment"), counted(counts.reports, "report"))
    head = f"{kinds[0]}, {kinds[1]} and {kinds[2]} wait.{_requests(counts)}"
    return fitted([head, *(_waiting(one) for one in waiting)])


def _requests(counts: Counts) -> str:
    """Who asks whom is theirs alone; that somebody asks many is not."""
    if not counts.requests:
        return ""
    wait = f"{counted(counts.requests, 'request')} to chat wait{'s' if counts.requests == 1 else ''} for an answer"
    many = "; ".join(f"{name(who)} asks {people} people" for who, people in counts.askers)
    return f" {wait}{f': {many}' if many else ''}."


def _waiting(one: Waiting) -> str:
    why = f" ({quote(one.why, 60)})" if one.why else ""
    said = f": {quote(one.content)}" if one.content else ""
    return f"{stamp(one.at, 'R')} {one.kind} {one.id}, {name(one.name)}{why}{said}"


def paged(lines: Sequence[tuple[int, str]], most: int, room: int = ANSWER_MAX) -> tuple[str, int | None]:
    """As many of the lines as one answer has room for, and the number of the last where there are more."""
    shown: list[str] = []
    for _, line in lines[:most]:
        if shown and len("\n".join([*shown, line])) > room:
            break
        shown.append(line[:room])
    return "\n".join(shown), lines[len(shown) - 1][0] if len(shown) < len(lines) else None


def fitted(lines: Iterable[str], room: int = ANSWER_MAX) -> str:
    """As many of the lines as one answer has room for, and how many more there are."""
    listed = list(lines)
    for count in range(len(listed), 0, -1):
        rest = len(listed) - count
        text = "\n".join([*listed[:count], *([f"… and {rest} more"] if rest else [])])
        if len(text) <= room:
            return text
    return listed[0][: room - 1] + "…" if listed else ""
