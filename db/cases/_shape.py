"""What is on record of one act."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

IN_DISCORD = "deleted in Discord, whose audit log says by whom"  # the rule where a moderator did it there


@dataclass(frozen=True, slots=True)
class Subject:
    """What an act was about. All of it may be missing."""

    person_id: int | None = None
    room_id: int | None = None
    message_id: int | None = None
    comment_id: int | None = None
    report_id: int | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """`by_name` is empty where the house acted by itself: then `rule` says why. `details` are small facts about it
    (`count`, `filter`, ...), `evidence` the words that it was about, kept for [mod] evidence_days. `hidden`: not shown
    to whom it is about.
    """

    id: int
    kind: str
    subject: Subject
    person_name: str
    by_id: int | None
    by_name: str
    door: str
    rule: str
    reason: str
    until: datetime | None
    created_at: datetime
    details: dict[str, Any] = field(default_factory=dict)
    evidence: list[dict[str, Any]] | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class After:
    """What became of a ban or a mute: it is `in force`, `over` by itself, or was `lifted` or `replaced` by a later
    case.
    """

    state: str
    case_id: int | None = None
    by_name: str = ""
    at: datetime | None = None
