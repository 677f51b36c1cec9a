"""How the one who looks at a profile stands to whose it is, for templates/people/_ask.html. Called by web/people.py."""

from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from db import chats
from db.errors import Refused
from db.people import Person

from . import keys
from .sessions import current_person


async def asking(
    request: web.Request, to: Person, refusal: Refused | None = None, words: str = ""
) -> dict[str, Any] | None:
    """What the template needs as `asked`; None on one's own profile. What was refused stands in its form again."""
    person = await current_person(request)
    if person is None or not person.is_member:
        return {"state": "stranger", "error": ""}
    store = request.app[keys.STORE]
    days = store.config.chat.request_days
    standing = await chats.standing(store.pool, person.id, to.id, datetime.now(UTC), days)
    if standing.state == "self":
        return None
    return {
        "state": standing.state,
        "room": standing.room_id,
        "request": standing.request_id,
        "to": to.username,
        "error": refusal.sentence if refusal else "",
        "words": words,
    }
