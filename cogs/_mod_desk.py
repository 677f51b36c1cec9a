"""What all parts of /mod have: the store, the words that ask for their options, and how they answer."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from cogs._buttons import Pressed, view_of
from db.cases import REASON_MAX

if TYPE_CHECKING:
    from cogs import Bot

ASK_WHO = "Who: begin to type a name, or mention somebody"
ASK_FOR = "For how long, such as '2h', '3 days' or 'until friday'; without it until it is lifted"
ASK_REASON = "Why; who it is about reads it"
ASK_MESSAGE = "A link to the message, or its id"
Reason = app_commands.Range[str, 1, REASON_MAX]


class Desk(commands.Cog):
    """A part of /mod. Discord hides the commands from who may not time others out; the acts ask who it is."""

    def __init__(self, bot: "Bot") -> None:
        self.bot = bot
        self.store = bot.store


async def say(interaction: discord.Interaction[Any], text: str, buttons: Sequence[Pressed] = ()) -> None:
    """The answer, for whoever asked alone."""
    view = view_of(buttons) if buttons else discord.utils.MISSING
    await interaction.followup.send(text, view=view, ephemeral=True)
