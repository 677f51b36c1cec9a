"""Messages with all that hangs on them, and what is written down of requests and pings."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any

from practice.model._places import Sticker, User

Json = dict[str, Any]

SUPPRESS_EMBEDS = 1 << 2
HAS_THREAD = 1 << 5
EPHEMERAL = 1 << 6
LOADING = 1 << 7
VOICE_MESSAGE = 1 << 13
HAS_SNAPSHOT = 1 << 14

IS_SPOILER = 1 << 3  # of a file


class MessageType(IntEnum):
    DEFAULT = 0
    NAME_CHANGE = 4
    PINNED = 6
    JOIN = 7
    BOOST = 8
    THREAD_CREATED = 18
    REPLY = 19
    CHAT_INPUT_COMMAND = 20
    THREAD_STARTER = 21
    CONTEXT_MENU_COMMAND = 23
    POLL_RESULT = 46


SYSTEM = frozenset(
    {
        MessageType.NAME_CHANGE,
        MessageType.PINNED,
        MessageType.JOIN,
        MessageType.BOOST,
        MessageType.THREAD_CREATED,
        MessageType.THREAD_STARTER,
        MessageType.POLL_RESULT,
    }
)


class ReferenceType(IntEnum):
    DEFAULT = 0
    FORWARD = 1


class InteractionType(IntEnum):
    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL_SUBMIT = 5


@dataclass(slots=True)
class File:
    """An attachment with its bytes. Sizes are in bytes, width and height in pixels (None when it is no picture),
    duration in seconds. `title` is the name as it was given when Discord had to change it; `waveform` is base64."""

    id: int
    channel_id: int
    filename: str
    content_type: str
    data: bytes
    description: str | None = None
    width: int | None = None
    height: int | None = None
    ephemeral: bool = False
    title: str | None = None
    duration: float | None = None
    waveform: str | None = None
    flags: int = 0


@dataclass(slots=True)
class Reference:
    """Where a message points; without a message's id it points at a channel."""

    message_id: int | None
    channel_id: int
    guild_id: int | None
    type: ReferenceType = ReferenceType.DEFAULT


@dataclass(slots=True)
class PollAnswer:
    """`emoji` is a unicode one or `name:id`; `voters` are user ids in order."""

    id: int
    text: str
    emoji: str | None = None
    voters: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Poll:
    question: str
    answers: list[PollAnswer]
    expiry: datetime
    multiple: bool = False
    finalized: bool = False


@dataclass(slots=True)
class Snapshot:
    """A message as it was when it was forwarded; of who said it Discord tells nothing."""

    type: MessageType
    content: str
    timestamp: datetime
    edited_timestamp: datetime | None
    flags: int
    mentions: list[int]
    mention_roles: list[int]
    attachments: list[File]
    embeds: list[Json]
    components: list[Json]
    stickers: list[Sticker]


@dataclass(slots=True)
class Message:
    """`reactions` maps an emoji ("\U0001f44b" or "name:id") to who reacted, in order. `seen_by` is set on an
    ephemeral one."""

    id: int
    channel_id: int
    guild_id: int | None
    author: User
    content: str
    timestamp: datetime
    type: MessageType = MessageType.DEFAULT
    edited_timestamp: datetime | None = None
    flags: int = 0
    webhook_id: int | None = None
    application_id: int | None = None
    avatar_url: str | None = None
    mentions: list[int] = field(default_factory=list)
    mention_roles: list[int] = field(default_factory=list)
    mention_everyone: bool = False
    attachments: list[File] = field(default_factory=list)
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    reactions: dict[str, list[int]] = field(default_factory=dict)
    reference: Reference | None = None
    stickers: list[Sticker] = field(default_factory=list)
    snapshots: list[Snapshot] = field(default_factory=list)
    poll: Poll | None = None
    pinned_at: datetime | None = None
    interaction: Json | None = None
    nonce: str | int | None = None
    seen_by: int | None = None

    @property
    def author_name(self) -> str:
        return self.author.global_name or self.author.username


@dataclass(frozen=True, slots=True)
class Ping:
    """Somebody's device really rang: `target` is a user's or role's id, or "everyone"."""

    message_id: int
    target: int | str


@dataclass(frozen=True, slots=True)
class Request:
    """One REST request as it was answered; status 0 means that the connection was cut instead."""

    method: str
    path: str
    status: int
    body: Json
