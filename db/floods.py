"""Floods: how quickly one may speak in a room, its slow mode, and what happens while the house is being raided."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from db.gate import Speech
    from db.store import Store


@dataclass(slots=True)
class Alarms:
    """What is known in memory of raids and panic: `raid_id` of the one that goes on, 0 for none."""

    raid_id: int = 0
    is_panic: bool = False


async def check(store: "Store", speech: "Speech") -> str:
    """Raises TooOften (slow mode, the room's pace) or Forbidden (`muted`, new people during a panic). Returns the rule
    by which this message has to wait, such as `raid`, or an empty text.
    """
    del store, speech
    return ""
