"""The site from Discord: /site login, the owner's way in."""

from datetime import UTC, datetime

import discord
from discord import app_commands
from discord.ext import commands

from cogs import Bot
from cogs._owners import HIDDEN, is_owner, owner
from db import links


@app_commands.guild_only()
@app_commands.default_permissions(HIDDEN)
class Site(commands.GroupCog, name="site", description="Your site"):
    def __init__(self, bot: Bot) -> None:
        self.store = bot.store

    @app_commands.command()
    @app_commands.check(is_owner)
    async def login(self, interaction: discord.Interaction[Bot]) -> None:
        """A link that logs you in on the site: once, within five minutes."""
        await interaction.response.defer(ephemeral=True)
        person = await owner(interaction)
        token = await links.make(self.store, person.id, "login", datetime.now(UTC), links.LOGIN_LIFE)
        sentence = f"This logs you in as `{person.username}`, once and within five minutes. Give it to nobody"
        await interaction.followup.send(f"{sentence}: <{links.address(self.store.config, token)}>", ephemeral=True)


async def setup(bot: Bot) -> None:
    await bot.add_cog(Site(bot))
