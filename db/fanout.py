"""The fan-out backup: what one process announces, the others hear through Redis.

Only hints travel: which room changed, a message's relay state, how many people are where. PostgreSQL stays the
truth, so a lost hint costs delay only, and while Redis is away the changes are read every 2 seconds instead.
"""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import msgspec
import redis.asyncio as redis
from redis.exceptions import RedisError

from db import cards, outbox
from db.errors import AWAY
from db.events import Behind, Missed, PresenceChanged, Queued
from db.hints import Hint, events_of, hint_of
from db.loops import again_and_again, doing
from db.presence import Presence
from db.store import Store

log = logging.getLogger(__name__)
CHANNEL = "porchlight"
POLL = 2.0  # seconds, while Redis is away
POLL_SLOWLY = 15.0  # seconds, while all is well: a second net under the first
SPEAK = 5.0  # seconds between two words of a process about who is there; three times that and it is forgotten
RETRY = 2.0  # seconds between two tries to reach Redis, at most: all are back before anybody is forgotten
WAITING_MAX = 1_000


class Fanout:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._process = secrets.token_hex(8)
        self._outgoing: asyncio.Queue[Hint] = asyncio.Queue(WAITING_MAX)
        self._heard_at: dict[str, float] = {}
        self._leader = ""  # the process that told us last how Discord is
        self._remote = False  # while a remote hint is being told here, so that it does not travel back

    @property
    def connected(self) -> bool:
        return self._store.presence.redis == "on"

    # From this process

    def hear(self, event: object) -> None:
        """The hub's listener."""
        if self._remote:
            return
        hint = self._presence() if isinstance(event, PresenceChanged) else hint_of(event, self._process)
        if hint:
            self._send(hint)

    def _send(self, hint: Hint) -> None:
        """A full queue drops the hint: the others then notice by the next one, or by reading."""
        if not self._outgoing.full():
            self._outgoing.put_nowait(hint)

    def _presence(self) -> Hint:
        presence = self._store.presence
        leads = self._store.leads
        return Hint(
            self._process,
            online=len(presence.here),
            around=tuple(presence.around),
            owner=presence.owner if leads else "",
            relay=presence.relay if leads else "",
            members=presence.members if leads else None,
        )

    async def speak(self) -> None:
        """Says every few seconds who is here, however much else there is to say, and forgets who no longer does."""
        while True:
            self._send(self._presence())
            await asyncio.sleep(SPEAK)  # before anybody is forgotten: after an absence of Redis all were silent
            self._forget_the_silent()

    async def publish(self, client: "redis.Redis") -> None:
        """Sends the hints for as long as Redis answers."""
        while True:
            hint = await self._outgoing.get()
            async with asyncio.timeout(3):
                await client.publish(CHANNEL, msgspec.json.encode(hint))

    # From the others

    async def listen(self, client: "redis.Redis") -> None:
        async with client.pubsub(ignore_subscribe_messages=True) as pubsub:
            await pubsub.subscribe(CHANNEL)
            self._store.presence.redis = "on"
            self._look_everywhere()  # what was said before we listened was said to nobody here
            for room_id in tuple(self._store.followed):
                self._send(Hint(self._process, room=room_id))  # and what the last connection lost, to nobody there
            while True:
                packet = await pubsub.get_message(timeout=SPEAK)  # its health check finds a dead connection
                if packet:
                    self._take(packet["data"])

    def _take(self, data: bytes) -> None:
        try:
            hint = msgspec.json.decode(data, type=Hint)
        except msgspec.DecodeError:
            log.warning("Something that is not ours was published on the channel %s in Redis", CHANNEL)
            return
        if hint.process == self._process:
            return
        self._remote = True
        try:
            self._tell(hint)
        finally:
            self._remote = False

    def _tell(self, hint: Hint) -> None:
        if hint.online >= 0:
            self._take_presence(hint)
        for event in events_of(hint):
            self._store.live.announce(event)

    def _take_presence(self, hint: Hint) -> None:
        presence = self._store.presence
        before = _shown(presence)
        self._heard_at[hint.process] = asyncio.get_running_loop().time()
        presence.elsewhere[hint.process] = hint.online
        presence.around_elsewhere[hint.process] = frozenset(hint.around)
        if hint.relay and not self._store.leads:
            self._leader = hint.process
            presence.owner, presence.relay, presence.members = hint.owner, hint.relay, hint.members
        if before != _shown(presence):
            self._store.live.announce(PresenceChanged())

    def _forget_the_silent(self) -> None:
        now = asyncio.get_running_loop().time()
        for process in [one for one, at in self._heard_at.items() if now - at > 3 * SPEAK]:
            del self._heard_at[process]
            self._forget(process)

    def _forget(self, process: str) -> None:
        presence = self._store.presence
        presence.elsewhere.pop(process, None)
        presence.around_elsewhere.pop(process, None)
        if process == self._leader and not self._store.leads:  # nobody here knows now how Discord is
            presence.owner = cards.told_of(self._store, datetime.now(UTC)) or "offline"
            presence.relay, presence.members = "off", None
        self._store.live.announce(PresenceChanged())

    # Without Redis

    async def poll(self) -> None:
        """Looks for what no hint told of: often while Redis is away, seldom otherwise."""
        since = datetime.now(UTC) - timedelta(seconds=POLL_SLOWLY)
        while True:
            await asyncio.sleep(POLL if self._store.config.redis.url and not self.connected else POLL_SLOWLY)
            self._look_everywhere()
            try:
                if not self._store.leads:  # the leader itself has told all of it
                    since = await self._read_relayed(since)
            except AWAY:
                continue

    async def _read_relayed(self, since: datetime) -> datetime:
        for room_id in tuple(self._store.followed):
            now, news = await outbox.relayed_since(self._store.pool, room_id, since)
            for event in news:
                self._announce_quietly(event)
            since = now - timedelta(seconds=1)  # a commit under way carries an earlier time than that of its showing
        return since

    def _announce_quietly(self, event: object) -> None:
        self._remote = True
        try:
            self._store.live.announce(event)
        finally:
            self._remote = False

    def _look_everywhere(self) -> None:
        for room_id in tuple(self._store.followed):
            self._announce_quietly(Behind(room_id))
        self._announce_quietly(Queued())
        self._announce_quietly(Missed())

    async def talk(self) -> None:
        """One connection's life: publish and listen until either fails."""
        client = redis.Redis.from_url(
            self._store.config.redis.url,
            socket_connect_timeout=3,
            socket_timeout=None,  # a subscription is silent by nature
            health_check_interval=5,
            protocol=2,
        )
        try:
            async with asyncio.TaskGroup() as talk:
                talk.create_task(self.listen(client))
                talk.create_task(self.publish(client))
                talk.create_task(self.speak())
        except* (RedisError, OSError) as group:
            raise ConnectionError(f"Redis is away: {type(group.exceptions[0]).__name__}") from None
        finally:
            self._store.presence.redis = "away"
            await client.aclose()


def _shown(presence: Presence) -> object:
    """What a page may show of it."""
    around = frozenset[int]().union(*presence.around_elsewhere.values())
    return presence.online, around, presence.owner, presence.relay, presence.members


@asynccontextmanager
async def spreading(store: Store) -> AsyncIterator[None]:
    """Joins this process with the others for the length of the body; without `redis.url` only the slow reading
    remains.
    """
    fanout = Fanout(store)
    async with doing(again_and_again("Looking for changes", fanout.poll), "polling"):
        if not store.config.redis.url:
            yield
            return
        store.presence.redis = "away"
        with store.live.listening(fanout.hear):
            async with doing(again_and_again("Redis", fanout.talk, longest=RETRY), "redis"):
                yield
