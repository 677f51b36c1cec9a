"""Deciding on comments: the owner approves, deletes, calls it spam, or shows its author the door. From either door of
the house, as often as one likes: what is so already changes nothing.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Literal, get_args

from asyncpg.pool import PoolConnectionProxy

from db import bans
from db.comments import _queries as queries
from db.comments._rules import mark_of
from db.comments._saying import GONE, Locked, approve, done, locked, tell_anew, want_thread
from db.comments._shape import Comment
from db.errors import Forbidden, NotFound, Refused
from db.events import NoticeDue
from db.people import Person
from db.store import Conn, Store
from db.writer import DeleteOwn

Decision = Literal["approve", "delete", "spam", "ban", "unban"]
NOT_YOURS = "Only the owner of the site can do this."
CHANGED = "Its author has changed it while you were reading. Please look at it again."
TAKEN_BACK = "Its author has taken it back."


async def decide(
    store: Store, comment_id: int, decision: str, by: Person | None, now: datetime, *, seen: str | None = None
) -> Comment:
    """`approve`, `delete`, `spam`, `ban` or `unban`. `by` is None when the house does it by itself. `seen` is the
    `mark_of` the words that whoever approves had before them. Returns the comment as it is then.

    Who is banned writes no comments any more, nor does whoever comes from where they were, for a while; this comment is
    spam then, and so is what of theirs waits.

    Raises Forbidden (`forbidden`) for anybody but the owner, NotFound, and Refused (`bad_parameter`, `cannot_ban`,
    `changed`).
    """
    if by is not None and not by.owner:
        raise Forbidden(NOT_YOURS, "forbidden")
    if decision not in get_args(Decision):
        raise Refused("A comment is approved or deleted, called spam, or its author banned.", "bad_parameter")
    async with store.pool.acquire() as conn, conn.transaction():
        one = await locked(conn, comment_id)
        if decision == "approve":
            _check_seen(one, seen)
        await DOERS[decision](conn, one, by.id if by else None, now)
        if one.state == "approved":
            await want_thread(conn, one.room_id, store.config.discord, now)
        await tell_anew(conn, comment_id)
    for event in (*one.events, NoticeDue()):
        store.live.announce(event)
    comment = await queries.get(store.pool, comment_id)
    if comment is None:
        raise NotFound(GONE)
    return comment


def _check_seen(one: Locked, seen: str | None) -> None:
    """Authors may change and take back what waits, also while the owner is reading it."""
    if one.message_id is None and one.state in {"waiting", "spam"}:
        if not one.content:
            raise Refused(TAKEN_BACK, "changed")
        if seen is not None and seen != mark_of(one.content):
            raise Refused(CHANGED, "changed")


async def _approve(conn: PoolConnectionProxy, one: Locked, by_id: int | None, now: datetime) -> None:
    if one.state in {"waiting", "spam"}:
        await approve(conn, one, by_id, now)


async def _delete(conn: PoolConnectionProxy, one: Locked, by_id: int | None, now: datetime) -> None:
    """What was said is wiped, not only hidden, and so is from where. Who is to be banned with their network is banned
    first.
    """
    if one.state == "deleted":
        return
    await take_back(conn, one, now)
    await _settle(conn, one, "deleted", by_id, now)


async def _spam(conn: PoolConnectionProxy, one: Locked, by_id: int | None, now: datetime) -> None:
    """The words are kept: it may have been a mistake."""
    if one.state not in {"waiting", "approved"}:
        return
    content = await take_back(conn, one, now)
    # Should it be approved again, that is another message: the first one is gone for good.
    await conn.execute(
        """/* comments.keep_spam */ update comments set content = $2, network = $3, message_id = null,
            nonce = case when message_id is null then nonce else left(nonce, 40) || ' ' || message_id end
        where id = $1""",
        one.id,
        content,
        one.network,
    )
    await _settle(conn, one, "spam" if content else "deleted", by_id, now)


async def take_back(conn: PoolConnectionProxy, one: Locked, now: datetime) -> str:
    """Deletes the message that it became, if it did. Returns its words, as they were last; empty if they are gone."""
    if one.message_id is None:
        return one.content
    content: str = await conn.fetchval(
        "/* comments.words */ select content from messages where id = $1", one.message_id
    )
    author_id: int = await conn.fetchval(
        "/* comments.author */ select author_id from messages where id = $1", one.message_id
    )
    await done(conn, one, DeleteOwn(one.message_id, author_id, now))
    return content


async def _ban(conn: PoolConnectionProxy, one: Locked, by_id: int | None, now: datetime) -> None:
    author = await conn.fetchrow(
        "/* comments.may_be_banned */ select owner or role = 'author' as of_the_house from people where id = $1",
        one.author_id,
    )
    if author is None or author["of_the_house"]:
        raise Refused("The owner and authors cannot be banned.", "cannot_ban")
    await bans.add(conn, one.author_id, one.network, by_id, now)
    await _spam(conn, one, by_id, now)
    await conn.execute(
        """/* comments.spam_of */ update comments set state = 'spam', decided_at = $2, decided_by = $3,
            notice_wanted = notice_wanted + 1,
            notice_state = case when notice_state = 'sent' then 'due' else notice_state end
        where author_id = $1 and state = 'waiting'""",
        one.author_id,
        now,
        by_id,
    )


async def _unban(conn: PoolConnectionProxy, one: Locked, by_id: int | None, now: datetime) -> None:
    del by_id, now
    await bans.lift(conn, one.author_id, one.network)


async def _settle(conn: Conn, one: Locked, state: str, by_id: int | None, now: datetime) -> None:
    await conn.execute(
        """/* comments.settle */ update comments set state = $2, decided_at = $3, decided_by = $4,
            content = case when $2 = 'deleted' then '' else content end,
            digest = case when $2 = 'deleted' then null else digest end,
            network = case when $2 = 'deleted' then null else network end where id = $1""",
        one.id,
        state,
        now,
        by_id,
    )
    one.state = state


DOERS: dict[str, Callable[[PoolConnectionProxy, Locked, int | None, datetime], Awaitable[None]]] = {
    "approve": _approve,
    "delete": _delete,
    "spam": _spam,
    "ban": _ban,
    "unban": _unban,
}
