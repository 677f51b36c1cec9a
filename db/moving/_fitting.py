"""Whether what a folder brings fits: somebody may have written into it, or it is no export of ours at all. What would
stop every page that shows it is not taken.
"""

from datetime import datetime

import msgspec

from db.markup import Mentions
from db.messages import Attachment, Extras, Reaction
from db.moving._shape import Comment, History, Thread
from db.posts import check_day

# Rules


def check_history(history: History) -> None:
    """Raises Refused."""
    _check_days(history.created_at, history.published_at, history.updated_at)
    _check_days(*(one.created_at for one in (*history.addresses, *history.pictures, *history.revisions)))


def check_thread(thread: Thread | None) -> None:
    """Raises Refused, or msgspec.ValidationError."""
    for one in thread.comments if thread else ():
        _check_days(one.created_at, one.edited_at, one.deleted_at)
        _check_pieces(one)
    _check_days(*(one.created_at for one in (thread.waiting if thread else ())))


def _check_days(*days: datetime | None) -> None:
    for day in days:
        if day is not None:
            check_day(day)


def _check_pieces(one: Comment) -> None:
    """They are kept as they came, and read like this whenever somebody opens the page."""
    msgspec.convert(one.mentions, Mentions)
    msgspec.convert(one.attachments, list[Attachment])
    msgspec.convert(one.extras, Extras)
    msgspec.convert(one.reactions, list[Reaction])
