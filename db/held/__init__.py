"""Held messages: what somebody said and a rule keeps back until a moderator has looked at it.

Held by db/gate, shown to its author by the web, decided on by moderators. A comment that waits is in db/comments.
"""

from db.held._banning import ban
from db.held._deciding import approve, delete, drop_of
from db.held._holding import hold
from db.held._queries import get, is_said, own, refused, words_on_record
from db.held._shape import SENTENCE, Held, Waiting

__all__ = [
    "SENTENCE",
    "Held",
    "Waiting",
    "approve",
    "ban",
    "delete",
    "drop_of",
    "get",
    "hold",
    "is_said",
    "own",
    "refused",
    "words_on_record",
]
