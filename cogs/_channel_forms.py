"""The forms below the buttons **Mute** and **Ban** of the moderators' channel: for how long, and why."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import discord

from cogs._channel_shown import show_anew
from cogs._kept_forms import KeptForm
from cogs._moderators import moderator, now, until
from db import held, reports
from db.errors import AWAY

if TYPE_CHECKING:
    from cogs import Bot

FOR_MAX, REASON_MAX = 60, 500
QUICKLY = 1.0  # seconds; Discord wants the form within three
HINT = "Such as 2h, 3 days or until friday; nothing: until it is lifted"


async def ask(interaction: discord.Interaction[Any], form: type["Asking"], subject_id: int) -> None:
    """Opens the form. Who is no moderator is told so at once, if the database is quick; else when it comes back."""
    try:
        async with asyncio.timeout(QUICKLY):
            await moderator(interaction)
    except (TimeoutError, *AWAY):  # type: ignore[misc] # a tuple of types
        pass
    await interaction.response.send_modal(form(subject_id))


class Asking(KeptForm):
    heading: ClassVar[str] = ""
    lasting: ClassVar[str] = ""
    reason: ClassVar[str] = ""

    def __init__(self, subject_id: int) -> None:
        super().__init__({"id": subject_id}, self.heading)
        self.ask("for", "For how long", value=self.lasting, most=FOR_MAX, hint=HINT)
        self.ask("reason", "Reason", value=self.reason, most=REASON_MAX, hint="They read it")


async def _typed(interaction: "discord.Interaction[Bot]", typed: Mapping[str, str]) -> dict[str, Any]:
    reason = " ".join(typed.get("reason", "").split())
    return {"until": await until(interaction, typed.get("for", "")), "reason": reason}


class MuteReported(Asking, custom_id="mod:report:mute:{id}"):
    decision: ClassVar[Literal["mute", "ban"]] = "mute"
    heading = "Mute who wrote it"
    lasting = "1 day"
    reason = "What you wrote was reported."

    @classmethod
    async def send(
        cls, interaction: "discord.Interaction[Bot]", numbers: Mapping[str, int], typed: Mapping[str, str]
    ) -> None:
        await interaction.response.defer()
        by, how = await moderator(interaction), await _typed(interaction, typed)
        await reports.decide(interaction.client.store, by, numbers["id"], cls.decision, now(), **how)
        await show_anew(interaction, "report", numbers["id"])


class BanReported(MuteReported, custom_id="mod:report:ban:{id}"):
    decision = "ban"
    heading = "Ban who wrote it"
    lasting = "30 days"


class BanHeld(Asking, custom_id="mod:held:ban:{id}"):
    heading = "Ban who wrote it"
    lasting = "30 days"
    reason = "What you wrote does not belong here."

    @classmethod
    async def send(
        cls, interaction: "discord.Interaction[Bot]", numbers: Mapping[str, int], typed: Mapping[str, str]
    ) -> None:
        await interaction.response.defer()
        by, how = await moderator(interaction), await _typed(interaction, typed)
        await held.ban(interaction.client.store, by, numbers["id"], now(), **how)
        await show_anew(interaction, "held", numbers["id"])


FORMS = (MuteReported, BanReported, BanHeld)
