"""Visitor numbers in Discord: /stats, the owner's. With `exclude` members say that their own visits do not count."""

import asyncio
import io
from datetime import UTC, datetime
from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from cogs import Bot
from cogs._owners import HIDDEN, is_owner, owner
from cogs._stats_words import LINES, LISTS, PICTURE, embed_of, span
from db import people, visits
from db.errors import Forbidden, Refused
from db.people import Person
from db.store import Store
from db.visits import Period, Step

NOT_YOURS = "Only the owner of the site can do this."
OFF = "Your own visits are not counted where you are logged in on the site. What was counted before stays."
ON = "Your own visits are counted like those of everybody else."
NEVER = "A browser in which you are logged in as the owner is never counted, whatever is set here."


class Stats(commands.Cog):
    def __init__(self, bot: Bot) -> None:
        self.store = bot.store

    @app_commands.command()
    @app_commands.guild_only()
    @app_commands.default_permissions(HIDDEN)
    @app_commands.describe(
        days="How many days, today included",
        exclude="Your own visits: `me` leaves them out from now on, `not me` counts them again",
    )
    async def stats(
        self,
        interaction: discord.Interaction[Bot],
        days: app_commands.Range[int, 1, visits.LATELY_MAX] = 30,
        exclude: Literal["me", "not me"] | None = None,
    ) -> None:
        """Visitors of your site: how many, what they read, where they come from."""
        await interaction.response.defer(ephemeral=True)
        if exclude:
            sentence = await self._exclude(await self._asking(interaction), exclude == "me")
            await interaction.followup.send(sentence, ephemeral=True)
            return
        if not is_owner(interaction):
            raise Forbidden(NOT_YOURS)
        now = datetime.now(UTC)
        period = visits.lately(days, visits.today(now, self.store.config.site.timezone))
        embed, steps = await _read(self.store, period, now)
        files = [await self._picture(steps, days)] if embed.image.url else []
        await interaction.followup.send(embed=embed, files=files, ephemeral=True)

    async def _asking(self, interaction: discord.Interaction[Bot]) -> Person:
        """Whose visits are meant: a member of the site, who is known here by the account that is linked there."""
        if is_owner(interaction):
            return await owner(interaction)
        person = await people.by_discord(self.store.pool, interaction.user.id)
        if person is None or not person.is_member:
            raise Refused("No account on the site is linked with you here, so there are no visits known to be yours.")
        return person

    async def _exclude(self, person: Person, on: bool) -> str:
        """Says how it stands from now on."""
        await visits.exclude(self.store, person, on)
        sentence = OFF if on else ON
        return f"{sentence} {NEVER}" if person.owner else sentence

    async def _picture(self, steps: list[Step], days: int) -> discord.File:
        def draw() -> bytes:
            from db import charts  # noqa: PLC0415 - Pillow is loaded when the first chart is asked for

            return charts.draw(steps, f"{self.store.config.site.name}: {span(days)}")

        picture = await asyncio.to_thread(draw)
        words = f"Visitors and views, {span(days)}: the numbers stand in the message"
        return discord.File(io.BytesIO(picture), PICTURE, description=words)


async def _read(store: Store, period: Period, now: datetime) -> tuple[discord.Embed, list[Step]]:
    pool, zone = store.pool, store.config.site.timezone
    beside, current, lists, steps = await asyncio.gather(
        visits.beside(pool, period, now, zone),
        visits.current(pool, now),
        visits.tops(pool, [kind for kind, _ in LISTS], period.first, period.last, LINES),
        visits.over_time(pool, period),
    )
    return embed_of(store.config.public_url, period, visits.today(now, zone), beside, current, lists), steps


async def setup(bot: Bot) -> None:
    await bot.add_cog(Stats(bot))
