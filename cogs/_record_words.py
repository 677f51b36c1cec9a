"""How the record reads to a moderator who asks for it: a case on one line, and a case with all that is kept of it."""

from collections.abc import Iterator

from cogs._case_words import counted, fitted, name, quote, stamp
from cogs._channel_words import HOUSE, did
from db.cases import After, Case
from db.markup import escape

LISTED = 20  # numbers of messages
ORIGINS = {"discord": "It was decided in Discord.", "rule": "A rule decided it."}


def line(case: Case) -> str:
    """A case on one line."""
    until = f" until {stamp(case.until)}" if case.until else ""
    why = case.reason or case.rule
    reason = f": {quote(why)}" if why else ""
    return f"`{case.id}` {did(case, _who(case))}{until}, {stamp(case.created_at, 'd')}{reason}"


def whole(case: Case, after: After | None = None, link: str = "") -> str:
    """A case with all that is on record of it. `link` leads to what it is about."""
    facts = [
        f"**Case {case.id}**: {did(case, _who(case))}, {stamp(case.created_at)} ({case.door})",
        f"Until {stamp(case.until)}" if case.until else "",
        _became(after) if after else "",
        f"Rule: {escape(case.rule)}" if case.rule else "",
        f"Reason: {escape(case.reason)}" if case.reason else "",
        *_details(case),
        "Not shown to whom it is about." if case.hidden else "",
        f"<{link}>" if link else "",
    ]
    words = [f"> {name(str(one.get('name', '')))}: {quote(str(one.get('content', '')))}" for one in case.evidence or ()]
    return fitted([*(one for one in facts if one), *words])


def _who(case: Case) -> str:
    return name(case.person_name) if case.person_name else ""


def _became(after: After) -> str:
    by, when = escape(after.by_name) or HOUSE, stamp(after.at) if after.at else ""
    return {
        "in force": "It is in force.",
        "over": f"It was over {when}.",
        "lifted": f"{by} lifted it {when}, case {after.case_id}.",
        "replaced": f"Case {after.case_id} took its place {when}.",
    }[after.state]


def _details(case: Case) -> Iterator[str]:
    """What the sentence about it does not say yet."""
    told = case.details
    if ids := told.get("messages"):
        more = f" and {len(ids) - LISTED:,} more" if len(ids) > LISTED else ""
        yield f"{'Message' if len(ids) == 1 else 'Messages'} {', '.join(str(one) for one in ids[:LISTED])}{more}"
    if case.kind == "purge" and told.get("held"):
        yield f"With {counted(int(told['held']), 'message')} that waited"
    if told.get("with"):
        yield f"Together with case {told['with']}"
    if told.get("origin") in ORIGINS:
        yield ORIGINS[told["origin"]]
    if told.get("refused"):
        yield escape(str(told["refused"]))
