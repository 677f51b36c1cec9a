"""Asking for a chat. What the asked person does with it never shows: not in an answer, a count, or a time."""

from datetime import datetime, timedelta

from db import config, floods, people, sanctions
from db.chats import _queries as queries
from db.chats._shape import Request, Standing
from db.errors import NotFound, Refused
from db.events import Noted
from db.names import clean_content
from db.people import Person
from db.sanctions import Caller
from db.store import Conn, Store
from db.usernames import as_typed

WORDS_MAX = 500
NOBODY = "There is no member of that name."
NO_MEMBER = "Please log in first: chats are for members."
WHY_NOT = {
    "self": "That is you.",
    "chat": "You two have a chat already.",
    "asked_you": "They have asked you already: accept their request, and you have a chat.",
    "waiting": "You have asked them already. They have not answered yet.",
    "blocked": "You have blocked them. Unblock them in your settings first.",
    "takes_none": "They take no requests.",
}


# Rules


def check_standing(standing: Standing) -> None:
    if standing.state != "may_ask":
        raise Refused(WHY_NOT[standing.state], "cannot_ask")


def check_counts(limits: config.Chat, is_open: int, today: int) -> None:
    if is_open >= limits.requests_open:
        raise Refused(f"{limits.requests_open} of your requests wait for an answer. More would be many.", "cannot_ask")
    if today >= limits.requests_per_day:
        raise Refused(f"That makes more than {limits.requests_per_day} requests in a day.", "cannot_ask")


# Queries


async def member(conn: Conn, username: str) -> Person:
    """Raises NotFound for whom there is no account, or one that is disabled."""
    row = await conn.fetchrow(
        f"/* chats.member */ select {people.OF_P} from people p where p.username = $1 and {queries.ENABLED}",
        as_typed(username),
    )
    if row is None:
        raise NotFound(NOBODY)
    return people.from_row(row)


async def lock_two(conn: Conn, one_id: int, other_id: int) -> None:
    """Until the transaction ends, nothing else is done between these two, nor asked by either of them. Raises NotFound
    when one of them is no member any more.
    """
    locked = await conn.fetch(
        f"""/* chats.lock_two */ select p.id from people p where p.id = any($1) and {queries.ENABLED}
        order by p.id for no key update""",
        [one_id, other_id],
    )
    if len(locked) < len({one_id, other_id}):
        raise NotFound(NOBODY)


async def _counts(conn: Conn, person_id: int, now: datetime, days: int) -> tuple[int, int]:
    """How many requests are open as far as this member can tell, and how many they made in the last 24 hours."""
    row = await conn.fetchrow(
        """/* chats.counts */ select
            count(*) filter (where state <> 'accepted' and created_at > $2) as open,
            count(*) filter (where created_at > $3) as today
        from chat_requests where from_id = $1 and created_at > least($2::timestamptz, $3::timestamptz)""",
        person_id,
        now - timedelta(days=days),
        now - timedelta(days=1),
    )
    assert row
    return row["open"], row["today"]


async def _insert(conn: Conn, from_id: int, to_id: int, words: str, now: datetime) -> tuple[int, bool]:
    """Keeps the request; who is blocked is never seen. Returns its id, and whether it is seen."""
    row = await conn.fetchrow(
        """/* chats.insert */ insert into chat_requests (from_id, to_id, words, state, created_at)
        select $1, $2, $3, case when exists (select from blocks where blocker_id = $2 and blocked_id = $1)
            then 'unseen' else 'waiting' end, $4
        returning id, state = 'waiting' as is_seen""",
        from_id,
        to_id,
        words,
        now,
    )
    assert row
    return row["id"], row["is_seen"]


async def forget(conn: Conn, before: datetime) -> None:
    """Requests of before then, however they ended: they are gone for everybody."""
    await conn.execute("/* chats.forget */ delete from chat_requests where created_at <= $1", before)


async def _forget_between(conn: Conn, from_id: int, to_id: int, before: datetime) -> None:
    await conn.execute(
        "/* chats.forget_between */ delete from chat_requests where from_id = $1 and to_id = $2 and created_at <= $3",
        from_id,
        to_id,
        before,
    )


# Acts


async def ask(
    store: Store,
    person: Person,
    username: str,
    words: str,
    now: datetime,
    *,
    network: str = "",
    session_id: int | None = None,
) -> Request:
    """Asks the member with this username for a chat, with 1 to 500 characters.

    Raises NotFound when there is no such member, Forbidden (`banned`, `muted`), and Refused (`not_joined`,
    `empty`, `too_long`, `cannot_ask`).
    """
    if not person.is_member:
        raise Refused(NO_MEMBER, "not_joined")
    sanctions.check(store, Caller(person, network, session_id), now)
    await floods.check_new(store, person)
    words = clean_content(words, WORDS_MAX)
    limits = store.config.chat
    async with store.pool.acquire() as conn, conn.transaction():
        asked = await member(conn, username)
        await lock_two(conn, person.id, asked.id)
        await _forget_between(conn, person.id, asked.id, now - timedelta(days=limits.request_days))
        check_standing(await queries.standing(conn, person.id, asked.id, now, limits.request_days))
        check_counts(limits, *await _counts(conn, person.id, now, limits.request_days))
        request_id, is_seen = await _insert(conn, person.id, asked.id, words, now)
    if is_seen:
        store.live.announce(Noted(asked.id))
    return Request(request_id, asked, words, now)
