"""Reporting: /report/{kind}/{id}, a form by which anybody shows the moderators what they read. No script is needed.

From a chat one reports on the chat's own page (web/chats.py), where one chooses what is shown of it.
"""

from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from db import people, reports
from db.errors import NotFound, Refused
from db.reports import Found

from . import keys, pages
from .errors import wants_json
from .hall import whole_number
from .sessions import caller, current_person

OWN = "That is your own. You can change or delete it yourself."


async def show(request: web.Request) -> web.Response:
    """GET /report/{kind}/{id}: what is reported, and a field for why. `id` is a message's, for a profile a person's."""
    return await _page(request, await _asked_for(request))


async def add(request: web.Request) -> web.Response:
    """POST /report/{kind}/{id}: `reason`, or none."""
    store, found = request.app[keys.STORE], await _asked_for(request)
    reason, who = str((await request.post()).get("reason", "")), await caller(request)
    try:
        number = await reports.report(store, who, found.kind, found.subject_id or 0, reason, datetime.now(UTC))
    except Refused as refusal:
        if wants_json(request) or isinstance(refusal, NotFound):
            raise
        return await _page(request, found, refusal, reason)
    if wants_json(request):
        return web.json_response({"id": str(number)}, status=201)
    raise web.HTTPSeeOther(pages.url_for(request.app, "reports.thanks", {}))


async def thanks(request: web.Request) -> web.Response:
    """GET /report/thanks"""
    return await pages.render(request, "reports/thanks.html", {})


async def _asked_for(request: web.Request) -> Found:
    you, number = await current_person(request), whole_number(request.match_info["id"])
    if number is None:
        raise NotFound
    pool = request.app[keys.STORE].pool
    return await reports.find(pool, request.match_info["kind"], number, datetime.now(UTC), you.id if you else None)


async def _page(request: web.Request, found: Found, refusal: Refused | None = None, reason: str = "") -> web.Response:
    pool, you = request.app[keys.STORE].pool, await current_person(request)
    person = await people.get(pool, found.reported_id)
    is_own = you is not None and you.id == found.reported_id
    context = {
        "what": found.kind,
        "name": person.name if person else "somebody",
        "said": [one for one in found.said if one["chosen"]],
        "here": await _way_back(request, found),
        "form": pages.url_for(request.app, "reports.add", dict(request.match_info)),
        "is_own": is_own,
        "reason": reason,
        "error": OWN if is_own else refusal.sentence if refusal else "",
    }
    return await pages.render(request, "reports/show.html", context, refusal.status if refusal else 200)


async def _way_back(request: web.Request, found: Found) -> str:
    """Where it was read."""

    def url(name: str, **params: Any) -> str:
        return pages.url_for(request.app, name, params)

    if found.kind == "message":
        return f"{url('hangout.show')}#m{found.subject_id}"
    if found.kind == "comment" and found.post_slug:
        return f"{url('blog.show', slug=found.post_slug, comment=found.subject_id)}#comment-{found.subject_id}"
    person = await people.get(request.app[keys.STORE].pool, found.reported_id)
    return url("people.show", username=person.username) if person and person.username else url("home.show")
