"""The shape of an account: what only its member is to know or to set."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import asyncpg
import msgspec

from db import people
from db.people import Person

MayAsk = Literal["everyone", "replied", "nobody"]

COLUMNS = f"""{people.OF_P}, a.password_hash, a.about, a.links, a.may_ask, a.shows_reading, a.shows_online,
    a.notify_discord, a.disabled_at, a.created_at"""
TABLES = "accounts a join people p on p.id = a.person_id"


class Link(msgspec.Struct, frozen=True):
    """One of a member's other places on the web."""

    url: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """`may_ask`: who may ask for a chat. `shows_reading`: read receipts and typing. Who has no `password_hash` comes in
    through Discord only.
    """

    person: Person
    password_hash: str | None
    about: str
    links: tuple[Link, ...]
    may_ask: MayAsk
    shows_reading: bool
    shows_online: bool
    notify_discord: bool
    disabled_at: datetime | None
    created_at: datetime

    def __repr__(self) -> str:
        """Short, so that no hash gets into a log by it."""
        return f"Account({self.person.username})"


def from_row(row: asyncpg.Record) -> Account:
    values = tuple(row)
    person, own = values[:7], values[7:]
    return Account(Person(*person), own[0], own[1], tuple(msgspec.convert(own[2], list[Link])), *own[3:])
