"""What a member sets: /settings and its forms. Everything here works without JavaScript."""

import time
from datetime import UTC, datetime
from itertools import zip_longest

from aiohttp import web

from db import accounts, sessions, visits
from db.errors import NotFound, Refused
from db.people import Person

from . import keys, pages, streams
from ._members import member
from ._settings_page import PAGE, refused, saved, settings_page
from .accounts import FORGOTTEN_BY_BROWSER
from .allowances import allow
from .hall import whole_number
from .sessions import current_session, leave, rotate
from .uploads import PATIENCE, arriving, check_form


async def show(request: web.Request) -> web.Response:
    """GET /settings"""
    return await settings_page(request)


async def profile(request: web.Request) -> web.Response:
    """POST /settings/profile: `name`, `about`, and as often as there are links `url` and `label`."""
    person = await member(request, PAGE)
    form = await request.post()
    name, about = str(form.get("name", person.name)), str(form.get("about", ""))
    urls, labels = form.getall("url", []), form.getall("label", [])
    links = [(str(url), str(label)) for url, label in zip_longest(urls, labels[: len(urls)], fillvalue="")]
    try:
        changed = await accounts.change_profile(request.app[keys.STORE], person, name, about, links)
    except Refused as refusal:
        typed = {"name": name, "about": about, "links": [{"url": url, "label": label} for url, label in links]}
        return await refused(request, "profile", refusal, typed)
    return _kept(request, changed, "profile")


@allow(patience=PATIENCE, reads_body=True)
async def picture(request: web.Request) -> web.Response:
    """POST /settings/picture: multipart with `file`."""
    check_form(request)
    person = await member(request, PAGE)
    store = request.app[keys.STORE]
    try:
        async with arriving(request, person) as (path, _):
            if not path.stat().st_size:
                raise Refused("Please choose a picture first.", "bad_picture")
            changed = await accounts.bring_picture(store, person, path, datetime.now(UTC))
    except Refused as refusal:
        return await refused(request, "picture", refusal)
    return _kept(request, changed, "picture")


async def remove_picture(request: web.Request) -> web.Response:
    """POST /settings/picture/remove"""
    person = await member(request, PAGE)
    return _kept(request, await accounts.remove_picture(request.app[keys.STORE], person, datetime.now(UTC)), "picture")


async def privacy(request: web.Request) -> web.Response:
    """POST /settings/privacy: `may_ask`, and `shows_reading`, `shows_online`, `notify_discord`, `uncounted` where they
    are on.
    """
    person = await member(request, PAGE)
    form = await request.post()
    try:
        await accounts.change_privacy(
            request.app[keys.STORE],
            person,
            str(form.get("may_ask", "")),
            shows_reading="shows_reading" in form,
            shows_online="shows_online" in form,
            notify_discord="notify_discord" in form,
        )
    except Refused as refusal:
        return await refused(request, "privacy", refusal)
    await visits.exclude(request.app[keys.STORE], person, "uncounted" in form)
    raise saved(request, "privacy")


async def password(request: web.Request) -> web.Response:
    """POST /settings/password: `current` and `new`. All other sessions end, and this one gets a new token."""
    person = await member(request, PAGE)
    form = await request.post()
    current, new = str(form.get("current", "")), str(form.get("new", ""))
    try:
        await accounts.change_password(request.app[keys.STORE], person, current, new, await current_session(request))
    except Refused as refusal:
        return await refused(request, "password", refusal)
    await rotate(request)
    raise saved(request, "password")


async def end_session(request: web.Request) -> web.Response:
    """POST /settings/sessions/{id}/end"""
    person = await member(request, PAGE)
    store, session_id = request.app[keys.STORE], whole_number(request.match_info["id"]) or 0
    open_ones = await sessions.of_person(store.pool, person.id, datetime.now(UTC))
    ended = next((one for one in open_ones if one.id == session_id), None)
    if ended is None or not await sessions.end(store, person.id, session_id):
        raise NotFound("That session has ended already.")
    if ended.token_hash == await current_session(request):
        return await _gone(request)
    raise saved(request, "sessions")


async def end_sessions(request: web.Request) -> web.Response:
    """POST /settings/sessions/end: all others; with `here` this one too."""
    person = await member(request, PAGE)
    keep = None if "here" in await request.post() else await current_session(request)
    await sessions.end_all(request.app[keys.STORE], person.id, keep)
    if keep is None:
        return await _gone(request)
    raise saved(request, "sessions")


@allow(patience=streams.PATIENCE)
async def data(request: web.Request) -> web.StreamResponse:
    """GET /settings/data: all that the site knows of who asks, as a JSON file."""
    person = await member(request)
    pieces = await accounts.export(request.app[keys.STORE], person, time.monotonic(), datetime.now(UTC))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Content-Disposition": streams.disposition("attachment", f"{person.username}.json"),
        "Cache-Control": "no-store",
    }
    return await streams.send(request, 200, headers, pieces)


async def deletion(request: web.Request) -> web.Response:
    """POST /settings/deletion: `password`, or of who has none `username`."""
    person = await member(request, PAGE)
    form = await request.post()
    words = str(form.get("password", "")), str(form.get("username", ""))
    try:
        await accounts.delete_own(request.app[keys.STORE], person, *words, datetime.now(UTC))
    except Refused as refusal:
        return await refused(request, "deletion", refusal)
    return await _gone(request, farewell="1")


def _kept(request: web.Request, changed: Person, form: str) -> web.Response:
    request[keys.PERSON] = changed
    raise saved(request, form)


async def _gone(request: web.Request, **query: str) -> web.Response:
    """This browser is nobody's any more, and keeps nothing of them."""
    await leave(request)
    away = web.HTTPSeeOther(pages.url_for(request.app, "home.show", query))
    away.headers["Clear-Site-Data"] = FORGOTTEN_BY_BROWSER
    raise away
