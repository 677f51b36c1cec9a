"""What somebody in Discord is told when a command, a button or a form fails: a refusal is read out, anything else gets
a number to look it up by. Called by the command tree, and by buttons and forms, which discord.py keeps apart from it.
"""

import logging
from typing import TYPE_CHECKING

import discord
from discord import app_commands

from db.errors import AWAY, Refused, Unavailable

if TYPE_CHECKING:
    from cogs import Bot

log = logging.getLogger(__name__)


def sentence_for(interaction: "discord.Interaction[Bot]", error: Exception) -> str:
    """What to say of what went wrong; the log gets what nobody foresaw."""
    cause = (error.__cause__ or error) if isinstance(error, app_commands.CommandInvokeError) else error
    if isinstance(cause, Refused):
        return cause.sentence
    if isinstance(cause, app_commands.CheckFailure):
        return "Only the owner of the site can do this."
    if isinstance(cause, AWAY):
        log.warning("A command has to be given again (%s)", type(cause).__name__)
        return Unavailable().sentence
    reference = f"{interaction.id:x}"[-8:]
    log.error("A command failed (%s)", reference, exc_info=cause, extra={"reference": reference})
    return f"That did not work, and it is our fault. The log knows more under {reference}."


async def tell(interaction: "discord.Interaction[Bot]", sentence: str, file: discord.File | None = None) -> None:
    """Says it to whoever asked and nobody else, whether or not something was answered already."""
    files = [file] if file else []
    try:
        if interaction.response.is_done():
            await interaction.followup.send(sentence, files=files, ephemeral=True)
        else:
            await interaction.response.send_message(sentence, files=files, ephemeral=True)
    except discord.HTTPException as error:
        log.warning("A command could not be answered: %s", error.text or error.status)
