"""What is known of somebody, as /mod who and the menu 'Who is this?' tell it to a moderator."""

from cogs._case_words import ending, fitted, line, name, stamp
from db.errors import NotFound
from db.markup import escape
from db.sightings import History, Seen

NAMES_SHOWN = NETWORKS_SHOWN = PEOPLE_SHOWN = 10
GONE = "Nobody is known under this number any more."


def history(known: History | None) -> str:
    """All of it in one answer, what matters most first. Raises NotFound for nobody."""
    if known is None:
        raise NotFound(GONE)
    person = known.person
    rank = "the owner" if person.owner else "a visitor" if person.role == "visitor" else f"of the role {person.role}"
    facts = [
        f"{name(person.name)}, {rank}: `person:{person.id}`",
        _sanction(known),
        _accounts(known),
        f"First seen {stamp(known.first_at)}, last {stamp(known.last_at, 'R')}",
        f"{known.messages} messages, {known.comments} comments",
        f"Reported {known.reports_about} times, has reported {known.reports_by} times",
        _list("Names", [escape(one) for one in known.names], NAMES_SHOWN),
        _list("Networks", [f"`{one}`" for one in known.networks], NETWORKS_SHOWN),
        _list("From the same networks", [_seen(one) for one in known.same_network], PEOPLE_SHOWN),
        f"{known.cases_count} cases" + (":" if known.cases else ""),
    ]
    return fitted([*(one for one in facts if one), *map(line, known.cases)])


def _sanction(known: History) -> str:
    if known.sanction is None:
        return ""
    state = "Banned" if known.sanction.kind == "ban" else "Muted"
    why = f": {escape(known.sanction.reason)}" if known.sanction.reason else ""
    return f"{state} {ending(known.sanction.until)}{why}"


def _accounts(known: History) -> str:
    ways = [f"account `{known.username}`"] if known.username else []
    ways += [f"<@{known.discord_id}> in Discord"] if known.discord_id else []
    return f"Is {' and '.join(ways)}" if ways else "Has no account and is not in Discord"


def _seen(one: Seen) -> str:
    return f"{escape(one.name)} (`person:{one.person_id}`)"


def _list(title: str, listed: list[str], most: int) -> str:
    if not listed:
        return ""
    more = f" and {len(listed) - most} more" if len(listed) > most else ""
    return f"{title}: {', '.join(listed[:most])}{more}"
