"""The porch itself: /."""

from aiohttp import web

from db import messages

from . import frames, keys, pages
from .sessions import current_person

OVERHEARD = 5


async def show(request: web.Request) -> web.Response:
    store = request.app[keys.STORE]
    _, found = await messages.newest(store.pool, request.app[keys.HALL].room_id, OVERHEARD)
    presence = store.presence
    context = {
        "messages": [frames.for_page(one) for one in found],
        "farewell": "farewell" in request.query and await current_person(request) is None,
        "online": presence.online,
        "members": presence.members,
        "relay": presence.relay if request.app[keys.HALL].is_bridged else "none",
    }
    return await pages.render(request, "home/show.html", context)
