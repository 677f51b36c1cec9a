"""The gate: what is asked of everything that somebody is about to say on the site, in one order, for all rooms.

Whether they may at all, whether it has to wait, whether its words are let through, whether the room
takes it. Nothing here says it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from db import filters, floods, held, sanctions, sightings
from db.errors import Refused
from db.filters import Verdict
from db.people import Person
from db.sanctions import Caller
from db.store import Store

if TYPE_CHECKING:  # messages are said through the gate
    from db.messages import Message


@dataclass(frozen=True, slots=True)
class Speech:
    """What is about to be said in a room; with `edits` it is to be the new words of that message. `is_open`: the room
    is for everybody, so its words pass the filters; what two say to each other does not.
    """

    room_id: int
    caller: Caller
    author: Person
    content: str
    nonce: str
    now: datetime
    reply_to: int | None = None
    media: Sequence[str] = ()
    edits: int | None = None
    is_open: bool = True


async def admit(store: Store, speech: Speech) -> Verdict | None:
    """Returns where it may be said at once, with the verdict to note beside it (`notify`). Raises Forbidden (`banned`,
    `muted`), TooOften, Refused (`filtered`), and Held when it waits for a moderator from here.

    What has been said under this nonce before is let through whatever it is: it is only asked for again.
    """
    try:
        return await _judged(store, speech)
    except Refused as refusal:
        if refusal.code not in {"banned", "muted"} and await held.is_said(store.pool, speech.author.id, speech.nonce):
            return None
        raise


async def note(store: Store, verdict: Verdict, message: "Message") -> None:
    """Puts on record what a rule only wants to be noticed (`notify`), with the message that it is about."""
    await filters.note(store, verdict, message)


async def _judged(store: Store, speech: Speech) -> Verdict | None:
    await sightings.note(store, speech.author.id, speech.caller.network, speech.now)
    sanctions.check(store, speech.caller, speech.now)
    rule = await floods.check(store, speech)
    if not speech.is_open:
        return None
    if rule:  # a moderator reads it anyway, whatever the filters would have said
        await held.hold(store, speech, rule, is_told=False)
    verdict = await filters.judge_speech(store, speech)
    floods.check_pace(store, speech)
    return verdict
