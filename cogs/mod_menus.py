"""The menus of moderators on messages and people in Discord: what was said on the site is dealt with from its copy."""

import discord
from discord import app_commands
from discord.ext import commands

from cogs import Bot
from cogs._case_words import name, preview
from cogs._channel_forms import quickly
from cogs._history_words import history
from cogs._mod_buttons import second_thought
from cogs._mod_desk import say
from cogs._mod_forms import BanAuthor
from cogs._mod_messages import removed
from cogs._mod_who import author_of, lines_of, on_the_site
from cogs._moderators import SEEN_BY, begin, now, person_of
from db import messages, purges, sightings
from db.errors import NotFound

PROGRAM = "This is a program, not a person."
NOBODY = "This message is not on the site, and nobody is known to have written it."


class ModMenus(commands.Cog):
    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.store = bot.store
        self._menus = [
            app_commands.ContextMenu(name="Remove from site", callback=self.remove),
            app_commands.ContextMenu(name="Ban web author", callback=self.ban),
            app_commands.ContextMenu(name="Hide link", callback=self.hide),
            app_commands.ContextMenu(name="Who is this?", callback=self.who_wrote),
            app_commands.ContextMenu(name="Who is this?", callback=self.who),
        ]

    async def cog_load(self) -> None:
        for menu in self._menus:
            menu.guild_only, menu.default_permissions = True, SEEN_BY
            self.bot.tree.add_command(menu)

    async def cog_unload(self) -> None:
        for menu in self._menus:
            self.bot.tree.remove_command(menu.name, type=menu.type)

    async def remove(self, interaction: discord.Interaction[Bot], message: discord.Message) -> None:
        """Where several lines share the message, all of them go, after a second thought."""
        by = await begin(interaction)
        said = await lines_of(interaction, message.id)
        if len(said) > 1:
            number = await purges.offer(self.store, by, [one.id for one in said], "", now())
            await say(interaction, preview(said), second_thought(number))
            return
        await say(interaction, removed(await messages.remove(self.store, by, said[0].id, now())))

    async def ban(self, interaction: discord.Interaction[Bot], message: discord.Message) -> None:
        """A form is the first answer and due soon, so all is asked once more when it is sent."""
        await quickly(BanAuthor.check(interaction, message.id))
        await interaction.response.send_modal(BanAuthor(message.id))

    async def hide(self, interaction: discord.Interaction[Bot], message: discord.Message) -> None:
        by = await begin(interaction)
        case = await messages.hide_links(self.store, by, await on_the_site(interaction, message.id), now())
        await say(
            interaction, f"The links of {name(case.person_name)} are hidden, here and in Discord. Case {case.id}."
        )

    async def who_wrote(self, interaction: discord.Interaction[Bot], message: discord.Message) -> None:
        """Whoever said it on the site, or the member of Discord who wrote it."""
        await begin(interaction)
        try:
            person, _ = await author_of(interaction, message.id)
        except NotFound:
            if message.webhook_id or message.author.bot:
                raise NotFound(NOBODY) from None
            person = await person_of(interaction, message.author)
        await say(interaction, history(await sightings.history(self.store.pool, person.id, now())))

    async def who(self, interaction: discord.Interaction[Bot], user: discord.User | discord.Member) -> None:
        await begin(interaction)
        if user.bot:
            raise NotFound(PROGRAM)
        person = await person_of(interaction, user)
        await say(interaction, history(await sightings.history(self.store.pool, person.id, now())))


async def setup(bot: Bot) -> None:
    await bot.add_cog(ModMenus(bot))
