"""What is told of page views and of signs that a human looks at them: to `store.visits`, in memory.

A page view is a GET that is answered with HTML, also where the browser has the same page already (304), and was asked
for to be looked at now. Who asks not to be tracked, by DNT or by Sec-GPC, is not noted at all.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

from aiohttp import web
from aiohttp.typedefs import Handler

from db import visits
from db.people import Person
from db.visits import Glimpse

from . import keys
from .proxies import client_address, is_https

HEADERS = (
    "accept",
    "accept-language",
    "sec-fetch-mode",
    "sec-fetch-site",
    "sec-fetch-dest",
    "sec-ch-ua",
    "from",
)
AHEAD = ("sec-purpose", "purpose", "x-moz", "x-purpose")  # `prefetch`, `prerender` or `preview`: nobody looks yet
# Addresses that everybody may know. Of all others it is kept what kind of page it was, but not which.
KNOWN_TO_ALL = {"blog.show", "blog.tag", "blog.archive", "blog.page", "blog.tidy", "statics.show"}
ANSWERS = {200, 304, 404}
SECRET = ("/auth/", "/blog/preview/")  # what follows may open a door, even where it was mistyped
# Characters that are looked at: the rest is cut off before it waits in memory, for a stranger may send 8 KB of each.
AGENT_MAX, PATH_MAX, REFERRER_MAX, HEADER_MAX = 1000, 1000, 2000, 500
SIGNS = (".css", ".woff2")
SEEN = b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'


@web.middleware
async def count(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Notes the view once there is an answer, and never keeps anybody waiting."""
    response = await handler(request)
    if is_view(request, response) and not wants_peace(request):
        note(request, response.status)
    return response


def is_view(request: web.Request, response: web.StreamResponse) -> bool:
    """Also one of what is not there (404), which is counted apart."""
    if request.method != "GET" or response.status not in ANSWERS or response.content_type != "text/html":
        return False
    if request.headers.get("Sec-Fetch-Dest", "document") != "document" or is_beyond(request, response):
        return False
    return not any(name in request.headers for name in AHEAD)


def is_beyond(request: web.Request, response: web.StreamResponse) -> bool:
    """Whether only the query leads nowhere, as a page behind the last one does: the address itself is there."""
    is_known = request.match_info.route.resource is not None
    asks = "page" in request.query or (request.query and not request.match_info)
    return response.status == 404 and is_known and bool(asks)


def wants_peace(request: web.Request) -> bool:
    """One wish among others that contradict it is enough."""
    return any("1" in request.headers.getall(name, ()) for name in ("DNT", "Sec-GPC"))


def note(request: web.Request, status: int) -> None:
    store = request.app[keys.STORE]
    person = request.get(keys.PERSON)
    if person is None and keys.PERSON not in request and request.app[keys.SESSION_COOKIE] in request.cookies:
        return  # nobody asked who it is, so it may be the owner
    store.visits.note(glimpse_of(request, status, person))


def glimpse_of(request: web.Request, status: int, person: Person | None) -> Glimpse:
    return Glimpse(
        datetime.now(UTC),
        client_address(request),
        agent_of(request),
        path_of(request)[:PATH_MAX],
        status,
        request.headers.get("Referer", "")[:REFERRER_MAX],
        {name: request.headers[name][:HEADER_MAX] for name in HEADERS if name in request.headers},
        person.id if person else 0,
        is_owner=bool(person and person.owner),
        is_secure=request.app[keys.CONFIG].public_url.startswith("https:") or is_https(request),
    )


def is_somebody(request: web.Request) -> bool:
    """Whether a request for a page looks like that of a person, while it is answered."""
    return request.method == "GET" and not visits.bot_of(glimpse_of(request, 200, request.get(keys.PERSON)))


def agent_of(request: web.Request) -> str:
    return request.headers.get("User-Agent", "")[:AGENT_MAX]


def path_of(request: web.Request) -> str:
    """The path without its query; `/chats/{room}` for what is somebody's own."""
    asked = f"/{request.path.lstrip('/').lower()}"
    for start in SECRET:
        if asked.startswith(start):
            return f"{start}\N{HORIZONTAL ELLIPSIS}"
    resource = request.match_info.route.resource
    if resource is None or request.match_info.route.name in KNOWN_TO_ALL:
        return request.path
    return resource.canonical


def confirm(request: web.Request) -> None:
    """This request is one that people's browsers make and most programs do not."""
    if not wants_peace(request):
        request.app[keys.STORE].visits.confirm(client_address(request), agent_of(request))


async def seen(request: web.Request) -> web.Response:
    """GET /seen.svg: base.css asks for it when a pointer comes over the page, each time anew. It shows nothing."""
    confirm(request)
    return web.Response(body=SEEN, content_type="image/svg+xml", headers={"Cache-Control": "no-store"})


async def counted(app: web.Application) -> AsyncIterator[None]:
    """cleanup_ctx: what is noted is written while the site is up, and the rest at its end."""
    async with visits.counting(app[keys.STORE]):
        yield
