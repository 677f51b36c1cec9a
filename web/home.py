"""The porch itself: /. The scene with its lamp, the live cards, what was written and said lately, and projects."""

from datetime import UTC, datetime

from aiohttp import web

from db import accounts, cards, messages
from db.people import avatar_path

from . import _blog_pages, _head, counting, frames, keys, live_cards, pages, projects
from .sessions import current_person

OVERHEARD = 5
PROJECTS = 3


async def show(request: web.Request) -> web.Response:
    app = request.app
    store = app[keys.STORE]
    if counting.is_somebody(request):  # a program that looks by each five minutes would keep all sources busy
        cards.looked(store)
    _, found = await messages.newest(store.pool, app[keys.HALL].room_id, OVERHEARD)
    presence = store.presence
    context = {
        "messages": [frames.for_page(one) for one in found],
        "farewell": "farewell" in request.query and await current_person(request) is None,
        "online": presence.online,
        "members": presence.members,
        "cards": live_cards.on_page(app, datetime.now(UTC)),
        "card_order": " ".join(app[keys.CONFIG].sources),
        "latest": await _blog_pages.latest(app),
        "projects": (await projects.everything(app))[:PROJECTS],
        "head": _head.of_page(app, app[keys.CONFIG].site.name, "/"),
        **await _owner(app),
        "relay": presence.relay if app[keys.HALL].is_bridged else "none",
    }
    return await pages.render(request, "home/show.html", context)


async def _owner(app: web.Application) -> dict[str, object]:
    """The owner's picture, and where else they are, for who looks for them from there."""
    owner = await accounts.owner(app[keys.STORE].pool)
    if owner is None:
        return {"face": "", "elsewhere": []}
    face = app[keys.CONFIG].public_url + avatar_path(owner.person.id, owner.person.picture)
    return {"face": face, "elsewhere": [link.url for link in owner.links]}
