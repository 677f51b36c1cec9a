"""What the options of /mod offer while somebody types: whom it could be done to, and for how long."""

from typing import TYPE_CHECKING

import discord
from discord import app_commands

from cogs._mod_who import CHOICE_MAX, CHOICES, in_time, seen
from cogs._moderators import now
from db import sanctions
from db.sanctions import InForce

if TYPE_CHECKING:
    from cogs import Bot

Choices = list[app_commands.Choice[str]]
LENGTHS = {
    "10 minutes": "10 minutes",
    "1 hour": "1 hour",
    "1 day": "1 day",
    "1 week": "1 week",
    "30 days": "30 days",
    "forever (until lifted)": "forever",
}


async def bannable(interaction: "discord.Interaction[Bot]", typed: str) -> Choices:
    """People who were here lately, without the owner and authors."""
    return await seen(interaction, typed, is_bannable=True)


async def banned(interaction: "discord.Interaction[Bot]", typed: str) -> Choices:
    return await _kept_out(interaction, "ban", typed)


async def muted(interaction: "discord.Interaction[Bot]", typed: str) -> Choices:
    return await _kept_out(interaction, "mute", typed)


async def _kept_out(interaction: "discord.Interaction[Bot]", kind: str, typed: str) -> Choices:
    async def find() -> Choices:
        found = await sanctions.current(interaction.client.store.pool, now(), kind)
        words = typed.strip().removeprefix("@").casefold()
        alike = [one for one in found if one.sanction.person_id and _is_called(one, words)]
        return [
            app_commands.Choice(name=_choice(one), value=f"person:{one.sanction.person_id}") for one in alike[:CHOICES]
        ]

    return await in_time(interaction, find)


def _is_called(one: InForce, words: str) -> bool:
    return words in one.name.casefold() or words in (one.username or "")


def _choice(one: InForce) -> str:
    end = one.sanction.until
    mark = f" (until {end:%-d %B %Y})" if end else " (until lifted)"
    return one.name[: CHOICE_MAX - len(mark)] + mark


async def lengths(_interaction: "discord.Interaction[Bot]", typed: str) -> Choices:
    """Others can be typed."""
    words = " ".join(typed.casefold().split())
    return [app_commands.Choice(name=name, value=value) for name, value in LENGTHS.items() if words in name]
