"""Which room a channel of Discord's is one with, remembered: most of what happens in a server happens elsewhere."""

from db import rooms
from db.rooms import Bridge
from db.store import Store

REMEMBERED = 2000


class Bridges:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[int, Bridge | None] = {}
        self._age = 0

    def forget(self) -> None:
        """A room has got a channel, or lost it."""
        self._known.clear()
        self._age += 1

    async def thread(self, channel_id: int) -> Bridge | None:
        """The comments that are one with this thread; None for all other places."""
        if channel_id not in self._known:
            age = self._age
            found = await rooms.by_channel(self._store.pool, channel_id)
            bridge = None if found is None or found.is_hangout else found
            if age != self._age:  # it may be another by now
                return bridge
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[channel_id] = bridge
        return self._known[channel_id]

    def of_room(self, room_id: int) -> Bridge | None:
        """The bridge of this room, where it has been asked for by its channel."""
        return next((one for one in self._known.values() if one and one.room_id == room_id), None)
