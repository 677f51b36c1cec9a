"""What moderators do with messages, whoever wrote them by whichever door: one goes, many go, or one loses its links.

Each act puts itself on record in the transaction that does it, with the words as they were. What is so already changes
nothing, and is answered with the case that made it so. Discord hears of it by the relay and by the bot's errands.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from asyncpg.pool import PoolConnectionProxy

from db import cases, moderators
from db.cases import Case, Subject, open_case
from db.errors import Forbidden, NotFound, Refused
from db.events import ModNoticeDue
from db.messages._before_removing import drop_held, earlier, may_be_seen, of_the_house, shown, standing, subject_of
from db.messages._selecting import SELECTED_MAX
from db.messages._shape import Message
from db.moderators import By
from db.store import Store
from db.writer import HideLinks, Remove, Work, commit

GONE = "This message is not here any more."
OF_THE_HOUSE = "Only the owner can do this with what the owner or an author wrote."
TOO_MANY = f"At most {SELECTED_MAX} messages can be removed at once."


# Acts


async def remove(
    store: Store,
    by: By,
    message_id: int,
    now: datetime,
    *,
    reason: str = "",
    rule: str = "",
    report_id: int | None = None,
) -> Case:
    """Takes a message away, here and in Discord. One of a chat only with the report by which it was shown.

    Raises Forbidden (`forbidden`) for who may not, NotFound for one that is not there or was not taken away by a
    moderator, and Refused (`too_long`).
    """
    reason = cases.check_reason(reason)
    async with store.pool.acquire() as conn, conn.transaction():
        await moderators.check(conn, by)
        message = await _one(conn, by, message_id, report_id)
        if message.deleted:
            number, events = await _known(conn, message_id, ("remove", "purge")), []
        else:
            about = await subject_of(conn, message, report_id)
            number = await open_case(
                conn, "remove", by, now, about=about, rule=rule, reason=reason, evidence=[shown(message)]
            )
            events = await _do(conn, message.room_id, Remove([message_id], by.person.id if by else None, now, number))
    return await _told(store, number, events)


async def hide_links(store: Store, by: By, message_id: int, now: datetime, reason: str = "", *, rule: str = "") -> Case:
    """Takes the links out of a message, here and in Discord, and out of whatever it is edited to.

    Raises Forbidden (`forbidden`), NotFound, and Refused (`bad_parameter`).
    """
    reason = cases.check_reason(reason)
    async with store.pool.acquire() as conn, conn.transaction():
        await moderators.check(conn, by)
        message = await _one(conn, by, message_id, None)
        if message.deleted:
            raise NotFound(GONE)
        number, events = await earlier(conn, message_id, ["hide_link"]), list[object]()
        if number is None:
            about, evidence = await subject_of(conn, message), [shown(message)]
            number = await open_case(
                conn, "hide_link", by, now, about=about, rule=rule, reason=reason, evidence=evidence
            )
            events = await _do(conn, message.room_id, HideLinks(message_id, now, number))
    return await _told(store, number, events)


async def purge(
    store: Store,
    by: By,
    message_ids: Sequence[int],
    now: datetime,
    *,
    reason: str = "",
    rule: str = "",
    held_of: Sequence[int] = (),
) -> Case:
    """Takes these messages away, at most 500, as one case; those that are gone meanwhile are passed over, and so are
    those of the owner and of authors unless the owner does it. What of their one author waits for a moderator goes too,
    and of the people in `held_of`.

    Raises Forbidden (`forbidden`), Refused (`bad_parameter`, `too_long`), and NotFound when nothing of it is there and
    never was purged.
    """
    if len(message_ids) > SELECTED_MAX:
        raise Refused(TOO_MANY, "bad_parameter")
    reason = cases.check_reason(reason)
    async with store.pool.acquire() as conn, conn.transaction():
        await moderators.check(conn, by)
        going = await _going(conn, by, message_ids)
        authors = {one.author.id for one in going}
        by_id = by.person.id if by else None
        held = await drop_held(conn, [*held_of, *(authors if len(authors) == 1 else ())], by_id, now)
        if going or held:
            number = await _open_purge(conn, by, going, held, now, reason, rule)
            events = await _take_away(conn, going, by_id, now, number)
        else:
            number, events = await _known(conn, message_ids[0] if message_ids else 0, ("purge", "remove")), []
    return await _told(store, number, events)


async def _one(conn: PoolConnectionProxy, by: By, message_id: int, report_id: int | None) -> Message:
    found = await standing(conn, [message_id])
    if not found or not await may_be_seen(conn, found[0], report_id):
        raise NotFound(GONE)
    if by and not by.person.owner and await of_the_house(conn, [found[0].author.id]):
        raise Forbidden(OF_THE_HOUSE, "forbidden")
    return found[0]


async def _going(conn: PoolConnectionProxy, by: By, message_ids: Sequence[int]) -> list[Message]:
    there = [one for one in await standing(conn, message_ids) if not one.deleted]
    seen = [one for one in there if await may_be_seen(conn, one, None)]
    spared = await of_the_house(conn, [one.author.id for one in seen]) if by and not by.person.owner else set()
    return [one for one in seen if one.author.id not in spared]


async def _open_purge(
    conn: PoolConnectionProxy, by: By, going: Sequence[Message], held: int, now: datetime, reason: str, rule: str
) -> int:
    authors, room_ids = {one.author.id for one in going}, {one.room_id for one in going}
    about = Subject(
        person_id=authors.pop() if len(authors) == 1 else None, room_id=room_ids.pop() if len(room_ids) == 1 else None
    )
    details: dict[str, Any] = {"count": len(going), "messages": [one.id for one in going]}
    details |= {"held": held} if held else {}
    evidence = [shown(one) for one in going]
    return await open_case(
        conn, "purge", by, now, about=about, rule=rule, reason=reason, details=details, evidence=evidence
    )


async def _take_away(
    conn: PoolConnectionProxy, going: Sequence[Message], by_id: int | None, now: datetime, number: int
) -> list[object]:
    by_room: dict[int, list[int]] = defaultdict(list)
    for one in going:
        by_room[one.room_id].append(one.id)
    events: list[object] = []
    for room_id in sorted(by_room):
        events += await _do(conn, room_id, Remove(by_room[room_id], by_id, now, number))
    return events


async def _do(conn: PoolConnectionProxy, room_id: int, work: Work) -> list[object]:
    committed = await commit(conn, room_id, [work])
    [result] = committed.results
    if isinstance(result, Refused):
        raise result
    return committed.events


async def _known(conn: PoolConnectionProxy, message_id: int, kinds: Sequence[str]) -> int:
    number = await earlier(conn, message_id, kinds)
    if number is None:
        raise NotFound(GONE)
    return number


async def _told(store: Store, number: int, events: Sequence[object]) -> Case:
    for event in (*events, ModNoticeDue()):
        store.live.announce(event)
    case = await cases.get(store.pool, number)
    assert case, "it was put on record just now"
    return case
