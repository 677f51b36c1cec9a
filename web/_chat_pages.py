"""Draws the pages that only chats have, for web/chats.py: the list with the requests, and the way out of a chat."""

from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from db import chats, messages
from db.errors import NotFound, Refused
from db.people import Person
from db.rooms import Manner

from . import _members, barred, frames, keys, pages
from ._places import Place
from ._room_pages import for_reader
from .errors import wants_json
from .hall import whole_number
from .sessions import caller, current_person

LOGGED_OUT = "Please log in first."
ABOUT_NAME = {"not_found", "bad_username"}  # refusals of a request that belong to the field with the name


async def member(request: web.Request) -> Person:
    """Who is asking; anybody else is led to the log-in, and a program is told so."""
    if wants_json(request):
        person = await current_person(request)
        if person is None or not person.is_member:
            raise Refused(LOGGED_OUT, "not_joined")
    return await _members.member(request, back=pages.url_for(request.app, "chats.show", {}))


async def chat_place(request: web.Request) -> Place:
    """The chat that the address names. Raises NotFound for any room that this member is not in."""
    person = await member(request)
    room_id = whole_number(request.match_info["room"])
    if room_id is None:
        raise NotFound
    pool = request.app[keys.STORE].pool
    chat = await chats.enter(pool, room_id, person.id, request.app[keys.STORE].presence)
    waiting = (await chats.totals(pool, person.id)).all if request.method == "GET" else 0

    def around() -> dict[str, Any]:
        return {
            "chat": chat,
            "other": frames.person(chat.other),
            "reported": False,
            "unread": max(0, waiting - chat.unread),  # what is on this page is being read
        }

    return Place(
        request.app,
        chat.room_id,
        family="chats",
        home="room",
        socket=pages.url_for(request.app, "sockets.room", {"id": chat.room_id}),
        history=pages.url_for(request.app, "api.room_messages", {"id": chat.room_id}),
        missing=LOGGED_OUT,
        around=around,
        params={"room": chat.room_id},
        is_open=not chat.closed,
        manner=Manner(locked=chat.closed),
        read_to=chat.other_read_id,
    )


async def chats_page(
    request: web.Request, person: Person, refusal: Refused | None = None, *, to: str = "", words: str = ""
) -> web.Response:
    """Everything about this member's chats; what was refused stands in its form again."""
    store, now = request.app[keys.STORE], datetime.now(UTC)
    days = store.config.chat.request_days
    is_about_name = refusal is not None and refusal.code in ABOUT_NAME
    sentence = refusal.sentence if refusal else ""
    context = {
        "barred": barred.refusal(store, await caller(request)),
        "here": pages.url_for(request.app, "chats.show", {}),
        "requests": [_request(one) for one in await chats.requests_to(store.pool, person.id, now, days)],
        "chats": [_listed(one, person) for one in await chats.of_person(store.pool, person.id, store.presence)],
        "waiting": [_request(one) for one in await chats.requests_from(store.pool, person.id, now, days)],
        "asked": {
            "to": to,
            "words": words,
            "to_error": sentence if is_about_name else "",
            "error": "" if is_about_name else sentence,
        },
    }
    return await pages.render(request, "chats/show.html", context, status_of(refusal))


def status_of(refusal: Refused | None) -> int:
    """A form that names nobody is one to be mended, and no missing page."""
    return 200 if refusal is None else 422 if refusal.status == 404 else refusal.status


def _request(one: chats.Request) -> dict[str, Any]:
    who = frames.person(one.who) | {"has_picture": one.who.picture is not None}
    return {"id": one.id, "who": who, "words": one.words, "at": frames.time(one.created_at)}


def _listed(one: chats.Chat, you: Person) -> dict[str, Any]:
    return {
        "room_id": one.room_id,
        "other": frames.person(one.other),
        "other_is_here": one.other_is_here,
        "unread": one.unread,
        "closed": one.closed,
        "excerpt": one.last.excerpt if one.last else "",
        "by_you": one.last is not None and one.last.author_id == you.id,
        "at": frames.time(one.last.at if one.last else one.joined_at),
    }


async def leaving_page(
    request: web.Request,
    place: Place,
    refusal: Refused | None = None,
    *,
    chosen: list[int] | None = None,
    reason: str = "",
) -> web.Response:
    """What leaving, blocking and reporting mean, each with its form. To report there is what the other has said."""
    store, around = request.app[keys.STORE], place.around()
    older_than = whole_number(request.query.get("before", ""))
    if older_than is None:
        _, found = await messages.newest(store.pool, place.id, store.config.hangout.page)
    else:
        found = await messages.page_before(store.pool, place.id, older_than, store.config.hangout.page)
    theirs = [one for one in found if str(one.author.id) == around["other"]["id"] and not one.deleted]
    is_about_reason = refusal is not None and refusal.code == "too_long"
    sentence = refusal.sentence if refusal else ""
    context = {
        **around,
        "room": place,
        "here": place.here,
        "messages": await for_reader(request, theirs),
        "older": found[0].id if found and len(found) == store.config.hangout.page else None,
        "chosen": [str(one) for one in chosen or []],
        "reason": reason,
        "error": "" if is_about_reason else sentence,
        "reason_error": sentence if is_about_reason else "",
    }
    return await pages.render(request, "chats/leaving.html", context, status_of(refusal))
