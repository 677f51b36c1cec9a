"""The buttons below answers of /mod: what was done is undone, what was shown is removed. They work after a restart and
ask again who presses; pressed twice they do no harm.
"""

from datetime import datetime
from typing import TYPE_CHECKING

import discord

from cogs._buttons import Pressed
from cogs._case_words import done
from cogs._moderators import moderator, now
from db import floods, purges, sanctions
from db.cases import Case

if TYPE_CHECKING:
    from cogs import Bot

GREY, RED = discord.ButtonStyle.secondary, discord.ButtonStyle.danger
NOTHING = "Nothing was removed."
CALM = "New people may speak again."


class Undo(Pressed, custom_id="mod:undo:{case}"):
    """Takes back the ban or the mute that the answer above it told: what held before it holds again."""

    async def press(self, interaction: "discord.Interaction[Bot]") -> None:
        await interaction.response.defer()
        by, moment = await moderator(interaction), now()
        case = await sanctions.undo(interaction.client.store, by, self.numbers["case"], moment)
        await interaction.edit_original_response(content=done(case, moment), view=None)


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


BUTTONS = (Undo, Confirm, Keep, Calm)


def undo(case: Case, moment: datetime) -> list[Pressed]:
    """What fits below a case that somebody may want to take back. One that is older than this very act was not opened
    by it.
    """
    return [Undo({"case": case.id}, "Undo", GREY)] if case.created_at >= moment else []


def second_thought(purge_id: int) -> list[Pressed]:
    numbers = {"purge": purge_id}
    return [Confirm(numbers, "Remove these", RED), Keep(numbers, "Keep", GREY)]
