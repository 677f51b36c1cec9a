"""What the moderators' channel shows of what waits for them: a report with what was said around it, a held message, a
raid, a fault. Nothing that somebody wrote is read as markup, and nobody is mentioned.
"""

from datetime import datetime
from typing import Any

from cogs._case_words import stamp
from cogs._channel_words import footer_of
from db.config import Config
from db.faults import Fault
from db.held import Waiting
from db.markup import escape
from db.raids import Raid
from db.reports import Report

# Characters of what was chosen, of it with what stands around it, of a piece of that, of a field. Of an embed Discord
# takes 6,000: there have to fit as well two reasons, two names and the title.
WORDS_MAX, ALL_MAX, AROUND_MAX, FIELD_MAX = 3000, 3300, 160, 1000
TITLES = {
    "message": "A message of {who} is reported",
    "comment": "A comment of {who} is reported",
    "profile": "The profile of {who} is reported",
    "chat": "What {who} wrote in a chat is reported",
}
AMBER, GREEN, RED, GREY = 0xF2B84B, 0x1F6B3A, 0xA3203A, 0x8D8196
Json = dict[str, Any]


def made(kind: str, subject_id: int, title: str, words: str, colour: int, fields: list[tuple[str, str]]) -> Json:
    return {
        "title": title[:256],
        "description": words[:ALL_MAX],
        "color": colour,
        "fields": [
            {"name": name, "value": value[:FIELD_MAX], "inline": len(value) < 40} for name, value in fields if value
        ],
        "footer": {"text": footer_of(kind, subject_id)},
    }


# Reports


def report(config: Config, one: Report) -> Json:
    lines = [(bool(said.get("chosen", True)), _line(one, said)) for said in one.messages]
    while sum(len(words) + 1 for _, words in lines) > ALL_MAX and len(lines) > 1:  # what stands around it goes first
        around = [place for place, (is_chosen, _) in enumerate(lines) if not is_chosen]
        lines.pop(around[-1] if around else -1)
    words = "\n".join(words for _, words in lines) or "*nothing*"
    facts = [("Reported by", escape(one.reporter)), ("Reason", escape(one.reason)), *_others(one)]
    if one.gone and one.state == "open":
        facts.append(("Meanwhile", "It is not there any more."))
    facts.append(("State", report_state(one)))
    colour = AMBER if one.state == "open" else GREY if one.state == "dismissed" else RED
    title = TITLES[one.kind].format(who=one.reported)
    embed = made("report", one.id, title, words, colour, facts)
    url = _address(config, one)
    return embed | ({"url": url} if url else {}) | {"timestamp": one.created_at.isoformat()}


def report_state(one: Report) -> str:
    if one.decided_at is None:
        return "waiting for you"
    return f"{one.state} by {escape(one.decided_name) or 'the house'}, {stamp(one.decided_at)}"


def _line(one: Report, said: Json) -> str:
    """What was chosen in full, what stands around it shortly and quoted."""
    who = one.who_said(said)
    words = str(said.get("content", ""))
    pictures = said.get("pictures")
    more = f" ({pictures} picture{'s' if pictures != 1 else ''})" if isinstance(pictures, int) and pictures else ""
    if said.get("chosen", True):
        return f"**{escape(who)}**{_at(said.get('at'))}: {escape(words)[:WORDS_MAX]}{more}"
    short = words if len(words) <= AROUND_MAX else f"{words[:AROUND_MAX]}…"
    return f"> {escape(who)}{_at(said.get('at'))}: {escape(' '.join(short.split()))}{more}"


def _at(at: object) -> str:
    try:
        return f" <t:{int(datetime.fromisoformat(str(at)).timestamp())}:t>"
    except ValueError:
        return ""


def _others(one: Report) -> list[tuple[str, str]]:
    if not one.others:
        return []
    told = [f"{escape(name)}: {escape(reason)[:200]}" if reason else escape(name) for name, reason in one.others]
    return [(f"And by {len(told)} other{'s' if len(told) > 1 else ''}", "\n".join(told))]


def _address(config: Config, one: Report) -> str:
    if one.kind == "message":
        return f"{config.public_url}/hangout/messages/{one.subject_id}"
    if one.kind == "comment" and one.post_slug:
        return f"{config.public_url}/blog/{one.post_slug}?comment={one.subject_id}#comment-{one.subject_id}"
    if one.kind == "profile" and one.reported_username:
        return f"{config.public_url}/people/{one.reported_username}"
    return ""


# What else waits


def held(config: Config, one: Waiting) -> Json:
    """Its words are here for as long as it waits; afterwards they stand in the room, or only on record."""
    pictures = f"{len(one.media)} picture{'s' if len(one.media) > 1 else ''}" if one.media else ""
    facts = [("It waits because", escape(one.rule)), ("Pictures", pictures), ("State", _held_state(one))]
    gone = "*It is in the room.*" if one.state == "approved" else "*Its words are on record.*"
    words = (escape(one.content)[:WORDS_MAX] or "*no words*") if one.state == "waiting" else gone
    colour = {"waiting": AMBER, "approved": GREEN}.get(one.state, GREY)
    embed = made("held", one.id, f"A message of {one.author_name} waits", words, colour, facts)
    if one.state == "approved" and one.message_id and one.room_kind == "public":
        embed["url"] = f"{config.public_url}/hangout/messages/{one.message_id}"
    return embed | {"timestamp": one.created_at.isoformat()}


def held_no_more(held_id: int) -> Json:
    """Whoever wrote it has deleted their account, and it went with that."""
    return made("held", held_id, "A message waits no longer", "*Whoever wrote it is not here any more.*", GREY, [])


def _held_state(one: Waiting) -> str:
    if one.decided_at is None:
        return "waiting for you"
    done = "let through" if one.state == "approved" else one.state
    return f"{done} by {escape(one.decided_name or '') or 'the house'}, {stamp(one.decided_at)}"


def raid(one: Raid) -> Json:
    """What goes on, in numbers, and when it ended."""
    words = "Many new names came in a short time. What they write waits, and is shown here one by one once it is over."
    if one.ended_at:
        by = f" by {escape(one.ended_by_name)}" if one.ended_by_name else " by itself"
        words = f"It is over: ended{by}, {stamp(one.ended_at)}."
    facts = [
        ("New names", f"{one.people:,}"),
        ("Banned", f"{one.banned:,}"),
        ("Held", f"{one.held:,}"),
        ("Standing", f"{one.messages:,}"),
        ("Cleaned", stamp(one.cleaned_at) if one.cleaned_at else ""),
        ("Case", str(one.case_id) if one.case_id else ""),
    ]
    title = "The house is being raided" if one.ended_at is None else "The house was raided"
    embed = made("raid", one.id, title, words, RED if one.ended_at is None else GREY, facts)
    return embed | {"timestamp": one.started_at.isoformat()}


def fault(one: Fault) -> Json:
    times = "once" if one.count == 1 else f"{one.count:,} times, last {stamp(one.last_at)}"
    facts = [("How often", times), ("The log knows more under", f"`{one.reference}`")]
    words = f"{escape(one.kind)}\n{escape(one.sentence)}".strip()
    embed = made("fault", one.id, "Something went wrong that nobody foresaw", words, RED, facts)
    return embed | {"timestamp": one.first_at.isoformat()}
