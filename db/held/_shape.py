"""A message that waits, and what is raised for it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg

from db.errors import Refused
from db.people import Person

SENTENCE = "A moderator looks at this before it is shown. You need not send it again."
COLUMNS = """h.id, h.room_id, o.kind as room_kind, h.author_id, p.name as author_name, h.nonce, h.content,
    h.reply_to_id, h.media, h.rule, h.state, h.message_id, h.created_at, h.decided_at, d.name as decided_name"""
TABLES = """held h join people p on p.id = h.author_id join rooms o on o.id = h.room_id
    left join people d on d.id = h.decided_by"""


class Held(Refused):
    """It is kept, and waits. Not a failure: doors say it kindly and keep nothing in the form."""

    status = 202

    def __init__(self) -> None:
        super().__init__(SENTENCE, "held")


@dataclass(frozen=True, slots=True)
class Waiting:
    """`state` is `waiting`, `approved` (then `message_id` is what it became) or `deleted` (then its words are gone).
    `media` are ids of pictures. `decided_name` is None where the house decided by itself.
    """

    id: int
    room_id: int
    room_kind: str
    author_id: int
    author_name: str
    nonce: str
    content: str
    reply_to_id: int | None
    media: tuple[str, ...]
    rule: str
    state: str
    message_id: int | None
    created_at: datetime
    decided_at: datetime | None
    decided_name: str | None


def from_row(row: asyncpg.Record) -> Waiting:
    return Waiting(**{**row, "media": tuple(row["media"])})


def evidence(author: Person | Waiting, content: str, at: datetime, media: tuple[str, ...]) -> list[dict[str, Any]]:
    """As cases keep it."""
    name = author.name if isinstance(author, Person) else author.author_name
    return [{"id": None, "name": name, "content": content, "at": at.isoformat(), "pictures": list(media)}]
