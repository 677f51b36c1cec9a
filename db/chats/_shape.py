"""The shapes of chats: a room of two as one of them sees it, a request for one, and what waits for somebody."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import asyncpg

from db.markup import excerpt
from db.people import Person
from db.presence import Presence

State = Literal["self", "chat", "asked_you", "waiting", "blocked", "takes_none", "may_ask"]
Answer = Literal["accept", "decline", "block", "report"]


@dataclass(frozen=True, slots=True)
class Last:
    """The newest message of a chat, in one line."""

    message_id: int
    author_id: int
    excerpt: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat as a member of it sees it. `closed`: the other has left, and nothing more can be said.

    `read_seq`: up to where this member has read; `other_read_seq`: the other, 0 when they do not show it, and
    `other_read_id` the newest message up to there.
    """

    room_id: int
    other: Person
    other_is_here: bool
    unread: int
    read_seq: int
    other_read_seq: int
    other_read_id: int
    closed: bool
    joined_at: datetime
    last: Last | None


@dataclass(frozen=True, slots=True)
class Request:
    """`who`: the one who asks, or to whoever asked the one who was asked."""

    id: int
    who: Person
    words: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Totals:
    """Messages not read and requests not answered, over all chats of a member."""

    unread: int
    requests: int

    @property
    def all(self) -> int:
        return self.unread + self.requests


@dataclass(frozen=True, slots=True)
class Standing:
    """How one member stands to another. `chat` comes with `room_id`, `asked_you` with `request_id`; `blocked`: by
    whoever looks, never the other way round.
    """

    state: State
    room_id: int | None = None
    request_id: int | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a member: their rooms as {id: (messages not read, the other's name, closed)}, how many requests,
    and the name of who asked last.
    """

    rooms: dict[int, tuple[int, str, bool]]
    requests: int
    asked_by: str | None

    @property
    def unread(self) -> int:
        return sum(unread for unread, _, _ in self.rooms.values())


def chat_from(row: asyncpg.Record, presence: Presence | None) -> Chat:
    other = Person(*tuple(row)[:7])
    return Chat(
        room_id=row["room_id"],
        other=other,
        other_is_here=bool(presence and row["shows_online"] and presence.is_here(other.id)),
        unread=row["unread"],
        read_seq=row["read_seq"],
        other_read_seq=row["other_read_seq"],
        other_read_id=row["other_read_id"],
        closed=row["closed"],
        joined_at=row["joined_at"],
        last=_last(row) if row["last_id"] else None,
    )


def _last(row: asyncpg.Record) -> Last:
    words = excerpt(row["content"]) or "a picture"
    return Last(row["last_id"], row["author_id"], words, row["said_at"])


def request_from(row: asyncpg.Record) -> Request:
    values = tuple(row)
    return Request(row["request_id"], Person(*values[:7]), row["words"], row["asked_at"])
