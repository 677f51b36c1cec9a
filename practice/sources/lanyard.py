"""Lanyard, by REST and by socket: it sees the owner in the practice Discord, and on a server without one somebody who
does as they do. Source: the README and the socket handler of github.com/Phineas/lanyard."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
from aiohttp import WSMsgType, web

from practice import evening, payloads, porch
from practice.model import Json
from practice.rest.requests import DISCORD

NAME = "lanyard"
LOOK = 0.1  # seconds between two looks at the clock
BEAT = 30_000
WRONG_OP, NEEDS_DATA, BAD_DATA = 4004, 4005, 4006
NOBODY = {
    "success": False,
    "error": {"code": "user_not_monitored", "message": "User is not being monitored by Lanyard"},
}


def environment(base: str) -> dict[str, str]:
    return {
        "LANYARD_USER_ID": str(porch.OWNER),
        "LANYARD_BASE_URL": f"{base}/v1",
        "LANYARD_SOCKET_URL": f"{base.replace('http', 'ws', 1)}/socket",
        "LANYARD_PERIOD": "20",
    }


def presence(request: web.Request, now: Callable[[], float]) -> Json:
    discord = request.config_dict.get(DISCORD)
    if discord:
        seen = payloads.presence(discord.world, discord.world.member(porch.OWNER))
        status, activities = seen["status"], seen["activities"]
    else:
        status, activities = "online", evening.doing(now())
    return {
        "discord_user": {"id": str(porch.OWNER), "username": "robin", "global_name": "Robin", "discriminator": "0"},
        "discord_status": status,
        "activities": [{**each, "assets": {}} for each in activities],  # their pictures would be at Discord's
        "listening_to_spotify": False,
        "spotify": None,
        "active_on_discord_web": False,
        "active_on_discord_desktop": status != "offline",
        "active_on_discord_mobile": False,
        "kv": {},
    }


def routes(now: Callable[[], float]) -> list[web.RouteDef]:
    async def user(request: web.Request) -> web.StreamResponse:
        if request.match_info["user"] != str(porch.OWNER):
            return web.json_response(NOBODY, status=404)
        return web.json_response({"success": True, "data": presence(request, now)})

    async def socket(request: web.Request) -> web.StreamResponse:
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        await ws.send_json({"op": 1, "d": {"heartbeat_interval": BEAT}})
        teller: asyncio.Task[None] | None = None
        try:
            async for message in ws:
                code = _wrong(message.data if message.type is WSMsgType.TEXT else "")
                if code:
                    await ws.close(code=code)
                elif not teller and (wanted := msgspec.json.decode(message.data).get("d")):
                    is_known = wanted["subscribe_to_id"] == str(porch.OWNER)
                    teller = asyncio.create_task(_tell(ws, partial(presence, request, now) if is_known else dict))
        finally:
            if teller:
                teller.cancel()
        return ws

    return [web.get("/v1/users/{user}", user), web.get("/socket", socket)]


def _wrong(said: str) -> int:
    """The code that a frame is answered with by closing; 0 for a good one."""
    try:
        frame: Any = msgspec.json.decode(said)
    except msgspec.DecodeError:
        return BAD_DATA
    if not isinstance(frame, dict) or frame.get("op") not in {2, 3}:
        return WRONG_OP
    if frame["op"] == 3:
        return 0
    wanted = frame.get("d")
    if not wanted or not isinstance(wanted, dict):
        return NEEDS_DATA
    return 0 if "subscribe_to_id" in wanted else BAD_DATA


async def _tell(ws: web.WebSocketResponse, seen: Callable[[], Json]) -> None:
    """INIT_STATE, which is empty for somebody unknown, and then whatever changes."""
    told, seq = seen(), 1
    await ws.send_json({"op": 0, "seq": seq, "t": "INIT_STATE", "d": told})
    while told and not ws.closed:
        await asyncio.sleep(LOOK)
        if (fresh := seen()) != told:
            told, seq = fresh, seq + 1
            await ws.send_json({"op": 0, "seq": seq, "t": "PRESENCE_UPDATE", "d": told})
