"""What every REST request passes: the log, the faults, the token, the rate limits. In that order, so that a fault may
hit before anything else, as a failing network does."""

import asyncio
import math
from collections.abc import Awaitable, Callable

import msgspec
from aiohttp import web

from practice.faults import Fault, Faults
from practice.limits import Limits, Verdict
from practice.model import Request
from practice.refusals import Refusal, refusal, unauthorized
from practice.rest.requests import BODY, DISCORD, number, reply, world

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
FAULTS = web.AppKey("faults", Faults)
LIMITS = web.AppKey("limits", Limits)
VIA = {"Via": "1.1 practice"}
TOKENS = "/oauth2/token"  # where a client shows its secret instead
OPEN = ("/webhooks/{webhook_id}/{webhook_token}", "/interactions/", "/gateway")


def path_of(request: web.Request) -> str:
    return request.path.removeprefix("/api/v10")


def pattern_of(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical.removeprefix("/api/v10") if resource else ""


@web.middleware
async def log(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Writes every request down with its status, as tests and the page read it."""
    response = await handler(request)
    cut = request.transport is None or request.transport.is_closing()
    status = 0 if cut else response.status
    world(request).requests.append(Request(request.method, request.path_qs, status, request.get(BODY, {})))
    world(request).tell("PRACTICE_REQUEST", {"method": request.method, "path": request.path, "status": status})
    return response


@web.middleware
async def fail(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Applies the first fault that waits for this request, around what the request does."""
    faults = request.config_dict[FAULTS]
    await asyncio.sleep(faults.latency)
    if faults.away:
        return cut(request)
    fault = faults.take(request.method, path_of(request))
    if fault is None:
        return await handler(request)
    if fault.kind == "delay":
        return await delayed(request, handler, fault)
    if fault.kind == "rate_limit":
        return limited(Verdict({}, fault.seconds, fault.everywhere), via=fault.via)
    if fault.when == "after":
        await handler(request)
    return broken(request, fault)


async def delayed(request: web.Request, handler: Handler, fault: Fault) -> web.StreamResponse:
    """Late in taking effect, or only late in saying so."""
    if fault.when == "before":
        await until_over(fault)
        return await handler(request)
    response = await handler(request)
    await until_over(fault)
    return response


async def until_over(fault: Fault) -> None:
    await (fault.gate.wait() if fault.gate else asyncio.sleep(fault.seconds))


def broken(request: web.Request, fault: Fault) -> web.Response:
    if fault.kind == "cut":
        return cut(request)
    refused = Refusal(fault.status, 0, f"{fault.status}: The practice Discord was asked to fail")
    return reply(refused.body(), fault.status)


def cut(request: web.Request) -> web.Response:
    """Ends the TCP connection without an answer; what is returned is never sent."""
    if request.transport:
        request.transport.abort()
    return web.Response(status=503)


@web.middleware
async def refuse(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turns refusals and unknown routes into Discord's error JSON."""
    try:
        return await handler(request)
    except Refusal as refused:
        return reply(refused.body(), refused.status)
    except msgspec.DecodeError:
        return reply(refusal(50109).body(), 400)
    except web.HTTPRequestEntityTooLarge:
        return reply({"message": "Request entity too large", "code": 40005}, 413)
    except web.HTTPException as other:
        return reply({"message": f"{other.status}: {other.reason}", "code": 0}, other.status)


@web.middleware
async def authenticate(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The bot's token, where the path does not carry one of its own."""
    given = request.headers.get("Authorization")
    pattern = pattern_of(request)
    is_open = pattern == TOKENS or (pattern.startswith(OPEN) and given is None)
    is_user = pattern == "/users/@me" and request.config_dict[DISCORD].grants.user_of(given or "") is not None
    if not (is_open or is_user) and given != f"Bot {world(request).application.token}":
        raise unauthorized()
    return await handler(request)


@web.middleware
async def limit(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Counts the request and sets Discord's headers, when limits are switched on."""
    limits = request.config_dict.get(LIMITS)
    verdict = judge(request, limits) if limits else Verdict({})
    if verdict.retry_after is not None:
        return limited(verdict)
    response = await refuse(request, handler)
    response.headers.update(verdict.headers | VIA)
    return response


def judge(request: web.Request, limits: Limits) -> Verdict:
    pattern, major = pattern_of(request), "".join(request.match_info.get(each, "") for each in MAJORS)
    if pattern.startswith("/interactions/"):
        return Verdict({})
    if pattern.startswith("/webhooks/{webhook_id}/{webhook_token}"):
        found = world(request).webhooks.get(number(request, "webhook_id"))
        speaks = request.method == "POST" and found is not None
        room = str(found.channel_id) if found and speaks else ""
        kind = WEBHOOK_KINDS.get(request.method, "other")
        where = f"{major} {pattern}" if kind == "other" else major
        return limits.judge(kind, where, channel=room, counted_globally=found is not None)
    kind = kind_of(request.method, pattern)
    return limits.judge(kind, f"{major} {pattern}" if kind == "other" else major)


WEBHOOK_KINDS = {"POST": "webhook", "PATCH": "webhook_edits", "DELETE": "webhook_deletes"}
MAJORS = ("channel_id", "guild_id", "webhook_id", "webhook_token")


def kind_of(method: str, pattern: str) -> str:
    if "/reactions" in pattern and method != "GET":
        return "reactions"
    if pattern.startswith("/channels/{channel_id}/messages"):
        return {"POST": "messages", "PATCH": "messages", "DELETE": "deletes"}.get(method, "other")
    return "other"


def limited(verdict: Verdict, *, via: bool = True) -> web.Response:
    """429. Without `Via` it looks like the ban of an address by the network in front of Discord."""
    wait = verdict.retry_after or 0.0
    body = {"message": "You are being rate limited.", "retry_after": wait, "global": verdict.everywhere}
    response = reply(body, 429)
    response.headers.update(verdict.headers | (VIA if via else {}) | {"Retry-After": str(math.ceil(wait))})
    return response


MIDDLEWARES = (log, fail, refuse, authenticate, limit)
