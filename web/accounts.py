"""The doors of members: /register, /login, /logout. Everything here is a form that works without JavaScript."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime

from aiohttp import web

from db import accounts
from db.errors import Refused
from db.passwords import MAX, MIN
from db.people import Person

from . import frames, keys, pages
from .errors import wants_json
from .proxies import client_address, network_key
from .sessions import current_person, enter, leave

# Beside which field a sentence stands; any other stands above the form.
FIELDS = {"bad_username": "username", "bad_password": "password", "bad_name": "name"}
# Pages of the member are kept by nobody (`no-store`), but pictures are; drafts and unsent words lie in the browser's
# storage. Cookies are not named: that one ends by itself, and the choice of colours may stay.
FORGOTTEN_BY_BROWSER = '"cache", "storage"'


async def register(request: web.Request) -> web.Response:
    """GET /register: the form. ?next= is where to go from there."""
    return await _form_page(request, "accounts/register.html", {"next": request.query.get("next", "")})


async def enrol(request: web.Request) -> web.Response:
    """POST /register: `username`, `password`, `name`. A visitor becomes a member and keeps what they said."""
    form = _fields(await request.post())
    if person := await _member(request):
        return _come_in(request, person, form["next"])
    now, network = datetime.now(UTC), network_key(client_address(request))
    store, visitor = request.app[keys.STORE], await current_person(request)
    try:
        person = await accounts.register(store, visitor, form["username"], form["password"], form["name"], network, now)
    except Refused as refusal:
        return await _refused(request, "accounts/register.html", form, refusal)
    await enter(request, person)
    return _come_in(request, person, form["next"] or pages.url_for(request.app, "settings.show", {"saved": "welcome"}))


async def login(request: web.Request) -> web.Response:
    """GET /login: the form. ?next= is where to go from there."""
    return await _form_page(request, "accounts/login.html", {"next": request.query.get("next", "")})


async def log_in(request: web.Request) -> web.Response:
    """POST /login: `username`, `password`, and `next`, one path of this site."""
    form = _fields(await request.post())
    if person := await _member(request):
        return _come_in(request, person, form["next"])
    network = network_key(client_address(request))
    try:
        account = await accounts.log_in(request.app[keys.STORE], form["username"], form["password"], network)
        await enter(request, account.person, account.password_hash)
    except Refused as refusal:
        return await _refused(request, "accounts/login.html", form, refusal)
    return _come_in(request, account.person, form["next"])


async def logout(request: web.Request) -> web.Response:
    """POST /logout: the session ends here, and the browser forgets what it kept for it."""
    await leave(request)
    headers = {"Location": pages.url_for(request.app, "home.show", {}), "Clear-Site-Data": FORGOTTEN_BY_BROWSER}
    return web.Response(status=303, headers=headers)


async def _member(request: web.Request) -> Person | None:
    person = await current_person(request)
    return person if person and person.is_member else None


def _fields(form: Mapping[str, object]) -> dict[str, str]:
    return {name: str(form.get(name, "")) for name in ("username", "password", "name", "next")}


def _come_in(request: web.Request, person: Person, then: str) -> web.Response:
    if wants_json(request):
        return web.json_response({"you": frames.person(person)})
    return web.Response(status=303, headers={"Location": pages.local_path(then)})


async def _form_page(
    request: web.Request, template: str, typed: Mapping[str, str], refusal: Refused | None = None
) -> web.Response:
    """The form with what was typed, but for the password; a member is sent on."""
    person = await current_person(request)
    if person and person.is_member:
        return _come_in(request, person, typed["next"])
    config = request.app[keys.STORE].config
    field = FIELDS.get(refusal.code, "form") if refusal else ""
    context = {
        "typed": {"username": "", "name": person.name if person else "", **typed},
        "errors": dict.fromkeys((*FIELDS.values(), "form"), "") | ({field: refusal.sentence} if refusal else {}),
        "closed": config.accounts.registration == "closed",
        "name_max": config.hangout.name_max,
        "password_min": MIN,
        "password_max": MAX,
    }
    return await pages.render(request, template, context, refusal.status if refusal else 200)


async def _refused(request: web.Request, template: str, form: dict[str, str], refusal: Refused) -> web.Response:
    if wants_json(request):
        raise refusal
    typed = {name: value[:200] for name, value in form.items() if name != "password"}
    page = await _form_page(request, template, typed, refusal)
    if refusal.retry_after is not None:
        page.headers["Retry-After"] = str(max(1, math.ceil(refusal.retry_after)))
    return page
