"""The hangout's page and its forms: /hangout. Everything here works without JavaScript."""

import time
from datetime import UTC, datetime

from aiohttp import web

from db import messages, people
from db.errors import NotFound, Refused, TooOften
from db.names import check_name
from db.people import Person
from db.store import Store

from . import accounts, frames, keys, pages
from ._hangout_pages import message_page, room_page
from .errors import wants_json
from .hall import whole_number
from .proxies import client_address, network_key
from .sessions import current_person, enter, leave


async def show(request: web.Request) -> web.Response:
    """GET /hangout: the newest page, or with ?before=ID an older one."""
    return await room_page(request)


async def say(request: web.Request) -> web.Response:
    """POST /hangout: a message by form. What was typed is kept when it is refused.

    `reply_to` is the id of a message, `media` (as often as there are pictures) those of uploads.
    """
    form = await request.post()
    content, nonce = str(form.get("content", "")), str(form.get("nonce", ""))
    reply_to = whole_number(str(form.get("reply_to", "")))
    media = [str(one) for one in form.getall("media", [])]
    try:
        message = await _say(request, content, nonce, reply_to, media)
    except Refused as refusal:
        if wants_json(request):
            raise
        if reply_to is not None:
            return await message_page(
                request, reply_to, refusal.status, error=refusal.sentence, reply=content, nonce=nonce
            )
        return await room_page(request, refusal.status, error=refusal.sentence, typed=content, nonce=nonce)
    if wants_json(request):
        return web.json_response({"id": str(message.id), "seq": message.seq, "nonce": nonce})
    raise _back_to(request, message.id)


async def _say(
    request: web.Request, content: str, nonce: str, reply_to: int | None, media: list[str]
) -> messages.Message:
    person = await _speaker(request)
    network = network_key(client_address(request))
    now = datetime.now(UTC)
    store, room_id = request.app[keys.STORE], request.app[keys.HALL].room.id
    return await messages.say(
        store, room_id, person, content, nonce, now, network=network, reply_to=reply_to, media=media
    )


async def _speaker(request: web.Request) -> Person:
    person = await current_person(request)
    if person is None:
        raise Refused("Please choose a name first.", "not_joined")
    return person


def _back_to(request: web.Request, message_id: int) -> web.HTTPSeeOther:
    return web.HTTPSeeOther(f"{pages.url_for(request.app, 'hangout.show', {})}#m{message_id}")


async def join(request: web.Request) -> web.Response:
    """POST /hangout/join: takes a name; from here this browser is that person. Joining again changes the name."""
    form = await request.post()
    name, typed = str(form.get("name", "")), str(form.get("content", ""))
    try:
        person = await _join(request, name)
    except Refused as refusal:
        if wants_json(request):
            raise
        you = await current_person(request)
        if you and you.is_member:  # who is not asked for a name
            return await room_page(request, refusal.status, error=refusal.sentence, typed=typed)
        return await room_page(request, refusal.status, name_error=refusal.sentence, typed_name=name, typed=typed)
    await enter(request, person)
    if wants_json(request):
        return web.json_response({"you": frames.person(person)})
    raise web.HTTPSeeOther(pages.url_for(request.app, "hangout.show", {}))


async def _join(request: web.Request, name: str) -> Person:
    store = request.app[keys.STORE]
    limits = store.config.hangout
    you = await current_person(request)
    if you and you.is_member and you.name != name:
        raise Refused("You are a member: your name is set in your settings.", "bad_name")
    if you and you.is_member:
        return you
    checked = check_name(name, limits.name_max, await people.house_names(store))
    if you and you.name == checked:
        return you
    if you and you.discord_id is None:
        _check_pace(request, f"person {you.id}", "You have changed your name a few times.")
        renamed = await people.rename(store.pool, you.id, checked)
        if renamed:
            return renamed
    _check_pace(request, network_key(client_address(request)), "Several new names came from your network.")
    return await people.add_visitor(store.pool, checked)


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
    """GET /hangout/messages/{id}: one message by itself, to be linked to, answered, and changed if it is one's own."""
    return await message_page(request, _asked_for(request))


async def edit(request: web.Request) -> web.Response:
    """POST /hangout/messages/{id}/edit: other words for an own message."""
    content = str((await request.post()).get("content", ""))
    try:
        one = await messages.edit(*await _whose(request), content, datetime.now(UTC))
    except Refused as refusal:
        return await _refused(request, refusal, edited=content)
    return _done(request, one)


async def delete(request: web.Request) -> web.Response:
    """POST /hangout/messages/{id}/delete"""
    try:
        one = await messages.delete(*await _whose(request), datetime.now(UTC))
    except Refused as refusal:
        return await _refused(request, refusal)
    return _done(request, one)


async def react(request: web.Request) -> web.Response:
    """POST /hangout/messages/{id}/react: `emoji`, and `on` (1 to take it up, 0 to lay it down)."""
    form = await request.post()
    emoji, on = str(form.get("emoji", "")), str(form.get("on", "1")) != "0"
    try:
        one = await messages.react(*await _whose(request), emoji, on=on)
    except Refused as refusal:
        return await _refused(request, refusal)
    return _done(request, one)


def _asked_for(request: web.Request) -> int:
    message_id = whole_number(request.match_info["id"])
    if message_id is None:
        raise NotFound("There is no such message here.")
    return message_id


async def _whose(request: web.Request) -> tuple[Store, int, Person, int]:
    """What every act on a message wants to know first."""
    person = await _speaker(request)
    return request.app[keys.STORE], request.app[keys.HALL].room.id, person, _asked_for(request)


async def _refused(request: web.Request, refusal: Refused, edited: str | None = None) -> web.Response:
    if wants_json(request):
        raise refusal
    return await message_page(request, _asked_for(request), refusal.status, error=refusal.sentence, edited=edited)


def _done(request: web.Request, one: messages.Message) -> web.Response:
    if wants_json(request):
        return web.json_response({"id": str(one.id), "seq": one.seq})
    raise web.HTTPSeeOther(pages.url_for(request.app, "hangout.show", {})) if one.deleted else _back_to(request, one.id)
