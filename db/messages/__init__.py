"""Messages: what is said in a room, by whom, and how far it has come. Called by both doors; written by db/writer."""

from db.messages._acts import Heard, hear, say
from db.messages._queries import changed_after, get, newest, page_before, told_between
from db.messages._shape import Attachment, Author, Message, Quote

__all__ = [
    "Attachment",
    "Author",
    "Heard",
    "Message",
    "Quote",
    "changed_after",
    "get",
    "hear",
    "newest",
    "page_before",
    "say",
    "told_between",
]
