"""One batch under the lock of its room, in the order in which it came: new messages by the run, the rest singly."""

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

import asyncpg

from db.errors import NotFound, Refused
from db.events import Changed, Noted, NoticeDue, Queued
from db.writer._admitting import NO_ROOM, Admission, admission, closed, count_deleted, count_said
from db.writer._changing import Change, HearDeletion, change
from db.writer._keeping import NewMessage, keep
from db.writer._moderating import Remove

if TYPE_CHECKING:  # the noun's acts use the writer, the writer its queries
    from db.messages import Message

Work = NewMessage | Change


@dataclass(slots=True)
class Committed:
    """An answer for each piece of work, what changed in the room, for whom something waits or does no longer, and
    whether Discord has to hear of it, the moderators there as well.
    """

    results: list["Message | Refused | None"] = field(default_factory=list)
    changes: list[Changed] = field(default_factory=list)
    noted: list[Noted] = field(default_factory=list)
    is_queued: bool = False
    is_notice_due: bool = False

    @property
    def events(self) -> list[object]:
        """What is to be announced once the transaction is through."""
        nudges = [*([Queued()] if self.is_queued else []), *([NoticeDue()] if self.is_notice_due else [])]
        return [*self.changes, *dict.fromkeys(self.noted), *nudges]


async def commit(conn: "asyncpg.pool.PoolConnectionProxy", room_id: int, batch: list[Work]) -> Committed:
    """To be called inside a transaction, which holds the room's lock from here on."""
    done = Committed()
    for is_new, works in groupby(batch, lambda one: isinstance(one, NewMessage)):
        run = list(works)
        room = await _lock(conn, room_id)
        if room is None:  # a chat that both have left meanwhile
            done.results += [NotFound(NO_ROOM) for _ in run]
            continue
        admitted = await admission(conn, room_id, room, run)
        if is_new:
            await _keep(conn, room_id, room, admitted, [one for one in run if isinstance(one, NewMessage)], done)
        else:
            await _change(conn, room_id, room, admitted, [one for one in run if not isinstance(one, NewMessage)], done)
    return done


async def _keep(
    conn: "asyncpg.pool.PoolConnectionProxy",
    room_id: int,
    room: asyncpg.Record,
    admitted: Admission,
    run: list[NewMessage],
    done: Committed,
) -> None:
    refusals = [admitted.refusal(one) for one in run]
    answers, fresh = await keep(
        conn, room_id, room, [one for one, refusal in zip(run, refusals, strict=True) if not refusal], closed(room)
    )
    answered = iter(answers)
    done.results += [refusal or next(answered) for refusal in refusals]
    done.changes += [Changed(room_id, message.seq, "create", message) for message in fresh]
    done.is_queued |= any(message.relay == "pending" for message in fresh)
    if room["kind"] == "chat":
        done.noted += await count_said(conn, room_id, fresh)


async def _change(
    conn: "asyncpg.pool.PoolConnectionProxy",
    room_id: int,
    room: asyncpg.Record,
    admitted: Admission,
    run: list[Change],
    done: Committed,
) -> None:
    for one in run:
        refusal = admitted.refusal(one)
        result, made = (refusal, []) if refusal else await change(conn, room_id, one)
        done.results.append(result)
        done.changes += made
        if room["kind"] == "chat":
            done.noted += await count_deleted(conn, room_id, made)
        else:
            done.is_queued |= bool(made)
            done.is_notice_due |= bool(made) and room["kind"] == "comments" and isinstance(one, HearDeletion | Remove)


async def _lock(conn: "asyncpg.pool.PoolConnectionProxy", room_id: int) -> asyncpg.Record | None:
    return await conn.fetchrow(
        """/* writer.lock */ select seq, locked or closed_at is not null as locked, channel_id, kind, slowmode
        from rooms where id = $1 for no key update""",
        room_id,
    )
