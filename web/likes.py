"""Hearts: for a post, and for a comment below one. One per person; who has no name yet gets one for it."""

import random
from datetime import UTC, datetime

from aiohttp import web

from db import comments, posts
from db.errors import Refused
from db.names import suggest_name
from db.people import Person

from . import _comment_shapes, barred, keys, pages
from .comments import number_of, post_of
from .errors import wants_json
from .hangout import take_name
from .sessions import caller, current_person, enter


async def comment(request: web.Request) -> web.Response:
    """POST /blog/{slug}/comments/{id}/like: `on` is 1, or 0 to take it back."""
    under, message_id = await post_of(request), number_of(request)
    on = str((await request.post()).get("on", "1")) != "0"
    person = await _somebody(request, on=on)
    who = await caller(request)
    store, now = request.app[keys.STORE], datetime.now(UTC)
    message = await comments.like(
        store, person, under, message_id, now, on=on, network=who.network, session_id=who.session_id
    )
    if wants_json(request):
        return web.json_response({"likes": comments.hearts(message), "liked": on})
    raise web.HTTPSeeOther(_comment_shapes.way_to(request.app, under, message_id))


async def post(request: web.Request) -> web.Response:
    """POST /blog/{slug}/like: the same for the post."""
    under, store = await post_of(request), request.app[keys.STORE]
    on = str((await request.post()).get("on", "1")) != "0"
    if on:
        barred.check_voice(store, await caller(request))
    likes = await posts.like(store, await _somebody(request, on=on), under, on=on)
    if wants_json(request):
        return web.json_response({"likes": likes, "liked": on})
    raise web.HTTPSeeOther(pages.url_for(request.app, "blog.show", {"slug": under.slug}) + "#comments")


async def _somebody(request: web.Request, *, on: bool) -> Person:
    """Who likes. Who has no name yet gets a friendly one: nobody is asked for a name before a heart."""
    person = await current_person(request)
    if person is None and not on:
        raise Refused("You have liked nothing here yet.", "not_joined")
    if person is None:
        person = await take_name(request, suggest_name(random.SystemRandom()), is_silent=True)
        await enter(request, person)
    return person
