"""What processes tell each other: small hints of what was announced, never what was said. For db/fanout.py."""

from collections.abc import Callable
from typing import Any

import msgspec

from db.events import (
    Behind,
    CardsBehind,
    CardsChanged,
    CardsDue,
    CardsLookedAt,
    Changed,
    ConfigChanged,
    FiltersChanged,
    ModNoticeDue,
    Noted,
    NoticeDue,
    Parted,
    PostsChanged,
    Queued,
    Read,
    Relayed,
    RoomChanged,
    SanctionsBehind,
    SanctionsChanged,
    SessionEnded,
    Typing,
)


class Hint(msgspec.Struct, omit_defaults=True):
    """What travels. `room` alone: it changed. With `message`: that message's relay state. With `typing`: that person
    writes there. With `reader`: that member has read it up to `seq`. With `parted`: somebody left it. `noted`: for that
    member something else waits, with `room` because of what was said there. `session`: the hash of one that has ended.
    `online`: people at `process`, and `around` the members who have a page of it open. `post`: that post changed, with
    0 anything of the blog. `card`: that live card did, to this `version`, when empty any; `looked`: somebody looks at
    them; `due`: one is to be asked for sooner. `house`: what of the house's order is otherwise, a key of `ORDER`, with
    `room` for which room.
    """

    process: str
    room: int = 0
    message: int = 0
    author: int = 0
    state: str = ""
    reason: str | None = None
    online: int = -1
    around: tuple[int, ...] = ()
    owner: str = ""
    relay: str = ""
    members: int | None = None
    typing: int = 0
    name: str = ""
    source: str = ""
    reader: int = 0
    seq: int = 0
    parted: bool = False
    noted: int = 0
    session: bytes = b""
    post: int = -1
    card: str | None = None
    version: int = 0
    looked: bool = False
    due: bool = False
    house: str = ""


# What a process announces that hears that something of the house's order is otherwise; the room only where it matters.
ORDER: dict[str, Callable[[int], object]] = {
    "sanctions": lambda _: SanctionsBehind(),
    "room": RoomChanged,
    "filters": lambda _: FiltersChanged(),
    "config": lambda _: ConfigChanged(),
    "notice": lambda _: ModNoticeDue(),
}

# What is told of each kind of event; of a kind that is not here nothing.
TOLD: dict[type, Callable[[Any], dict[str, Any] | None]] = {
    Changed: lambda event: {"room": event.room_id},
    Relayed: lambda event: {
        "room": event.room_id,
        "message": event.message_id,
        "author": event.author_id,
        "state": event.state,
        "reason": event.reason,
    },
    Typing: lambda event: {
        "room": event.room_id,
        "typing": event.person_id,
        "name": event.name,
        "source": event.source,
    },
    Read: lambda event: {"room": event.room_id, "reader": event.person_id, "seq": event.seq},
    Parted: lambda event: {"room": event.room_id, "parted": True},
    Noted: lambda event: {"room": event.room_id, "noted": event.person_id},
    SessionEnded: lambda event: {"session": event.token_hash},
    PostsChanged: lambda event: {"post": event.post_id},
    CardsChanged: lambda event: {"card": event.name, "version": event.version} if event.is_news else None,
    CardsLookedAt: lambda _: {"looked": True},
    CardsDue: lambda _: {"due": True},
    SanctionsChanged: lambda event: {"house": "sanctions"} if event.is_news else None,
    RoomChanged: lambda event: {"house": "room", "room": event.room_id},
    FiltersChanged: lambda _: {"house": "filters"},
    ConfigChanged: lambda _: {"house": "config"},
    ModNoticeDue: lambda _: {"house": "notice"},
}


def hint_of(event: object, process: str) -> Hint | None:
    """None for what the others need not hear, or hear in another way."""
    tell = TOLD.get(type(event))
    told = tell(event) if tell else None
    return Hint(process, **told) if told else None


def events_of(hint: Hint) -> list[object]:
    """What is announced where it arrives; nothing for a hint of who is present."""
    room = hint.room
    kinds: tuple[tuple[object, list[object]], ...] = (
        (hint.house, [ORDER[hint.house](room)] if hint.house in ORDER else []),
        (hint.session, [SessionEnded(hint.session)]),
        (hint.post >= 0, [PostsChanged(hint.post), NoticeDue()]),
        (hint.card is not None, [CardsBehind(hint.card or "", hint.version)]),
        (hint.looked, [CardsLookedAt()]),
        (hint.due, [CardsDue()]),
        (hint.noted, [Noted(hint.noted, room)]),
        (hint.parted, [Parted(room)]),
        (hint.reader, [Read(room, hint.reader, hint.seq)]),
        (hint.typing, [Typing(room, hint.typing, hint.name, hint.source)]),
        (hint.message, [Relayed(room, hint.message, hint.author, hint.state, hint.reason)]),
        (room, [Behind(room), Queued()]),
    )
    return next((events for is_given, events in kinds if is_given), [])
