"""Chats: private rooms of two, how one is asked for, and how it ends. Called by web/chats.py and the sockets.

Every query and act is on behalf of one member, and to them a room that they are not in does not exist.
"""

from db.chats._answering import answer
from db.chats._asking import ask
from db.chats._leaving import block, leave, release_pictures, remove_left, unblock
from db.chats._queries import (
    blocked_by,
    enter,
    may_show_typing,
    of_person,
    present,
    requests_from,
    requests_to,
    showing_online,
    standing,
    totals,
    waiting,
)
from db.chats._reading import read
from db.chats._shape import Answer, Chat, Last, Request, Standing, Totals, Waiting

__all__ = [
    "Answer",
    "Chat",
    "Last",
    "Request",
    "Standing",
    "Totals",
    "Waiting",
    "answer",
    "ask",
    "block",
    "blocked_by",
    "enter",
    "leave",
    "may_show_typing",
    "of_person",
    "present",
    "read",
    "release_pictures",
    "remove_left",
    "requests_from",
    "requests_to",
    "showing_online",
    "standing",
    "totals",
    "unblock",
    "waiting",
]
