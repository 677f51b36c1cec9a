"""The shapes of comments: as they were brought by the site's door, and as they stand under a post."""

from dataclasses import dataclass
from datetime import datetime

import asyncpg

from db.messages import Author, Message

# `c` is the comment, `p` its author, `m` the message that it became, `d` who decided.
COLUMNS = """c.id, c.post_id, c.author_id, p.name, p.owner, p.username, p.picture,
    p.discord_id is not null as is_linked,
    case when c.message_id is null then c.content when m.deleted_at is null then m.content else '' end as content,
    c.reply_to_id, case when m.deleted_at is null then c.state else 'deleted' end as state, c.held_for, c.message_id,
    c.created_at, c.decided_at, d.name as decided_by"""
TABLES = """comments c join people p on p.id = c.author_id left join messages m on m.id = c.message_id
    left join people d on d.id = c.decided_by"""


@dataclass(frozen=True, slots=True)
class Comment:
    """`state` is `waiting`, `approved`, `deleted` or `spam`. `held_for` says why it had to wait, one of `_rules.WHY`;
    None for one that had not to. Once approved, `message_id` is the message that it is.
    """

    id: int
    post_id: int
    author: Author
    content: str
    reply_to_id: int | None
    state: str
    held_for: str | None
    message_id: int | None
    created_at: datetime
    decided_at: datetime | None
    decided_by: str | None


@dataclass(frozen=True, slots=True)
class Trap:
    """What machines give themselves away by: a field that nobody sees (`filled`), the page's mark of when it was
    drawn (`stamp`), and for how many seconds they have had it, where that is known (`had_for`).
    """

    filled: str = ""
    stamp: str = ""
    had_for: float | None = None


@dataclass(frozen=True, slots=True)
class Threaded:
    """A message under a post, with those that answer it, or answer these, the oldest first; `hidden` is how many of
    the oldest are not among them. `comment_id` is there for what was said on the site. To whoever reads: `mine` says
    that they wrote it, `liked` that they like it, and until `may_edit_until` they may change it.
    """

    message: Message
    replies: tuple["Threaded", ...] = ()
    hidden: int = 0
    comment_id: int | None = None
    mine: bool = False
    liked: bool = False
    may_edit_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a thread, the oldest comment first. `older` and `newer` are what `before` is for the pages beside
    it; `newer` is 0 where that is the newest page, and None on it.
    """

    comments: tuple[Threaded, ...]
    older: int | None = None
    newer: int | None = None


def from_row(row: asyncpg.Record) -> Comment:
    author = Author(row["author_id"], row["name"], row["owner"], row["username"], row["picture"], row["is_linked"])
    return Comment(
        id=row["id"],
        post_id=row["post_id"],
        author=author,
        content=row["content"],
        reply_to_id=row["reply_to_id"],
        state=row["state"],
        held_for=row["held_for"],
        message_id=row["message_id"],
        created_at=row["created_at"],
        decided_at=row["decided_at"],
        decided_by=row["decided_by"],
    )
