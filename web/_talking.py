"""Talking by form: what the pages of every room do when their forms arrive. Called by web/hangout.py and web/chats.py.

What is refused comes back in its form; what worked leads back to the room. Who asks for JSON gets that instead.
"""

from datetime import UTC, datetime

from aiohttp import web

from db import messages
from db.errors import NotFound, Refused
from db.held import Held
from db.moderators import Moderator
from db.people import Person
from db.store import Store

from . import keys
from ._places import Place, Whence
from ._room_pages import message_page, room_page
from .errors import wants_json
from .hall import whole_number
from .sessions import caller, current_person


async def say(request: web.Request, place: Place) -> web.Response:
    """A message by form. What was typed is kept when it is refused.

    `reply_to` is the id of a message, `media` (as often as there are pictures) those of uploads.
    """
    form = await request.post()
    content, nonce = str(form.get("content", "")), str(form.get("nonce", ""))
    reply_to = whole_number(str(form.get("reply_to", "")))
    media = [str(one) for one in form.getall("media", [])]
    try:
        message = await _say(request, place, content, nonce, reply_to, media)
    except Held:
        if wants_json(request):
            raise
        raise web.HTTPSeeOther(f"{place.here}#held") from None
    except Refused as refusal:
        if wants_json(request):
            raise
        status, error = refusal.status, refusal.sentence
        if reply_to is not None:
            return await message_page(request, place, reply_to, status, error=error, reply=content, nonce=nonce)
        return await room_page(request, place, status, error=error, typed=content, nonce=nonce)
    if wants_json(request):
        return web.json_response({"id": str(message.id), "seq": message.seq, "nonce": nonce})
    raise _back_to(place, message.id)


async def _say(
    request: web.Request, place: Place, content: str, nonce: str, reply_to: int | None, media: list[str]
) -> messages.Message:
    person = await speaker(request, place)
    now, store, whence = datetime.now(UTC), request.app[keys.STORE], await _whence(request, place)
    return await messages.say(store, place.id, person, content, nonce, now, **whence, reply_to=reply_to, media=media)


async def _whence(request: web.Request, place: Place) -> Whence:
    who = await caller(request)
    return {"network": who.network, "session_id": who.session_id, "is_open": not place.is_chat}


async def speaker(request: web.Request, place: Place) -> Person:
    person = await current_person(request)
    if person is None:
        raise Refused(place.missing, "not_joined")
    return person


def _back_to(place: Place, message_id: int) -> web.HTTPSeeOther:
    return web.HTTPSeeOther(f"{place.here}#m{message_id}")


async def message(request: web.Request, place: Place) -> web.Response:
    """One message by itself, to be linked to, answered, and changed if it is one's own."""
    return await message_page(request, place, _asked_for(request))


async def edit(request: web.Request, place: Place) -> web.Response:
    """Other words for an own message."""
    content = str((await request.post()).get("content", ""))
    try:
        whose, whence = await _whose(request, place), await _whence(request, place)
        one = await messages.edit(*whose, content, datetime.now(UTC), **whence)
    except Refused as refusal:
        return await _refused(request, place, refusal, edited=content)
    return _done(request, place, one)


async def delete(request: web.Request, place: Place) -> web.Response:
    try:
        one = await messages.delete(*await _whose(request, place), datetime.now(UTC))
    except Refused as refusal:
        return await _refused(request, place, refusal)
    return _done(request, place, one)


async def react(request: web.Request, place: Place) -> web.Response:
    """`emoji`, and `on` (1 to take it up, 0 to lay it down)."""
    form = await request.post()
    emoji, on = str(form.get("emoji", "")), str(form.get("on", "1")) != "0"
    try:
        one = await messages.react(*await _whose(request, place), emoji, on=on)
    except Refused as refusal:
        return await _refused(request, place, refusal)
    return _done(request, place, one)


async def remove(request: web.Request, place: Place) -> web.Response:
    """The owner takes somebody's message away, with a `reason`; to others there is no such form."""
    store, person, asked = request.app[keys.STORE], await current_person(request), _asked_for(request)
    if person is None or not person.owner or not await messages.get(store.pool, place.id, [asked]):
        raise NotFound("There is no such message here.")
    reason = str((await request.post()).get("reason", ""))
    try:
        case = await messages.remove(store, Moderator(person, door="site"), asked, datetime.now(UTC), reason=reason)
    except Refused as refusal:
        return await _refused(request, place, refusal, reason=reason)
    if wants_json(request):
        return web.json_response({"id": str(asked), "case": case.id})
    raise web.HTTPSeeOther(place.here)


def _asked_for(request: web.Request) -> int:
    message_id = whole_number(request.match_info["id"])
    if message_id is None:
        raise NotFound("There is no such message here.")
    return message_id


async def _whose(request: web.Request, place: Place) -> tuple[Store, int, Person, int]:
    """What every act on a message wants to know first."""
    person = await speaker(request, place)
    return request.app[keys.STORE], place.id, person, _asked_for(request)


async def _refused(
    request: web.Request, place: Place, refusal: Refused, edited: str | None = None, reason: str = ""
) -> web.Response:
    if wants_json(request):
        raise refusal
    asked = _asked_for(request)
    sentence = refusal.sentence
    return await message_page(request, place, asked, refusal.status, error=sentence, edited=edited, reason=reason)


def _done(request: web.Request, place: Place, one: messages.Message) -> web.Response:
    if wants_json(request):
        return web.json_response({"id": str(one.id), "seq": one.seq})
    raise web.HTTPSeeOther(place.here) if one.deleted else _back_to(place, one.id)
