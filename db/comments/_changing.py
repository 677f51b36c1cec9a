"""What authors do with comments of their own, for as long as `comments.edit_window` lets them, and who likes one."""

from dataclasses import replace
from datetime import datetime, timedelta

from db import filters, floods, messages, rooms, sanctions, sightings
from db.comments import _queries as queries
from db.comments._deciding import take_back
from db.comments._posting import held_for
from db.comments._rules import digest
from db.comments._saying import GONE, Locked, done, locked, tell_anew
from db.comments._shape import Comment
from db.errors import NotFound, Refused
from db.events import NoticeDue
from db.messages import Message, check_pace_of_changes
from db.names import clean_content
from db.people import Person
from db.posts import Post
from db.sanctions import Caller
from db.store import Conn, Store
from db.writer import EditOwn

HEART = "❤️"
TOO_LATE = "This was said too long ago to be changed."
NOT_IN_HINDSIGHT = "With these words it would have had to wait for the owner. Please write another comment instead."


# Rules


def check_window(created_at: datetime, now: datetime, seconds: int) -> None:
    if now - created_at > timedelta(seconds=seconds):
        raise Refused(TOO_LATE, "too_late")


def _is_against_it(verdict: filters.Verdict | None) -> bool:
    return verdict is not None and verdict.filter.action != "notify"


# Acts


async def edit(
    store: Store,
    person: Person,
    comment_id: int,
    content: str,
    now: datetime,
    *,
    network: str = "",
    session_id: int | None = None,
) -> Comment:
    """Other words for an own comment, whether it waits or is there to be read. What would have had to wait for its
    words does not come in by an edit.

    Raises NotFound for one that is gone or somebody else's, Refused (`too_late`, `empty`, `too_long`, `held`),
    Forbidden (`banned`, `muted`, `room_locked`), and TooOften.
    """
    content = clean_content(content, store.config.hangout.content_max)
    check_pace_of_changes(store, person)
    sanctions.check(store, Caller(person, network, session_id), now)
    raided = await floods.check_comment(store, person, now)
    verdict = await filters.weigh(store, filters.Words(person, content, now, network, is_counted=False))
    limits = store.config.comments
    async with store.pool.acquire() as conn, conn.transaction():
        one = _own(await locked(conn, comment_id), person)
        check_window(one.created_at, now, limits.edit_window)
        await rooms.check_comments(conn, one.room_id)
        if one.message_id is None:
            await conn.execute(
                "/* comments.edit */ update comments set content = $2, digest = $3 where id = $1",
                one.id,
                content,
                digest(content),
            )
        elif raided or _is_against_it(verdict) or await _would_wait(conn, store, person, one, content):
            raise Refused(NOT_IN_HINDSIGHT, "held")
        else:
            window = timedelta(seconds=limits.edit_window)
            await done(conn, one, EditOwn(one.message_id, person.id, content, now, window))
        await tell_anew(conn, one.id)
    return await _told(store, one)


async def _would_wait(conn: Conn, store: Store, person: Person, one: Locked, content: str) -> bool:
    """Whether a comment that is there to be read would have had to wait, had it said this. The owner has read what they
    approved, and nothing else; whoever was approved once is trusted as far as `first` goes.
    """
    words = digest(content)
    known = await queries.known_of(conn, person.id, one.post_id, words, one.created_at)
    return held_for(person, store.config.comments, replace(known, repeated=False), content) is not None


async def delete(store: Store, person: Person, comment_id: int, now: datetime) -> Comment:
    """Takes an own comment back. What was spam is remembered as that, without its words, so that nobody becomes a
    stranger again by it. Raises NotFound, Refused (`too_late`), TooOften.
    """
    check_pace_of_changes(store, person)
    async with store.pool.acquire() as conn, conn.transaction():
        one = _own(await locked(conn, comment_id), person)
        check_window(one.created_at, now, store.config.comments.edit_window)
        await take_back(conn, one, now)
        await conn.execute(
            """/* comments.delete */ update comments set content = '', digest = null, network = null, decided_at = $2,
                decided_by = $3, state = case state when 'spam' then 'spam' else 'deleted' end where id = $1""",
            one.id,
            now,
            person.id,
        )
        await tell_anew(conn, one.id)
    return await _told(store, one)


def _own(one: Locked, person: Person) -> Locked:
    if one.author_id != person.id or one.state == "deleted" or (one.message_id is None and not one.content):
        raise NotFound(GONE)
    return one


async def _told(store: Store, one: Locked) -> Comment:
    for event in (*one.events, NoticeDue()):
        store.live.announce(event)
    comment = await queries.get(store.pool, one.id)
    if comment is None:
        raise NotFound(GONE)
    return comment


async def like(
    store: Store,
    person: Person,
    post: Post,
    message_id: int,
    now: datetime,
    *,
    on: bool,
    network: str,
    session_id: int | None = None,
) -> Message:
    """Likes a comment, or no longer: the one heart of this person on it, which Discord sees as a reaction.

    Raises NotFound, Forbidden (`banned`, `muted`, `room_locked`), TooOften or Unavailable.
    """
    if post.room_id is None or not await queries.said_here(store.pool, post.room_id, message_id):
        raise NotFound(GONE)
    if on:
        await sightings.note(store, person.id, network, now)
        sanctions.check(store, Caller(person, network, session_id), now)
    return await messages.react(store, post.room_id, person, message_id, HEART, on=on)


def hearts(message: Message) -> int:
    """How many like it."""
    return next((one.count for one in message.reactions if one.emoji == HEART), 0)
