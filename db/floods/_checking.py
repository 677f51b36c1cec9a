"""What is asked of whoever is about to say something: is there a panic, is there a raid, does the room take more.

The owner and authors are never asked. Between two messages of one person the room's slow mode is asked for by its
writer, under the room's lock, so that it holds over all processes; what is found here goes along to it.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from db.errors import Forbidden, Refused, TooOften
from db.limits import too_soon, wait_for
from db.people import Person
from db.store import Conn

if TYPE_CHECKING:
    from db.gate import Speech
    from db.store import Store

FREE = -1  # seconds apart: no slow mode is asked for
RAID = "raid"
READ_ONLY = "For a while only people who have written here before can write. You can still read."
NOT_IN_A_RAID = "What new people write waits for a moderator just now, and so would this change."


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands in the raid that goes on. `came`: with it, and no moderator has let anything of theirs
    through. `known`: they had spoken before it, or were members. `held_at`: when the last of theirs had to wait.
    """

    came: bool
    known: bool
    held_at: datetime | None


# Queries


async def has_spoken(conn: Conn, person_id: int, before: datetime) -> bool:
    found: bool = await conn.fetchval(
        "/* floods.has_spoken */ select exists (select from messages where author_id = $1 and created_at < $2)",
        person_id,
        before,
    )
    return found


async def standing(conn: Conn, raid_id: int, since: datetime, person_id: int, nonce: str = "") -> Standing:
    """`nonce` is that of what is about to be said, which may wait already."""
    row = await conn.fetchrow(
        """/* floods.standing */ with came as (
            select exists (select from raid_people where raid_id = $1 and person_id = $2)
                and not exists (select from held where author_id = $2 and state = 'approved')
                and not exists (select from comments
                    where author_id = $2 and state = 'approved' and decided_by is not null) as came
        ) select came, not came and (
                exists (select from messages where author_id = $2 and created_at < $3)
                or exists (select from accounts where person_id = $2 and created_at < $3)) as known,
            (select max(created_at) from held where author_id = $2 and rule = 'raid' and nonce <> $4) as held_at
        from came""",
        raid_id,
        person_id,
        since,
        nonce,
    )
    assert row
    return Standing(*row)


async def check_slowmode(conn: Conn, room_id: int, post_id: int, person: Person, now: datetime) -> None:
    """Of comments, in the transaction that keeps the next one. Raises TooOften."""
    row = await conn.fetchrow(
        """/* floods.check_slowmode */ select r.slowmode, (
            select max(created_at) from comments where author_id = $3 and post_id = $2) as last
        from rooms r where r.id = $1 and r.slowmode > 0""",
        room_id,
        post_id,
        person.id,
    )
    if row and not person.may_write_posts and (wait := wait_for(row["last"], now, row["slowmode"])) > 0:
        raise too_soon(wait, row["slowmode"])


# Acts


async def check(store: "Store", speech: "Speech") -> str:
    """Raises TooOften (slow mode for what has to wait), Forbidden (`muted`, new people during a panic) or Refused
    (`filtered`, an edit by who came with a raid). Returns the rule by which this message has to wait, such as `raid`,
    or an empty text.
    """
    if speech.author.may_write_posts:
        return ""
    await check_new(store, speech.author)
    if not speech.is_open:
        return ""
    if speech.edits is None:
        await _count_in(store, speech.author, speech.now)
    return RAID if await _has_to_wait(store, speech) else ""


async def check_new(store: "Store", person: Person) -> None:
    """During a panic whoever had not spoken before it only reads. Raises Forbidden (`muted`)."""
    since = store.alarms.panic_since
    if since is None or person.may_write_posts or (person.id, since) in store.alarms.known:
        return
    if not await has_spoken(store.pool, person.id, since):
        raise Forbidden(READ_ONLY, "muted")
    store.alarms.remember(person.id, since)


async def newcomers(store: "Store", asked: Sequence[Person]) -> set[int]:
    """Who of these only reads while there is a panic."""
    since = store.alarms.panic_since
    doubtful = [one.id for one in asked if not one.may_write_posts and (one.id, since) not in store.alarms.known]
    if since is None or not doubtful:
        return set()
    known = await store.pool.fetch(
        """/* floods.newcomers */ select one.id from unnest($1::bigint[]) as one (id)
        where exists (select from messages where author_id = one.id and created_at < $2)""",
        doubtful,
        since,
    )
    return set(doubtful) - {row["id"] for row in known}


async def check_comment(store: "Store", person: Person, now: datetime) -> bool:
    """Whether a comment of theirs has to wait because of a raid. Raises Forbidden (`muted`) during a panic."""
    await check_new(store, person)
    await _count_in(store, person, now)
    found = None if person.may_write_posts else await _standing(store, person)
    return found is not None and found.came


async def apart(store: "Store", speech: "Speech") -> int:
    """How many seconds have to lie between their last message in the room and this one besides what the room's own slow
    mode says; -1 for whom no slow mode holds. A raid slows nobody who was here before it.
    """
    if speech.author.may_write_posts or not speech.is_open:
        return FREE
    found = await _standing(store, speech.author)
    return store.config.mod.raid_slowmode if found and not found.known else 0


async def _count_in(store: "Store", person: Person, now: datetime) -> None:
    from db import raids  # noqa: PLC0415 - what is done about a raid is said through here

    await raids.note_words(store, person, now)


def check_pace(store: "Store", speech: "Speech") -> None:
    """Whether the room takes one more. Asked last: what is held or refused is nothing that others have to read, and a
    flood of it must not take the room from them. Raises TooOften.
    """
    if speech.author.may_write_posts or not speech.is_open or speech.edits is not None:
        return
    limits = store.config.mod
    wait = store.limits.rooms.take(str(speech.room_id), time.monotonic(), limits.room_rate, limits.room_burst)
    if wait:
        raise TooOften("Many people are talking at once here. Please wait a moment.", wait)


async def _has_to_wait(store: "Store", speech: "Speech") -> bool:
    found = await _standing(store, speech.author, speech.nonce)
    if found is None or not found.came:
        return False
    if speech.edits is not None:
        raise Refused(NOT_IN_A_RAID, "filtered")
    most = store.config.mod.raid_slowmode
    if (wait := wait_for(found.held_at, speech.now, most)) > 0:
        raise too_soon(wait, most)
    return True


async def _standing(store: "Store", person: Person, nonce: str = "") -> Standing | None:
    """None while there is no raid, and for who is known to have been here before it."""
    alarms = store.alarms
    raid_id, since = alarms.raid_id, alarms.raid_since
    if not raid_id or since is None or (person.id, since) in alarms.known:
        return None
    found = await standing(store.pool, raid_id, since, person.id, nonce)
    if found.known:
        alarms.remember(person.id, since)
    return found
