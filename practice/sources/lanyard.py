"""Lanyard: one person whose presence changes every few seconds, by REST and by socket. Source: the README of
github.com/Phineas/lanyard."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
from aiohttp import WSMsgType, web

from practice import porch
from practice.model import Json

NAME = "lanyard"
STEP = 15  # seconds, after which the person is different
LOOK = 0.1  # seconds between two looks at the clock
BEAT = 30_000
WRONG_OP, NEEDS_DATA, BAD_DATA = 4004, 4005, 4006
NOBODY = {
    "success": False,
    "error": {"code": "user_not_monitored", "message": "User is not being monitored by Lanyard"},
}
CUSTOM: Json = {"id": "custom", "type": 4, "name": "Custom Status", "emoji": {"name": "🌙"}, "state": "up late"}
GAME: Json = {"id": "game", "type": 0, "name": "Lantern Keeper", "details": "Chapter 3", "state": "alone"}
CODE: Json = {
    "id": "editor",
    "type": 0,
    "name": "A text editor",
    "details": "Editing porch.py",
    "state": None,
    "application_id": "1100000000000000900",
    "assets": {"large_image": "1100000000000000901", "large_text": "A Python file"},
}
MUSIC: Json = {
    "id": "spotify:1",
    "type": 2,
    "name": "Spotify",
    "details": "Moths at the Window",
    "state": "The Night Shift",
    "sync_id": "practice",
    "session_id": "practice",
    "flags": 48,
}
STEPS: tuple[tuple[str, tuple[Json, ...]], ...] = (
    ("online", (CUSTOM, CODE)),
    ("online", (CUSTOM, CODE, MUSIC)),
    ("idle", (GAME,)),
    ("dnd", (CODE,)),
    ("offline", ()),
)


def environment(base: str) -> dict[str, str]:
    return {
        "LANYARD_USER_ID": str(porch.OWNER),
        "LANYARD_BASE_URL": f"{base}/v1",
        "LANYARD_SOCKET_URL": f"{base.replace('http', 'ws', 1)}/socket",
        "LANYARD_PERIOD": "20",
    }


def presence(now: float) -> Json:
    status, doing = STEPS[int(now // STEP) % len(STEPS)]
    began = int(now // STEP * STEP * 1000)
    activities = [{**each, "timestamps": {"start": began}, "created_at": began} for each in doing]
    return {
        "discord_user": {"id": str(porch.OWNER), "username": "robin", "global_name": "Robin", "discriminator": "0"},
        "discord_status": status,
        "activities": activities,
        "listening_to_spotify": MUSIC in doing,
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
        return web.json_response({"success": True, "data": presence(now())})

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
                    teller = asyncio.create_task(_tell(ws, now if is_known else None))
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


async def _tell(ws: web.WebSocketResponse, now: Callable[[], float] | None) -> None:
    """INIT_STATE, which is empty for somebody unknown, and then whatever changes."""
    told = presence(now()) if now else {}
    await ws.send_json({"op": 0, "seq": 1, "t": "INIT_STATE", "d": told})
    seq = 1
    while now and not ws.closed:
        await asyncio.sleep(LOOK)
        if (fresh := presence(now())) != told:
            told, seq = fresh, seq + 1
            await ws.send_json({"op": 0, "seq": seq, "t": "PRESENCE_UPDATE", "d": told})
