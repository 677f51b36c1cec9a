"""The forms below the buttons **Mute** and **Ban** of the moderators' channel: for how long, and why."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import discord

from cogs._channel_shown import show_anew
from cogs._kept_forms import KeptForm, terms
from cogs._moderators import moderator, now
from db import held, mod_notices, reports
from db.errors import AWAY
from db.moderators import Moderator
from db.store import Store

if TYPE_CHECKING:
    from cogs import Bot

QUICKLY = 1.0  # seconds; Discord wants the form within three


async def ask(interaction: discord.Interaction[Any], form: type["Asking"], subject_id: int) -> None:
    """Opens the form. Who is no moderator is told so at once, if the database is quick; else when it comes back."""
    try:
        async with asyncio.timeout(QUICKLY):
            await moderator(interaction)
    except (TimeoutError, *AWAY):  # type: ignore[misc] # a tuple of types
        pass
    await interaction.response.send_modal(form(subject_id))


class Asking(KeptForm):
    """`kind` is what it is about, whose message is shown anew once `act` has done it."""

    kind: ClassVar[mod_notices.Kind] = "report"
    heading: ClassVar[str] = ""
    lasting: ClassVar[str] = "30 days"
    reason: ClassVar[str] = ""

    def __init__(self, subject_id: int) -> None:
        super().__init__({"id": subject_id}, self.heading)
        self.ask_terms(self.lasting, self.reason)

    @classmethod
    async def send(
        cls, interaction: "discord.Interaction[Bot]", numbers: Mapping[str, int], typed: Mapping[str, str]
    ) -> None:
        await interaction.response.defer()
        by, how = await moderator(interaction), await terms(interaction, typed)
        await cls.act(interaction.client.store, by, numbers["id"], how)
        await show_anew(interaction, cls.kind, numbers["id"])

    @classmethod
    async def act(cls, store: Store, by: Moderator, subject_id: int, how: dict[str, Any]) -> None:
        raise NotImplementedError


class MuteReported(Asking, custom_id="mod:report:mute:{id}"):
    decision: ClassVar[Literal["mute", "ban"]] = "mute"
    heading = "Mute who wrote it"
    lasting = "1 day"
    reason = "What you wrote was reported."

    @classmethod
    async def act(cls, store: Store, by: Moderator, subject_id: int, how: dict[str, Any]) -> None:
        await reports.decide(store, by, subject_id, cls.decision, now(), **how)


class BanReported(MuteReported, custom_id="mod:report:ban:{id}"):
    decision = "ban"
    heading = "Ban who wrote it"
    lasting = "30 days"


class BanHeld(Asking, custom_id="mod:held:ban:{id}"):
    kind = "held"
    heading = "Ban who wrote it"
    reason = "What you wrote does not belong here."

    @classmethod
    async def act(cls, store: Store, by: Moderator, subject_id: int, how: dict[str, Any]) -> None:
        await held.ban(store, by, subject_id, now(), **how)


FORMS = (MuteReported, BanReported, BanHeld)
