"""The portfolio in Discord, for the owner: /project add and /project remove."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from cogs import Bot
from cogs._owners import HIDDEN, is_owner, owner
from cogs._post_files import bring
from cogs._writers import now
from db import projects
from db.errors import Refused
from db.markup import escape

CHOICES = 25


async def names(interaction: discord.Interaction[Bot], typed: str) -> list[app_commands.Choice[str]]:
    """The cards that were added here; to anybody but the owner, none."""
    if not is_owner(interaction):
        return []
    found = await projects.named(interaction.client.store.pool, typed, CHOICES)
    return [app_commands.Choice(name=name, value=name) for name in found]


@app_commands.guild_only()
@app_commands.default_permissions(HIDDEN)
class Projects(commands.GroupCog, name="project", description="The cards of your portfolio"):
    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.store = bot.store

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Before any of these commands; the acts ask again."""
        return is_owner(interaction)

    @app_commands.command()
    @app_commands.describe(
        name="What it is called",
        text="What it is, in a few sentences",
        link="https://…, or a label before it: Source https://…",
        link_2="Another link",
        link_3="And another",
        picture="What it looks like",
        alt="What the picture shows, for who cannot see it",
    )
    async def add(
        self,
        interaction: discord.Interaction[Bot],
        name: app_commands.Range[str, 1, 100],
        text: app_commands.Range[str, 0, 1000] = "",
        link: str = "",
        link_2: str = "",
        link_3: str = "",
        picture: discord.Attachment | None = None,
        alt: app_commands.Range[str, 0, 1000] = "",
    ) -> None:
        """Add a card to the portfolio."""
        await interaction.response.defer(ephemeral=True)
        person, links = await owner(interaction), [one for one in (link, link_2, link_3) if one.strip()]
        brought = await bring(self.bot, person, [picture] if picture else [])
        if brought.notes:
            raise Refused(" ".join(brought.notes))
        media_id = next((one.id for one in brought.pictures.values()), None)
        added = await projects.add(self.store, person, name, text, links, now(), picture=media_id, alt=alt)
        await interaction.followup.send(f"**{escape(added)}** is in your portfolio: {self._page}", ephemeral=True)

    @app_commands.command()
    @app_commands.describe(name="Which card")
    @app_commands.autocomplete(name=names)
    async def remove(self, interaction: discord.Interaction[Bot], name: str) -> None:
        """Take a card out of the portfolio, with its picture."""
        await interaction.response.defer(ephemeral=True)
        await projects.remove(self.store, await owner(interaction), name, now())
        await interaction.followup.send(f"**{escape(name)}** is out of your portfolio: {self._page}", ephemeral=True)

    @property
    def _page(self) -> str:
        return f"<{self.store.config.public_url}/projects>"


async def setup(bot: Bot) -> None:
    await bot.add_cog(Projects(bot))
