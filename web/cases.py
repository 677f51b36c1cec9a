"""One's own record: /cases. What was done about whoever asks, why, and how to appeal. For visitors as well."""

from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from db import cases
from db.cases import Case

from . import barred, keys, pages
from .hall import whole_number
from .sessions import caller, current_person

WORDS = {
    "ban": "You were banned",
    "unban": "Your ban was lifted",
    "mute": "You were muted",
    "unmute": "You may write again",
    "warn": "You were warned",
    "remove": "Something you wrote was removed",
    "refused": "What had to wait was not let through",
    "purge": "Several things you wrote were removed",
    "hide_link": "A link was taken out of something you wrote",
    "hold": "Something you wrote had to wait for a moderator",
    "release": "What had to wait was let through",
    "filtered": "A rule of the house matched what you wrote",
}
KIND = {"unban", "unmute", "release"}  # nobody asks why


async def show(request: web.Request) -> web.Response:
    """GET /cases"""
    who, store = await caller(request), request.app[keys.STORE]
    own = await cases.own(store.pool, who.person.id) if who.person else []
    unseen = await cases.unseen(store.pool, [who.person.id]) if who.person else {}
    latest = max((one.id for found in unseen.values() for one in found), default=None)
    context = {
        "upto": latest,
        "barred": barred.refusal(store, who),
        "appeal": store.config.mod.appeal,
        "cases": [_told(one, datetime.now(UTC)) for one in own],
    }
    return await pages.render(request, "cases/show.html", context)


async def read(request: web.Request) -> web.Response:
    """POST /cases/read: they have read what is on record about them, to the case `upto`; back to where they were."""
    form, you = await request.post(), await current_person(request)
    upto = whole_number(str(form.get("upto", "")))
    if you and upto is not None:
        await cases.see(request.app[keys.STORE], you.id, upto, datetime.now(UTC))
    raise web.HTTPSeeOther(pages.local_path(str(form.get("next", "/cases"))))


def _told(one: Case, now: datetime) -> dict[str, Any]:
    """Without the name of who did it: it is the house that one appeals to."""
    kind = "refused" if one.kind == "remove" and "held" in one.details else one.kind
    return {
        "id": one.id,
        "what": WORDS.get(kind, "A moderator did something about you"),
        "at": one.created_at,
        "reason": one.reason,
        "rule": one.rule,
        "wants_reason": not one.rule and one.kind not in KIND,
        "until": one.until,
        "is_over": one.until is not None and one.until <= now,
    }
