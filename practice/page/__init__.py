"""The practice Discord's page: the channel as a chat, for whoever sits at this machine. What it does goes through the
same acts as the tests; what it shows is re-read whenever something changed."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from practice.page import acts, consent, extras
from practice.page.doors import PRACTICE, Handler, local
from practice.rest.requests import world

if TYPE_CHECKING:
    from practice.server import Practice

HERE = Path(__file__).parent.parent
STATIC = {path.name: path for path in (HERE / "static").iterdir() if path.is_file()}
SETTLE_SECONDS = 0.03
SOCKETS = web.AppKey("page_sockets", set[web.WebSocketResponse])
POSTS: dict[str, Handler] = {
    "say": acts.say,
    "edit": acts.edit,
    "delete": acts.delete,
    "react": acts.react,
    "typing": acts.typing,
    "status": acts.status,
    "activity": acts.activity,
    "command": acts.command,
    "menu": acts.menu,
    "autocomplete": acts.autocomplete,
    "press": acts.press,
    "submit": acts.submit,
    "faults": acts.break_,
    "source-faults": acts.break_sources,
    **extras.POSTS,
}


def add_page(app: web.Application, practice: "Practice") -> None:
    app[PRACTICE] = practice
    app[SOCKETS] = set()
    app.on_shutdown.append(close_sockets)
    app.router.add_get("/", local(show))
    app.router.add_get("/practice/static/{name}", local(static))
    app.router.add_get("/oauth2/authorize", local(consent.show))
    app.router.add_post("/oauth2/authorize", local(consent.decide))
    app.router.add_get("/practice/state", local(acts.state))
    app.router.add_get("/practice/live", local(live))
    for name, handler in POSTS.items():
        app.router.add_post(f"/practice/{name}", local(handler))


async def show(_request: web.Request) -> web.StreamResponse:
    page = (HERE / "templates" / "page.html").read_bytes()
    return web.Response(body=page, content_type="text/html", charset="utf-8")


async def static(request: web.Request) -> web.StreamResponse:
    path = STATIC.get(request.match_info["name"])
    return web.FileResponse(path) if path else web.Response(status=404)


async def live(request: web.Request) -> web.StreamResponse:
    """A socket that says "changed" whenever something did, at most about 30 times a second."""
    ws = web.WebSocketResponse(heartbeat=30)
    await ws.prepare(request)
    request.config_dict[SOCKETS].add(ws)
    changed = asyncio.Event()
    deaf = world(request).listen(lambda _event, _data: changed.set())
    teller = asyncio.create_task(tell(ws, changed))
    try:
        async for _ in ws:
            pass
    finally:
        deaf()
        teller.cancel()
        request.config_dict[SOCKETS].discard(ws)
    return ws


async def tell(ws: web.WebSocketResponse, changed: asyncio.Event) -> None:
    while not ws.closed:
        await changed.wait()
        await asyncio.sleep(SETTLE_SECONDS)
        changed.clear()
        await ws.send_str("changed")


async def close_sockets(app: web.Application) -> None:
    sockets = app[SOCKETS]
    for ws in tuple(sockets):
        await ws.close(code=1001)
