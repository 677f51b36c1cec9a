"""Keeping a message back."""

from typing import TYPE_CHECKING, NoReturn

from db import cases
from db.cases import Subject
from db.errors import Refused
from db.events import ModNoticeDue
from db.held import _queries as queries
from db.held._shape import Held, evidence
from db.store import Conn, Store

if TYPE_CHECKING:
    from db.gate import Speech

WAITING_MAX = 10  # messages of one person that wait at once
NOT_IN_HINDSIGHT = "With these words it would have to wait for a moderator. Please say it in a new message instead."
TOO_MANY = "Several of your messages wait for a moderator already. Please wait until they have been looked at."
NOT_SHOWN = "A moderator has decided not to show this."
OTHERWISE = "This message was already sent with other words."


async def hold(store: Store, speech: "Speech", rule: str, *, is_told: bool = True) -> NoReturn:
    """Keeps it until a moderator has decided, once for each nonce, and raises Held. Its pictures stay their author's
    alone until then. Not `is_told`: the moderators' channel gets no message of its own about it, for another speaks of
    it, as that of a raid.

    Raises Refused (`filtered`) for an edit, for what was looked at already and not let through, and while 10 messages
    of theirs wait; and (`nonce_conflict`).
    """
    if speech.edits is not None:
        raise Refused(NOT_IN_HINDSIGHT, "filtered")
    async with store.pool.acquire() as conn, conn.transaction():
        is_fresh = await _keep(conn, speech, rule, is_told=is_told)
    if is_fresh:
        store.live.announce(ModNoticeDue())
    raise Held


async def _keep(conn: Conn, speech: "Speech", rule: str, *, is_told: bool) -> bool:
    await conn.execute("/* held.lock_author */ select from people where id = $1 for no key update", speech.author.id)
    known = await queries.by_nonce(conn, speech.author.id, speech.nonce)
    if known:
        if known.state == "deleted":
            raise Refused(NOT_SHOWN, "filtered")
        if known.content != speech.content:
            raise Refused(OTHERWISE, "nonce_conflict")
        return False
    if await queries.count_of(conn, speech.author.id) >= WAITING_MAX:
        raise Refused(TOO_MANY, "filtered")
    await _insert(conn, speech, rule, is_told=is_told)
    return True


async def _insert(conn: Conn, speech: "Speech", rule: str, *, is_told: bool) -> None:
    held_id = await conn.fetchval(
        """/* held.insert */ with kept as (
            insert into held (room_id, author_id, nonce, content, reply_to_id, media, rule, created_at)
            values ($1, (select coalesce(merged_into, id) from people where id = $2), $3, $4,
                (select id from messages where id = $5 and room_id = $1), $6, $7, $8) returning id
        ), told as (
            insert into mod_notices (kind, subject_id, next_at, created_at) select 'held', id, $8, $8 from kept where $9
        ) select id from kept""",
        speech.room_id,
        speech.author.id,
        speech.nonce,
        speech.content,
        speech.reply_to,
        list(speech.media),
        rule,
        speech.now,
        is_told,
    )
    await cases.open_case(
        conn,
        "hold",
        None,
        speech.now,
        about=Subject(speech.author.id, speech.room_id),
        rule=rule,
        details={"held": held_id},
        is_told=False,  # the message itself is shown to the moderators
        evidence=evidence(speech.author, speech.content, speech.now, tuple(speech.media)),
    )
