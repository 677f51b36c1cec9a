"""Everything that may be announced, on one page. Events are small and frozen; they carry neither JSON nor HTML."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:  # messages.py announces what stands here; only the annotation looks back
    from db.messages import Message
    from db.people import Person

Kind = Literal["create", "update", "delete", "reaction_add", "reaction_remove"]


@dataclass(frozen=True, slots=True)
class Reaction:
    """Who reacted, or took it back, with what."""

    emoji: str
    person_id: int


@dataclass(frozen=True, slots=True)
class Changed:
    """One change in a room, as committed in this process. `reaction` is set for the two kinds that are about one."""

    room_id: int
    seq: int
    kind: Kind
    message: Message
    reaction: Reaction | None = None


@dataclass(frozen=True, slots=True)
class Behind:
    """Something in this room may have been committed that this process has not told: read it from the database."""

    room_id: int


@dataclass(frozen=True, slots=True)
class Queued:
    """There is something to relay to Discord."""


@dataclass(frozen=True, slots=True)
class Relayed:
    """A message's way to Discord has come to a new state (`pending`, `sent`, `failed`)."""

    room_id: int
    message_id: int
    author_id: int
    state: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Typing:
    """Somebody writes in this room, through the door `source`; true for the next ten seconds, or until they speak."""

    room_id: int
    person_id: int
    name: str
    source: str


@dataclass(frozen=True, slots=True)
class Bridged:
    """A room is now one with this Discord channel or thread, or with none (0) any more."""

    room_id: int
    channel_id: int
    is_hangout: bool = False


@dataclass(frozen=True, slots=True)
class LetterPut:
    """There may be a letter for somebody in Discord."""


@dataclass(frozen=True, slots=True)
class DiscordChanged:
    """The way to Discord has opened or closed: look at `store.discord`."""


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """This session is worth nothing from here: whoever still holds it open is to be sent away."""

    token_hash: bytes


@dataclass(frozen=True, slots=True)
class PersonChanged:
    """A member has another name or picture, or wants to be shown otherwise; `person` is who they are from here."""

    person: Person


@dataclass(frozen=True, slots=True)
class Noted:
    """What waits for this member has changed: messages not read, requests, their chats. With `room_id` somebody has
    just said something to them there.
    """

    person_id: int
    room_id: int = 0


@dataclass(frozen=True, slots=True)
class Read:
    """A member who lets others see it has read this chat up to `seq`."""

    room_id: int
    person_id: int
    seq: int


@dataclass(frozen=True, slots=True)
class Parted:
    """One of two has left this chat, or blocked the other: nobody holds it open from here as they did."""

    room_id: int


@dataclass(frozen=True, slots=True)
class PostsChanged:
    """Something that readers of the blog see has changed: this post, or with 0 anything. Liked, published, edited..."""

    post_id: int = 0


@dataclass(frozen=True, slots=True)
class NoticeDue:
    """There may be something to tell Discord of a post or a comment."""


@dataclass(frozen=True, slots=True)
class CardsChanged:
    """This live card shows something else from here, or nothing; with an empty name any of them. `is_news`: the
    other processes do not know it yet.
    """

    name: str = ""
    version: int = field(default=0, compare=False)
    is_news: bool = field(default=True, compare=False)


@dataclass(frozen=True, slots=True)
class CardsBehind:
    """Another process has kept this version of this live card, or with an empty name any: read it."""

    name: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class CardsLookedAt:
    """Somebody has a page with live cards open: they are asked for as often as they may be."""


@dataclass(frozen=True, slots=True)
class CardsDue:
    """A live card is to be asked for sooner than planned, or there may be something to tell the moderators of one."""


@dataclass(frozen=True, slots=True)
class Missed:
    """Something may have been told between the processes that did not come here: who relies on it looks for itself."""


@dataclass(frozen=True, slots=True)
class SanctionsBehind:
    """Somebody is kept out, or not any more, and this process has not read it yet: another one tells."""


@dataclass(frozen=True, slots=True)
class SanctionsChanged:
    """`store.sanctions` is another one from here: whoever may not stay is sent away. `is_news`: the other processes do
    not know it yet.
    """

    is_news: bool = field(default=True, compare=False)


@dataclass(frozen=True, slots=True)
class RoomChanged:
    """A room was locked or opened, or has another slow mode; with 0 the whole house, by a raid or a panic."""

    room_id: int = 0


@dataclass(frozen=True, slots=True)
class FiltersChanged:
    """The rules for what is written are others from here: read them."""


@dataclass(frozen=True, slots=True)
class ConfigChanged:
    """Something of the house was set while it runs: look at `store.config` and `store.house`. `is_news`: the other
    processes do not know it yet.
    """

    is_news: bool = field(default=True, compare=False)


@dataclass(frozen=True, slots=True)
class ModNoticeDue:
    """There may be something to tell the moderators."""


@dataclass(frozen=True, slots=True)
class PresenceChanged:
    """Who is here, the owner's status, or the state of the relay has changed: look at `store.presence`."""
