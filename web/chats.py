"""Chats on the page: /chats, a chat's own page, and what may be done about it. Everything works without JavaScript.

Who is no member is led to the log-in. A room that one is not in answers like one that does not exist.
"""

from datetime import UTC, datetime

from aiohttp import web

from db import chats, people, reports
from db.errors import Refused

from . import _talking, keys, pages
from ._asking import asking
from ._chat_pages import chat_place, chats_page, leaving_page, member, status_of
from ._room_pages import room_page
from .errors import wants_json
from .hall import whole_number
from .people import profile_page
from .sessions import caller

# The smallest picture there is, for browsers without a script to tell by asking for it that the page was shown.
DOT = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c000000000100010000020144003b")


async def show(request: web.Request) -> web.Response:
    """GET /chats: who asks, the chats, and whom one has asked."""
    return await chats_page(request, await member(request))


async def ask(request: web.Request) -> web.Response:
    """POST /chats/requests: asks the member `to` for a chat, with a `message`; `from` is `profile` there."""
    store, person = request.app[keys.STORE], await member(request)
    form = await request.post()
    to, words = str(form.get("to", "")), str(form.get("message", ""))
    is_of_profile = form.get("from") == "profile"
    try:
        who = await caller(request)
        asked = await chats.ask(
            store, person, to, words, datetime.now(UTC), network=who.network, session_id=who.session_id
        )
    except Refused as refusal:
        if wants_json(request):
            raise
        if is_of_profile:
            return await _ask_again(request, to, words, refusal)
        return await chats_page(request, person, refusal, to=to, words=words)
    if is_of_profile:
        raise web.HTTPSeeOther(pages.url_for(request.app, "people.show", {"username": asked.who.username}))
    raise web.HTTPSeeOther(pages.url_for(request.app, "chats.show", {}))


async def _ask_again(request: web.Request, username: str, words: str, refusal: Refused) -> web.Response:
    """On the profile that it came from, with what was typed."""
    to = await people.by_username(request.app[keys.STORE].pool, username.lower())
    again = await asking(request, to, refusal, words) if to else None
    return await profile_page(request, username, status_of(refusal), asked=again)


async def answer(request: web.Request) -> web.Response:
    """POST /chats/requests/{id}: `answer` is `accept`, `decline`, `block` or `report`."""
    person = await member(request)
    given = str((await request.post()).get("answer", ""))
    request_id = whole_number(request.match_info["id"]) or 0
    who, store, now = await caller(request), request.app[keys.STORE], datetime.now(UTC)
    room_id = await chats.answer(store, person, request_id, given, now, network=who.network, session_id=who.session_id)
    if room_id is None:
        raise web.HTTPSeeOther(pages.url_for(request.app, "chats.show", {}))
    raise web.HTTPSeeOther(pages.url_for(request.app, "chats.room", {"room": room_id}))


async def room(request: web.Request) -> web.Response:
    """GET /chats/{room}: the newest page, or with ?before=ID an older one."""
    return await room_page(request, await chat_place(request), reported="reported" in request.query)


async def say(request: web.Request) -> web.Response:
    """POST /chats/{room}: a message by form."""
    return await _talking.say(request, await chat_place(request))


async def message(request: web.Request) -> web.Response:
    """GET /chats/{room}/messages/{id}: one message by itself."""
    return await _talking.message(request, await chat_place(request))


async def edit(request: web.Request) -> web.Response:
    """POST /chats/{room}/messages/{id}/edit"""
    return await _talking.edit(request, await chat_place(request))


async def delete(request: web.Request) -> web.Response:
    """POST /chats/{room}/messages/{id}/delete"""
    return await _talking.delete(request, await chat_place(request))


async def react(request: web.Request) -> web.Response:
    """POST /chats/{room}/messages/{id}/react"""
    return await _talking.react(request, await chat_place(request))


async def read(request: web.Request) -> web.Response:
    """POST /chats/{room}/read: this member has seen everything up to `seq`."""
    place = await chat_place(request)
    await _read(request, place.id, str((await request.post()).get("seq", "")))
    if wants_json(request):
        return web.json_response({})
    raise web.HTTPSeeOther(place.here)


async def seen(request: web.Request) -> web.Response:
    """GET /chats/{room}/seen.gif: the same, by a picture that only browsers without a script ask for."""
    place = await chat_place(request)
    await _read(request, place.id, request.query.get("seq", ""))
    return web.Response(body=DOT, content_type="image/gif", headers={"Cache-Control": "no-store"})


async def _read(request: web.Request, room_id: int, seq: str) -> None:
    seen_to = whole_number(seq)
    if seen_to is None:
        raise Refused("The parameter seq must be a whole number.", "bad_parameter")
    await chats.read(request.app[keys.STORE], await member(request), room_id, seen_to)


async def leaving(request: web.Request) -> web.Response:
    """GET /chats/{room}/leave: what leaving, blocking and reporting mean, and their forms."""
    return await leaving_page(request, await chat_place(request))


async def leave(request: web.Request) -> web.Response:
    """POST /chats/{room}/leave"""
    place = await chat_place(request)
    await chats.leave(request.app[keys.STORE], await member(request), place.id, datetime.now(UTC))
    raise web.HTTPSeeOther(pages.url_for(request.app, "chats.show", {}))


async def block(request: web.Request) -> web.Response:
    """POST /chats/{room}/block: blocks the other of the two, which leaves the chat as well."""
    place = await chat_place(request)
    person, store, now = await member(request), request.app[keys.STORE], datetime.now(UTC)
    username = place.around()["other"]["username"]
    if username is None:  # their account is gone: there is nobody to keep away
        await chats.leave(store, person, place.id, now)
    else:
        await chats.block(store, person, username, now)
    raise web.HTTPSeeOther(pages.url_for(request.app, "chats.show", {}))


async def report(request: web.Request) -> web.Response:
    """POST /chats/{room}/report: shows the owner these `messages` (ids), with a `reason`."""
    place = await chat_place(request)
    form = await request.post()
    chosen = [found for one in form.getall("messages", []) if (found := whole_number(str(one))) is not None]
    reason = str(form.get("reason", ""))
    try:
        store, who = request.app[keys.STORE], await caller(request)
        await reports.report(store, who, "chat", 0, reason, datetime.now(UTC), room_id=place.id, message_ids=chosen)
    except Refused as refusal:
        if wants_json(request):
            raise
        return await leaving_page(request, place, refusal, chosen=chosen, reason=reason)
    raise web.HTTPSeeOther(place.url("room", reported=1))


async def unblock(request: web.Request) -> web.Response:
    """POST /settings/blocks/{username}/remove"""
    await chats.unblock(request.app[keys.STORE], await member(request), request.match_info["username"])
    raise web.HTTPSeeOther(f"{pages.url_for(request.app, 'settings.show', {})}#blocks")
