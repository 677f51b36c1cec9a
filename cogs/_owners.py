"""Commands that are the owner's: hidden from others in Discord, and refused to them here, by id. Discord's own rights
can be given to anybody in the server; ours cannot.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import discord

from db import accounts
from db.accounts import DiscordUser
from db.people import Person

if TYPE_CHECKING:
    from cogs import Bot

HIDDEN = discord.Permissions(administrator=True)  # who has it not does not see the command


def is_owner(interaction: "discord.Interaction[Bot]") -> bool:
    return interaction.user.id == interaction.client.store.owner_id


async def owner(interaction: "discord.Interaction[Bot]") -> Person:
    """The owner as a member of the site, made one now if need be. Raises Forbidden for anybody else."""
    user = interaction.user
    told = DiscordUser(user.id, user.name, user.display_name)
    return await accounts.enter_owner(interaction.client.store, told, datetime.now(UTC))
