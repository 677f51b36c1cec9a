"""Letters: what the bot has still to tell somebody in a direct message. Put by both doors, carried by cogs/letters.py.

A row says whom and why; what is said is made when it leaves, so that no secret waits here. It goes when Discord has
taken the letter, or when nobody will: who must not be told twice is not.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from db.errors import TooOften
from db.events import LetterPut
from db.store import Conn, Store
from db.usernames import as_typed

Kind = Literal["password", "chats", "report"]
COLUMNS = "id, person_id, kind, report_id, created_at, tries"
KEPT = {"password": timedelta(minutes=30), "chats": timedelta(days=1), "report": timedelta(days=30)}
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=15), timedelta(hours=1)
TOLD_EVERY = timedelta(minutes=30)
A_MOMENT = timedelta(seconds=20)  # in which somebody who is at another door of the house reads it there
ASKED, ASKED_PERIOD = 10, 900.0  # forgotten passwords that one network may ask about, in so many seconds
HELPED, HELPED_PERIOD = 3, 3600.0  # letters for one account


@dataclass(frozen=True, slots=True)
class Letter:
    """`discord_id` is None when they have unlinked meanwhile; `tries` are those that failed."""

    id: int
    person_id: int
    kind: Kind
    report_id: int | None
    created_at: datetime
    tries: int
    discord_id: int | None


# Rules


def wait_after(tries: int) -> timedelta:
    """How long to wait after so many tries that failed: twice as long each time, an hour at most."""
    return min(FIRST_WAIT * (1 << min(tries, 20)), LONGEST_WAIT)


def is_stale(letter: Letter, now: datetime) -> bool:
    """Whether it is no news any more."""
    return now - letter.created_at > KEPT[letter.kind]


# Queries


async def next_due(conn: Conn, now: datetime) -> Letter | None:
    """The letter that has waited longest of those that may be sent now."""
    row = await conn.fetchrow(
        """/* letters.next_due */ select l.id, l.person_id, l.kind, l.report_id, l.created_at, l.tries, p.discord_id
        from letters l join people p on p.id = l.person_id where l.next_at <= $1 order by l.next_at, l.id limit 1""",
        now,
    )
    return Letter(**row) if row else None


async def remove(conn: Conn, letter_id: int) -> None:
    """It has arrived, or never will."""
    await conn.execute("/* letters.remove */ delete from letters where id = $1", letter_id)


async def put_off(conn: Conn, letter_id: int, until: datetime) -> None:
    await conn.execute(
        "/* letters.put_off */ update letters set tries = tries + 1, next_at = $2 where id = $1", letter_id, until
    )


async def is_read(conn: Conn, person_id: int) -> bool:
    """Whether nothing waits for them in their chats any more."""
    return not await conn.fetchval(
        """/* letters.is_read */ select exists (
            select from members where person_id = $1 and left_at is null and unread > 0)""",
        person_id,
    )


async def _insert(
    conn: Conn, person_id: int, kind: Kind, now: datetime, after: timedelta, report_id: int | None
) -> None:
    await conn.execute(
        """/* letters.insert */ insert into letters (person_id, kind, report_id, created_at, next_at)
        values ($1, $2, $3, $4, $5)
        on conflict (person_id, kind, report_id) do update set created_at = excluded.created_at""",
        person_id,
        kind,
        report_id,
        now,
        now + after,
    )


# Acts


async def put(
    store: Store,
    person_id: int,
    kind: Kind,
    now: datetime,
    *,
    after: timedelta = timedelta(0),
    report_id: int | None = None,
) -> None:
    """The bot will tell them, once. Where such a letter waits already, that one will do."""
    await _insert(store.pool, person_id, kind, now, after, report_id)
    store.live.announce(LetterPut())


async def tell_of_chats(store: Store, person_id: int, now: datetime) -> bool:
    """Tells a member in Discord that something waits in their chats: if they want that, are not here, and have looked
    since they were told last. Returns whether they will be told.
    """
    if store.presence.is_here(person_id):
        return False
    is_wanted = await store.pool.fetchval(
        """/* letters.tell_of_chats */ update accounts a set notified_at = $2 from people p
        where a.person_id = $1 and p.id = $1 and p.discord_id is not null and a.notify_discord
            and a.disabled_at is null and (a.notified_at is null or (a.notified_at <= $3 and not exists (
                select from members m where m.person_id = $1 and m.left_at is null and m.unread > 0 and (
                    select created_at from messages
                    where room_id = m.room_id and id > m.read_id and author_id <> $1 and deleted_at is null
                    order by id limit 1
                ) <= a.notified_at
            ))) returning true""",
        person_id,
        now,
        now - TOLD_EVERY,
    )
    if is_wanted:
        await put(store, person_id, "chats", now, after=A_MOMENT)
    return bool(is_wanted)


async def forgotten(store: Store, username: str, network: str, now: datetime) -> None:
    """A member who is linked with Discord gets a letter with a link to a new password. Nobody learns from here who
    there is: one statement, and the same silence, for everybody. Raises TooOften for a network that asks for many.
    """
    wait = store.limits.strangers.take(f"forgotten {network}", time.monotonic(), ASKED, ASKED_PERIOD)
    if wait:
        raise TooOften("That were many usernames. Please wait a while before you ask for another one.", wait)
    named = as_typed(username)
    is_often = store.limits.forgotten.take(named, time.monotonic(), HELPED, HELPED_PERIOD) > 0
    await store.pool.execute(
        """/* letters.forgotten */ insert into letters (person_id, kind, created_at, next_at)
        select p.id, 'password', $2, $2 from people p join accounts a on a.person_id = p.id
        where p.username = $1 and p.discord_id is not null and a.disabled_at is null and not $3
        on conflict (person_id, kind, report_id) do update set created_at = excluded.created_at""",
        named,
        now,
        is_often,
    )
    store.live.announce(LetterPut())
