"""What the practice Discord remembers: plain mutable records, all in memory, gone when it stops."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any

Json = dict[str, Any]

EPHEMERAL = 1 << 6
LOADING = 1 << 7
SUPPRESS_EMBEDS = 1 << 2


class ChannelType(IntEnum):
    TEXT = 0
    DIRECT = 1
    PUBLIC_THREAD = 11


class MessageType(IntEnum):
    DEFAULT = 0
    REPLY = 19
    CHAT_INPUT_COMMAND = 20
    CONTEXT_MENU_COMMAND = 23


class InteractionType(IntEnum):
    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL_SUBMIT = 5


@dataclass(slots=True)
class User:
    id: int
    username: str
    global_name: str | None = None
    avatar: str | None = None
    bot: bool = False


@dataclass(slots=True)
class Member:
    user: User
    roles: list[int]
    joined_at: datetime
    nick: str | None = None
    status: str = "online"

    @property
    def name(self) -> str:
        return self.nick or self.user.global_name or self.user.username


@dataclass(slots=True)
class Role:
    id: int
    name: str
    permissions: int
    position: int
    managed: bool = False
    mentionable: bool = False
    color: int = 0


@dataclass(slots=True)
class Overwrite:
    """`kind` 0 is for a role, 1 for a member; allow and deny are permission bits."""

    id: int
    kind: int
    allow: int = 0
    deny: int = 0


@dataclass(slots=True)
class Channel:
    id: int
    type: ChannelType
    name: str
    guild_id: int | None
    position: int = 0
    topic: str | None = None
    parent_id: int | None = None
    owner_id: int | None = None
    recipients: list[int] = field(default_factory=list)
    overwrites: list[Overwrite] = field(default_factory=list)
    last_message_id: int | None = None


@dataclass(slots=True)
class Emoji:
    id: int
    name: str
    animated: bool = False


@dataclass(slots=True)
class Guild:
    id: int
    name: str
    owner_id: int
    members: dict[int, Member]
    roles: dict[int, Role]
    emojis: dict[int, Emoji]


@dataclass(slots=True)
class Application:
    """The bot's entry in the portal: its token, its owner and the privileged intents that are switched on."""

    id: int
    name: str
    owner_id: int
    token: str
    intents: int


@dataclass(slots=True)
class Webhook:
    id: int
    token: str
    channel_id: int
    name: str
    user_id: int
    application_id: int | None
    avatar: str | None = None


@dataclass(slots=True)
class File:
    """An attachment with its bytes. Sizes are in bytes, width and height in pixels (None when it is no picture)."""

    id: int
    channel_id: int
    filename: str
    content_type: str
    data: bytes
    description: str | None = None
    width: int | None = None
    height: int | None = None
    ephemeral: bool = False


@dataclass(slots=True)
class Reference:
    message_id: int
    channel_id: int
    guild_id: int | None


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
