"""The site from Discord, for its owner alone: how it is, its settings, a backup, the way in, a word to all visitors,
and the door.
"""

import io
from datetime import UTC, datetime
from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from cogs import Bot
from cogs._owners import HIDDEN, is_owner, owner
from cogs._site_words import config_text, shown_value, status
from db import adjustments, backups, condition, house, links
from db.markup import escape
from db.moderators import Moderator

CHOICES_MAX, CHOICE_MAX = 25, 100


async def settable(interaction: discord.Interaction[Bot], typed: str) -> list[app_commands.Choice[str]]:
    """What may be set, each with what it is now. Only for the owner: it is their configuration."""
    if not is_owner(interaction):
        return []
    config = interaction.client.store.config
    found = [key for key in adjustments.KEYS if typed.strip().lower() in key][:CHOICES_MAX]
    return [
        app_commands.Choice(name=f"{key} = {shown_value(config, *key.split('.'))}"[:CHOICE_MAX], value=key)
        for key in found
    ]


@app_commands.guild_only()
@app_commands.default_permissions(HIDDEN)
class Site(commands.GroupCog, name="site", description="Your site"):
    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.store = bot.store

    async def interaction_check(self, interaction: discord.Interaction[discord.Client], /) -> bool:
        """Everything here is the owner's."""
        if not is_owner(interaction):  # type: ignore[arg-type]
            raise app_commands.CheckFailure
        return True

    @app_commands.command()
    async def login(self, interaction: discord.Interaction[Bot]) -> None:
        """A link that logs you in on the site: once, within five minutes."""
        await interaction.response.defer(ephemeral=True)
        person = await owner(interaction)
        token = await links.make(self.store, person.id, "login", datetime.now(UTC), links.LOGIN_LIFE)
        sentence = f"This logs you in as `{person.username}`, once and within five minutes. Give it to nobody"
        await interaction.followup.send(f"{sentence}: <{links.address(self.store.config, token)}>", ephemeral=True)

    @app_commands.command()
    async def status(self, interaction: discord.Interaction[Bot]) -> None:
        """How the site is: database, Redis, Discord, queue, sockets, memory, the latest errors."""
        await interaction.response.defer(ephemeral=True)
        found, store = await condition.look(self.store), self.store
        text = status(found, store.presence, store.discord, self.bot.latency, store.house)
        await interaction.followup.send(text, ephemeral=True)

    @app_commands.command()
    async def config(self, interaction: discord.Interaction[Bot]) -> None:
        """All settings as they are now, and where each comes from. Secrets are hidden."""
        await interaction.response.defer(ephemeral=True)
        text = config_text(self.store.config, self.store.house.started_with, self.store.house.adjusted)
        file = discord.File(io.BytesIO(text.encode()), "config.toml")
        await interaction.followup.send("What holds now. `/site set` changes some of it.", file=file, ephemeral=True)

    @app_commands.command()
    @app_commands.describe(key="which setting", value="its new value; leave it out to set it back")
    @app_commands.autocomplete(key=settable)
    async def set(
        self, interaction: discord.Interaction[Bot], key: str, value: app_commands.Range[str, 0, 1000] = ""
    ) -> None:
        """Change a setting while the site runs; it is kept for later starts, too."""
        await interaction.response.defer(ephemeral=True)
        await house.adjust(self.store, await self._by(interaction), key.strip(), value, datetime.now(UTC))
        now = shown_value(self.store.config, *key.strip().split("."))
        how = "is set to" if value.strip() else "is back to what the configuration says:"
        await interaction.followup.send(f"`{key.strip()}` {how} `{now}`.", ephemeral=True)

    @app_commands.command()
    async def backup(self, interaction: discord.Interaction[Bot]) -> None:
        """Make a backup of the database and the pictures, and say where it is."""
        await interaction.response.defer(ephemeral=True, thinking=True)
        made = await backups.make(self.store, datetime.now(UTC))
        pictures = "pictures are in the bucket" if made.pictures is None else f"{made.pictures} files of pictures"
        where = f"`{made.path}` on the site's machine ({made.size / 1_000_000:,.1f} MB, {pictures})"
        sentence = f"The backup is {where}. The newest {backups.KEPT} are kept; copy it to another machine."
        await interaction.followup.send(sentence, ephemeral=True)

    @app_commands.command()
    @app_commands.describe(text="one line for every page of the site; leave it out to take it away")
    async def announce(
        self, interaction: discord.Interaction[Bot], text: app_commands.Range[str, 0, house.NOTICE_MAX] = ""
    ) -> None:
        """Put a line on every page of the site, and into the channel for news."""
        await interaction.response.defer(ephemeral=True)
        await house.tell(self.store, await self._by(interaction), text, datetime.now(UTC))
        told = await self._tell_channel(interaction) if self.store.house.notice else ""
        said = "It stands on every page now" if self.store.house.notice else "Nothing stands on the pages any more"
        await interaction.followup.send(f"{said}{told}.", ephemeral=True)

    async def _tell_channel(self, interaction: discord.Interaction[Bot]) -> str:
        """The same words in the channel for news, once however often Discord is asked (its nonce is ours)."""
        channel = self.bot.get_channel(self.store.config.discord.announce_channel_id)
        if not isinstance(channel, discord.TextChannel):
            return ""
        try:
            await channel.send(escape(self.store.house.notice), nonce=interaction.id)
        except discord.HTTPException as error:
            return f", but {channel.mention} did not take it ({error.text or error.status})"
        return f", and in {channel.mention}"

    @app_commands.command()
    @app_commands.describe(state="on: only you come in", text="what visitors are told meanwhile")
    async def maintenance(
        self,
        interaction: discord.Interaction[Bot],
        state: Literal["on", "off"],
        text: app_commands.Range[str, 0, house.NOTICE_MAX] = "",
    ) -> None:
        """Shut the site's door for a while, or open it again. The channel in Discord goes on."""
        await interaction.response.defer(ephemeral=True)
        by, now = await self._by(interaction), datetime.now(UTC)
        sentence = await house.close(self.store, by, now, on=state == "on", sentence=text)
        told = f"The door is shut; visitors read: {escape(sentence)}" if sentence else "The door is open."
        await interaction.followup.send(told, ephemeral=True)

    async def _by(self, interaction: discord.Interaction[Bot]) -> Moderator:
        return Moderator(await owner(interaction))


async def setup(bot: Bot) -> None:
    await bot.add_cog(Site(bot))
