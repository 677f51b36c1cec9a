"""What moderators are told and decide on by buttons: the base of the cogs that keep messages in their channel."""

from typing import Any, ClassVar

import discord

from cogs._chores import Chore


class ModChore(Chore):
    """The buttons are answered wherever they stand; something is sent only where the moderators have a channel."""

    buttons: ClassVar[tuple[type[discord.ui.DynamicItem[Any]], ...]] = ()

    async def cog_load(self) -> None:
        self.bot.add_dynamic_items(*self.buttons)
        if self.store.config.discord.mod_channel_id:
            await super().cog_load()

    async def cog_unload(self) -> None:
        self.bot.remove_dynamic_items(*self.buttons)
        if self.store.config.discord.mod_channel_id:
            await super().cog_unload()
