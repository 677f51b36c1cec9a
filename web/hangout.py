"""The hangout's page and its forms: /hangout. Everything here works without JavaScript."""

import random
import time
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from db import people, raids
from db.errors import Refused, TooOften
from db.names import check_name, suggest_name
from db.people import Person

from . import _talking, accounts, barred, frames, keys, pages
from ._places import Place
from ._room_pages import room_page
from .errors import wants_json
from .proxies import client_address, network_key
from .sessions import caller, current_person, enter, leave


def place(request: web.Request) -> Place:
    hall = request.app[keys.HALL]

    def around() -> dict[str, Any]:
        presence = hall.store.presence
        return {
            "online": presence.online,
            "members": presence.members,
            "relay": presence.relay if hall.is_bridged else "none",
            "suggested_name": suggest_name(random.SystemRandom()),
            "name_error": "",
            "typed_name": "",
        }

    return Place(
        request.app,
        hall.room_id,
        family="hangout",
        home="show",
        socket=pages.url_for(request.app, "sockets.hangout", {}),
        history=pages.url_for(request.app, "api.messages", {}),
        missing="Please choose a name first.",
        around=around,
        manner=hall.manner_now,
    )


async def show(request: web.Request) -> web.Response:
    """GET /hangout: the newest page, or with ?before=ID an older one."""
    return await room_page(request, place(request))


async def say(request: web.Request) -> web.Response:
    """POST /hangout: a message by form."""
    return await _talking.say(request, place(request))


async def join(request: web.Request) -> web.Response:
    """POST /hangout/join: takes a name; from here this browser is that person. Joining again changes the name."""
    form = await request.post()
    name, typed = str(form.get("name", "")), str(form.get("content", ""))
    try:
        person = await take_name(request, name)
    except Refused as refusal:
        if wants_json(request):
            raise
        here, status, sentence = place(request), refusal.status, refusal.sentence
        you = await current_person(request)
        if you and you.is_member:  # who is not asked for a name
            return await room_page(request, here, status, error=sentence, typed=typed)
        return await room_page(request, here, status, name_error=sentence, typed_name=name, typed=typed)
    await enter(request, person)
    if wants_json(request):
        return web.json_response({"you": frames.person(person)})
    raise web.HTTPSeeOther(pages.url_for(request.app, "hangout.show", {}))


async def take_name(request: web.Request, name: str, *, is_silent: bool = False) -> Person:
    """Who this browser is under that name: somebody new, or whoever asks, renamed. It is for the caller to let them
    `enter`. Who `is_silent` has no words to say under it yet. Raises Refused (`bad_name`), Forbidden (`banned`,
    `muted`) and TooOften.
    """
    store = request.app[keys.STORE]
    limits = store.config.hangout
    you = await current_person(request)
    if you and you.is_member and you.name != name:
        raise Refused("You are a member: your name is set in your settings.", "bad_name")
    if you and you.is_member:
        return you
    barred.check_voice(store, await caller(request))
    checked = check_name(name, limits.name_max, await people.house_names(store))
    if you and you.name == checked:
        return you
    if you and you.discord_id is None:
        _check_pace(request, f"person {you.id}", "You have changed your name a few times.")
        renamed = await people.rename(store.pool, you.id, checked)
        if renamed:
            return renamed
    _check_pace(request, network_key(client_address(request)), "Several new names came from your network.")
    person = await people.add_visitor(store.pool, checked)
    await raids.note_newcomer(store, person, datetime.now(UTC), is_silent=is_silent)
    return person


def _check_pace(request: web.Request, key: str, why: str) -> None:
    """A new name counts for the network, another name for the person: a household does not wait for its members."""
    store = request.app[keys.STORE]
    limits = store.config.hangout
    wait = store.limits.names.take(key, time.monotonic(), limits.names_per_address, limits.names_period)
    if wait:
        minutes = max(1, round(wait / 60))
        raise TooOften(f"{why} Please wait {minutes} min for another one.", wait)


async def forget(request: web.Request) -> web.Response:
    """POST /hangout/leave: ends the session; what was said stays. A member is logged out by it, and can come back."""
    you = await current_person(request)
    if you and you.is_member:
        return await accounts.logout(request)
    await leave(request)
    raise web.HTTPSeeOther(pages.url_for(request.app, "hangout.show", {}))


async def message(request: web.Request) -> web.Response:
    """GET /hangout/messages/{id}: one message by itself."""
    return await _talking.message(request, place(request))


async def edit(request: web.Request) -> web.Response:
    """POST /hangout/messages/{id}/edit"""
    return await _talking.edit(request, place(request))


async def delete(request: web.Request) -> web.Response:
    """POST /hangout/messages/{id}/delete"""
    return await _talking.delete(request, place(request))


async def remove(request: web.Request) -> web.Response:
    """POST /hangout/messages/{id}/remove: `reason`. For the owner."""
    return await _talking.remove(request, place(request))


async def react(request: web.Request) -> web.Response:
    """POST /hangout/messages/{id}/react"""
    return await _talking.react(request, place(request))
