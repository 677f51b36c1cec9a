"""The hangout's page and its forms: /hangout. Everything here works without JavaScript."""

import random
import secrets
import time
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from db import messages, people, rooms
from db.errors import Refused, TooOften
from db.names import check_name, suggest_name
from db.people import Person

from . import frames, keys, pages
from .errors import wants_json
from .proxies import client_address, network_key
from .sessions import current_person, enter, leave


async def show(request: web.Request) -> web.Response:
    """GET /hangout: the newest page, or with ?before=ID an older one."""
    return await _page(request)


async def say(request: web.Request) -> web.Response:
    """POST /hangout: a message by form. What was typed is kept when it is refused."""
    form = await request.post()
    content, nonce = str(form.get("content", "")), str(form.get("nonce", ""))
    try:
        message = await _say(request, content, nonce)
    except Refused as refusal:
        if wants_json(request):
            raise
        return await _page(request, refusal.status, error=refusal.sentence, typed=content, nonce=nonce)
    if wants_json(request):
        return web.json_response({"id": str(message.id), "seq": message.seq, "nonce": nonce})
    raise web.HTTPSeeOther(f"{pages.url_for(request.app, 'hangout.show', {})}#m{message.id}")


async def _say(request: web.Request, content: str, nonce: str) -> messages.Message:
    person = await current_person(request)
    if person is None:
        raise Refused("Please choose a name first.", "not_joined")
    network = network_key(client_address(request))
    now = datetime.now(UTC)
    store = request.app[keys.STORE]
    return await messages.say(store, request.app[keys.HALL].room.id, person, content, nonce, now, network=network)


async def join(request: web.Request) -> web.Response:
    """POST /hangout/join: takes a name; from here this browser is that person. Joining again changes the name."""
    form = await request.post()
    name, typed = str(form.get("name", "")), str(form.get("content", ""))
    try:
        person = await _join(request, name)
    except Refused as refusal:
        if wants_json(request):
            raise
        return await _page(request, refusal.status, name_error=refusal.sentence, typed_name=name, typed=typed)
    await enter(request, person)
    if wants_json(request):
        return web.json_response({"you": frames.person(person)})
    raise web.HTTPSeeOther(pages.url_for(request.app, "hangout.show", {}))


async def _join(request: web.Request, name: str) -> Person:
    store = request.app[keys.STORE]
    limits = store.config.hangout
    site = store.config.site
    reserved = [one for one in (site.owner_name, site.name, *await people.owner_names(store.pool)) if one]
    checked = check_name(name, limits.name_max, reserved)
    you = await current_person(request)
    if you and you.name == checked:
        return you
    network = network_key(client_address(request))
    wait = store.limits.names.take(network, time.monotonic(), limits.names_per_address, limits.names_period)
    if wait:
        minutes = max(1, round(wait / 60))
        raise TooOften(f"Several new names came from your network. Please wait {minutes} min for another one.", wait)
    renamed = await people.rename(store.pool, you.id, checked) if you and you.discord_id is None else None
    return renamed or await people.add_visitor(store.pool, checked)


async def forget(request: web.Request) -> web.Response:
    """POST /hangout/leave: ends the session; what was said stays."""
    await leave(request)
    raise web.HTTPSeeOther(pages.url_for(request.app, "hangout.show", {}))


async def _page(
    request: web.Request,
    status: int = 200,
    *,
    error: str = "",
    name_error: str = "",
    typed: str = "",
    typed_name: str = "",
    nonce: str = "",
) -> web.Response:
    store = request.app[keys.STORE]
    limits = store.config.hangout
    seq, found, is_newest = await _history(request, request.query.get("before", ""))
    oldest = found[0].id if found else None
    more = await messages.page_before(store.pool, request.app[keys.HALL].room.id, oldest, 1) if oldest else []
    context: dict[str, Any] = {
        "messages": [frames.for_page(one) for one in found],
        "seq": seq,
        "online": store.presence.online,
        "relay": store.presence.relay if request.app[keys.HALL].is_bridged else "none",
        "older": str(oldest) if more else None,
        "newest": is_newest,
        "limits": {"content_max": limits.content_max, "name_max": limits.name_max},
        "suggested_name": suggest_name(random.SystemRandom()),
        "error": error,
        "name_error": name_error,
        "typed": typed,
        "typed_name": typed_name,
        "nonce": nonce or secrets.token_urlsafe(12),
    }
    return await pages.render(request, "hangout/show.html", context, status)


async def _history(request: web.Request, before: str) -> tuple[int, list[messages.Message], bool]:
    store = request.app[keys.STORE]
    room_id = request.app[keys.HALL].room.id
    if before.isascii() and before.isdigit() and len(before) <= 18 and request.method in {"GET", "HEAD"}:
        page = await messages.page_before(store.pool, room_id, int(before), store.config.hangout.page)
        return await rooms.current_seq(store.pool, room_id), page, False
    seq, page = await messages.newest(store.pool, room_id, store.config.hangout.page)
    return seq, page, True
