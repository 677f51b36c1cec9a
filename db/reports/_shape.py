"""The shape of a report: who shows the moderators what, and what became of it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Kind = Literal["message", "comment", "profile", "chat"]
Decision = Literal["remove", "warn", "mute", "ban", "dismiss"]
State = Literal["open", "removed", "warned", "muted", "banned", "dismissed"]
DONE: dict[str, State] = {
    "remove": "removed",
    "warn": "warned",
    "mute": "muted",
    "ban": "banned",
    "dismiss": "dismissed",
}
# What is said to whom a decision is about, where the moderator says nothing else.
ABOUT: dict[str, str] = {
    "message": "A message of yours was reported.",
    "comment": "A comment of yours was reported.",
    "profile": "Your profile was reported.",
    "chat": "Something that you wrote to somebody was reported.",
}


@dataclass(frozen=True, slots=True)
class Found:
    """What is reported, before anybody has: whose it is, and what the moderators are shown of it. `said` holds
    {"id", "by", "author", "content", "at", "pictures", "chosen"}; `by` is `reported`, `reporter` or `other`. No names:
    they may change, and their owners may leave. `post_slug` is that of a comment's post.
    """

    kind: Kind
    subject_id: int | None
    reported_id: int
    room_id: int | None
    said: list[dict[str, Any]]
    post_slug: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """`subject_id` is the message of a report of kind `message` or `comment`, the person of a `profile`, the newest
    chosen message of a `chat`. `others` are those who reported the same, with their reasons; `names` by `author` of
    what was said; `done` all that was decided, as (state, by whom, when), the earliest first. `gone`: what was reported
    is not there any more.
    """

    id: int
    kind: Kind
    subject_id: int | None
    room_id: int | None
    reporter_id: int | None
    reporter: str
    reported_id: int | None
    reported: str
    reported_username: str | None
    reason: str
    messages: list[dict[str, Any]]
    state: State
    gone: bool
    decided_at: datetime | None
    decided_name: str
    created_at: datetime
    post_slug: str | None = None
    others: tuple[tuple[str, str], ...] = ()
    names: dict[str, str] = field(default_factory=dict)
    done: tuple[tuple[str, str, datetime], ...] = ()

    @property
    def chosen(self) -> list[int]:
        """The ids of the messages that it is about."""
        ids = (str(one.get("id", "")).removeprefix("m") for one in self.messages if one.get("chosen"))
        return [int(one) for one in ids if one.isdigit()]

    def who_said(self, said: dict[str, Any]) -> str:
        """The name of whoever said one of `messages`, as it is now."""
        if said.get("by") == "reporter":
            return self.reporter
        if said.get("by") == "reported":
            return self.reported
        return self.names.get(str(said.get("author")), "somebody")
