"""What the owner does of an evening, one thing after the other, so that there is something to see in the demo; and how
Discord describes what people do. Source: 'Activity Object' on Discord's 'Gateway Events' page."""

import asyncio
from typing import TYPE_CHECKING

from practice import porch
from practice.model import Json

if TYPE_CHECKING:
    from practice.server import Practice

STEP = 20  # seconds
CUSTOM = 4


def activity(kind: int, name: str, began: float, **more: object) -> Json:
    """`kind`: 0 playing, 1 streaming, 2 listening, 3 watching, 5 competing. `began` is in Unix seconds."""
    start = int(began * 1000)
    return {
        "id": name.lower().replace(" ", "-"),
        "type": kind,
        "name": name,
        "created_at": start,
        "timestamps": {"start": start},
        "session_id": f"{start:032x}",
        **more,
    }


def custom(words: str, emoji: str | None = None) -> Json:
    shape: Json = {"id": "custom", "type": CUSTOM, "name": "Custom Status", "state": words, "created_at": 0}
    return {**shape, "emoji": {"name": emoji}} if emoji else shape


def doing(now: float) -> list[Json]:
    """What there is to see at this time."""
    began = now // STEP * STEP
    picture = {"application_id": "1100000000000000900", "assets": {"large_image": "1100000000000000901"}}
    up_late = custom("up late", "🌙")
    editing = activity(0, "A text editor", began, details="Editing porch.py", **picture)
    music = activity(2, "A gramophone", began, details="Moths at the Window", state="The Night Shift")
    game = activity(0, "Lantern Keeper", began, details="Chapter 3", state="alone")
    scenes = ([up_late, editing], [up_late, editing, music], [up_late, music], [up_late, game], [up_late])
    return scenes[int(now // STEP) % len(scenes)]


async def pass_by(practice: "Practice") -> None:
    """The owner does one thing after the other, until somebody says on the page what it is they do."""
    member = practice.member(porch.OWNER)
    while True:
        mine = doing(practice.world.now())
        practice.set_activities(porch.OWNER, *mine)
        await asyncio.sleep(STEP - practice.world.now() % STEP)
        if member.activities != mine:
            return
