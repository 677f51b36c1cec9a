"""What is known of somebody, as /mod who and the menu 'Who is this?' tell it to a moderator."""

from cogs._case_words import counted, ending, fitted, name, stamp
from cogs._record_words import line
from db.errors import NotFound
from db.markup import escape
from db.people import Person
from db.sightings import History, Seen

NAMES_SHOWN = NETWORKS_SHOWN = PEOPLE_SHOWN = 10
GONE = "Nobody is known under this number any more."


def history(known: History | None) -> str:
    """All of it in one answer, what matters most first. Raises NotFound for nobody."""
    if known is None:
        raise NotFound(GONE)
    person = known.person
    times = counted(known.reports_about, "time"), counted(known.reports_by, "time")
    facts = [
        f"{name(person.name)}, {_rank(person)}: `person:{person.id}`",
        _sanction(known),
        _accounts(known),
        f"First seen {stamp(known.first_at)}, last {stamp(known.last_at, 'R')}",
        f"{counted(known.messages, 'message')}, {counted(known.comments, 'comment')}",
        f"Reported {times[0]}, has reported {times[1]}",
        _list("Names", [escape(one) for one in known.names], NAMES_SHOWN),
        _list("Networks", [f"`{one}`" for one in known.networks], NETWORKS_SHOWN),
        _list("From the same networks", [_seen(one) for one in known.same_network], PEOPLE_SHOWN),
        counted(known.cases_count, "case") + (":" if known.cases else ""),
    ]
    return fitted([*(one for one in facts if one), *map(line, known.cases)])


def _rank(person: Person) -> str:
    if person.owner:
        return "the owner"
    if person.role != "visitor":
        return f"of the role {person.role}"
    return "a visitor" if person.discord_id is None else "known from Discord"


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
