"""Comments: what readers say under posts, and what the owner does about it. Called by both doors.

A comment waits in a table of its own, or is a message in the post's room: then it is that, with all that messages can
do and the way to Discord.
"""

from db.comments._changing import HEART, delete, edit, hearts, like
from db.comments._deciding import Decision, decide, drop_waiting
from db.comments._notices import (
    Notice,
    claim_notice,
    drop_notice,
    newest_notice,
    next_notice,
    notice_of,
    put_off_notice,
    record_notice,
    tell_waiting,
)
from db.comments._posting import post
from db.comments._queries import get, waiting, waiting_of
from db.comments._rules import WHY, is_open, kept_marks, mark_of, stamp
from db.comments._shape import Comment, Page, Threaded, Trap
from db.comments._threads import REPLIES_MAX, newest, one, page_of, thread, tops_of

__all__ = [
    "HEART",
    "REPLIES_MAX",
    "WHY",
    "Comment",
    "Decision",
    "Notice",
    "Page",
    "Threaded",
    "Trap",
    "claim_notice",
    "decide",
    "delete",
    "drop_notice",
    "drop_waiting",
    "edit",
    "get",
    "hearts",
    "is_open",
    "kept_marks",
    "like",
    "mark_of",
    "newest",
    "newest_notice",
    "next_notice",
    "notice_of",
    "one",
    "page_of",
    "post",
    "put_off_notice",
    "record_notice",
    "stamp",
    "tell_waiting",
    "thread",
    "tops_of",
    "waiting",
    "waiting_of",
]
