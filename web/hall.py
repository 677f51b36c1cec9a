"""The hangout of this process: who sits in it, what they are told, and what each is greeted with.

Opened and closed with the application by web/__init__.py; web/sockets.py seats people in it.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress

from aiohttp import web

from db import messages, rooms
from db.errors import TooOften
from db.events import PersonChanged, PresenceChanged, Relayed, SessionEnded, Typing
from db.feeds import following
from db.people import Person
from db.store import Store

from . import frames, keys
from .audience import Audience

SOCKETS_PER_NETWORK, SOCKETS_PER_PERSON = 50, 20
LOCAL = {"127.0.0.1", "::/64"}  # what a proxy that is not trusted looks like, too
CLOSE_PATIENCE = 2.0  # seconds; aiohttp's own limit does not hold where a full buffer must drain first
PRESENCE_EVERY = 0.5  # seconds; many who come at once are told in one frame


class Hall:
    """`sockets` are the open ones. `networks` and `people` count those of each, from the moment they knock."""

    def __init__(self, store: Store, room: rooms.Room, audience: Audience) -> None:
        self.store = store
        self.room = room
        self.audience = audience
        self.sockets: set[web.WebSocketResponse] = set()
        self.networks: Counter[str] = Counter()
        self.people: Counter[int] = Counter()
        self._presence_is_due = False

    @property
    def is_bridged(self) -> bool:
        """Whether there is a Discord at all that the hangout could be one room with."""
        config = self.store.config
        has_way = bool(config.discord.token) or config.process.role == "web"
        return has_way and self.store.discord.state != "no_channel"

    @contextmanager
    def room_for(self, network: str, person: Person | None) -> Iterator[None]:
        """Holds a place for one more socket. Raises TooOften when a network or a person has too many."""
        key = person.id if person else 0
        crowded = self.networks[network] >= SOCKETS_PER_NETWORK and network not in LOCAL
        if crowded or (person and self.people[key] >= SOCKETS_PER_PERSON):
            raise TooOften("You have too many windows of the hangout open. Please close one.", 10.0)
        self.networks[network] += 1
        self.people[key] += 1
        try:
            yield
        finally:
            self.networks -= Counter([network])
            self.people -= Counter([key])

    def hear(self, event: object) -> None:
        if isinstance(event, PresenceChanged) and not self._presence_is_due:
            self._presence_is_due = True
            asyncio.get_running_loop().call_later(PRESENCE_EVERY, self._tell_presence)
        elif isinstance(event, SessionEnded):
            self.audience.send_away(event.token_hash)
        elif isinstance(event, PersonChanged):
            self.audience.rename(event.person)
        elif isinstance(event, Typing) and event.room_id == self.room.id:
            self.audience.tell_all(frames.typing(event))
        elif isinstance(event, Relayed) and event.room_id == self.room.id:
            self._tell_relayed(event)

    def _tell_presence(self) -> None:
        self._presence_is_due = False
        self.audience.tell_all(frames.presence(self.store.presence))

    def _tell_relayed(self, event: Relayed) -> None:
        """How far a message has come is its author's and the owner's business."""
        data = frames.encode(frames.relayed(event))
        for seat in self.audience.greeted():
            if seat.person and (seat.person.owner or seat.person.id == event.author_id):
                seat.send(data)

    async def close(self) -> None:
        """Tells everybody that the house restarts; whoever does not listen is cut off after a moment."""
        closing = (ws.close(code=1012, message=b"restarting") for ws in list(self.sockets))
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_PATIENCE):
                await asyncio.gather(*closing, return_exceptions=True)
        for seat in self.audience.everybody():
            seat.transport.abort()


async def opened(app: web.Application) -> AsyncIterator[None]:
    """Opens the hangout with the application, and closes it with it."""
    store = app[keys.STORE]
    room = await rooms.by_slug(store.pool, rooms.HANGOUT)
    async with following(store, room.id) as feed:
        hall = app[keys.HALL] = Hall(store, room, Audience(feed.seq))
        with feed.followed_by(hall.audience.tell), store.live.listening(hall.hear):
            yield


async def close(app: web.Application) -> None:
    await app[keys.HALL].close()


async def hello(hall: Hall, person: Person | None, after: str) -> frames.Frame:
    """The first frame: the newest page, or every change since `after`, or the newest page again when that is too
    much.
    """
    limits = hall.store.config.hangout
    found: list[messages.Message] = []
    reset = bool(after)
    seq = 0
    since = whole_number(after)
    if since is not None:
        seq, found = await messages.changed_after(hall.store.pool, hall.room.id, since, limits.resume_max)
        reset = len(found) > limits.resume_max or since > seq
    if since is None or reset:
        seq, found = await messages.newest(hall.store.pool, hall.room.id, limits.page)
    presence = hall.store.presence
    held = await messages.emoji_held_by(hall.store.pool, person.id, [one.id for one in found]) if person else {}
    return {
        "type": "hello",
        "you": frames.person(person) if person else None,
        "seq": seq,
        "messages": [frames.message(one, held.get(one.id, frozenset())) for one in found],
        "reset": reset,
        "online": presence.online,
        "relay": presence.relay,
        "owner": presence.owner,
        "members": presence.members,
    }


def whole_number(text: str | None) -> int | None:
    """A whole number as clients write one, or None for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 18 else None
