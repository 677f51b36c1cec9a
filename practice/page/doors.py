"""Who may use the page: a browser or a script on this machine. The page lets anybody speak as anybody and break
things, so it answers only to loopback addresses, only under a loopback name (a foreign name may be rebound to
127.0.0.1), and to changes only from its own pages or from no page at all."""

import ipaddress
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import TYPE_CHECKING

from aiohttp import web
from yarl import URL

from practice.refusals import Refusal
from practice.rest.requests import reply

if TYPE_CHECKING:
    from practice.server import Practice

PRACTICE: web.AppKey["Practice"] = web.AppKey("practice")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
NAMES = {"localhost", "127.0.0.1", "::1"}
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def local(handler: Handler) -> Handler:
    """Guards a handler of the page, and turns what an act refuses into JSON with a sentence under `message`."""

    @wraps(handler)
    async def guarded(request: web.Request) -> web.StreamResponse:
        if not (from_here(request) and asked_for_here(request) and own_page(request)):
            return web.Response(status=403, text="The practice Discord's page is only for this machine.")
        try:
            response = await handler(request)
        except Refusal as refused:
            response = reply(refused.body(), refused.status)
        except (LookupError, ValueError, TypeError) as wrong:
            response = reply({"message": str(wrong.args[0]) if wrong.args else "That did not work."}, 400)
        if not response.prepared:
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)
        return response

    return guarded


def from_here(request: web.Request) -> bool:
    try:
        return ipaddress.ip_address(request.remote or "").is_loopback
    except ValueError:
        return False


def asked_for_here(request: web.Request) -> bool:
    return hostname(f"http://{request.host}") in NAMES


def own_page(request: web.Request) -> bool:
    """A browser names the page that a change or a socket comes from; scripts name none."""
    if request.method in {"GET", "HEAD"} and "Upgrade" not in request.headers:
        return True
    origin = request.headers.get("Origin")
    same_site = request.headers.get("Sec-Fetch-Site", "same-origin") in {"same-origin", "none"}
    return same_site and (origin is None or origin == f"http://{request.host}")


def hostname(address: str) -> str | None:
    try:
        return URL(address).host
    except ValueError:
        return None
