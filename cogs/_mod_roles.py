"""Who moderates: /mod role add, remove and list. The owner alone decides."""

from typing import TYPE_CHECKING

import discord
from discord import app_commands

from cogs._mod_desk import Desk, say
from cogs._moderators import begin, now
from db import roles
from db.errors import Refused
from db.markup import escape

if TYPE_CHECKING:
    from cogs import Bot

EVERYBODY = "Everybody has this role: choose another one."
UNSEEN = (
    " Discord does not show them the commands yet: let the role time out members, or allow it /mod under Server "
    "Settings, Integrations."
)


class Appointing(Desk):
    role = app_commands.Group(name="role", description="Whose members moderate the site")

    @role.command(name="add")
    @app_commands.describe(role="Whoever has this role moderates the site")
    async def add_role(self, interaction: "discord.Interaction[Bot]", role: discord.Role) -> None:
        """Let everybody with a role moderate."""
        by = await begin(interaction)
        if role.is_default():
            raise Refused(EVERYBODY, "everybody")
        await roles.add(self.store, by, role.id, role.name[:100], now())
        note = "" if role.permissions.moderate_members or role.permissions.administrator else UNSEEN
        await say(interaction, f"Whoever has the role {escape(role.name)} moderates the site.{note}")

    @role.command(name="remove")
    @app_commands.describe(role="Whoever has this role does not moderate any more")
    async def remove_role(self, interaction: "discord.Interaction[Bot]", role: discord.Role) -> None:
        """Let a role moderate no more."""
        by = await begin(interaction)
        await roles.remove(self.store, by, role.id, now())
        await say(interaction, f"The role {escape(role.name)} does not moderate the site.")

    @role.command(name="list")
    async def list_roles(self, interaction: "discord.Interaction[Bot]") -> None:
        """The roles whose members moderate."""
        await begin(interaction)
        found = await roles.listing(self.store.pool)
        named = "\n".join(f"<@&{one.id}> ({escape(one.name)})" for one in found)
        await say(interaction, named or "Only the owner moderates. `/mod role add` lets others help.")
