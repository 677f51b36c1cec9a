"""Who is kept out, or only reads, at the browser's door: whether a sanction covers whoever asks, and how it is said.

Asked by the pages that show a form, by the halls of sockets, and by web/doors.py for every form that is sent.
"""

from datetime import UTC, datetime

from db import sanctions
from db.errors import Forbidden, Refused
from db.sanctions import Caller
from db.store import Store

from . import frames

BANNED, MUTED = "banned", "muted"


def refusal(store: Store, caller: Caller) -> Forbidden | None:
    """What this caller would be refused with, whatever they say; None for who may speak. The owner always may."""
    if caller.person and caller.person.owner:
        return None
    try:
        sanctions.check(store, caller, datetime.now(UTC))
    except Forbidden as refused:
        return refused
    return None


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
    return frames.encode(frames.error(BANNED, refused.sentence)) + frames.closing(1008, BANNED)
