"""The form that asks for how long and why, below the buttons **Mute** and **Ban** of the moderators' channel.

What it is about stands in its custom id, and cogs/mod_channel takes what was filled in from the event itself: so a form
that was opened before a restart is taken after it.
"""

import asyncio
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import discord

from cogs._moderators import moderator
from db.errors import AWAY
from db.markup import escape

if TYPE_CHECKING:
    from cogs import Bot

FORM = re.compile(r"mod:(?P<kind>report|held):(?P<act>mute|ban):(?P<id>[0-9]{1,19})")
FOR_MAX, REASON_MAX = 60, 500
FOR = {"mute": "1 day", "ban": "30 days"}
TITLES = {"mute": "Mute who wrote it", "ban": "Ban who wrote it"}
HINT = "Like 2h, 3 days or until friday; empty for good"
QUICKLY = 1.0  # seconds; Discord wants the form within three
OPEN = 600.0  # seconds for which discord.py remembers that it was opened, which nobody asks


async def ask(interaction: "discord.Interaction[Bot]", kind: str, act: str, subject_id: int, reason: str) -> None:
    """Opens the form. Who is no moderator is told so at once, if the database is quick; else when it comes back."""
    try:
        async with asyncio.timeout(QUICKLY):
            await moderator(interaction)
    except (TimeoutError, *AWAY):
        pass
    form = discord.ui.Modal(title=TITLES[act], custom_id=f"mod:{kind}:{act}:{subject_id}", timeout=OPEN)
    form.add_item(_field("for", "For how long", FOR[act], FOR_MAX, HINT))
    form.add_item(_field("reason", "Why", reason, REASON_MAX, "They can read it"))
    await interaction.response.send_modal(form)


def _field(name: str, label: str, value: str, most: int, hint: str) -> discord.ui.Label[Any]:
    field: discord.ui.TextInput[Any] = discord.ui.TextInput(
        custom_id=name, default=value, max_length=most, required=False
    )
    return discord.ui.Label(text=label, description=hint, component=field)


def typed(interaction: "discord.Interaction[Bot]") -> dict[str, str]:
    """What was filled in, by the names of the fields."""
    data: Any = interaction.data or {}
    return dict(_values(data.get("components") or []))


def _values(parts: list[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for part in parts:
        if "custom_id" in part:
            yield str(part["custom_id"]), " ".join(str(part.get("value") or "").split())
        yield from _values(part.get("components") or ([part["component"]] if "component" in part else []))


def given_back(values: Mapping[str, str]) -> str:
    """What was typed, for Discord forgets it."""
    told = "; ".join(f"{name} “{escape(words)}”" for name, words in values.items() if words)
    return f" You had typed: {told}." if told else ""
