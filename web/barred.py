"""Who is kept out, or only reads, at the browser's door: whether a sanction covers whoever asks, and how it is said.

Asked by the pages that show a form, by the halls of sockets, and by web/doors.py for every form that is sent.
"""

from datetime import UTC, datetime

from db import floods, sanctions
from db.errors import Forbidden, Refused
from db.sanctions import Caller
from db.store import Store

from . import _kept_out, frames
from .audience import Seat

BANNED, MUTED, PANIC = "banned", "muted", "panic"


def refusal(store: Store, caller: Caller) -> Forbidden | None:
    """What this caller would be refused with, whatever they say; None for who may speak. The owner always may."""
    if caller.person and caller.person.owner:
        return None
    try:
        sanctions.check(store, caller, datetime.now(UTC))
    except Forbidden as refused:
        return refused
    return None


def hinders(store: Store, caller: Caller) -> bool:
    """Whether a stranger's page may not be for this stranger, who cannot write."""
    return store.alarms.is_panic or refusal(store, caller) is not None


async def keeping_silent(store: Store, caller: Caller) -> Forbidden | None:
    """What a page says in place of its form: the same, or (`panic`) that new people only read for now."""
    if refused := refusal(store, caller):
        return refused
    if not store.alarms.is_panic or (caller.person and not await floods.newcomers(store, [caller.person])):
        return None
    return Forbidden(floods.READ_ONLY, PANIC)


def hush(seat: Seat, refused: Forbidden | None) -> bool:
    """Notes at a seat why whoever sits there only reads, or that they may speak. Whether that is news there."""
    before = seat.muted
    seat.muted = refused.sentence if refused else ""
    seat.muted_html = str(_kept_out.drawn(refused)) if refused else ""
    return seat.muted != before


def check(store: Store, caller: Caller) -> None:
    """Raises Forbidden (`banned`) for who may not so much as send a form."""
    refused = refusal(store, caller)
    if refused and refused.code == BANNED:
        raise refused


def check_voice(store: Store, caller: Caller) -> None:
    """Raises Forbidden (`banned`, `muted`) for who may say nothing."""
    if refused := refusal(store, caller):
        raise refused


def check_entry(store: Store, caller: Caller) -> None:
    """The same for who is about to come in as `caller.person`. Who is banned may come in as themselves, to read why and
    to take along what is theirs; as nobody else.
    """
    found = store.sanctions.find(caller, datetime.now(UTC))
    if found and caller.person and found.person_id != caller.person.id:
        check(store, caller)


def farewell(refused: Refused) -> bytes:
    """The last that a socket hears: why, and the end."""
    told = frames.error(BANNED, refused.sentence, html=str(_kept_out.drawn(refused)))
    return frames.encode(told) + frames.closing(1008, BANNED)
