"""Messages: what is said in a room, by whom, and how far it has come. Called by both doors; written by db/writer."""

from db.messages._acts import check_nonce, check_pace_of_changes, delete, edit, react, say
from db.messages._before_removing import shown
from db.messages._extras import Answer, Attachment, Card, Extras, Forward, Poll, Sticker, Thread
from db.messages._hearing import (
    HOUSE,
    Heard,
    hear,
    hear_deletions,
    hear_edit,
    hear_mirror_cleared,
    hear_reaction,
    hear_reactions_cleared,
    hear_reactors,
)
from db.messages._queries import (
    Known,
    changed_after,
    emoji_held_by,
    get,
    heard_lately,
    is_held,
    newest,
    page_before,
    told_between,
)
from db.messages._removing import hide_links, purge, remove
from db.messages._searching import MessageHit, search_messages
from db.messages._selecting import SELECTED_MAX, Selection, by_discord, check_selection, lines_of, selected
from db.messages._shape import Author, Message, Quote, Reaction

__all__ = [
    "HOUSE",
    "SELECTED_MAX",
    "Answer",
    "Attachment",
    "Author",
    "Card",
    "Extras",
    "Forward",
    "Heard",
    "Known",
    "Message",
    "MessageHit",
    "Poll",
    "Quote",
    "Reaction",
    "Selection",
    "Sticker",
    "Thread",
    "by_discord",
    "changed_after",
    "check_nonce",
    "check_pace_of_changes",
    "check_selection",
    "delete",
    "edit",
    "emoji_held_by",
    "get",
    "hear",
    "hear_deletions",
    "hear_edit",
    "hear_mirror_cleared",
    "hear_reaction",
    "hear_reactions_cleared",
    "hear_reactors",
    "heard_lately",
    "hide_links",
    "is_held",
    "lines_of",
    "newest",
    "page_before",
    "purge",
    "react",
    "remove",
    "say",
    "search_messages",
    "selected",
    "shown",
    "told_between",
]
