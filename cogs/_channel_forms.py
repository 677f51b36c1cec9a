"""The forms below the buttons **Warn**, **Mute** and **Ban** of the moderators' channel: for how long, and why."""

import asyncio
from collections.abc import Awaitable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import discord

from cogs._channel_shown import show_anew
from cogs._kept_forms import KeptForm
from cogs._moderators import moderator, now, until
from db import held, reports, sanctions
from db.errors import AWAY
from db.moderators import Moderator
from db.store import Store

if TYPE_CHECKING:
    from cogs import Bot

FOR_MAX, REASON_MAX = 60, 500
QUICKLY = 1.0  # seconds; Discord wants the form within three
HINT = "Such as 2h, 3 days or until friday; nothing: until it is lifted"


async def ask(interaction: discord.Interaction[Any], form: type["Asking"], subject_id: int) -> None:
    """Opens the form. What it cannot do is said at once, if the database is quick; else when it comes back."""

    async def allowed() -> None:
        await form.check(interaction.client.store, await moderator(interaction), subject_id)

    await quickly(allowed())
    await interaction.response.send_modal(form(subject_id))


async def quickly(looking: Awaitable[None]) -> None:
    """Looks for as long as there is time before a form. Raises what that raises, but not that it took too long."""
    try:
        async with asyncio.timeout(QUICKLY):
            await looking
    except (TimeoutError, *AWAY):  # type: ignore[misc] # a tuple of types
        pass


async def check_person(store: Store, by: Moderator, person_id: int) -> None:
    """Raises what a ban of this person would."""
    async with store.pool.acquire() as conn, conn.transaction():
        await sanctions.check_target(conn, "ban", by, person_id)


class Asking(KeptForm):
    """Without `lasting` it does not ask for how long."""

    heading: ClassVar[str] = ""
    lasting: ClassVar[str] = ""
    reason: ClassVar[str] = ""

    def __init__(self, subject_id: int) -> None:
        super().__init__({"id": subject_id}, self.heading)
        if self.lasting:
            self.ask("for", "For how long", value=self.lasting, most=FOR_MAX, hint=HINT)
        self.ask("reason", "Reason", value=self.reason, most=REASON_MAX, hint="They read it")

    @classmethod
    async def check(cls, store: Store, by: Moderator, subject_id: int) -> None:
        """Raises what sending it would raise, as far as that is known before."""
        raise NotImplementedError


async def _typed(interaction: "discord.Interaction[Bot]", typed: Mapping[str, str]) -> dict[str, Any]:
    how: dict[str, Any] = {"reason": " ".join(typed.get("reason", "").split())}
    return how | ({"until": await until(interaction, typed["for"])} if "for" in typed else {})


class MuteReported(Asking, custom_id="mod:report:mute:{id}"):
    decision: ClassVar[Literal["warn", "mute", "ban"]] = "mute"
    heading = "Mute who wrote it"
    lasting = "1 day"
    reason = "What you wrote was reported."

    @classmethod
    async def check(cls, store: Store, by: Moderator, subject_id: int) -> None:
        await reports.check(store, by, subject_id, cls.decision)

    @classmethod
    async def send(
        cls, interaction: "discord.Interaction[Bot]", numbers: Mapping[str, int], typed: Mapping[str, str]
    ) -> None:
        await interaction.response.defer()
        by, how = await moderator(interaction), await _typed(interaction, typed)
        await reports.decide(interaction.client.store, by, numbers["id"], cls.decision, now(), **how)
        await show_anew(interaction, "report", numbers["id"])


class WarnReported(MuteReported, custom_id="mod:report:warn:{id}"):
    decision = "warn"
    heading = "Warn who wrote it"
    lasting = ""


class BanReported(MuteReported, custom_id="mod:report:ban:{id}"):
    decision = "ban"
    heading = "Ban who wrote it"
    lasting = "30 days"


class BanHeld(Asking, custom_id="mod:held:ban:{id}"):
    heading = "Ban who wrote it"
    lasting = "30 days"
    reason = "What you wrote does not belong here."

    @classmethod
    async def check(cls, store: Store, by: Moderator, subject_id: int) -> None:
        one = await held.get(store.pool, subject_id)
        if one:
            await check_person(store, by, one.author_id)

    @classmethod
    async def send(
        cls, interaction: "discord.Interaction[Bot]", numbers: Mapping[str, int], typed: Mapping[str, str]
    ) -> None:
        await interaction.response.defer()
        by, how = await moderator(interaction), await _typed(interaction, typed)
        await held.ban(interaction.client.store, by, numbers["id"], now(), **how)
        await show_anew(interaction, "held", numbers["id"])


FORMS = (WarnReported, MuteReported, BanReported, BanHeld)
