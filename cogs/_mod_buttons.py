"""The buttons below answers of /mod: what was done is undone, what was shown is removed. They work after a restart and
ask again who presses; pressed twice they do no harm.
"""

from typing import TYPE_CHECKING

import discord

from cogs._buttons import Pressed
from cogs._case_words import done
from cogs._moderators import moderator, now
from db import floods, purges, sanctions
from db.cases import Case
from db.moderators import Moderator

if TYPE_CHECKING:
    from cogs import Bot

GREY, RED = discord.ButtonStyle.secondary, discord.ButtonStyle.danger
NOTHING = "Nothing was removed."
CALM = "New people may speak again."


class Undo(Pressed, custom_id="mod:none:{person}"):
    """Takes back what the answer above it told."""

    async def press(self, interaction: "discord.Interaction[Bot]") -> None:
        await interaction.response.defer()
        by, moment = await moderator(interaction), now()
        case = await self.undo(interaction.client, by, self.numbers["person"])
        await interaction.edit_original_response(content=done(case, moment), view=None)

    async def undo(self, bot: "Bot", by: Moderator, person_id: int) -> Case:
        raise NotImplementedError


class Unban(Undo, custom_id="mod:unban:{person}"):
    async def undo(self, bot: "Bot", by: Moderator, person_id: int) -> Case:
        return await sanctions.unban(bot.store, by, person_id, now())


class Unmute(Undo, custom_id="mod:unmute:{person}"):
    async def undo(self, bot: "Bot", by: Moderator, person_id: int) -> Case:
        return await sanctions.unmute(bot.store, by, person_id, now())


class Confirm(Pressed, custom_id="mod:purge:{purge}"):
    """Removes exactly what was shown."""

    async def press(self, interaction: "discord.Interaction[Bot]") -> None:
        await interaction.response.defer()
        case = await purges.confirm(
            interaction.client.store, await moderator(interaction), self.numbers["purge"], now()
        )
        await interaction.edit_original_response(content=f"Removed, here and in Discord. Case {case.id}.", view=None)


class Keep(Pressed, custom_id="mod:keep:{purge}"):
    async def press(self, interaction: "discord.Interaction[Bot]") -> None:
        await interaction.response.edit_message(content=NOTHING, view=None)


class Calm(Pressed, custom_id="mod:calm"):
    """Ends the panic."""

    async def press(self, interaction: "discord.Interaction[Bot]") -> None:
        await interaction.response.defer()
        await floods.panic(interaction.client.store, await moderator(interaction), False, now())
        await interaction.edit_original_response(content=CALM, view=None)


BUTTONS = (Unban, Unmute, Confirm, Keep, Calm)


def undo(case: Case, person_id: int) -> list[Pressed]:
    """What fits below a case that somebody may want to take back."""
    if case.kind == "ban":
        return [Unban({"person": person_id}, "Undo", GREY)]
    return [Unmute({"person": person_id}, "Undo", GREY)] if case.kind == "mute" else []


def second_thought(purge_id: int) -> list[Pressed]:
    numbers = {"purge": purge_id}
    return [Confirm(numbers, "Remove these", RED), Keep(numbers, "Keep", GREY)]
