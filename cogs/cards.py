"""The live cards in Discord, for the owner: /card list, /card refresh, /card pause and /card resume."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from cogs import Bot
from cogs._card_words import ago, came_of_it, choices, line_of, named
from cogs._owners import HIDDEN, is_owner
from cogs.integrations import _schedule as schedule
from db import cards
from db.cards import State

PATIENCE, LOOK_EVERY = 2.5, 0.1  # seconds that the owner waits for a source, and between two looks


async def names(interaction: discord.Interaction[Bot], typed: str) -> list[app_commands.Choice[str]]:
    """The cards that may be named; to anybody but the owner, none."""
    if not is_owner(interaction):
        return []
    found = choices(interaction.client.store.config.sources, typed)
    return [app_commands.Choice(name=words, value=name) for name, words in list(found.items())[:25]]


@app_commands.guild_only()
@app_commands.default_permissions(HIDDEN)
class Cards(commands.GroupCog, name="card", description="The live cards on your site"):
    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.store = bot.store

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Before any of these commands."""
        return is_owner(interaction)

    @app_commands.command(name="list")
    async def show(self, interaction: discord.Interaction[Bot]) -> None:
        """How it is with each live card: its state, age, last error and next refresh."""
        await interaction.response.defer(ephemeral=True)
        states = {state.name: state for state in await cards.states(self.store.pool)}
        now = datetime.now(UTC)
        is_watched = schedule.is_watched(self.store.cards.looked_at, asyncio.get_running_loop().time())
        lines = [
            line_of(
                name,
                settings,
                states.get(name),
                now,
                is_watched=is_watched,
                is_drawn=name not in self.store.cards.undrawn,
            )
            for name, settings in self.store.config.sources.items()
        ]
        await interaction.followup.send("\n".join(lines), ephemeral=True)

    @app_commands.command()
    @app_commands.describe(name="Which card")
    @app_commands.autocomplete(name=names)
    async def refresh(self, interaction: discord.Interaction[Bot], name: str) -> None:
        """Ask the source of a live card now."""
        await interaction.response.defer(ephemeral=True)
        name = named(self.store.config.sources, name)
        now, before = datetime.now(UTC), await cards.state(self.store.pool, name)
        await cards.refresh(self.store, name, now)
        after = await self._asked(name)
        await interaction.followup.send(came_of_it(before, after, now), ephemeral=True)

    async def _asked(self, name: str) -> State:
        """How it is once it was asked, perhaps by another process, or after as long as the owner may wait."""
        patience = asyncio.get_running_loop().time() + PATIENCE
        while True:
            state = await cards.state(self.store.pool, name)
            assert state, "it was made when it was wanted"
            if not state.is_wanted or asyncio.get_running_loop().time() > patience:
                return state
            await asyncio.sleep(LOOK_EVERY)

    @app_commands.command()
    @app_commands.describe(name="Which card")
    @app_commands.autocomplete(name=names)
    async def pause(self, interaction: discord.Interaction[Bot], name: str) -> None:
        """Do not ask for a live card any more, also after a restart."""
        await interaction.response.defer(ephemeral=True)
        name = named(self.store.config.sources, name)
        before = await cards.state(self.store.pool, name)
        await cards.pause(self.store, name)
        is_so = "was paused already" if before and before.is_paused else "is paused"
        sentence = f"The {name} card {is_so}. It stays on the site until it is stale; `/card resume` goes on."
        await interaction.followup.send(sentence, ephemeral=True)

    @app_commands.command()
    @app_commands.describe(name="Which card")
    @app_commands.autocomplete(name=names)
    async def resume(self, interaction: discord.Interaction[Bot], name: str) -> None:
        """Ask for a live card again."""
        await interaction.response.defer(ephemeral=True)
        name = named(self.store.config.sources, name)
        now, before = datetime.now(UTC), await cards.state(self.store.pool, name)
        await cards.resume(self.store, name, now)
        self.bot.dispatch("card_resumed", name)
        state = await cards.state(self.store.pool, name)
        is_so = "goes on" if before and before.is_paused else "was not paused"
        when = ago(state.next_at) if state and state.next_at > now else "now"
        await interaction.followup.send(f"The {name} card {is_so}; it is asked for {when}.", ephemeral=True)


async def setup(bot: Bot) -> None:
    await bot.add_cog(Cards(bot))
