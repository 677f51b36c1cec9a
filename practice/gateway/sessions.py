"""Gateway sessions: what outlives a socket. A session numbers its events and keeps them, so that a client that was
cut off gets what it missed."""

import secrets
from collections import deque
from typing import TYPE_CHECKING

import msgspec

from practice.gateway import intents
from practice.model import Json

if TYPE_CHECKING:
    from practice.gateway.sockets import Socket

BUFFER = 20_000


class Session:
    """One identified client; `socket` is None while it is cut off, `left_at` is when that began (Unix seconds)."""

    def __init__(self, wanted: int, bot_id: int) -> None:
        self.id = secrets.token_hex(16)
        self.intents = wanted
        self.socket: Socket | None = None
        self.left_at = 0.0
        self.seq = 0
        self._bot_id = bot_id
        self._sent: deque[tuple[int, bytes]] = deque(maxlen=BUFFER)

    def wants(self, event: str, data: Json) -> bool:
        needed = intents.needed(event, data)
        return not needed or bool(self.intents & needed)

    def dispatch(self, event: str, data: Json) -> None:
        """Numbers an event, keeps it and sends it if there is a socket."""
        self.seq += 1
        seen = intents.readable(event, data, self.intents, self._bot_id)
        frame = msgspec.json.encode({"op": 0, "t": event, "s": self.seq, "d": seen})
        self._sent.append((self.seq, frame))
        if self.socket:
            self.socket.send(frame)

    def can_replay(self, seq: int) -> bool:
        oldest = self._sent[0][0] if self._sent else 1
        return oldest - 1 <= seq <= self.seq

    def missed(self, seq: int) -> list[bytes]:
        return [frame for number, frame in self._sent if number > seq]
