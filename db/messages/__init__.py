"""Messages: what is said in a room, by whom, and how far it has come. Called by both doors; written by db/writer."""

from db.messages._acts import Heard, hear, say
from db.messages._extras import Answer, Attachment, Card, Extras, Forward, Poll, Sticker, Thread
from db.messages._queries import changed_after, get, newest, page_before, told_between
from db.messages._shape import Author, Message, Quote, Reaction

__all__ = [
    "Answer",
    "Attachment",
    "Author",
    "Card",
    "Extras",
    "Forward",
    "Heard",
    "Message",
    "Poll",
    "Quote",
    "Reaction",
    "Sticker",
    "Thread",
    "changed_after",
    "get",
    "hear",
    "newest",
    "page_before",
    "say",
    "told_between",
]
