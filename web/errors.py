"""What went wrong, said kindly: the one place where refusals and faults become pages or JSON.

Nothing here asks the database, so the page about its absence can be drawn without it.
"""

import logging
import math
from html import escape

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler
from jinja2 import TemplateError

from db.errors import AWAY, Refused, Unavailable

from . import keys, pages

log = logging.getLogger(__name__)

SERVER = "Porchlight"  # no versions: they only help whoever looks for old ones
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
        "connect-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types porchlight"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    # With no-referrer browsers would send `Origin: null` with our own forms, and the check of it would refuse them.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
SENTENCES = {
    400: ("bad_request", "That request could not be read."),
    403: ("forbidden", "That is not for you to see."),
    404: ("not_found", "There is nothing here."),
    405: ("method_not_allowed", "That cannot be done with this page."),
    408: ("timeout", "That took too long to arrive. Please try again."),
    413: ("too_large", "That is more than fits through the letterbox."),
    415: ("unsupported_type", "That is not a kind of form this page can read."),
    429: ("rate_limited", "That was a little quick. Please wait a moment."),
}
FAULT = ("fault", "Something broke on our side. It has been noted.")


@web.middleware
async def translate(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turns whatever a handler raises into an answer. What has begun to be answered cannot be answered again."""
    try:
        return await handler(request)
    except web.HTTPException as raised:
        if raised.status < 400:
            raise
        return of_http(request, raised)
    except Refused as refused:
        return of_refusal(request, refused)
    except TemplateError:  # before what is below: a template that is missing is an OSError too
        return fault(request)
    except AWAY as away:
        return absence(request, away)
    except Exception:  # noqa: BLE001 - fault() logs it
        return fault(request)


def fault(request: web.Request) -> web.StreamResponse:
    """Something of ours is broken: noted with all that is known, told with no more than its reference."""
    reference = request[keys.REQUEST_ID]
    log.exception("A request failed; its page says %s", reference)
    return begun(request) or answer(request, 500, *FAULT, reference=reference)


def absence(request: web.Request, away: Exception) -> web.StreamResponse:
    """The database is away; or whoever asked, and nobody hears the answer."""
    if isinstance(away, ConnectionError) and has_left(request):
        return begun(request) or web.Response(status=400)
    log.warning("The database is away (%s)", type(away).__name__)
    return begun(request) or of_refusal(request, Unavailable())


def has_left(request: web.Request) -> bool:
    """Whether whoever asked is not there any more: what breaks then is their line, and not the database's."""
    return request.transport is None or request.transport.is_closing()


def begun(request: web.Request) -> web.StreamResponse | None:
    return request.get(keys.STARTED_ANSWER)


def of_http(request: web.Request, raised: web.HTTPException) -> web.StreamResponse:
    fallback = FAULT if raised.status >= 500 else SENTENCES[400]
    response = answer(request, raised.status, *SENTENCES.get(raised.status, fallback))
    for name in ("Allow", "Retry-After"):
        if name in raised.headers:
            response.headers[name] = raised.headers[name]
    if raised.status in {408, 413}:
        response.force_close()  # the rest of the body may never come
    return response


def of_refusal(request: web.Request, refused: Refused) -> web.StreamResponse:
    response = answer(request, refused.status, refused.code, refused.sentence, retry_after=refused.retry_after)
    if refused.retry_after is not None:
        response.headers["Retry-After"] = str(max(1, math.ceil(refused.retry_after)))
    if refused.status == 413:
        response.force_close()
    return response


def answer(
    request: web.Request,
    status: int,
    code: str,
    sentence: str,
    *,
    retry_after: float | None = None,
    reference: str = "",
) -> web.Response:
    """The error as JSON for programs, as a page for people."""
    if wants_json(request):
        error: dict[str, object] = {"code": code, "message": sentence}
        if retry_after is not None:
            error["retry_after"] = round(retry_after, 3)
        if reference:
            error["reference"] = reference
        body = msgspec.json.encode({"error": error})
        return web.Response(body=body, status=status, content_type="application/json")
    return page(request, status, code, sentence, reference)


def wants_json(request: web.Request) -> bool:
    accept = request.headers.get("Accept", "")
    return request.path.startswith("/api/") or ("application/json" in accept and "text/html" not in accept)


def page(request: web.Request, status: int, code: str, sentence: str, reference: str) -> web.Response:
    """The error's page; a plain one when the template fails too."""
    person = request.get(keys.PERSON)
    context = {"status": status, "code": code, "sentence": sentence, "reference": reference}
    try:
        return pages.draw(request, "error.html", {**pages.common(request, person), **context}, status)
    except Exception:
        log.exception("The error page could not be drawn")
        text = f'<!doctype html><html lang="en"><title>{status}</title><p>{escape(sentence)} {escape(reference)}</p>'
        return web.Response(text=text, status=status, content_type="text/html")
