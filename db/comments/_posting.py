"""Bringing a comment: it is said at once, or waits for the owner; nothing that somebody wrote is lost."""

import time
from datetime import datetime

from asyncpg.pool import PoolConnectionProxy

from db import config, filters, floods, posts, rooms, sanctions, sightings
from db.comments import _queries as queries
from db.comments._rules import AGAIN, LONG_ENOUGH, check_open, digest, is_trapped, own_nonce, suspicion
from db.comments._saying import approve, locked, room_of, want_thread
from db.comments._shape import Comment, Trap
from db.errors import AWAY, NotFound, Refused, TooOften, Unavailable
from db.events import NoticeDue
from db.limits import neighbourhood
from db.messages import check_nonce
from db.names import clean_content
from db.networks import is_shared, network_hash
from db.people import Person
from db.posts import Post
from db.sanctions import Caller
from db.store import Conn, Store

NO_ANSWER = "What you answer is not here any more."
SAID = "You have said that here already."


# Rules


def held_for(
    person: Person, limits: config.Comments, known: queries.Known, content: str, suspect: str | None = None
) -> str | None:
    """Why this comment has to wait, a key of `WHY`; None when it is said at once. The owner and authors never wait."""
    if person.may_write_posts:
        return None
    reasons = (
        (suspect, True),
        (suspicion(content, limits), True),
        ("spam", known.spam),
        ("repeat", known.repeated and len(content) >= LONG_ENOUGH),
        ("all", limits.moderation == "all"),
        ("first", limits.moderation == "first" and not known.approved),
    )
    return next((why for why, holds in reasons if why and holds), None)


def _suspect(verdict: filters.Verdict | None, *, trapped: bool, raided: bool) -> str | None:
    """What tells against it before anybody has looked at the post: a key of `WHY`."""
    filtered = verdict is not None and verdict.filter.action == "hold"
    return next((why for why, holds in (("trap", trapped), ("raid", raided), ("filter", filtered)) if holds), None)


def _check_pace(store: Store, person: Person, network: str) -> None:
    """A household has one pace, and so has whoever has many addresses side by side."""
    if person.may_write_posts:
        return
    keys = [f"person {person.id}"]
    if not is_shared(network):
        keys.insert(0, neighbourhood(network))
    for key in keys:
        wait = store.limits.comments.take(key, time.monotonic(), store.config.comments.per_minute, 60.0)
        if wait:
            raise TooOften(f"That was quick. Please wait {max(1, round(wait))} s before your next comment.", wait)


Brought = tuple[str, str, bytes | None, int | None]  # words, nonce, network, what it answers

# Acts


async def post(
    store: Store,
    person: Person,
    post: Post,
    content: str,
    nonce: str,
    now: datetime,
    *,
    network: str,
    session_id: int | None = None,
    reply_to: int | None = None,
    trap: Trap,
) -> Comment:
    """Takes a comment to this post, which answers the message `reply_to` if that is given. The same words again under
    the same nonce are the same comment.

    Raises Refused (`empty`, `too_long`, `comments_closed`, `not_found`, `repeated`, `filtered`), Forbidden (`banned`,
    `muted`, `room_locked`), TooOften and NotFound.
    """
    content = clean_content(content, store.config.hangout.content_max)
    mark = own_nonce(post.id, reply_to, check_nonce(nonce), content)
    known = await queries.by_nonce(store.pool, person.id, mark)
    if known:
        return known
    check_open(post, store.config.comments, now)
    await sightings.note(store, person.id, network, now)
    caller = Caller(person, network, session_id)
    sanctions.check(store, caller, now)
    kept_network = network_hash(store.secret_key, network)
    _check_pace(store, person, network)
    raided = await floods.check_comment(store, person, now)
    words = filters.Words(person, content, now, network, mark, is_counted=False)  # see `repeat`
    verdict = None if raided else await filters.judge_comment(store, caller, words)  # the owner reads it then anyway
    trapped = is_trapped(store.secret_key, post.id, trap, now)
    suspect = _suspect(verdict, trapped=trapped, raided=raided)
    brought = (content, mark, kept_network, reply_to)
    comment_id = await _take(store, person, post, brought, now, suspect)
    comment = await queries.get(store.pool, comment_id)
    if comment is None:
        raise NotFound
    if verdict:
        await filters.note_comment(store, verdict, words, comment.id, comment.message_id)
    return comment


async def _take(store: Store, person: Person, post: Post, brought: Brought, now: datetime, suspect: str | None) -> int:
    """Keeps it and tells of it. Returns its id."""
    try:
        async with store.pool.acquire() as conn, conn.transaction():
            comment_id, events = await _keep(conn, store.config, person, post, brought, now, suspect)
    except AWAY as error:
        raise Unavailable from error
    for event in (*events, NoticeDue()):
        store.live.announce(event)
    return comment_id


async def _keep(
    conn: PoolConnectionProxy,
    settings: config.Config,
    person: Person,
    post: Post,
    brought: Brought,
    now: datetime,
    suspect: str | None,
) -> tuple[int, list[object]]:
    """The comment's id, and what is to be announced."""
    content, mark, _, reply_to = brought
    room_id = await room_of(conn, post.id)
    check_open(await posts.get(conn, post.id) or post, settings.comments, now)  # it may have been taken back just now
    await rooms.check_comments(conn, room_id)
    if reply_to is not None and not await queries.said_here(conn, room_id, reply_to):
        raise Refused(NO_ANSWER, "not_found")
    words = digest(content)
    known = await queries.known_of(conn, person.id, post.id, words, now - AGAIN)
    if known.said and await queries.by_nonce(conn, person.id, mark) is None:
        raise Refused(SAID, "repeated")
    await floods.check_slowmode(conn, room_id, post.id, person, now)
    why = held_for(person, settings.comments, known, content, suspect)
    is_told = bool(settings.discord.mod_channel_id) and not person.owner
    comment_id, is_fresh = await _insert(conn, person.id, post.id, brought, words, why, now, is_told=is_told)
    if not is_fresh or why is not None:
        return comment_id, []
    one = await locked(conn, comment_id)
    await approve(conn, one, None, now)
    await want_thread(conn, room_id, settings.discord, now)
    return comment_id, one.events


async def _insert(
    conn: Conn,
    author_id: int,
    post_id: int,
    brought: Brought,
    words: bytes,
    why: str | None,
    now: datetime,
    *,
    is_told: bool,
) -> tuple[int, bool]:
    """Its id, and whether it is new: of the same form sent twice at once, one is."""
    content, mark, network, reply_to = brought
    fresh: int | None = await conn.fetchval(
        """/* comments.insert */ insert into comments
            (post_id, author_id, nonce, content, reply_to_id, network, digest, held_for, created_at, notice_state)
        values ($1, (select coalesce(merged_into, id) from people where id = $2), $3, $4, $5, $6, $7, $8, $9,
            case when $10 then 'due' else 'none' end)
        on conflict (author_id, nonce) do nothing returning id""",
        post_id,
        author_id,
        mark,
        content,
        reply_to,
        network,
        words,
        why,
        now,
        is_told,
    )
    if fresh is not None:
        return fresh, True
    known = await queries.by_nonce(conn, author_id, mark)
    if known is None:
        raise NotFound
    return known.id, False
