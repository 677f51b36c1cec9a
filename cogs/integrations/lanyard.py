"""Lanyard: how the owner is in Discord, told by a bot of somebody else's, for those whose own bot may not know.

Its socket tells at once; when it is away, its REST address is asked. Source: the README and the socket handler of
github.com/Phineas/lanyard.
"""

import asyncio
from contextlib import suppress
from datetime import datetime
from typing import Any

import aiohttp
import msgspec

from db.cards import Card, Snapshot
from db.config import Lanyard
from db.limits import Bucket
from db.loops import pause

from . import _presences
from ._listening import Put
from ._outbound import Outbound, SourceFailed
from ._words import ODD, Part, shaped

UNKNOWN = "It does not know this user: join its Discord server (discord.gg/lanyard) and stay there."
EVENT, HELLO, INITIALIZE, HEARTBEAT = 0, 1, 2, 3
FRAME_MAX = 256 * 1024
PATIENCE = 10.0  # seconds for the socket to open, and for each of its first two words
BEAT_LEAST, BEAT_MOST = 1.0, 45.0  # seconds; it ends a socket that is silent for 60
FRAMES, FRAME_RATE = 100, 10.0  # at once, and a second: what it says beyond that waits in the socket, and it with it
FAREWELL = 0.3  # seconds for it to say goodbye too
PING = 30.0  # seconds; half of it without an answer and the socket is dead, whatever it looks like


class Told(Part, frozen=True):
    discord_status: str
    activities: tuple[dict[str, Any], ...] = ()


class Answer(Part, frozen=True):
    data: Told


class Frame(Part, frozen=True):
    op: int
    t: str | None = None
    d: Any = None


class Hello(Part, frozen=True):
    heartbeat_interval: float = 30_000.0  # milliseconds


async def fetch(outbound: Outbound, settings: Lanyard) -> Snapshot:
    try:
        answer = shaped(await outbound.json(f"/users/{settings.user_id}"), Answer)
    except SourceFailed as failed:
        raise SourceFailed(UNKNOWN, is_setup=True, status=404) if failed.status == 404 else failed from None
    return _snapshot(answer.data)


def settled(snapshot: Snapshot, before: Card | None, now: datetime) -> Snapshot:
    return _presences.remembering(snapshot, before, now)


async def listen(outbound: Outbound, settings: Lanyard, put: Put) -> None:
    """One life of its socket: puts what it tells, at once. Raises whatever ended it."""
    agent, here = {"User-Agent": outbound.agent}, aiohttp.TraceConfig()
    here.on_request_redirect.append(_refuse)
    async with aiohttp.ClientSession(headers=agent, trace_configs=[here]) as session:
        async with asyncio.timeout(PATIENCE):
            socket = await session.ws_connect(settings.socket_url, heartbeat=PING, max_msg_size=FRAME_MAX)
        try:
            await _converse(socket, settings, put)
        finally:
            with suppress(TimeoutError):
                async with asyncio.timeout(FAREWELL):  # the client would wait for as long as anything comes
                    await socket.close()


async def _refuse(*_told: object) -> None:
    """The client has no other way not to follow when it opens a socket."""
    raise SourceFailed("Its socket sends us elsewhere, and we do not follow.")


async def _converse(socket: aiohttp.ClientWebSocketResponse, settings: Lanyard, put: Put) -> None:
    hello = await _hear(socket, PATIENCE)
    if hello.op != HELLO:
        raise SourceFailed("Its socket did not say hello.")
    beat = shaped(hello.d or {}, Hello).heartbeat_interval / 1000
    await socket.send_json({"op": INITIALIZE, "d": {"subscribe_to_id": str(settings.user_id)}})
    first = await _hear(socket, PATIENCE)
    if not first.d:
        raise SourceFailed(UNKNOWN, is_setup=True)
    known = _snapshot(shaped(first.d, Told))
    await put(known)
    await _follow(socket, min(max(beat, BEAT_LEAST), BEAT_MOST), known, put)


async def _follow(socket: aiohttp.ClientWebSocketResponse, beat: float, known: Snapshot, put: Put) -> None:
    """Puts what is new, and says every `beat` seconds that we are there."""
    loop, pace = asyncio.get_running_loop(), Bucket()
    due = loop.time() + beat
    while True:
        while wait := pace.take("", loop.time(), FRAME_RATE, FRAMES):
            await pause(wait)
        if loop.time() >= due:
            await socket.send_json({"op": HEARTBEAT})
            due = loop.time() + beat
        try:
            frame = await _hear(socket, due - loop.time())
        except TimeoutError:
            continue
        if frame.op == EVENT and frame.d and (told := _snapshot(shaped(frame.d, Told))) != known:
            known = told
            await put(known)


async def _hear(socket: aiohttp.ClientWebSocketResponse, patience: float) -> Frame:
    """The next frame. Raises TimeoutError, and ConnectionError when there will be none."""
    message = await socket.receive(timeout=max(patience, 0.001))
    if message.type is not aiohttp.WSMsgType.TEXT:
        raise ConnectionError(f"closed with {socket.close_code}")
    try:
        return msgspec.json.decode(message.data, type=Frame)
    except msgspec.MsgspecError:
        raise SourceFailed(ODD) from None


def _snapshot(told: Told) -> Snapshot:
    return _presences.presence(told.discord_status, told.activities)
