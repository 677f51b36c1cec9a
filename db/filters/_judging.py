"""What the rules say of words that somebody is about to say."""

from typing import TYPE_CHECKING

from db.filters._shape import Verdict
from db.people import Person

if TYPE_CHECKING:
    from db.gate import Speech
    from db.messages import Message
    from db.store import Store


def judge(store: "Store", author: Person, content: str, *, is_new: bool, now: float) -> Verdict | None:
    """The heaviest verdict (delete, mute, hold, notify), or None. Never waits; below 5 ms for whatever was written."""
    del store, author, content, is_new, now
    return None


async def judge_speech(store: "Store", speech: "Speech") -> Verdict | None:
    """Judges, and acts on what came of it: `hold` raises Held, `delete` and `mute` put it on record and raise Refused
    (`filtered`) or Forbidden (`muted`), `notify` is returned for the caller to put on record with the message.
    """
    return judge(store, speech.author, speech.content, is_new=False, now=speech.now.timestamp())


async def note(store: "Store", verdict: Verdict, message: "Message") -> None:
    """Puts it on record (`filtered`), so that the moderators are told; the message stays."""
    del store, verdict, message
