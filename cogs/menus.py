"""The menus of messages in Discord, for the owner and authors: 'Publish as post' and 'Save as draft'."""

import discord
from discord import app_commands
from discord.ext import commands

from cogs import Bot
from cogs._post_forms import link
from cogs._post_menus import COVERED, answer, is_covered, post_of
from cogs._writers import now, writer
from db import posts


class Menus(commands.Cog):
    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self._menus = [
            app_commands.ContextMenu(name="Publish as post", callback=self.publish),
            app_commands.ContextMenu(name="Save as draft", callback=self.save),
        ]

    async def cog_load(self) -> None:
        for menu in self._menus:
            menu.guild_only = True
            self.bot.tree.add_command(menu)

    async def cog_unload(self) -> None:
        for menu in self._menus:
            self.bot.tree.remove_command(menu.name, type=menu.type)

    async def publish(self, interaction: discord.Interaction[Bot], message: discord.Message) -> None:
        """Twice is as once: the message is one post. With a spoiler in it, it stays a draft."""
        await interaction.response.defer(ephemeral=True)
        person = await writer(interaction)
        post, notes = await post_of(self.bot, person, message)
        if is_covered(post):
            told = answer([COVERED, *notes], post, "is a draft", link(self.bot, post))
            await interaction.followup.send(told, ephemeral=True)
            return
        out = await posts.publish(self.bot.store, person, post.id, now())
        await interaction.followup.send(answer(notes, out, "is out", link(self.bot, out)), ephemeral=True)

    async def save(self, interaction: discord.Interaction[Bot], message: discord.Message) -> None:
        await interaction.response.defer(ephemeral=True)
        post, notes = await post_of(self.bot, await writer(interaction), message)
        how = "is a draft" if post.state == "draft" else f"is {post.state}"
        await interaction.followup.send(answer(notes, post, how, link(self.bot, post)), ephemeral=True)


async def setup(bot: Bot) -> None:
    await bot.add_cog(Menus(bot))
