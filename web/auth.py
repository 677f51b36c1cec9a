"""The side doors of members: in with Discord, in by a one-time link, and back when the password is forgotten.

Everything here works without JavaScript. Answers that hold or follow a secret address are kept by nobody.
"""

import math
import time
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from db import accounts, letters, links, people
from db.errors import NotFound, Refused, TooOften
from db.links import Spent
from db.passwords import MIN
from db.people import Person

from . import _oauth, barred, keys, pages
from ._members import member
from ._settings_page import PAGE, refused, saved
from .proxies import client_address, network_key
from .sessions import caller, current_person, current_session, enter

STRANGERS, STRANGERS_PERIOD = 30, 600.0  # ways to Discord that one network may begin, in so many seconds
DENIED = "You said no in Discord, so nothing was done here."
# The address of a one-time link is a secret: it is named to no other page, not even to our own. With `no-referrer`
# browsers would send `Origin: null` with the form, and it would be refused.
SECRET = {"Cache-Control": "no-store", "Referrer-Policy": "strict-origin"}


async def discord(request: web.Request) -> web.Response:
    """GET /auth/discord: off to Discord, which asks whether this may be. ?next= is where to go from there."""
    _check_set_up(request)
    network = network_key(client_address(request))
    wait = request.app[keys.STORE].limits.strangers.take(network, time.monotonic(), STRANGERS, STRANGERS_PERIOD)
    if wait:
        raise TooOften("That was often. Please wait a while before you try again.", wait)
    then = pages.local_path(request.query.get("next", "/"))
    address = await _oauth.begin(request, await current_person(request), then)
    return web.Response(status=303, headers={"Location": address, **SECRET})


async def callback(request: web.Request) -> web.Response:
    """GET /auth/discord/callback: back from Discord, with a code or a no."""
    _check_set_up(request)
    you = await current_person(request)
    then = "/"
    try:
        begun = await _oauth.take(request, you)
        then = begun.next
        if "error" in request.query:
            raise Refused(DENIED, "denied")
        user = await _oauth.who(request, begun)
        person = await _come_in(request, you, user)
        await enter(request, person)
    except Refused as refusal:
        return await _sorry(request, refusal, then)
    return web.Response(status=303, headers={"Location": then, **SECRET})


async def _come_in(request: web.Request, you: Person | None, user: accounts.DiscordUser) -> Person:
    """Links a member, or signs in whom Discord knows."""
    store = request.app[keys.STORE]
    if you and you.is_member:
        return await accounts.link(store, you, user)
    if await people.by_discord(store.pool, user.id) is None:
        barred.check(store, await caller(request))  # nobody begins anew from where they were banned
    network = network_key(client_address(request))
    return await accounts.sign_in(store, you, user, network, datetime.now(UTC))


async def _sorry(request: web.Request, refusal: Refused, then: str) -> web.Response:
    """What went wrong, and the way to try again: under the site's own name, for a visitor may have come by another."""
    again = f"{request.app[keys.CONFIG].public_url}{pages.url_for(request.app, 'auth.discord', {'next': then})}"
    may_retry = refusal.code not in {"banned", "disabled", "closed", "linked", "taken"}
    context = {"sentence": refusal.sentence, "again": again if may_retry else ""}
    response = await pages.render(request, "auth/discord.html", context, refusal.status)
    return _secret(response, refusal)


async def unlink(request: web.Request) -> web.Response:
    """POST /settings/discord/unlink"""
    person = await member(request, PAGE)
    try:
        await accounts.unlink(request.app[keys.STORE], person, datetime.now(UTC), await current_session(request))
    except Refused as refusal:
        return await refused(request, "discord", refusal)
    raise saved(request, "discord")


async def link(request: web.Request) -> web.Response:
    """GET /auth/link/{token}: what the link is for, with a button or a form. To look at it does not use it."""
    return await _link_page(request)


async def open_link(request: web.Request) -> web.Response:
    """POST /auth/link/{token}: in, once. To a new password belongs `password`."""
    store, token, now = request.app[keys.STORE], request.match_info["token"], datetime.now(UTC)
    password = (await request.post()).get("password")
    try:
        if password is None:
            person, then = await links.use(store, token, "login", now), "/"
        else:
            person = await accounts.choose_password(store, token, str(password), now)
            then = pages.url_for(request.app, "settings.show", {"saved": "password"}) + "#password"
    except Refused as refusal:
        return await _link_page(request, refusal)
    await enter(request, person)
    return web.Response(status=303, headers={"Location": then, **SECRET})


async def _link_page(request: web.Request, refusal: Refused | None = None) -> web.Response:
    found: links.Link | None = None
    try:
        found = await links.look(request.app[keys.STORE].pool, request.match_info["token"], datetime.now(UTC))
    except Spent as spent:
        refusal = spent
    context: dict[str, Any] = {
        "link": found,
        "sentence": refusal.sentence if refusal else "",
        "password_min": MIN,
    }
    response = await pages.render(request, "auth/link.html", context, refusal.status if refusal else 200)
    return _secret(response, refusal)


async def forgotten(request: web.Request) -> web.Response:
    """GET /forgotten: which account it is about; with ?asked= that somebody has been asked about."""
    context = {"asked": "asked" in request.query, "typed": "", "sentence": ""}
    return await pages.render(request, "auth/forgotten.html", context)


async def ask(request: web.Request) -> web.Response:
    """POST /forgotten: `username`. The answer is the same whether there is such a member or not."""
    username = str((await request.post()).get("username", ""))
    network = network_key(client_address(request))
    try:
        await letters.forgotten(request.app[keys.STORE], username, network, datetime.now(UTC))
    except Refused as refusal:
        context = {"asked": False, "typed": username[:200], "sentence": refusal.sentence}
        response = await pages.render(request, "auth/forgotten.html", context, refusal.status)
        return _secret(response, refusal)
    raise web.HTTPSeeOther(pages.url_for(request.app, "auth.forgotten", {"asked": "yes"}))


def _check_set_up(request: web.Request) -> None:
    if not _oauth.is_set_up(request.app):
        raise NotFound


def _secret(response: web.Response, refusal: Refused | None = None) -> web.Response:
    response.headers.update(SECRET)
    if refusal and refusal.retry_after is not None:
        response.headers["Retry-After"] = str(max(1, math.ceil(refusal.retry_after)))
    return response
