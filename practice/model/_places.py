"""Who and what is there: users, members, roles, channels, the guild with its emoji and stickers, the application,
webhooks."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any


class ChannelType(IntEnum):
    TEXT = 0
    DIRECT = 1
    PUBLIC_THREAD = 11
    FORUM = 15


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
    activities: list[dict[str, Any]] = field(default_factory=list)
    premium_since: datetime | None = None
    timed_out_until: datetime | None = None

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
    """`archived`, `locked` and `archived_at` (when that changed last, None for never) are a thread's. In a forum
    `last_message_id` is its newest post."""

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
    last_pin: datetime | None = None
    archived: bool = False
    locked: bool = False
    archived_at: datetime | None = None


@dataclass(slots=True)
class Emoji:
    id: int
    name: str
    animated: bool = False


class StickerFormat(IntEnum):
    PNG = 1
    APNG = 2
    LOTTIE = 3
    GIF = 4

    @property
    def extension(self) -> str:
        return {StickerFormat.LOTTIE: "json", StickerFormat.GIF: "gif"}.get(self, "png")


@dataclass(slots=True)
class Sticker:
    id: int
    name: str
    format: StickerFormat
    tags: str = "lamp"


@dataclass(slots=True)
class Ban:
    user: User
    reason: str | None = None


class AuditEvent(IntEnum):
    BAN = 22
    UNBAN = 23
    MEMBER_UPDATE = 24


@dataclass(slots=True)
class AuditEntry:
    """What `user_id` did to `target_id`; each of `changes` has a key with what it was and is, where it was or is."""

    id: int
    event: AuditEvent
    target_id: int
    user_id: int
    reason: str | None = None
    changes: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class Guild:
    """`system_channel_id` is where joins and boosts are told. The oldest entry of the audit log is the first."""

    id: int
    name: str
    owner_id: int
    members: dict[int, Member]
    roles: dict[int, Role]
    emojis: dict[int, Emoji]
    stickers: dict[int, Sticker] = field(default_factory=dict)
    system_channel_id: int | None = None
    boosts: int = 0
    bans: dict[int, Ban] = field(default_factory=dict)
    audit_log: list[AuditEntry] = field(default_factory=list)


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
