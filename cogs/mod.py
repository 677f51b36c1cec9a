"""Moderating from Discord: /mod and what is below it. Each part stands in a module of its own; every answer is for
whoever asked alone, and tells the number of the case. Who may is asked by the acts, each time.
"""

import discord
from discord import app_commands
from discord.ext import commands

from cogs import Bot
from cogs._kept_forms import submitted
from cogs._mod_buttons import BUTTONS
from cogs._mod_filters import Filtering, TurnFilters
from cogs._mod_forms import FORMS
from cogs._mod_messages import Removing
from cogs._mod_pages import PAGES
from cogs._mod_record import Recording
from cogs._mod_roles import Appointing
from cogs._mod_rooms import Calming
from cogs._mod_sanctions import Sanctioning
from cogs._moderators import SEEN_BY


@app_commands.guild_only()
@app_commands.default_permissions(SEEN_BY)
class Mod(
    Sanctioning,
    Removing,
    Calming,
    Recording,
    Appointing,
    Filtering,
    commands.GroupCog,
    name="mod",
    description="Keep the site pleasant",
):
    async def cog_load(self) -> None:
        self.bot.add_dynamic_items(*BUTTONS, *PAGES, TurnFilters)

    async def cog_unload(self) -> None:
        self.bot.remove_dynamic_items(*BUTTONS, *PAGES, TurnFilters)

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction[Bot]) -> None:
        """discord.py forgets forms at a restart; these are heard all the same."""
        await submitted(interaction, FORMS)


async def setup(bot: Bot) -> None:
    await bot.add_cog(Mod(bot))
