"""What moderators did about whoever is here, as they are told it: on every page where one speaks, and on those that are
open already. Until they say that they have read it (web/cases.py).
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from db import cases, held
from db.cases import Case
from db.people import Person
from db.store import Store

from . import frames
from .hall import Hall

NEWS = {
    "warn": "A moderator warned you",
    "remove": "A moderator removed something you wrote",
    "purge": "A moderator removed several things you wrote",
    "hide_link": "A moderator took a link out of something you wrote",
}
NOT_LET_THROUGH = "A moderator did not let through what you wrote"
LATELY = timedelta(days=1)  # how long a page that is open may not have heard of what was decided


async def of_page(store: Store, person: Person | None) -> dict[str, Any]:
    """What `cases/_notice.html` needs as `record`."""
    if person is None:
        return {"words": [], "upto": None, "has_any": False}
    unseen = (await cases.unseen(store.pool, [person.id])).get(person.id, [])
    has_any = bool(unseen) or await cases.has_any(store.pool, person.id)
    return {"words": [_words(one) for one in unseen], "upto": _upto(unseen), "has_any": has_any}


async def tell(store: Store, halls: Iterable[Hall]) -> bool:
    """Tells everybody who sits there what is news to them. False where somebody had no hello yet, and must be told
    later.
    """
    now, is_whole = datetime.now(UTC), True
    for hall in halls:
        seats = [seat for seat in hall.audience.everybody() if seat.person]
        people = list({seat.person.id for seat in seats if seat.person})
        if not people:
            continue
        unseen = await cases.unseen(store.pool, people)
        refused = await held.refused(store.pool, people, hall.room_id, now - LATELY)
        for seat in seats:
            number = seat.person.id if seat.person else 0
            found = unseen.get(number, [])
            frame = frames.record([_words(one) for one in found], _upto(found) or 0, refused.get(number, []))
            if seat.known is None:
                is_whole = False
            elif frame != seat.told:
                seat.told = frame
                seat.send(frames.encode(frame))
    return is_whole


def _words(case: Case) -> str:
    did = NOT_LET_THROUGH if case.kind == "remove" and "held" in case.details else NEWS[case.kind]
    end = "" if case.reason.endswith((".", "!", "?", "…")) else "."
    return f"{did}: {case.reason}{end}" if case.reason else f"{did}."


def _upto(found: list[Case]) -> int | None:
    return found[-1].id if found else None
