"""The gateway: where the bot hears what happens. Sessions with numbered events, heartbeats, resuming, and the ways in
which all of that fails. Source: Discord's 'Gateway' and 'Gateway Events' pages."""

import asyncio
import time
from collections import deque

from aiohttp import web

from practice import payloads, permissions
from practice.gateway import intents
from practice.gateway.sessions import Session
from practice.gateway.sockets import Closed, Socket
from practice.model import Json
from practice.world import World

HEARTBEAT_MS = 41_250
RESUMABLE_SECONDS = 300.0
FRAMES_PER_MINUTE = 120
HEARTBEAT, IDENTIFY, PRESENCE, VOICE, RESUME, RECONNECT, MEMBERS, INVALID, HELLO, ACK = 1, 2, 3, 4, 6, 7, 8, 9, 10, 11


class Gateway:
    """`url` is the address that READY announces for resuming. `refusing` makes every new socket end at once."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.url = ""
        self.refusing = False
        self.sessions: dict[str, Session] = {}
        self.identified = 0
        self.resumed = 0
        self._sockets: set[Socket] = set()
        self._gate = asyncio.Event()
        self._gate.set()
        world.listen(self._dispatch)

    # Faults

    def drop(self) -> None:
        """Cuts every socket without a word; the sessions live on and can be resumed."""
        for socket in tuple(self._sockets):
            socket.abort()

    def ask_to_reconnect(self) -> None:
        for socket in self._sockets:
            socket.send_op(RECONNECT, None)

    def lose_sessions(self) -> None:
        """Forgets every session: sockets are told so (op 9), and what happens from now on never reaches them."""
        self.sessions.clear()
        for socket in self._sockets:
            socket.send_op(INVALID, False)

    def forget_and_drop(self) -> None:
        """As a crash of Discord's: the sessions are gone and the sockets are cut; a resume is answered with op 9."""
        self.sessions.clear()
        self.drop()

    def pause(self) -> None:
        """Plays dead: sockets stay open, nothing is sent, not even heartbeats are answered."""
        self._gate.clear()

    def unpause(self) -> None:
        self._gate.set()

    async def close(self) -> None:
        self._gate.set()
        self.refusing = True
        for socket in tuple(self._sockets):
            socket.close(1001, "Going away.")

    @property
    def connected(self) -> int:
        """How many sessions have a socket now."""
        return sum(1 for session in self.sessions.values() if session.socket)

    def _dispatch(self, event: str, data: Json) -> None:
        if event.startswith("PRACTICE_"):
            return
        hidden = (
            "channel_id" in data and event != "INTERACTION_CREATE" and not self.world.bot_sees(int(data["channel_id"]))
        )
        if event == "GUILD_AUDIT_LOG_ENTRY_CREATE":
            hidden = not permissions.in_guild(self.world.guild, self.world.bot.id) & permissions.VIEW_AUDIT_LOG
        for session in () if hidden else tuple(self.sessions.values()):
            if session.wants(event, data):
                session.dispatch(event, data)

    # Sockets

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """GET /gateway, upgraded."""
        if self.refusing:
            if request.transport:
                request.transport.abort()
            return web.Response(status=503)
        ws = web.WebSocketResponse(autoclose=True, compress=False)
        await ws.prepare(request)
        socket = Socket(request, ws, self._gate)
        self._sockets.add(socket)
        writer = asyncio.create_task(socket.write())
        try:
            await self._converse(socket)
        except Closed as closed:
            if closed.code and not ws.closed:
                socket.close(closed.code, closed.reason)
                await writer
        finally:
            self._sockets.discard(socket)
            self._detach(socket)
            writer.cancel()
        return ws

    def _detach(self, socket: Socket) -> None:
        for session in self.sessions.values():
            if session.socket is socket:
                session.socket, session.left_at = None, self.world.now()

    async def _converse(self, socket: Socket) -> None:
        socket.send_op(HELLO, {"heartbeat_interval": HEARTBEAT_MS, "_trace": ["practice"]})
        session: Session | None = None
        times: deque[float] = deque(maxlen=FRAMES_PER_MINUTE)
        while True:
            frame = await socket.receive(HEARTBEAT_MS / 1000 * 1.5)
            if len(times) == FRAMES_PER_MINUTE and time.monotonic() - times[0] < 60:
                raise Closed(4008, "Rate limited.")
            times.append(time.monotonic())
            session = self._hear(socket, session, frame.get("op"), frame.get("d", {}))

    def _hear(self, socket: Socket, session: Session | None, op: object, data: Json) -> Session | None:
        if op == HEARTBEAT:
            socket.send_op(ACK, None)
        elif op in {IDENTIFY, RESUME}:
            if session:
                raise Closed(4005, "Already authenticated.")
            if not isinstance(data, dict):
                raise Closed(4002, "Error while decoding payload.")
            return self._identify(socket, data) if op == IDENTIFY else self._resume(socket, data)
        elif op not in {PRESENCE, VOICE, MEMBERS}:
            raise Closed(4001, "Unknown opcode.")
        elif session is None:
            raise Closed(4003, "Not authenticated.")
        elif op == MEMBERS:
            self._members(session, data)
        return session

    def _authenticate(self, data: Json) -> None:
        if str(data.get("token", "")).removeprefix("Bot ") != self.world.application.token:
            raise Closed(4004, "Authentication failed.")

    def _identify(self, socket: Socket, data: Json) -> Session:
        self._authenticate(data)
        wanted = int(data.get("intents", -1))
        if not 0 <= wanted <= intents.KNOWN:
            raise Closed(4013, "Invalid intent(s).")
        if wanted & intents.PRIVILEGED & ~self.world.application.intents:
            raise Closed(4014, "Disallowed intent(s).")
        session = Session(wanted, self.world.bot.id)
        session.socket = socket
        self.sessions[session.id] = session
        self.identified += 1
        session.dispatch("READY", self._ready(session))
        session.dispatch("GUILD_CREATE", self._guild_create(session))
        return session

    def _ready(self, session: Session) -> Json:
        world = self.world
        return {
            "v": 10,
            "user": payloads.me(world),
            "guilds": [{"id": str(world.guild.id), "unavailable": True}],
            "session_id": session.id,
            "resume_gateway_url": self.url,
            "session_type": "normal",
            "private_channels": [],
            "shard": [0, 1],
            "application": {"id": str(world.application.id), "flags": payloads.application_flags(world)},
            "_trace": ["practice"],
        }

    def _guild_create(self, session: Session) -> Json:
        members = self.world.guild.members
        known = list(members.values()) if session.intents & intents.GUILD_PRESENCES else [members[self.world.bot.id]]
        return payloads.guild_create(self.world, known, presences=bool(session.intents & intents.GUILD_PRESENCES))

    def _resume(self, socket: Socket, data: Json) -> Session | None:
        self._authenticate(data)
        session = self.sessions.get(str(data.get("session_id")))
        seq = int(data.get("seq") or 0)
        if session is None or not self._resumable(session, seq):
            socket.send_op(INVALID, False)
            return None
        if session.socket:
            session.socket.close(4000, "Taken over by a newer connection.")
        for frame in session.missed(seq):
            socket.send(frame)
        session.socket = socket
        self.resumed += 1
        session.dispatch("RESUMED", {"_trace": ["practice"]})
        return session

    def _resumable(self, session: Session, seq: int) -> bool:
        fresh = session.socket is not None or self.world.now() - session.left_at < RESUMABLE_SECONDS
        return fresh and session.can_replay(seq)

    def _members(self, session: Session, data: Json) -> None:
        world, query = self.world, str(data.get("query") or "").lower()
        if not query and "user_ids" not in data and not session.intents & intents.GUILD_MEMBERS:
            return
        listed = data.get("user_ids") or []
        wanted = {int(each) for each in (listed if isinstance(listed, list) else [listed])}
        found = [
            member
            for member in world.guild.members.values()
            if (member.user.id in wanted if wanted else member.user.username.lower().startswith(query))
        ]
        shape: Json = {
            "guild_id": str(world.guild.id),
            "members": [payloads.member(member) for member in found],
            "chunk_index": 0,
            "chunk_count": 1,
            "not_found": [str(each) for each in wanted - {member.user.id for member in found}],
        }
        if data.get("presences"):
            shape["presences"] = [payloads.presence(world, member) for member in found]
        if "nonce" in data:
            shape["nonce"] = data["nonce"]
        session.dispatch("GUILD_MEMBERS_CHUNK", shape)
