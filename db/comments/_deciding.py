"""Deciding on comments: the owner approves, deletes, calls it spam, or shows its author the door. From either door of
the house, as often as one likes: what is so already changes nothing.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import Any, Literal, get_args

from asyncpg.pool import PoolConnectionProxy

from db import moderators, sanctions
from db.cases import Subject, open_case
from db.comments import _queries as queries
from db.comments._rules import mark_of
from db.comments._saying import GONE, Locked, approve, done, locked, tell_anew, want_thread
from db.comments._shape import Comment
from db.errors import Forbidden, NotFound, Refused
from db.events import ModNoticeDue, NoticeDue
from db.moderators import By, Moderator
from db.people import Person
from db.sanctions import NotInForce
from db.store import Conn, Store
from db.writer import DeleteOwn

Decision = Literal["approve", "delete", "spam", "ban", "unban"]
CHANGED = "Its author has changed it while you were reading. Please look at it again."
OF_THE_HOUSE = "Only the owner can do this with what the owner or an author wrote."
TAKEN_BACK = "Its author has taken it back."


async def decide(
    store: Store, comment_id: int, decision: str, by: Person | By, now: datetime, *, seen: str | None = None
) -> Comment:
    """`approve`, `delete`, `spam`, `ban` or `unban`. `by` is None when the house does it by itself, and a person alone
    has come by the site's own door. `seen` is the `mark_of` the words that whoever approves had before them. Returns
    the comment as it is then.

    Who is banned writes nothing any more, nor does whoever comes from where they were, for a while; this comment is
    spam then, and so is what of theirs waits.

    Raises Forbidden (`forbidden`) for who may not moderate, or not take this away, NotFound, and Refused
    (`bad_parameter`, `cannot_ban`, `changed`).
    """
    by = Moderator(by, door="site") if isinstance(by, Person) else by
    if decision not in get_args(Decision):
        raise Refused("A comment is approved or deleted, called spam, or its author banned.", "bad_parameter")
    async with store.pool.acquire() as conn, conn.transaction():
        await moderators.check(conn, by)
        one = await locked(conn, comment_id)
        if decision == "approve":
            _check_seen(one, seen)
        if decision in {"delete", "spam"}:
            await _check_whose(conn, one, by)
        await DOERS[decision](conn, one, by, now)
        if one.state == "approved":
            await want_thread(conn, one.room_id, store.config.discord, now)
        await tell_anew(conn, comment_id)
    if decision in {"ban", "unban"}:
        await sanctions.tell(store)
    for event in (*one.events, NoticeDue(), ModNoticeDue()):
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


async def _check_whose(conn: Conn, one: Locked, by: By) -> None:
    """What the owner or an author wrote only the owner takes away, as with messages everywhere."""
    of_the_house = await conn.fetchval(
        "/* comments.of_the_house */ select owner or role = 'author' from people where id = $1", one.author_id
    )
    if of_the_house and by and not by.person.owner:
        raise Forbidden(OF_THE_HOUSE, "forbidden")


async def _approve(conn: PoolConnectionProxy, one: Locked, by: By, now: datetime) -> None:
    """On record, but no act against anybody; the message about the comment tells the moderators."""
    if one.state in {"waiting", "spam"}:
        await approve(conn, one, _id(by), now)
        await open_case(conn, "release", by, now, about=_subject(one), hidden=True, is_told=False)


async def _delete(conn: PoolConnectionProxy, one: Locked, by: By, now: datetime) -> None:
    """What was said is wiped, not only hidden, and so is from where. Who is to be banned with their network is banned
    first.
    """
    if one.state == "deleted":
        return
    await _put_on_record(conn, one, by, now)
    await take_back(conn, one, now)
    await _settle(conn, one, "deleted", _id(by), now)


async def _spam(conn: PoolConnectionProxy, one: Locked, by: By, now: datetime) -> None:
    """The words are kept: it may have been a mistake."""
    if one.state in {"waiting", "approved"}:
        await _put_on_record(conn, one, by, now, spam=True)
        await _make_spam(conn, one, by, now)


async def _put_on_record(conn: Conn, one: Locked, by: By, now: datetime, **details: bool) -> None:
    """Only what somebody else wrote is a case."""
    if by is None or by.person.id != one.author_id:
        evidence = [await _evidence(conn, one)]
        await open_case(conn, "remove", by, now, about=_subject(one), details=details, evidence=evidence)


async def _make_spam(conn: PoolConnectionProxy, one: Locked, by: By, now: datetime) -> None:
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
    await _settle(conn, one, "spam" if content else "deleted", _id(by), now)


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


async def _ban(conn: PoolConnectionProxy, one: Locked, by: By, now: datetime) -> None:
    networks = [one.network] if one.network else []
    about, evidence = _subject(one), [await _evidence(conn, one)]
    await sanctions.put(conn, "ban", by, one.author_id, now, about=about, evidence=evidence, networks=networks)
    await _make_spam(conn, one, by, now)
    await drop_waiting(conn, one.author_id, now, _id(by))  # also of who was banned already


async def drop_waiting(conn: Conn, person_id: int, now: datetime, by_id: int | None) -> None:
    """What of theirs waits is spam, in the transaction of whoever shows them the door; announce NoticeDue after that.
    What somebody decides on in this moment is passed over: they wait for this transaction, it must not wait for them.
    """
    await conn.execute(
        """/* comments.drop_waiting */ update comments set state = 'spam', decided_at = $2, decided_by = $3,
            notice_wanted = notice_wanted + 1,
            notice_state = case when notice_state = 'sent' then 'due' else notice_state end
        where id in (
            select id from comments where author_id = $1 and state = 'waiting' order by id for update skip locked)""",
        person_id,
        now,
        by_id,
    )


async def _unban(conn: PoolConnectionProxy, one: Locked, by: By, now: datetime) -> None:
    with suppress(NotInForce):
        await sanctions.take_off(conn, "ban", by, one.author_id, now, about=_subject(one))


def _id(by: By) -> int | None:
    return by.person.id if by else None


def _subject(one: Locked) -> Subject:
    return Subject(one.author_id, one.room_id, one.message_id, one.id)


async def _evidence(conn: Conn, one: Locked) -> dict[str, Any]:
    """What it says now, for the case that is about it."""
    row = await conn.fetchrow(
        """/* comments.evidence */ select p.name, coalesce(m.content, c.content) as content, c.created_at
        from comments c join people p on p.id = c.author_id left join messages m on m.id = c.message_id
        where c.id = $1""",
        one.id,
    )
    assert row
    at = row["created_at"].isoformat()
    return {"id": one.id, "name": row["name"], "content": row["content"], "at": at, "pictures": 0}


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


DOERS: dict[str, Callable[[PoolConnectionProxy, Locked, By, datetime], Awaitable[None]]] = {
    "approve": _approve,
    "delete": _delete,
    "spam": _spam,
    "ban": _ban,
    "unban": _unban,
}
